"""What the Explore page's tables show: the outcomes, and the events of the counterexample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject

from backend.explorer.question import Event, EventKind
from backend.model.vocabulary import EngineKind, Verdict
from gui.theme import VERDICT_GLYPHS
from gui.widgets.records import Column, RecordModel
from gui.wording.exploration import actor_word, answer_of, command_word, engine_of, engine_word, number, share
from gui.wording.live import Words, in_words
from gui.wording.punctuation import narrowed
from gui.wording.terms import verdict_word

if TYPE_CHECKING:
    from collections.abc import Mapping

_MISHAPS = frozenset({EventKind.CRASH, EventKind.ERROR, EventKind.EXPIRE, EventKind.FAILOVER, EventKind.PROMOTE})


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many interleavings came to a verdict."""

    verdict: Verdict
    count: int
    total: int


@dataclass(frozen=True, slots=True)
class NumberedEvent:
    """An event and its place in the schedule, from 1."""

    number: int
    event: Event
    mark: Words = ""
    """What is written at the event with which it goes wrong."""


class OutcomesModel(RecordModel[Outcome]):
    """The verdicts that schedules came to, the worst first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(
            (
                Column(lambda: QCoreApplication.translate("OutcomesModel", "Verdict"), 16, outcome_text, stretch=True),
                Column(
                    lambda: QCoreApplication.translate("OutcomesModel", "Interleavings"),
                    13,
                    lambda one: number(one.count),
                    right=True,
                ),
                Column(
                    lambda: QCoreApplication.translate("OutcomesModel", "Share"),
                    8,
                    lambda one: share(one.count, one.total),
                    right=True,
                ),
            ),
            parent,
        )

    def show(self, outcomes: Mapping[Verdict, int]) -> None:
        """Replace everything."""
        total = sum(outcomes.values())
        worst_first = sorted(outcomes, key=lambda verdict: verdict.severity, reverse=True)
        wanted = [Outcome(verdict, outcomes[verdict], total) for verdict in worst_first if outcomes[verdict]]
        if wanted != self.records:
            self.clear()
            self.append(wanted)

    def submission_of(self, record: Outcome) -> str:
        """The key of a row is its verdict's."""
        return record.verdict.value

    def highlight(self, record: Outcome) -> Verdict | None:
        """Each in its colour."""
        return record.verdict


class EventsModel(RecordModel[NumberedEvent]):
    """The events of the counterexample in their order: the diagram as text."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(
            (
                Column(
                    lambda: QCoreApplication.translate("EventsModel", "#"),
                    2,
                    lambda one: number(one.number),
                    right=True,
                ),
                Column(lambda: QCoreApplication.translate("EventsModel", "Who"), 3, lambda one: actor_word(one.event)),
                Column(
                    lambda: QCoreApplication.translate("EventsModel", "Engine"),
                    12,
                    lambda one: engine_word(one.event),
                    accent=True,
                    fits=1,
                ),
                Column(
                    lambda: QCoreApplication.translate("EventsModel", "Command"),
                    20,
                    command_cell,
                    stretch=True,
                    least=20,
                ),
                Column(
                    lambda: QCoreApplication.translate("EventsModel", "Answer"),
                    8,
                    lambda one: answer_of(one.event),
                    fits=2,
                ),
            ),
            parent,
        )

    def show(self, events: tuple[Event, ...], mistake: int = -1, mark: Words = "") -> None:
        """Replace everything; the event of this number, from 0, is the one with which it goes wrong."""
        self.clear()
        self.append([NumberedEvent(n + 1, event, mark if n == mistake else "") for n, event in enumerate(events)])

    def submission_of(self, record: NumberedEvent) -> str:
        """The key of a row is its event's number."""
        return str(record.number)

    def highlight(self, record: NumberedEvent) -> Verdict | None:
        """Mishaps stand out; the words say so too."""
        if record.mark:
            return Verdict.DUPLICATED
        return Verdict.LOST if record.event.kind in _MISHAPS else None

    def engine(self, record: NumberedEvent) -> EngineKind | None:
        """The engine of the event."""
        return engine_of(record.event)


def command_cell(moment: NumberedEvent) -> str:
    """The command, and a mark if it is the mistake; the shorter one first, as the end is what is cut."""
    command = command_word(moment.event).removesuffix(";")
    return narrowed(*sorted((in_words(moment.mark), command), key=len)) if moment.mark else command


def outcome_text(outcome: Outcome) -> str:
    """Glyph and word."""
    return f"{VERDICT_GLYPHS[outcome.verdict]:<2} {verdict_word(outcome.verdict)}"
