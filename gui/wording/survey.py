"""The cells of a survey in words, in the language of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from backend.explorer.survey import CellState
from backend.explorer.survey_says import cell_finding, state_term, survey_finding
from backend.model.vocabulary import OperationKey, Verdict
from gui.theme import VERDICT_GLYPHS
from gui.wording.exploration import number
from gui.wording.punctuation import in_a_row, one_after_the_other
from gui.wording.speech import speak
from gui.wording.terms import verdict_word

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.explorer.survey import Combination, Scope, Survey, SurveyCell, SurveyProgress
    from backend.explorer.survey_changes import Change
    from backend.model.sentence import Sentence

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


def state_word(state: CellState) -> str:
    """What a cell says, in one or two words."""
    return speak(state_term(state))


def cell_text(cell: SurveyCell) -> str:
    """Glyph, word and counts."""
    if cell.state is CellState.NOT_GUARDED:
        return NOTHING
    if cell.state is CellState.FAILED:
        return f"{FAILED} {state_word(cell.state)}"
    if not cell.schedules:
        return state_word(cell.state)
    worst = cell.worst
    if cell.state is not CellState.COUNTEREXAMPLE or worst is None:
        glyph = VERDICT_GLYPHS[Verdict.EXACTLY_ONCE] if cell.state is CellState.PROVEN else RUNNING
        return in_a_row([f"{glyph} {state_word(cell.state)}", number(cell.schedules)])
    more = "" if cell.exhaustive else "+"
    shout = f"{SHOUT} " if cell.contradicts else ""
    counts = f"{number(cell.outcomes[worst])}/{number(cell.schedules)}"
    return in_a_row([f"{shout}{VERDICT_GLYPHS[worst]} {verdict_word(worst)}", f"{counts}{more}"])


def cell_sentences(cell: SurveyCell, scope: Scope, breaks: Sentence | None = None) -> list[str]:
    """Everything there is to say about a cell."""
    if not cell.schedules:
        return [speak(cell_finding(cell, scope)) or state_word(cell.state)]
    said = [speak(cell_finding(cell, scope))]
    if cell.contradicts and not scope.has_mishaps:
        said.append(
            QCoreApplication.translate(
                "Survey",
                "Declared safe under concurrency, and no mishap was allowed: a contradiction.",
            )
        )
    elif cell.contradicts:
        text = QCoreApplication.translate("Survey", "Declared safe under concurrency. What is known to break it: %1")
        said.append(text.replace("%1", speak(breaks)))
    elif cell.unrefuted:
        text = QCoreApplication.translate("Survey", "The variant is broken, but not by this. What breaks it: %1")
        said.append(text.replace("%1", speak(breaks)))
    return said


def change_sentence(change: Change) -> str:
    """What changed in a cell."""
    return f"{CHANGED} {speak(change.sentence)}"


def survey_sentence(survey: Survey) -> str:
    """The grid in a few sentences: what it is, whether it is complete, what these engines cannot show."""
    said = [speak(sentence) for sentence in survey_finding(survey)]
    if harm := len(survey.contradictions):
        text = QCoreApplication.translate("Survey", "Declared safe, and yet they do harm: %1, marked with %2.")
        said.append(text.replace("%1", number(harm)).replace("%2", SHOUT))
    return one_after_the_other(said)


def progress_sentence(progress: SurveyProgress, title_of: Callable[[Combination], str]) -> str:
    """How far a survey is, which calls its questions as the grid does."""
    text = QCoreApplication.translate("Survey", "Question %1 of %2: %3. %4 interleavings so far, %5 in all")
    for place, value in enumerate(
        (
            number(progress.number),
            number(progress.questions),
            title_of(progress.pair),
            number(progress.schedules),
            number(progress.schedules_in_all),
        ),
        1,
    ):
        text = text.replace(f"%{place}", value)
    if progress.seconds_left is None:
        return f"{text}."
    left = QCoreApplication.translate("Survey", "about %1 s left")
    return f"{text}; {left.replace('%1', number(round(progress.seconds_left)))}."
