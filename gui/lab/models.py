"""What the Lab page's tables show: effects, answers, steps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject

from backend.model.kept import MOST_SHOWN
from backend.model.observed import Reply, Row, Step
from backend.model.vocabulary import Answer, Verdict
from gui.widgets.records import Column, RecordModel, Tone
from gui.widgets.steps_model import StepTableModel
from gui.wording.replies import reply_text
from gui.wording.speech import speak
from gui.wording.terms import answer_text, clock, command_text, engine_name, milliseconds, ordinal, short

if TYPE_CHECKING:
    from collections.abc import Sequence, Set

    from backend.model.observed import GoneRow, Renumbered


MOST_OF_ROOM = 17
"""Characters of a command, which is what a step is about."""


class RowsModel(RecordModel[Row]):
    """The effects, as read back from the database; those of earlier runs are told apart."""

    def __init__(self, parent: QObject | None = None) -> None:
        self._wanted: Set[tuple[str, str]] | None = None
        super().__init__(
            (
                Column(lambda: QCoreApplication.translate("RowsModel", "Row"), 5, lambda row: str(row.id), right=True),
                Column(lambda: QCoreApplication.translate("RowsModel", "Effect"), 16, self._effect_text),
                Column(
                    lambda: QCoreApplication.translate("RowsModel", "For"),
                    13,
                    lambda row: row.key,
                    stretch=True,
                    least=13,
                ),
                Column(lambda: QCoreApplication.translate("RowsModel", "Item"), 5, lambda row: row.item),
                Column(
                    lambda: QCoreApplication.translate("RowsModel", "Qty"), 3, lambda row: str(row.quantity), right=True
                ),
                Column(lambda: QCoreApplication.translate("RowsModel", "At"), 12, lambda row: clock(row.created_at)),
                Column(lambda: QCoreApplication.translate("RowsModel", "By"), 6, lambda row: short(row.submission_id)),
            ),
            parent,
            MOST_SHOWN,
        )

    def remove_gone(self, rows: Sequence[GoneRow]) -> None:
        """Forget rows that are not there any more."""
        gone = {(row.table, row.id) for row in rows}
        self.remove([number for number, row in enumerate(self.records) if row.place in gone])

    def renumber(self, rows: Sequence[Renumbered]) -> None:
        """Rows that are shown count anew; almost always they are among the newest."""
        ordinals = {row.place: row.ordinal for row in rows}
        for number in range(len(self.records) - 1, -1, -1):
            if not ordinals:
                break
            record = self.records[number]
            if (now := ordinals.pop(record.place, None)) is not None:
                self.replace(number, replace(record, ordinal=now))

    def submission_of(self, record: Row) -> str:
        """The submission that made the row."""
        return record.submission_id

    def whole(self, record: Row) -> str:
        """The table, too."""
        earlier = (
            QCoreApplication.translate("RowsModel", "Of an earlier run") + "\n" if self._is_earlier(record) else ""
        )
        return f"{earlier}{record.table}\n{super().whole(record)}\n{record.submission_id}"

    def highlight(self, record: Row) -> Verdict | Tone | None:
        """Duplicates glow, and what is history is dim."""
        if self._is_earlier(record):
            return Tone.EARLIER
        return Verdict.DUPLICATED if record.is_duplicate else None

    def tell_hidden(self, count: int) -> str:
        """Duplicates are what stands out here."""
        return self.tr("%n duplicate(s) hidden", "", count)

    def show_wanted(self, wanted: Set[tuple[str, str]] | None) -> None:
        """Rows of these intents, by table and key, are of the current run; None for all."""
        if wanted != self._wanted:
            self._wanted = wanted
            self.look_again()

    def _is_earlier(self, row: Row) -> bool:
        return self._wanted is not None and (row.table, row.key) not in self._wanted

    def _effect_text(self, row: Row) -> str:
        if not self._is_earlier(row):
            return effect_text(row)
        ordinal_text = ordinal(row.ordinal) if row.is_duplicate else QCoreApplication.translate("RowsModel", "first")
        return QCoreApplication.translate("RowsModel", "earlier, %1").replace("%1", ordinal_text)


class RepliesModel(RecordModel[Reply]):
    """What the callers were told, submission by submission, also by those that left no row."""

    def __init__(self, parent: QObject | None = None) -> None:
        self._wanted: frozenset[str] | None = None
        super().__init__(
            (
                Column(
                    lambda: QCoreApplication.translate("RepliesModel", "Submission"),
                    10,
                    lambda reply: short(reply.submission_id),
                ),
                Column(lambda: QCoreApplication.translate("RepliesModel", "Answer"), 12, reply_text),
                Column(lambda: QCoreApplication.translate("RepliesModel", "HTTP"), 5, _status_text, right=True),
                Column(lambda: QCoreApplication.translate("RepliesModel", "ms"), 8, _latency_text, right=True),
                Column(
                    lambda: QCoreApplication.translate("RepliesModel", "Detail"),
                    20,
                    lambda reply: speak(reply.detail),
                    stretch=True,
                ),
            ),
            parent,
            MOST_SHOWN,
        )

    def submission_of(self, record: Reply) -> str:
        """The submission that was answered."""
        return record.submission_id

    def highlight(self, record: Reply) -> Verdict | Tone | None:
        """Errors and time-outs stand out, and what is history is dim; a word says so too."""
        if self._is_earlier(record):
            return Tone.EARLIER
        failed = record.answer in {Answer.ERROR, Answer.TIMEOUT} and not record.held_back
        return Tone.ALARM if failed else None

    def whole(self, record: Reply) -> str:
        """Also whether it is history."""
        if not self._is_earlier(record):
            return super().whole(record)
        return QCoreApplication.translate("RowsModel", "Of an earlier run") + "\n" + super().whole(record)

    def show_wanted(self, wanted: Set[tuple[str, str]] | None) -> None:
        """Answers about these intents, by table and key, are of the current run; None for all."""
        keys = None if wanted is None else frozenset(key for _, key in wanted)
        if keys != self._wanted:
            self._wanted = keys
            self.look_again()

    def _is_earlier(self, reply: Reply) -> bool:
        return self._wanted is not None and reply.intent_key not in self._wanted


class StepsModel(StepTableModel):
    """The commands that one submission ran."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(
            (
                Column(
                    lambda: QCoreApplication.translate("StepsModel", "At, ms"), 9, self.offset_text, right=True, fits=1
                ),
                Column(lambda: QCoreApplication.translate("StepsModel", "Took"), 9, _took_text, right=True, fits=2),
                Column(
                    lambda: QCoreApplication.translate("StepsModel", "Engine"),
                    13,
                    lambda step: engine_name(step.engine),
                    accent=True,
                    fits=3,
                ),
                Column(
                    lambda: QCoreApplication.translate("StepsModel", "Command"),
                    40,
                    command_text,
                    stretch=True,
                    least=MOST_OF_ROOM,
                ),
                Column(lambda: QCoreApplication.translate("StepsModel", "Answer"), 16, answer_text, fits=4),
            ),
            parent,
        )

    def show(self, steps: tuple[Step, ...], sent_ns: int | None) -> None:
        """Replace everything; times count from `sent_ns`, or from the first step where that is unknown."""
        first = steps[0].started_ns if steps else 0
        self.show_from(first if sent_ns is None else min(sent_ns, first), steps)


def effect_text(row: Row) -> str:
    """First effect of its intent, or which duplicate it is."""
    if not row.is_duplicate:
        return QCoreApplication.translate("RowsModel", "first")
    return QCoreApplication.translate("RowsModel", "duplicate, %1").replace("%1", ordinal(row.ordinal))


def _status_text(reply: Reply) -> str:
    if reply.held_back:
        return "\N{EN DASH}"
    return str(reply.status) if reply.status else QCoreApplication.translate("RepliesModel", "none")


def _latency_text(reply: Reply) -> str:
    return milliseconds(None if reply.held_back else reply.latency_ms)


def _took_text(step: Step) -> str:
    if not step.ended_ns:
        return "\N{HORIZONTAL ELLIPSIS}"
    return milliseconds((step.ended_ns - step.started_ns) / 1e6, 2)
