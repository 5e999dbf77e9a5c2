"""What `incidents` says: a list by words, and one of them without its cure and with it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from backend.cli.arguments import read_arguments
from backend.cli.incidents import incidents_once
from backend.comparison.incidents import UnknownIncidentError
from backend.lab.lab import Lab
from backend.lab.listener import Listener
from backend.model.options import LabOptions
from tests.backend.conftest import Laboratory


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    incidents_once(read_arguments(["incidents", *arguments]), LabOptions(), threading.Event())
    return capsys.readouterr().out.splitlines()


def test_words_find_incidents_with_their_reports(capsys: pytest.CaptureFixture[str]) -> None:
    assert [line.split()[0] for line in told(capsys, "gap", "lock")][::2] == ["gap-lock"]
    assert "orleans 1169、mlrun 6098" in told(capsys, "间隙锁", "--language", "zh_CN")[1]
    assert told(capsys, "nonsense")[0].startswith("Nothing is known here about “nonsense”.")
    assert len(told(capsys)) > 20


def test_an_unknown_one_is_a_wrong_argument() -> None:
    with pytest.raises(UnknownIncidentError, match="There is no incident “nonsense”; there are visibility-timeout"):
        incidents_once(read_arguments(["incidents", "--show", "nonsense"]), LabOptions(), threading.Event())


def test_one_is_run_and_explored_on_both_sides(laboratory: Laboratory, capsys: pytest.CaptureFixture[str]) -> None:
    @contextmanager
    def shared(_options: LabOptions, _listener: Listener, _interrupted: threading.Event) -> Iterator[Lab]:
        yield laboratory.lab

    chosen = read_arguments(["incidents", "--show", "violation-at-commit"])
    incidents_once(chosen, LabOptions(), threading.Event(), shared)
    out = capsys.readouterr().out
    damaged, _, cured = out.partition("With it, in the same situation:")

    assert damaged.startswith("The violation comes at COMMIT")
    assert "Reports: alphagov pay-connector 4460." in damaged
    assert "A caller was told “error” about something that was done." in damaged
    assert "In 20 interleavings: The strategy failed with IntegrityError." in damaged
    assert "duplicate" in cured
    assert "Explored: " in cured
    assert "20 interleavings" in cured
