"""The command `compare` as its users see it."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from main import main
from tests.places import short_place
from tests.test_command_line import carry_out


def test_compare_reports_what_it_found_and_writes_a_page() -> None:
    with TemporaryDirectory(prefix="st", dir=short_place()) as name:
        folder = Path(name)
        folder.chmod(0o755)
        code, out, err = carry_out(
            folder, "compare", "--strategy", "unique-index/on-conflict", "--strategy", "none/direct", "--quick",
            "--no-cost", "--situations", "clicks", "--json", "-", "--html", "page.html",
        )  # fmt: skip
        page = (folder / "page.html").read_text("utf-8")
    assert (code, err) == (0, "")
    document = json.loads(out)
    assert {line["strategy"]: line["cells"][0]["verdict"] for line in document["lines"]} == {
        "none": "duplicated",
        "unique-index": "exactly_once",
    }
    assert document["surprises"] == []
    assert page.startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--strategy", "magic"), 2),
        (("--strategy", "optimistic-lock", "--operation", "place-order"), 2),
        (("--json", "/no/such/folder/x.json"), 1),
    ],
)
def test_what_cannot_be_compared_is_refused_in_one_line(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int
) -> None:
    assert main(["compare", *arguments]) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("submit-twice: ")
    assert told.err.count("\n") == 1
