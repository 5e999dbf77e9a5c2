"""What an exploration found, in words, in the language of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from backend.explorer.question import Event, EventKind
from backend.model import EngineKind, Verdict
from gui.lab.words import ENGINE_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backend.explorer.question import Exploration
    from backend.explorer.survey import Cell


def worst_of(outcomes: Mapping[Verdict, int]) -> Verdict | None:
    """The worst verdict that any schedule came to; None where none ran."""
    return max(
        (verdict for verdict, count in outcomes.items() if count), key=lambda verdict: verdict.severity, default=None
    )


def sentence_of(found: Exploration | Cell) -> str:
    """The finding in one sentence, the worst first. It says *proven* only where every order ran."""
    total = sum(found.outcomes.values())
    if not total:
        return QCoreApplication.translate("Explore", "Not finished: no order was explored.")
    clauses = _clauses(found.outcomes, total)
    if found.exhaustive:
        return QCoreApplication.translate("Explore", "Proven: %1.").replace("%1", clauses)
    pattern = QCoreApplication.translate("Explore", "Not finished, %1 orders explored: %2.")
    return pattern.replace("%1", str(total)).replace("%2", clauses)


def _clauses(outcomes: Mapping[Verdict, int], total: int) -> str:
    worst_first = sorted((v for v in outcomes if outcomes[v]), key=lambda verdict: verdict.severity, reverse=True)
    first, *rest = worst_first
    if not rest:
        pattern = QCoreApplication.translate("Explore", "in each of %1 orders %2")
        return pattern.replace("%1", str(total)).replace("%2", what_happens(first))
    pattern = QCoreApplication.translate("Explore", "in %1 of %2 orders %3")
    parts = [
        pattern.replace("%1", str(outcomes[first])).replace("%2", str(total)).replace("%3", what_happens(first)),
        *(
            QCoreApplication.translate("Explore", "in %1 %2")
            .replace("%1", str(outcomes[verdict]))
            .replace("%2", what_happens(verdict))
            for verdict in rest
        ),
    ]
    return QCoreApplication.translate("Explore", "; ").join(parts)


def what_happens(verdict: Verdict) -> str:
    """A verdict as the end of a sentence about an intent."""
    return {
        Verdict.EXACTLY_ONCE: QCoreApplication.translate("Explore", "it takes effect exactly once"),
        Verdict.DUPLICATED: QCoreApplication.translate("Explore", "it takes effect more than once"),
        Verdict.LOST: QCoreApplication.translate("Explore", "it is lost, although a caller was told that it is done"),
        Verdict.STUCK: QCoreApplication.translate("Explore", "it is stuck until somebody repairs it"),
        Verdict.UNDECIDED: QCoreApplication.translate("Explore", "it takes no effect, and every caller knows it"),
    }[verdict]


def engine_of(event: Event) -> EngineKind | None:
    """The engine that a step went to; None for a crash, which happens in the process itself."""
    if event.kind is EventKind.CRASH or event.engine not in set(EngineKind):
        return None
    return EngineKind(event.engine)


def engine_word(event: Event) -> str:
    """The engine's name; for what the caller is told, the caller."""
    engine = engine_of(event)
    if engine is None:
        return QCoreApplication.translate("Explore", "process")
    if engine is EngineKind.HTTP:
        return QCoreApplication.translate("Explore", "caller")
    return ENGINE_NAMES[engine]


def actor_word(event: Event) -> str:
    """The request; nothing where no request did it."""
    return "" if event.kind is EventKind.EXPIRE else event.actor


def command_word(event: Event) -> str:
    """What was sent or what happened, in one line."""
    if event.kind is EventKind.EXPIRE:
        return f"{mishap_word(event)} ({event.command})"
    return event.command if event.kind is not EventKind.CRASH else mishap_word(event)


def mishap_word(event: Event) -> str:
    """A crash, or the end of a lease or a session."""
    if event.kind is EventKind.CRASH:
        return QCoreApplication.translate("Explore", "crashes; its connections drop")
    if event.engine == EngineKind.ZOOKEEPER:
        return QCoreApplication.translate("Explore", "the session of the lock's holder ends")
    return QCoreApplication.translate("Explore", "the lease runs out")


def mistake_word() -> str:
    """The mark of the event with which the verdict became certain."""
    return f"\N{WARNING SIGN} {QCoreApplication.translate('Explore', 'the mistake')}"


def answer_of(event: Event) -> str:
    """The answer, or that there is none yet."""
    return QCoreApplication.translate("Explore", "waits…") if event.blocked else event.answer


def event_text(event: Event) -> str:
    """An event in full: who, where, the command, and the answer on a line of its own."""
    who = f"{actor_word(event)} \N{RIGHTWARDS ARROW} " if actor_word(event) else ""
    head = f"{who}{engine_word(event)}: {command_word(event)}"
    if event.kind is EventKind.CRASH:
        return f"{event.actor}: {command_word(event)}"
    if event.blocked:
        text = QCoreApplication.translate("Explore", "waits for another request; its answer comes later")
        return f"{head}\n\N{LEFTWARDS ARROW} {text}"
    return f"{head}\n\N{LEFTWARDS ARROW} {event.answer}" if event.answer else head
