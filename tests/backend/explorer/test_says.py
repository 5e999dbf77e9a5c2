"""What is found in words: it speaks of all interleavings only where all of them ran."""

from __future__ import annotations

from unicodedata import east_asian_width

import pytest

from backend.cli.survey import report_lines
from backend.explorer.says import finding, scope_of
from backend.explorer.survey import CellState, Scope, Survey, SurveyCell
from backend.model.sentence import words
from backend.model.vocabulary import OperationKey, Verdict

PLACE, PAY = OperationKey.PLACE_ORDER, OperationKey.PAY_ORDER
ONCE, TWICE, LOST = Verdict.EXACTLY_ONCE, Verdict.DUPLICATED, Verdict.LOST


@pytest.mark.parametrize(
    ("outcomes", "exhaustive", "scope", "text"),
    [
        ({ONCE: 8}, True, (2, 0, 0), "In all 8 interleavings (2 requests, no crash) it takes effect exactly once."),
        (
            {ONCE: 6, TWICE: 40},
            True,
            (2, 0, 0),
            (
                "In 40 of 46 interleavings (2 requests, no crash) it takes effect more than once; "
                "in 6 it takes effect exactly once."
            ),
        ),
        (
            {ONCE: 8},
            True,
            (3, 1, 2),
            (
                "In all 8 interleavings that differ (3 requests, at most 1 crash, at most 2 lease expiries) "
                "it takes effect exactly once."
            ),
        ),
        (
            {ONCE: 1},
            False,
            (1, 2, 1),
            (
                "Not finished, and so no proof: 1 interleaving ran "
                "(1 request, at most 2 crashes, at most 1 lease expiry); in each of them it takes effect exactly once."
            ),
        ),
        (
            {ONCE: 1000, LOST: 90},
            False,
            (2, 0, 0),
            (
                "Not finished, and so no proof: 1,090 interleavings ran (2 requests, no crash); "
                "in 90 of them it is lost, although a caller was told that it is done; "
                "in 1,000 it takes effect exactly once."
            ),
        ),
        ({}, False, (2, 0, 0), "Not finished: no interleaving ran."),
    ],
)
def test_a_finding(outcomes: dict[Verdict, int], exhaustive: bool, scope: tuple[int, int, int], text: str) -> None:
    found = finding(outcomes, scope_of(*scope), exhaustive=exhaustive, requests=scope[0])
    assert str(found) == text
    chinese = words(found, "zh_CN")
    assert ("未完成" in chinese) is not exhaustive
    assert not set("abcdefghijklmnopqrstuvwxyz") & set(chinese)


def test_a_grid_in_chinese_has_straight_columns() -> None:
    cells = [
        SurveyCell(PLACE, "none", "direct", False, CellState.COUNTEREXAMPLE, True, 6, 6, {TWICE: 6}),
        SurveyCell(PAY, "none", "direct", False, CellState.PROVEN, True, 6, 6, {ONCE: 6}),
        SurveyCell(PLACE, "token", "delete-first", True, CellState.NOT_ASKED),
        SurveyCell(PAY, "token", "delete-first", True, CellState.PROVEN, True, 8, 8, {ONCE: 8}),
    ]
    head, first, second, *_ = report_lines(Survey(Scope(), tuple(cells)), None, "zh_CN")
    starts = {
        sum(2 if east_asian_width(letter) in "WF" else 1 for letter in line[: line.index(text)])
        for line, text in ((head, "pay-order"), (first, "恰好一次"), (second, "恰好一次"))
    }
    assert len(starts) == 1
