"""What `run` says to whoever runs it: the verdict first, then answers with reasons, incidents as they happen, steps."""

from __future__ import annotations

import json
import shlex
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from backend.cli.arguments import read_arguments
from backend.cli.run import run_once
from backend.cli.streams import complain
from backend.files.output import OutputFiles
from backend.lab.lab import Lab
from backend.lab.listener import Listener, NullListener
from backend.model.options import LabOptions
from main import DONE, main
from tests.backend.conftest import Laboratory
from tests.backend.engines.helpers import command_of, wait_until
from tests.tables import exhaustive_but, values
from tests.test_attacked_command_line import ORDER, Shell, folder
from tests.test_interrupted_command_line import KEPT

__all__ = ["folder"]

Told = tuple[list[str], list[str]]
"""Lines of standard output and of standard error."""


@pytest.fixture
def told(
    laboratory: Laboratory, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[[str], Told]]:
    """Carries the command out in this process, in the lab that all tests share; its files are in `folder`."""
    monkeypatch.chdir(folder)

    @contextmanager
    def shared(_options: LabOptions, listener: Listener, _interrupted: threading.Event) -> Iterator[Lab]:
        laboratory.told.also = listener
        yield laboratory.lab

    def carry_out(line: str) -> Told:
        run_once(read_arguments(shlex.split(line)[1:]), LabOptions(), threading.Event(), shared)
        told = capsys.readouterr()
        return told.out.splitlines(), told.err.splitlines()

    yield carry_out
    laboratory.told.also = NullListener()


def test_a_lost_order_is_told_with_the_crash_and_the_steps_that_lost_it(
    folder: Path, told: Callable[[str], Told]
) -> None:
    line = "$M run --operation place-order --strategy token --source retry --fault crash@redis:DEL --json report.json"
    out, err = told(line)
    assert out[0] == "1 order wanted, 0 rows: lost (no effect, though a caller was told it is done)."
    assert len(err) == 1
    assert "SIGKILL" in err[0]
    start = next(number for number, line in enumerate(out) if line.startswith("Steps of order_no "))
    steps = out[start + 1 :]
    assert [one.split()[1:3] for one in steps[:2]] == [["redis", "DEL"], ["crash", "->"]]
    assert steps[-1].split()[0].endswith("r1")
    assert steps[-1].split()[1:] == ["response", "409", "->", "duplicate"]
    assert json.loads((folder / "report.json").read_text())["verdicts"] == {"lost": 1}


def test_errors_are_grouped_by_reason(told: Callable[[str], Told]) -> None:
    line = f"$M {ORDER} --intents 40 --submissions 1 --interval 20 --fault kill@database#5"
    out, err = told(line)
    assert any("runs again" in one for one in err), (out, err)
    errors = [one for one in out if " error: " in one]
    assert 1 <= len(errors) <= 5, out
    answers = next(one for one in out if one.startswith("Answers: "))
    assert all(reason.split(": ", 1)[1] for reason in errors)
    assert sum(int(one.split()[0]) for one in errors) == int(answers.split(" error")[0].split()[-1])


def test_chinese_is_spoken_throughout(told: Callable[[str], Told]) -> None:
    out, _ = told(f"$M --language zh_CN {ORDER}")
    assert out[0] == "应有 1 个订单，2 行：重复。"  # noqa: RUF001  as Chinese is written
    assert all(any("一" <= letter <= "龥" for letter in line) for line in out if not line.startswith("  "))


@pytest.mark.parametrize("source", ["clicks", "redelivery --fault crash@redis:XACK:before"])
def test_a_refusal_says_why_in_the_language_that_is_asked_for(told: Callable[[str], Told], source: str) -> None:
    out, _ = told(f"$M --language zh_CN run --operation place-order --strategy unique-index --source {source}")
    assert any("重复: " in one and one.endswith("此前已提交过；没有再次执行。") for one in out), out  # noqa: RUF001  as Chinese is written


def test_steps_are_told_in_chinese_too(told: Callable[[str], Told]) -> None:
    line = "$M --language zh_CN run --operation place-order --strategy token --source retry --fault crash@redis:DEL"
    out, _ = told(line)
    steps = out[next(number for number, line in enumerate(out) if "的步骤：" in line) + 1 :]  # noqa: RUF001
    assert steps[1].split()[1:] == ["崩溃", "->", "SIGKILL"]
    assert steps[-1].split()[1:] == ["响应", "409", "->", "重复"]


def test_what_is_under_way_at_the_limit_is_among_the_steps(told: Callable[[str], Told]) -> None:
    out, _ = told(f"$M {ORDER} --submissions 1 --processing-delay 60000 --limit-seconds 2")
    assert out[0] == "1 order wanted, 0 rows: undecided (still at work)."
    assert next(line for line in out if " in instance 1, for " in line).endswith(": processing 60000 ms")
    assert out[-1].endswith(" processing 60000 ms (under way)")


def test_standard_output_holds_nothing_but_json_where_it_is_asked_for(told: Callable[[str], Told]) -> None:
    out, _ = told(f"$M {ORDER} --json -")
    assert json.loads("\n".join(out))["verdicts"] == {"duplicated": 1}


