"""The timeline in words: for the hover text, for the list that a screen reader reads, for the description."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject

from backend.model.vocabulary import EngineKind, Verdict
from gui.widgets.records import Column, RecordModel, Tone
from gui.widgets.timeline.lane import Lane, Mishap
from gui.widgets.timeline.lanes import LaneBook
from gui.wording.replies import reply_text
from gui.wording.speech import speak
from gui.wording.terms import answer_text, command_text, engine_name, instance_word, milliseconds, short

if TYPE_CHECKING:
    from backend.model.observed import LockWait, Reply, Step
    from gui.widgets.timeline.leases import Lease


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is to be seen on a lane."""

    submission: str
    begin: int
    end: int
    what: str
    answer: str = ""
    engine: EngineKind | None = None
    alarming: bool = False
    number: int = -1
    """Number of the step, where it is one."""
    instance: int = 0
    """The backend process that did it; 0 where none did."""


def facts_of(book: LaneBook, lane: Lane) -> list[Fact]:
    """Everything on a lane, in the order of time."""
    facts = [step_fact(step) for step in lane.steps]
    if lane.under_way is not None:
        facts.append(under_way_fact(lane.under_way))
    facts += [wait_fact(wait) for wait in lane.waits]
    for lease in book.leases(lane):
        facts += lease_facts(lane, lease)
    if lane.reply is not None:
        facts.append(caller_fact(lane, lane.reply))
        if lane.mishap not in {Mishap.NONE, Mishap.HELD_BACK}:
            facts.append(mishap_fact(lane))
    return sorted(facts, key=lambda fact: (fact.begin, -fact.end))


def step_fact(step: Step) -> Fact:
    """A command and what came of it."""
    return Fact(
        step.submission_id, step.started_ns, step.ended_ns, command_text(step), answer_text(step),
        step.engine, bool(step.error), step.number, step.instance,
    )  # fmt: skip


def under_way_fact(step: Step) -> Fact:
    """A command of which nothing has come yet."""
    return Fact(
        step.submission_id, step.started_ns, time.monotonic_ns(), command_text(step), "",
        step.engine, number=step.number, instance=step.instance,
    )  # fmt: skip


def wait_fact(wait: LockWait) -> Fact:
    """Whom a statement waited for."""
    text = QCoreApplication.translate("Timeline", "waits for a lock, behind %1")
    return Fact(wait.submission_id, wait.started_ns, wait.ended_ns, text.replace("%1", blockers_text(wait)))


def blockers_text(wait: LockWait) -> str:
    """Names of those who held the lock, or stood before it in the queue."""
    return ", ".join(map(short, wait.blockers)) or QCoreApplication.translate("Timeline", "somebody else")


def lease_facts(lane: Lane, lease: Lease) -> list[Fact]:
    """A lease, and its expiry if it came to that."""
    life = milliseconds((lease.expires_ns - lease.started_ns) / 1e6, 0)
    text = QCoreApplication.translate("Timeline", "lease of %1 ms on %2").replace("%1", life).replace("%2", lease.key)
    if lease.released_ns is None:
        expiry = QCoreApplication.translate("Timeline", "lease on %1 expires unless it was prolonged")
        end = Fact(lane.submission, lease.expires_ns, lease.expires_ns, expiry.replace("%1", lease.key),
                   engine=EngineKind.REDIS, alarming=True)  # fmt: skip
        return [Fact(lane.submission, lease.started_ns, lease.expires_ns, text, engine=EngineKind.REDIS), end]
    if lease.released_by == lane.submission:
        answer = QCoreApplication.translate("Timeline", "released")
    else:
        answer = QCoreApplication.translate("Timeline", "deleted by %1").replace("%1", short(lease.released_by))
    return [Fact(lane.submission, lease.started_ns, lease.released_ns, text, answer, EngineKind.REDIS,
                 lease.released_by != lane.submission)]  # fmt: skip


def caller_fact(lane: Lane, reply: Reply) -> Fact:
    """What the caller saw."""
    if reply.held_back:
        text = QCoreApplication.translate("Timeline", "click blocked: the button was disabled")
        return Fact(lane.submission, reply.sent_ns, reply.sent_ns, text)
    text = QCoreApplication.translate("Timeline", "caller waits for the answer")
    if reply.retry_of:
        text = QCoreApplication.translate("Timeline", "caller tries %1 again and waits for the answer")
        text = text.replace("%1", short(reply.retry_of))
    answer = reply_text(reply)
    answer += f", HTTP {reply.status}" if reply.status else QCoreApplication.translate("Timeline", ", no response")
    return Fact(lane.submission, reply.sent_ns, reply.received_ns, text, answer)


