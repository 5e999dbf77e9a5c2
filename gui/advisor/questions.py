"""The questions with their possible answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QLabel, QRadioButton, QVBoxLayout, QWidget

from backend.comparison.guidance.questions import QUESTIONS, GuideQuestion, Needs
from backend.comparison.guidance.says import about_choice, choice_term, question_term
from gui.settings import Group
from gui.theme import GRID
from gui.widgets.forms import describe
from gui.wording.live import worded
from gui.wording.speech import speak

if TYPE_CHECKING:
    from gui.settings import Settings


class QuestionList(QWidget):
    """One group of radio buttons for each question.

    Signals:
        changed: another answer.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.needs = Needs()
        self._groups: dict[str, QButtonGroup] = {}
        self._parts: dict[str, QWidget] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        layout.setSpacing(GRID + 2)
        for question in QUESTIONS:
            layout.addWidget(self._make_question(question))
        layout.addStretch(1)
        self._show_needs()

    def _make_question(self, question: GuideQuestion) -> QWidget:
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        heading = worded(QLabel(), lambda: speak(question_term(question.key)))
        heading.setProperty("role", "heading")
        column.addWidget(heading)
        group = QButtonGroup(part)
        for number, choice in enumerate(question.choices):
            title = partial(speak, choice_term(question.key, choice))
            about = partial(speak, about_choice(question.key, choice))
            radio = worded(QRadioButton(), title)
            radio.setObjectName(f"guide-{question.key}-{choice.value}")
            describe(radio, partial(_whole, heading, radio), about)
            group.addButton(radio, number)
            column.addWidget(radio)
            explanation = worded(QLabel(), about)
            explanation.setProperty("role", "caption")
            explanation.setContentsMargins(3 * GRID - 4, 0, 0, 2)
            column.addWidget(explanation)
        group.idClicked.connect(self._answer)
        self._groups[question.key] = group
        self._parts[question.key] = part
        return part

    @Slot()
    def _answer(self) -> None:
        for question in QUESTIONS:
            chosen = self._groups[question.key].checkedId()
            if chosen >= 0:
                self.needs = self.needs.answered(question.key, question.choices[chosen])
        self._show_needs()
        self.changed.emit()

    def _show_needs(self) -> None:
        for question in QUESTIONS:
            place = question.choices.index(getattr(self.needs, question.key))
            self._groups[question.key].button(place).setChecked(True)
            self._parts[question.key].setVisible(self.needs.effect in question.only_for)

    def answer(self, needs: Needs) -> None:
        """Take these answers, as if somebody had given them."""
        self.needs = needs
        self._show_needs()
        self.changed.emit()

    def restore(self, settings: Settings) -> None:
        """Take the answers of the last session."""
        for question in QUESTIONS:
            kept = settings.text(Group.GUIDANCE.key(question.key))
            for choice in question.choices:
                if choice.value == kept:
                    self.needs = self.needs.answered(question.key, choice)
        self._show_needs()

    def save(self, settings: Settings) -> None:
        """Keep the answers for the next session."""
        for question in QUESTIONS:
            settings.remember(Group.GUIDANCE.key(question.key), str(getattr(self.needs, question.key)))


def _whole(question: QLabel, answer: QRadioButton) -> str:
    return f"{question.text()} {answer.text()}"