def test_who_is_still_at_work_at_the_limit_is_told(told: Callable[[str], Told]) -> None:
    slow = "--source retry --timeout 500 --retries 1 --fault delay@sql:INSERT:before=60000 --limit-seconds 2"
    out, err = told(f"$M {ORDER} {slow}")
    assert out[0] == "1 order wanted, 1 row: undecided (still at work)."
    at = out.index("The limit was reached while 1 submission was still at work:")
    assert " in instance 1, for " in out[at + 1]
    assert err == []


def test_what_an_interrupt_leaves_at_work_is_told(folder: Path) -> None:
    shell = Shell(folder, f"exec $M {ORDER} --processing-delay 60000")
    assert sends(folder)
    shell.process.send_signal(signal.SIGINT)
    code, out, err = shell.ends()
    assert (code, err) == (1, KEPT)
    assert out.startswith("1 order wanted, 0 rows: undecided (still at work).\n")
    assert "Cancelled while 2 submissions were still at work:\n" in out
    assert shell.nothing_left(), shell.left()


def sends(folder: Path) -> bool:
    """Waits until the sender holds connections to the backend: submissions are under way."""
    mark = str(folder)

    def under_way() -> bool:
        if not any(folder.glob("submit-twice-*/private/trace")):  # to look at every process takes much longer
            return False
        senders = [
            one for one in psutil.process_iter() if "backend.lab.senders" in (name := command_of(one)) and mark in name
        ]
        return bool(senders) and len(senders[0].net_connections("tcp")) >= 2

    return wait_until(under_way, 60, every_s=0.05)


def test_a_consumer_at_work_is_named_and_its_message_counts_as_sent(told: Callable[[str], Told]) -> None:
    slow = "--source redelivery --fault delay@sql:INSERT:before=60000 --limit-seconds 4"
    out, _ = told(f"$M run --operation place-order --strategy none {slow}")
    assert ": 0 submissions sent" not in out[1]
    at = next(number for number, line in enumerate(out) if line.startswith("The limit was reached while "))
    assert " in consumer 1, for " in out[at + 1] or " in consumer 2, for " in out[at + 1]
    assert not any("Did not come about" in line or "left no steps" in line for line in out), out


@pytest.mark.parametrize(
    "fault", exhaustive_but(["crash@redis:DEL", "delay@sql:COMMIT=10#9", "kill@redis=50000"], values("crash@redis:DEL"))
)
def test_a_fault_that_did_not_come_about_is_told(folder: Path, told: Callable[[str], Told], fault: str) -> None:
    out, _ = told(f"$M {ORDER} --fault '{fault}' --json report.json")
    assert f"Did not come about, since the step or the moment never came: {fault}." in out
    assert json.loads((folder / "report.json").read_text())["missed_faults"] == [fault]


def test_a_fault_that_came_about_is_not_called_missed(folder: Path, told: Callable[[str], Told]) -> None:
    out, _ = told(f"$M {ORDER} --fault delay@sql:INSERT:before=10 --fault kill@redis#1 --json report.json")
    assert not any("Did not come about" in line for line in out)
    assert json.loads((folder / "report.json").read_text())["missed_faults"] == []


@pytest.mark.parametrize("kept", exhaustive_but(["", "--data-dir kept"], values("--data-dir kept")))
def test_a_queue_that_is_killed_ends_no_run(
    folder: Path, kept: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was on it is gone unless it was kept; what the rows say of it is the verdict."""
    line = (
        f"$M run --operation place-order --strategy none --source redelivery --fault kill@redis#5 --intents 20 {kept}"
    )
    monkeypatch.chdir(folder)
    assert main(shlex.split(f"{line} --json report.json")[1:]) == DONE
    out, err = (said.splitlines() for said in capsys.readouterr())
    assert any("runs again" in one for one in err), err
    report = json.loads((folder / "report.json").read_text())
    assert sum(report["verdicts"].values()) == 20
    assert out[0].startswith("20 orders wanted, ")
    if kept:
        assert set(report["verdicts"]) <= {"exactly_once", "duplicated"}


def test_what_others_wrote_cannot_move_the_cursor(capsysbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> None:
    """Rows, answers and errors are other people's: a terminal is told nothing by them."""
    files = OutputFiles({"markdown": str(tmp_path / "page.md"), "json": "-"})
    OutputFiles({}).tell(["order \x1b[2J\x1b]0;owned\x07"])
    complain("no \x9b31m such\x7f")
    files.write("markdown", lambda: "| \x1b[31m |\n")
    files.write("json", lambda: json.dumps({"item": "\x7f\x9b"}, ensure_ascii=False) + "\n")
    out, err = capsysbinary.readouterr()
    first, second = out.decode().splitlines()
    assert first == "order \\x1b[2J\\x1b]0;owned\\x07"
    assert json.loads(second) == {"item": "\x7f\x9b"}
    assert err.decode() == "submit-twice: no \\u009b31m such\\u007f\n"
    assert (tmp_path / "page.md").read_text() == "| \\x1b[31m |\n"