def mishap_fact(lane: Lane) -> Fact:
    """What went wrong for the caller."""
    detail = speak(lane.reply.detail) if lane.reply else ""
    return Fact(lane.submission, lane.mishap_ns, lane.mishap_ns, mishap_text(lane.mishap), detail, alarming=True)


def mishap_text(mishap: Mishap) -> str:
    """A mishap in words."""
    return {
        Mishap.NONE: "",
        Mishap.TIMEOUT: QCoreApplication.translate("Timeline", "time-out: the caller gives up waiting"),
        Mishap.BROKEN: QCoreApplication.translate("Timeline", "the connection breaks before the answer arrives"),
        Mishap.CUT_OFF: QCoreApplication.translate("Timeline", "cut off: the backend never got as far as replying"),
        Mishap.HELD_BACK: QCoreApplication.translate("Timeline", "blocked by the button"),
    }[mishap]


def hover_text(fact: Fact, zero_ns: int) -> str:
    """A fact in a few plain lines."""
    begin, end = milliseconds((fact.begin - zero_ns) / 1e6, 3), milliseconds((fact.end - zero_ns) / 1e6, 3)
    lines = [fact.what]
    if fact.answer:
        lines.append(f"\N{RIGHTWARDS ARROW} {fact.answer}")
    if fact.end > fact.begin:
        took = milliseconds((fact.end - fact.begin) / 1e6, 3)
        pattern = QCoreApplication.translate("Timeline", "from %1 to %2 ms, took %3 ms")
        lines.append(pattern.replace("%1", begin).replace("%2", end).replace("%3", took))
    else:
        lines.append(QCoreApplication.translate("Timeline", "at %1 ms").replace("%1", begin))
    if fact.engine is EngineKind.SQLITE:
        lines.append(QCoreApplication.translate("Timeline", "SQLite waits for its file lock inside the call."))
    engine = engine_name(fact.engine) if fact.engine is not None else ""
    instance = instance_word(fact.instance) if fact.instance else ""
    lines.append(" \N{MIDDLE DOT} ".join(part for part in (engine, fact.submission, instance) if part))
    return "\n".join(lines)


class FactsModel(RecordModel[Fact]):
    """The timeline as a table: one line a span."""

    def __init__(self, parent: QObject | None = None) -> None:
        self.earlier: set[str] = set()
        """Submissions of earlier runs."""
        self.zeros: dict[str, int] = {}
        """The zero of the times of each submission: when its run began."""
        super().__init__(
            (
                Column(
                    lambda: QCoreApplication.translate("FactsModel", "Submission"),
                    10,
                    lambda fact: short(fact.submission),
                ),
                Column(lambda: QCoreApplication.translate("FactsModel", "From, ms"), 9, self._begin_text, right=True),
                Column(lambda: QCoreApplication.translate("FactsModel", "To, ms"), 9, self._end_text, right=True),
                Column(lambda: QCoreApplication.translate("FactsModel", "Engine"), 12, _engine_text, accent=True),
                Column(
                    lambda: QCoreApplication.translate("FactsModel", "What"), 40, lambda fact: fact.what, stretch=True
                ),
                Column(lambda: QCoreApplication.translate("FactsModel", "Answer"), 18, lambda fact: fact.answer),
            ),
            parent,
        )

    def submission_of(self, record: Fact) -> str:
        """Whose lane it is on."""
        return record.submission

    def highlight(self, record: Fact) -> Verdict | Tone | None:
        """What went wrong stands out, and what is history is dim."""
        if self._is_earlier(record):
            return Tone.EARLIER
        return Tone.ALARM if record.alarming else None

    def whole(self, record: Fact) -> str:
        """Also whether it is history."""
        if not self._is_earlier(record):
            return super().whole(record)
        return QCoreApplication.translate("RowsModel", "Of an earlier run") + "\n" + super().whole(record)

    def _is_earlier(self, record: Fact) -> bool:
        return record.submission in self.earlier

    def engine(self, record: Fact) -> EngineKind | None:
        """The engine of a step."""
        return record.engine

    def _begin_text(self, fact: Fact) -> str:
        return milliseconds((fact.begin - self.zeros.get(fact.submission, fact.begin)) / 1e6, 3)

    def _end_text(self, fact: Fact) -> str:
        return milliseconds((fact.end - self.zeros.get(fact.submission, fact.begin)) / 1e6, 3)


def _engine_text(fact: Fact) -> str:
    return "" if fact.engine is None else engine_name(fact.engine)
