"""What backend processes have to look through when they collect garbage, as a strategy finds it there."""

from __future__ import annotations

from pathlib import Path

from backend.model.options import LabOptions
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import Answer, OperationKey, Source
from backend.strategies import use_folder
from tests.backend.own_lab import own_lab
from tests.your_own import CODE, folder, write, yours

__all__ = ["folder", "yours"]

_MODULES_ALONE = 50_000
_SO_IT_IS = f"gc.isenabled() and gc.get_freeze_count() > {_MODULES_ALONE}"
_LOOKS = f"import gc\n{CODE}".replace(
    "    try:\n", f"    if not ({_SO_IT_IS}):\n        return Answer.CONFLICT\n    try:\n", 1
)


def test_no_process_looks_again_through_what_was_there_before_its_first_submission(yours: Path) -> None:
    """A look takes long, and nobody is served meanwhile; neither by an instance nor by a consumer."""
    use_folder(write(yours, code=_LOOKS))
    with own_lab(LabOptions(database="sqlite")) as laboratory:
        for source in (Source.CLICKS, Source.REDELIVERY):
            plan = Plan((laboratory.intent(OperationKey.PLACE_ORDER),), 1, source)
            report = laboratory.lab.start_run(Setup("claim"), plan).wait(60)
            assert report.answers == {Answer.CREATED: 1}, source
