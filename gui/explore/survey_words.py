"""The cells of a survey in words, in the language of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from backend.explorer.survey import State
from backend.explorer.survey_changes import ChangeKind
from backend.model import OperationKey, Verdict
from gui.explore.words import sentence_of
from gui.lab.catalogue import catalogue_text
from gui.lab.words import verdict_word
from gui.theme import VERDICT_GLYPHS

if TYPE_CHECKING:
    from backend.explorer.survey import Cell, Survey, SurveyProgress
    from backend.explorer.survey_changes import Change

CHANGED = "\N{GREEK CAPITAL LETTER DELTA}"
RUNNING = "\N{HORIZONTAL ELLIPSIS}"
NOTHING = "\N{EN DASH}"
SHOUT = "!!"
FAILED = "!"


def short_operation(operation: OperationKey) -> str:
    """An operation as the title of a narrow column."""
    return {
        OperationKey.PLACE_ORDER: QCoreApplication.translate("Survey", "Place an order"),
        OperationKey.PAY_ORDER: QCoreApplication.translate("Survey", "Pay an order"),
        OperationKey.ADD_STOCK: QCoreApplication.translate("Survey", "Add stock"),
        OperationKey.CANCEL_ORDER: QCoreApplication.translate("Survey", "Cancel an order"),
        OperationKey.SEND_MESSAGE: QCoreApplication.translate("Survey", "Send a message"),
    }.get(operation, operation.value)


def state_word(state: State) -> str:
    """What a cell says, in one or two words."""
    return {
        State.PROVEN: QCoreApplication.translate("Survey", "proven"),
        State.COUNTEREXAMPLE: QCoreApplication.translate("Survey", "counterexample"),
        State.NOT_FINISHED: QCoreApplication.translate("Survey", "not finished"),
        State.NOT_ASKED: QCoreApplication.translate("Survey", "not asked"),
        State.NOT_GUARDED: QCoreApplication.translate("Survey", "not guarded"),
        State.FAILED: QCoreApplication.translate("Survey", "failed"),
    }[state]


def cell_text(cell: Cell) -> str:
    """Glyph, word and counts."""
    if cell.state is State.NOT_GUARDED:
        return NOTHING
    if cell.state is State.FAILED:
        return f"{FAILED} {state_word(cell.state)}"
    if not cell.schedules:
        return state_word(cell.state)
    worst = cell.worst
    if cell.state is not State.COUNTEREXAMPLE or worst is None:
        glyph = VERDICT_GLYPHS[Verdict.EXACTLY_ONCE] if cell.state is State.PROVEN else RUNNING
        return f"{glyph} {state_word(cell.state)}, {cell.schedules:,}"
    more = "" if cell.exhaustive else "+"
    shout = f"{SHOUT} " if cell.contradicts else ""
    return f"{shout}{VERDICT_GLYPHS[worst]} {verdict_word(worst)}, {cell.outcomes[worst]:,}/{cell.schedules:,}{more}"


def cell_sentences(cell: Cell, *, mishaps: bool, breaks: str = "") -> list[str]:
    """Everything there is to say about a cell."""
    if cell.state in {State.NOT_GUARDED, State.FAILED}:
        return [catalogue_text(cell.sentence)]
    if not cell.schedules:
        return [state_word(cell.state)]
    said = [sentence_of(cell)]
    if cell.contradicts and not mishaps:
        said.append(
            QCoreApplication.translate(
                "Survey", "The variant is declared sound, and nothing but the order went wrong: a contradiction."
            )
        )
    elif cell.contradicts:
        text = QCoreApplication.translate("Survey", "The variant is declared sound. What is known to break it: %1")
        said.append(text.replace("%1", catalogue_text(breaks)))
    elif cell.unrefuted:
        text = QCoreApplication.translate("Survey", "The variant is broken, but not by this. What breaks it: %1")
        said.append(text.replace("%1", catalogue_text(breaks)))
    return said


def change_sentence(change: Change) -> str:
    """What changed in a cell."""
    word = {
        ChangeKind.APPEARED: QCoreApplication.translate("Survey", "Not in the earlier survey"),
        ChangeKind.VANISHED: QCoreApplication.translate("Survey", "Not in this survey any more"),
        ChangeKind.PROVEN_NOW: QCoreApplication.translate("Survey", "Proven now"),
        ChangeKind.PROVEN_NO_MORE: QCoreApplication.translate("Survey", "Proven no more"),
        ChangeKind.OUTCOMES: QCoreApplication.translate("Survey", "Other outcomes"),
        ChangeKind.STATE: QCoreApplication.translate("Survey", "Another state"),
        ChangeKind.COUNTS: QCoreApplication.translate("Survey", "Other counts"),
        ChangeKind.DECLARATION: QCoreApplication.translate("Survey", "Declared otherwise"),
    }[change.kind]
    if change.before is None:
        return f"{CHANGED} {word}."
    text = QCoreApplication.translate("Survey", "%1. Earlier: %2")
    return f"{CHANGED} {text.replace('%1', word).replace('%2', cell_text(change.before))}"


def survey_sentence(survey: Survey) -> str:
    """The grid in one sentence."""
    counts = ", ".join(f"{survey.count(state)} {state_word(state)}" for state in State if survey.count(state))
    schedules = sum(cell.schedules for cell in survey.cells)
    text = QCoreApplication.translate("Survey", "%1. %2 orders in %3 s.")
    said = [text.replace("%1", counts).replace("%2", f"{schedules:,}").replace("%3", f"{survey.seconds:.1f}")]
    if survey.cancelled:
        said.insert(0, QCoreApplication.translate("Survey", "Cancelled."))
    if survey.stopped:
        said.insert(0, survey.stopped)
    if harm := len(survey.contradictions):
        text = QCoreApplication.translate("Survey", "%1 of what is declared sound do harm: see the cells with %2.")
        said.append(text.replace("%1", str(harm)).replace("%2", SHOUT))
    return " ".join([*said, *survey.notes])


def progress_sentence(progress: SurveyProgress) -> str:
    """How far a survey is."""
    operation, strategy, variant = progress.pair
    text = QCoreApplication.translate("Survey", "Question %1 of %2: %3. %4 orders so far, %5 in all")
    for place, value in enumerate(
        (
            str(progress.number),
            str(progress.questions),
            f"{strategy}/{variant}, {short_operation(operation)}",
            f"{progress.schedules:,}",
            f"{progress.schedules_in_all:,}",
        ),
        1,
    ):
        text = text.replace(f"%{place}", value)
    if progress.seconds_left is None:
        return f"{text}."
    left = QCoreApplication.translate("Survey", "about %1 s left")
    return f"{text}; {left.replace('%1', f'{progress.seconds_left:.0f}')}."
