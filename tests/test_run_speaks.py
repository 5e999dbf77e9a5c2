"""What `run` says to whoever runs it: the verdict first, then answers with reasons, incidents as they happen, steps."""

from __future__ import annotations

import json
from pathlib import Path

from tests.test_attacked_command_line import ORDER, Shell, folder

__all__ = ["folder"]


def told(folder: Path, line: str) -> tuple[list[str], list[str]]:
    """Lines of standard output and of standard error of a command that goes well."""
    shell = Shell(folder, line)
    code, out, err = shell.ends()
    assert code == 0, err
    assert shell.nothing_left(), shell.left()
    return out.splitlines(), err.splitlines()


def test_a_lost_order_is_told_with_the_crash_and_the_steps_that_lost_it(folder: Path) -> None:
    line = "$M run --operation place-order --strategy token --source retry --fault crash@redis:DEL --json report.json"
    out, err = told(folder, line)
    assert out[0] == "1 order wanted, 0 rows: lost (no effect, though a caller was told it is done)."
    assert len(err) == 1
    assert "SIGKILL" in err[0]
    start = next(number for number, line in enumerate(out) if line.startswith("Steps of order_no "))
    steps = out[start + 1 :]
    assert [one.split()[:3] for one in steps[:2]] == [["1.1", "redis", "DEL"], ["1.1", "crash", "->"]]
    assert steps[-1].split() == ["1.1r1", "reply", "409", "->", "duplicate"]
    assert json.loads((folder / "report.json").read_text())["verdicts"] == {"lost": 1}


def test_errors_are_grouped_by_reason(folder: Path) -> None:
    line = f"$M {ORDER} --intents 40 --submissions 1 --interval 20 --fault kill@database#5"
    out, err = told(folder, line)
    assert any("runs again" in one for one in err), (out, err)
    errors = [one for one in out if " error: " in one]
    assert 1 <= len(errors) <= 5, out
    answers = next(one for one in out if one.startswith("Answers: "))
    assert all(reason.split(": ", 1)[1] for reason in errors)
    assert sum(int(one.split()[0]) for one in errors) == int(answers.split(" error")[0].split()[-1])


def test_chinese_is_spoken_throughout(folder: Path) -> None:
    out, _ = told(folder, f"$M --language zh_CN {ORDER}")
    assert out[0] == "应有 1 个订单，2 行：重复。"  # noqa: RUF001  as Chinese is written
    assert all(any("一" <= letter <= "龥" for letter in line) for line in out if not line.startswith("  "))


def test_standard_output_holds_nothing_but_json_where_it_is_asked_for(folder: Path) -> None:
    out, _ = told(folder, f"$M {ORDER} --json -")
    assert json.loads("\n".join(out))["verdicts"] == {"duplicated": 1}
