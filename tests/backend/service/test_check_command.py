"""`main.py check` as a continuous integration runs it: exit codes, JUnit, an interrupt, SIGKILL."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from backend.model.vocabulary import Verdict
from backend.service.outside.model import CheckSituation
from main import main
from tests.backend.service.awkward import SERVICES, awkward, check, file_of
from tests.backend.service.conftest import plain_service
from tests.backend.service.test_late_work import late_file
from tests.tables import exhaustive_but, values

ROOT = Path(__file__).parents[3]
PATIENCE_S = 100


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "submit-twice.toml"
    path.write_text(file_of().replace("[service]", f'[service]\ndirectory = "{SERVICES}"'))
    return path


def start(*arguments: object) -> subprocess.Popen[str]:
    argv = [sys.executable, "main.py", "check", *map(str, arguments)]
    return subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_sound_service_is_sound_in_every_situation() -> None:
    found = check(plain_service("/unique"), *CheckSituation, intents=4)
    assert {s.situation: dict(s.verdicts) for s in found.situations} == {
        key: {Verdict.EXACTLY_ONCE: 4} for key in CheckSituation
    }
    assert found.is_exactly_once


def test_an_unsound_one_is_duplicated_in_every_situation_in_which_it_gets_two() -> None:
    keys = (
        CheckSituation.CLICKS,
        CheckSituation.ONE_AFTER_ANOTHER,
        CheckSituation.LOST_REPLY,
        CheckSituation.REDELIVERY,
    )
    found = check(awkward(), *keys)
    assert {s.situation: dict(s.verdicts) for s in found.situations} == {key: {Verdict.DUPLICATED: 2} for key in keys}


def test_exit_code_3_and_a_junit_file_that_a_parser_reads(file: Path, tmp_path: Path) -> None:
    junit = tmp_path / "junit.xml"
    running = start(file, "--situations", "one-after-another", "--intents", 2, "--junit", junit)
    output, complaint = running.communicate(timeout=PATIENCE_S)
    assert running.returncode == 3, complaint
    assert "Not exactly once: 2 of 2 intents." in output
    suites = list(ET.parse(junit).getroot().iter("testsuite"))  # noqa: S314  we wrote it
    cases = [case for suite in suites for case in suite.iter("testcase")]
    assert [int(suite.attrib["tests"]) for suite in suites] == [len(list(suite.iter("testcase"))) for suite in suites]
    assert sum(int(suite.attrib["failures"]) for suite in suites) == sum(
        case.find("failure") is not None for case in cases
    )
    assert all(case.attrib["name"] and float(case.attrib.get("time", 0)) >= 0 for case in cases)
    assert any(case.find("failure") is not None for case in cases)


def test_a_service_that_dies_costs_what_was_not_tried_and_not_what_was(tmp_path: Path) -> None:
    """It bears two submissions of an intent, and not five."""
    file, document = tmp_path / "submit-twice.toml", tmp_path / "check.json"
    file.write_text(late_file("/bears-two").replace("[service]", f'[service]\ndirectory = "{SERVICES}"', 1))
    chosen = ["--situations", "one-after-another", "clicks", "--intents", 1, "--submissions", 5, "--json", document]
    running = start(file, *chosen)
    output, complaint = running.communicate(timeout=PATIENCE_S)
    assert running.returncode == 1
    assert "Retries after answers: 1 " in output
    assert "Broken off: " in output
    assert "exit code 3" in complaint
    found = json.loads(document.read_text())
    assert "exit code 3" in found["broken_off"]
    assert [situation["situation"] for situation in found["situations"]] == ["one-after-another"]


@pytest.mark.parametrize("text", [None, "service = 1", "[service]\ncommand = ['true']\nspeed = 9\n"])
@pytest.mark.parametrize("command", [["check"], ["explore", "--service"], ["service", "check-file"]])
def test_a_wrong_file_is_a_wrong_argument(
    command: list[str], text: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "submit-twice.toml"
    if text is not None:
        wrong.write_text(text)
    assert main([*command, str(wrong)]) == 2
    output, complaint = capsys.readouterr()
    assert (output, complaint.count("\n")) == ("", 1)


def test_a_fault_that_cannot_happen_on_the_wire_is_refused(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(file), "--fault", "kill@database"]) == 2
    complaint = capsys.readouterr().err
    assert complaint.count("\n") == 1
    assert "kill@database" in complaint


def test_an_interrupt_keeps_what_was_measured(file: Path) -> None:
    running = start(file, "--situations", "one-after-another", "--intents", 5000, "--json", "-")
    service_pid(running.pid)
    running.send_signal(signal.SIGINT)
    output, complaint = running.communicate(timeout=PATIENCE_S)
    assert running.returncode == 1, complaint
    assert "what was measured until then is reported" in complaint
    assert json.loads(output)["situations"] is not None


@pytest.mark.parametrize("command", exhaustive_but(["check", "explore"], values("check")))
def test_sigkill_leaves_no_process_of_the_service(file: Path, command: str) -> None:
    text = file_of(command=[sys.executable, "awkward.py"])  # itself, not what it would be forked from
    file.write_text(text.replace("[service]", f'[service]\ndirectory = "{SERVICES}"'))
    rest = (
        ["explore", "--service", file, "--requests", 3] if command == "explore" else ["check", file, "--intents", 5000]
    )
    argv = [sys.executable, "main.py", *map(str, rest)]
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        service = service_pid(running.pid)
        running.kill()
    never = threading.Event()
    for _ in range(PATIENCE_S * 20):
        if not Path(f"/proc/{service}").exists():
            return
        never.wait(0.05)
    pytest.fail("the service is still there")


def service_pid(ours: int) -> int:
    """The first instance, as soon as it runs: a descendant of ours."""
    never = threading.Event()
    for _ in range(PATIENCE_S * 20):
        for pid in descendants(ours):
            try:
                line = Path(f"/proc/{pid}/cmdline").read_bytes()
            except OSError:
                continue
            if b"awkward.py" in line:
                return pid
        never.wait(0.05)
    raise AssertionError("the service did not start")


def descendants(pid: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            parents.setdefault(parent, []).append(int(entry.name))
    found, rest = [], [pid]
    while rest:
        found += (children := parents.get(rest.pop(), []))
        rest += children
    return found


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "cannot be read"),
        ("[service", "is no TOML"),
        ("[service]\nurl='http://example.org'\n[request]\npath='/{key}'\n[effects]\ngateway=true\nx=1", "no such key"),
        (
            "[service]\nurl='http://example.org'\n[request]\npath='/{key}'\n[effects.request]\npath='/{key}'",
            "--allow-host",
        ),
        (
            "[service]\nurl='http://127.0.0.1:9'\n[request]\npath='/{key}'\n[effects.request]\npath='/{key}'",
            "cannot be reached",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_one_sentence(
    text: str | None, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "submit-twice.toml"
    if text is not None:
        path.write_text(text)
    assert main(["check", str(path), "--intents", "1", "--situations", "one-after-another"]) in {1, 2}
    output, complaint = capsys.readouterr()
    assert output == ""
    assert sentence in complaint.splitlines()[-1]
