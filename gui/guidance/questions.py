"""The questions with their possible answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QLabel, QRadioButton, QVBoxLayout, QWidget

from backend.guidance.questions import QUESTIONS, GuideQuestion, Needs
from gui.forms import describe
from gui.lab.catalogue import catalogue_text
from gui.theme import GRID

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
        heading = QLabel(catalogue_text(question.sentence))
        heading.setProperty("role", "heading")
        column.addWidget(heading)
        group = QButtonGroup(part)
        for number, choice in enumerate(question.choices):
            radio = QRadioButton(catalogue_text(choice.title))
            radio.setObjectName(f"guide-{question.key}-{choice.value}")
            name = f"{catalogue_text(question.sentence)} {catalogue_text(choice.title)}"
            describe(radio, name, catalogue_text(choice.explanation))
            group.addButton(radio, number)
            column.addWidget(radio)
            explanation = QLabel(catalogue_text(choice.explanation))
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
                self.needs = self.needs.answered(question.key, question.choices[chosen].value)
        self._show_needs()
        self.changed.emit()

    def _show_needs(self) -> None:
        for question in QUESTIONS:
            values = [choice.value for choice in question.choices]
            self._groups[question.key].button(values.index(getattr(self.needs, question.key))).setChecked(True)
            self._parts[question.key].setVisible(self.needs.effect in question.only_for)

    def restore(self, settings: Settings) -> None:
        """Take the answers of the last session."""
        for question in QUESTIONS:
            kept = settings.text(f"guidance/{question.key}")
            for choice in question.choices:
                if choice.value == kept:
                    self.needs = self.needs.answered(question.key, choice.value)
        self._show_needs()

    def save(self, settings: Settings) -> None:
        """Keep the answers for the next session."""
        for question in QUESTIONS:
            settings.remember(f"guidance/{question.key}", str(getattr(self.needs, question.key)))
