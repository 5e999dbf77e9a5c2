"""What an exploration found, in words, in the language of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLocale

from backend.explorer.mistake import mistake_mark
from backend.explorer.page_says import answer_in, command_in, mishap
from backend.explorer.question import Event, EventKind
from backend.model.vocabulary import EngineKind, Verdict
from gui.wording.speech import language, speak
from gui.wording.terms import engine_name

if TYPE_CHECKING:
    from collections.abc import Mapping


def worst_of(outcomes: Mapping[Verdict, int]) -> Verdict | None:
    """The worst verdict that any schedule came to; None where none ran."""
    return max(
        (verdict for verdict, count in outcomes.items() if count), key=lambda verdict: verdict.severity, default=None
    )


def number(count: int) -> str:
    """A whole number as the window's language writes it."""
    return QLocale().toString(count)


def share(part: int, whole: int) -> str:
    """A part of a whole, in per cent."""
    return f"{QLocale().toString(100 * part / whole, 'f', 1)} %"


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
    return engine_name(engine)


def actor_word(event: Event) -> str:
    """The request; nothing where no request did it."""
    return "" if event.kind.is_of_an_engine else event.actor


def command_word(event: Event) -> str:
    """What was sent or what happened, in one line."""
    if event.kind is EventKind.APPLY:
        return mishap_word(event)
    if event.kind is EventKind.ERROR:
        return QCoreApplication.translate("Explore", "exception: %1").replace("%1", command_in(event, language()))
    if event.kind is EventKind.EXPIRE:
        return f"{mishap_word(event)} ({event.command})"
    if event.kind in {EventKind.CRASH, EventKind.FAILOVER, EventKind.PROMOTE}:
        return mishap_word(event)
    return command_in(event, language())


def mishap_word(event: Event) -> str:
    """A crash, a failover, or the end of a lease or a session."""
    return speak(mishap(event))


def mistake_word(verdict: Verdict) -> str:
    """The mark of the event with which the verdict became certain."""
    return f"\N{WARNING SIGN} {speak(mistake_mark(verdict))}"


def answer_of(event: Event) -> str:
    """The answer, or that there is none yet."""
    return QCoreApplication.translate("Explore", "waits…") if event.blocked else answer_in(event, language())


def event_text(event: Event) -> str:
    """An event in full: who, where, the command, and the answer on a line of its own."""
    who = f"{actor_word(event)} \N{RIGHTWARDS ARROW} " if actor_word(event) else ""
    head = f"{who}{engine_word(event)}: {command_word(event)}"
    if event.kind is EventKind.CRASH:
        return f"{event.actor}: {command_word(event)}"
    if event.kind is EventKind.ERROR:
        return f"{who}{engine_word(event)}: {command_in(event, language())}\n\N{LEFTWARDS ARROW} {mishap_word(event)}"
    if event.blocked:
        text = QCoreApplication.translate("Explore", "waits for another request; its answer comes later")
        return f"{head}\n\N{LEFTWARDS ARROW} {text}"
    return f"{head}\n\N{LEFTWARDS ARROW} {answer_of(event)}" if event.answer else head
