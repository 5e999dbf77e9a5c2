"""Somebody's own strategies that go wrong while they run: who is told, in one sentence, and what ends them."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.model.options import LabOptions
from backend.model.vocabulary import OperationKey, Verdict
from backend.strategies import use_folder
from main import main
from tests.backend.own_lab import own_lab
from tests.tables import exhaustive_but
from tests.your_own import CODE, DATA, ONE, SQLITE, asked, folder, write

__all__ = ["folder"]


def with_body(folder: Path, body: str, data: str = DATA) -> None:
    """The broken variant does this instead."""
    head = CODE.partition("def before_the_effect")[0]
    write(folder, code=f"{head}def before_the_effect(request, services):\n    {body}\n", data=data)
    use_folder(folder)


RAISES = "raise ValueError('no luck')"
SPINS = """while not services.redis.set(services.key('claim', request), '1', nx=True): pass
    services.redis.delete(services.key('claim', request))
    return Answer.CREATED"""
SWALLOWS = """while True:
        try:
            sum(range(1000))
        except Exception: pass"""
WRONG_BODIES = {
    "raises": (RAISES, "The strategy failed in claim.py, line 20: ValueError: no luck"),
    "returns nothing": ("services.redis.get('x')", "before_the_effect returned None, which is no answer"),
    "returns a word": ("return 'created'", "before_the_effect returned 'created', which is no answer"),
    "returns a list": ("return [1] * 100", "before_the_effect returned [1, 1, 1"),
    "quits": ("raise SystemExit", "before_the_effect wanted to end the process"),
}
OFTEN = (RAISES, "raise SystemExit")


@pytest.mark.parametrize(
    ("body", "said"), exhaustive_but(WRONG_BODIES.values(), lambda body, _: body in OFTEN), ids=WRONG_BODIES
)
def test_what_goes_wrong_is_told_by_the_explorer(
    folder: Path, body: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with_body(folder, body)
    assert main(["explore", *ONE, "--variant", "before-the-effect", "--strategies", str(folder)]) == 0
    told = capsys.readouterr().out
    assert f": {said}" in told
    assert "In 2 interleavings" in told or "In 1 interleaving" in told


def test_what_goes_wrong_is_told_to_the_caller(folder: Path) -> None:
    head, _, variant = DATA.partition("[variants.before-the-effect]")
    names = [f"wrong-{number}" for number, _ in enumerate(WRONG_BODIES)]
    data = head + "".join(f"[variants.{name}]{variant}\n" for name in names)
    code, wanted = CODE.partition("def before_the_effect")[0], {}
    for name, (body, said) in zip(names, WRONG_BODIES.values(), strict=True):
        function = name.replace("-", "_")
        code += f"def {function}(request, services):\n    {body}\n"
        wanted[name] = said.replace("before_the_effect", function).replace("line 20", f"line {code.count(chr(10))}")
    write(folder, code=code, data=data)
    use_folder(folder)
    with own_lab(LabOptions(database="sqlite")) as laboratory:
        for name, said in wanted.items():
            laboratory.told.forget()
            report = laboratory.run(OperationKey.PLACE_ORDER, "claim", name, submissions=1)
            (reply,) = laboratory.told.replies
            assert (reply.status, said in str(reply.detail)) == (500, True), reply.detail
            assert report.verdicts == {Verdict.UNDECIDED: 1}


ENDLESS = {
    "computes": ("while True: pass", "computed for 1 second without a step", "claim.py, line 20"),
    "catches everything": (
        SWALLOWS,
        "computed for 1 second without a step",
        "claim.py",
    ),
    "asks again": ("while True: services.redis.get('x')", "made 150 steps in one request and had no answer yet", ""),
    "waits for the other": (
        SPINS,
        "made 150 steps in one request and had no answer yet",
        "",
    ),
}


@pytest.mark.parametrize(
    ("body", "said", "place"),
    exhaustive_but(
        [pytest.param(*row, id=name) for name, row in ENDLESS.items()],
        lambda body, *_: body == SWALLOWS,
    ),
)
def test_the_explorer_ends_what_never_ends(
    folder: Path,
    body: str,
    said: str,
    place: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("backend.explorer.watchdog.PATIENCE_S", 1)
    with_body(folder, body)
    assert main(["explore", *ONE, "--variant", "before-the-effect", "--strategies", str(folder)]) == 1
    told = capsys.readouterr().err
    assert said in told
    assert place in told
    assert told.count("\n") == 1


def test_a_run_that_never_ends_says_who_is_still_at_work(folder: Path) -> None:
    with_body(folder, "while True: services.redis.blpop('x', 0.1)")
    bound = ["--submissions", "1", "--limit-seconds", "2", *SQLITE]
    found = asked(folder, "run", *ONE, "--variant", "before-the-effect", *bound)
    assert found["out_of_time"] is True
    assert found["working"] == 1
    assert found["verdicts"] == {"undecided": 1}


LOCKS = """if not services.redis.set(services.key('claim', request), '1', nx=True):
        return Answer.BUSY
    with services.database.begin() as connection:
        request.operation.act(connection, request)
    services.redis.delete(services.key('claim', request))
    return Answer.CREATED"""


@pytest.mark.parametrize(("declared", "verdict"), [("locks", "stuck"), ("keys", "undecided")])
def test_a_lock_that_is_declared_and_left_behind_is_stuck(folder: Path, declared: str, verdict: str) -> None:
    with_body(folder, LOCKS, DATA.replace("keys =", f"{declared} ="))
    found = asked(folder, "explore", *ONE, "--variant", "before-the-effect", "--requests", "1", "--crashes", "1")
    assert verdict in found["outcomes"]  # type: ignore[operator]


def test_a_run_sees_the_lock_that_a_crash_left_behind(folder: Path) -> None:
    with_body(folder, LOCKS, DATA.replace("keys =", "locks ="))
    bound = ["--submissions", "1", "--fault", "crash@redis:SET", "--source", "retry", "--retries", "2", *SQLITE]
    found = asked(folder, "run", *ONE, "--variant", "before-the-effect", *bound)
    assert found["verdicts"] == {"stuck": 1}
