"""What the History page lists: entries, and in what two of them differ."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale, QObject

from backend.archive.entries import Kind
from backend.model.sentence import Sentence
from backend.model.vocabulary import Verdict
from gui.theme import VERDICT_GLYPHS
from gui.widgets.records import Column, RecordModel, Tone
from gui.wording.speech import speak
from gui.wording.terms import verdict_word

if TYPE_CHECKING:
    from backend.archive.summary import Summary

Difference = tuple[Sentence, Sentence, Sentence]
"""A knob, where it stood in the one entry, and where in the other."""


def kind_word(kind: Kind) -> str:
    """What was done."""
    return {
        Kind.RUN: QCoreApplication.translate("History", "run"),
        Kind.EXPLORATION: QCoreApplication.translate("History", "exploration"),
        Kind.COMPARISON: QCoreApplication.translate("History", "comparison"),
        Kind.CHECK: QCoreApplication.translate("History", "check"),
    }[kind]


def when_text(began: float) -> str:
    """Date and time, in a form that means the same in every language."""
    return QDateTime.fromSecsSinceEpoch(int(began)).toString("yyyy-MM-dd HH:mm")


def short_when(began: float) -> str:
    """The time of today, the date of any other day."""
    moment = QDateTime.fromSecsSinceEpoch(int(began))
    if moment.date() == QDateTime.currentDateTime().date():
        return moment.toString("HH:mm:ss")
    return moment.toString("yyyy-MM-dd")


def what_text(each: Summary) -> str:
    """What it was about, and what was done where that was no run."""
    told = speak(_without_folders(each.what))
    return told if each.kind is Kind.RUN else f"{kind_word(each.kind)} \N{MIDDLE DOT} {told}"


def _without_folders(what: Sentence) -> Sentence:
    """The file of a service by its name, which its folders would push out of sight."""
    parts = (
        (name, PurePath(part).name if name == "service" and isinstance(part, str) else part)
        for name, part in what.parts
    )
    return replace(what, parts=tuple(parts))


def took_text(seconds: float) -> str:
    """Seconds."""
    return QCoreApplication.translate("History", "%1 s").replace("%1", QLocale().toString(seconds, "f", 1))


def verdict_text(verdict: Verdict | None) -> str:
    """A verdict with its glyph; a dash where there is none."""
    return f"{VERDICT_GLYPHS[verdict]} {verdict_word(verdict)}" if verdict else "\N{EN DASH}"


class SummariesModel(RecordModel["Summary"]):
    """The entries of the history, the newest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(
            (
                Column(
                    lambda: QCoreApplication.translate("History", "Verdict"),
                    14,
                    lambda each: verdict_text(each.verdict),
                    fits=1,
                ),
                Column(lambda: QCoreApplication.translate("History", "What"), 20, what_text, stretch=True, least=20),
                Column(
                    lambda: QCoreApplication.translate("History", "When"),
                    10,
                    lambda each: short_when(each.began),
                    fits=2,
                ),
                Column(
                    lambda: QCoreApplication.translate("History", "Took"),
                    9,
                    lambda each: took_text(each.seconds),
                    right=True,
                    fits=3,
                ),
            ),
            parent,
        )

    def submission_of(self, record: Summary) -> str:
        """Its number stands for it."""
        return str(record.number)

    def whole(self, record: Summary) -> str:
        """Also where the file of a service is."""
        whole, what = super().whole(record), speak(record.what)
        return whole if what in whole else f"{whole}\n{what}"

    def highlight(self, record: Summary) -> Verdict | Tone | None:
        """In the colour of its verdict; what is as it should be has none."""
        return None if record.verdict is Verdict.EXACTLY_ONCE else record.verdict


class DifferencesModel(RecordModel[Difference]):
    """The knobs that stood elsewhere."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(
            (
                Column(lambda: QCoreApplication.translate("History", "Knob"), 24, lambda each: speak(each[0])),
                Column(
                    lambda: QCoreApplication.translate("History", "Earlier one"),
                    30,
                    lambda each: speak(each[1]),
                    stretch=True,
                ),
                Column(
                    lambda: QCoreApplication.translate("History", "Later one"),
                    30,
                    lambda each: speak(each[2]),
                    stretch=True,
                ),
            ),
            parent,
        )

    def submission_of(self, record: Difference) -> str:
        """Its name stands for it."""
        return str(record[0].code)
