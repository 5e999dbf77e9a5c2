"""Every exhibit really runs, and comes to the verdict that its text promises."""

from __future__ import annotations

import pytest

from backend.exhibits import EXHIBITS, Exhibit
from backend.model import Verdict
from backend.strategies import find
from tests.backend.conftest import Laboratory

pytestmark = pytest.mark.exhaustive


@pytest.mark.parametrize("exhibit", EXHIBITS, ids=lambda exhibit: exhibit.key)
def test_an_exhibit_keeps_its_promise(laboratory: Laboratory, exhibit: Exhibit) -> None:
    laboratory.lab.set_instances(exhibit.instances)
    intent = laboratory.intent(exhibit.operation)
    report = laboratory.lab.start_run(exhibit.setup, exhibit.plan_for(intent)).wait(90)

    assert report.verdicts == {exhibit.promises: 1}
    assert report.contradictions == () or exhibit.promises is Verdict.LOST


def test_keys_are_unique_and_variants_exist() -> None:
    assert len({exhibit.key for exhibit in EXHIBITS}) == len(EXHIBITS)
    for exhibit in EXHIBITS:
        _, variant = find(exhibit.setup.strategy, exhibit.setup.variant)
        assert exhibit.operation not in variant.refusals
