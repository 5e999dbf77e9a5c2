"""What really happened: rows and answers at the left; steps, code and explanation at the right."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QPlainTextEdit,
    QSizePolicy,
    QSplitter,
    QTabWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from gui.lab.models import RepliesModel, RowsModel, StepsModel
from gui.theme import GRID, code_font
from gui.widgets.code import CodeView
from gui.widgets.elided_label import ElidedLabel
from gui.widgets.forms import KEY_ROLE, describe, hairline
from gui.widgets.table import RecordTable
from gui.widgets.text_box import height_of, text_box
from gui.wording.live import Words, add_tab, follow_language, name_part, name_tab, put
from gui.wording.replies import reply_text
from gui.wording.speech import speak
from gui.wording.terms import instance_word, is_consumer, milliseconds, short, whole_step

if TYPE_CHECKING:
    from collections.abc import Sequence, Set

    from backend.model.catalogue import VariantInfo
    from backend.model.observed import GoneRow, Renumbered, Reply, Row, Step
    from gui.theme import Theme


class Results(QSplitter):
    """Tables, steps, code and text around one selected submission.

    Signals:
        submission_chosen: somebody selected a row or an answer of this submission.
    """

    submission_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setObjectName("resultsPane")
        self._theme = theme
        self._info: VariantInfo | None = None
        self._selected: tuple[Reply | None, str] = (None, "")
        self._has_steps = False
        """Whether the steps of the selected submission are those that there are."""
        self._forgets_steps = False
        self._total: tuple[int, int] = (0, 0)
        self.rows = RowsModel(self)
        self.replies = RepliesModel(self)
        self.steps = StepsModel(self)
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        self.addWidget(self._make_left())
        self.addWidget(self._make_right())
        self.setSizes([540, 436])
        self.setStretchFactor(0, 1)
        self.setStretchFactor(1, 1)
        self.rows_table.submission_chosen.connect(self.submission_chosen)
        self.replies_table.submission_chosen.connect(self.submission_chosen)
        theme.changed.connect(self._paint_why)
        follow_language(self, self._paint_why)
        follow_language(self, self._say_selected)

    def _make_left(self) -> QTabWidget:
        self.rows_table = RecordTable(
            "rowsTable",
            lambda: self.tr("Rows in the database"),
            self.rows,
            self._theme,
            lambda: self.tr("Rows appear here as the database has them. Press Submit to make some."),
        )
        self.replies_table = RecordTable(
            "repliesTable",
            lambda: self.tr("Answers to the callers"),
            self.replies,
            self._theme,
            lambda: self.tr("What each caller was told appears here, also where no row came of it."),
        )
        self.left = self._tabs("evidenceTabs", lambda: self.tr("Rows and answers"))
        add_tab(self.left, self.rows_table, self._rows_title)
        add_tab(self.left, self.replies_table, self._answers_title)
        for model in (self.rows, self.replies):
            model.rowsRemoved.connect(self._name_tabs)
            model.modelReset.connect(self._name_tabs)
        return self.left

    @Slot()
    def _name_tabs(self) -> None:
        """Where there are more rows or answers than are shown, its tab says so."""
        name_tab(self.left, self.rows_table, self._rows_title)
        name_tab(self.left, self.replies_table, self._answers_title)

    def note_totals(self, rows: int, replies: int) -> None:
        """How many rows and answers there were, of which those that are shown were kept."""
        self._total = rows, replies
        self._name_tabs()

    def _rows_title(self) -> str:
        if (kept := len(self.rows.records)) < self._total[0]:
            return self._of(self.tr("Rows, the first %1 of %2"), kept, self._total[0])
        return self.tr("Rows, the latest") if self.rows.gone else self.tr("Rows")

    def _answers_title(self) -> str:
        if (kept := len(self.replies.records)) < self._total[1]:
            return self._of(self.tr("Answers, the first %1 of %2"), kept, self._total[1])
        return self.tr("Answers, the latest") if self.replies.gone else self.tr("Answers")

    @staticmethod
    def _of(text: str, kept: int, total: int) -> str:
        written = QLocale().toString
        return text.replace("%1", written(kept)).replace("%2", written(total))

    def _make_right(self) -> QTabWidget:
        self.steps_table = RecordTable(
            "stepsView",
            lambda: self.tr("Steps of the selected submission"),
            self.steps,
            self._theme,
            lambda: self.tr("Select a row or an answer to see every command that its submission sent to an engine."),
        )
        self.steps_table.follow_newest = False
        self._steps_caption = ElidedLabel("", Qt.TextElideMode.ElideRight)
        self._steps_caption.setFont(code_font(0.95))
        self._steps_caption.setContentsMargins(GRID, 6, GRID, 6)
        self._steps_caption.setObjectName("stepsCaption")
        self._steps_caption.setTextFormat(Qt.TextFormat.PlainText)
        self._steps_caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        steps = QWidget()
        layout = QVBoxLayout(steps)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._steps_caption)
        layout.addWidget(self.steps_table, 3)
        layout.addWidget(hairline())
        layout.addWidget(self._make_detail(), 1)
        self.code = CodeView(self._theme)
        self.why = QTextBrowser()
        self.why.setObjectName("whyView")
        self.why.setTabChangesFocus(True)
        describe(self.why, lambda: self.tr("Explanation of the strategy"))
        self.right = self._tabs("whyTabs", lambda: self.tr("Steps, code and explanation"))
        add_tab(self.right, steps, lambda: self.tr("Steps"))
        add_tab(self.right, self.code, lambda: self.tr("Code"))
        add_tab(self.right, self.why, lambda: self.tr("Why"))
        self.show_selected(None)
        return self.right

    def _make_detail(self) -> QPlainTextEdit:
        self.detail = text_box(
            "stepDetail",
            lambda: self.tr("The selected step in full"),
            lambda: self.tr("The selected step in full, with its parameters and its answer."),
        )
        self.detail.setMinimumHeight(height_of(self.detail, 3))  # where there is little room, the rest is for the steps
        self.detail.setMaximumHeight(height_of(self.detail, 6))
        self.steps_table.selectionModel().currentRowChanged.connect(self._show_detail)
        self.steps.modelReset.connect(self.detail.clear)
        return self.detail

    @Slot(QModelIndex)
    def _show_detail(self, current: QModelIndex) -> None:
        if current.isValid():
            step = self.steps.shown[current.row()]
            self.detail.setPlainText(whole_step(step))

    def _tabs(self, object_name: str, name: Words) -> QTabWidget:
        tabs = QTabWidget()
        tabs.setObjectName(object_name)
        tabs.setDocumentMode(True)
        name_part(tabs.tabBar, name)
        put(tabs.setAccessibleName, name)
        return tabs

    # Feeding

    def add_rows(self, rows: Sequence[Row]) -> None:
        """More effects."""
        self.rows.append(rows)

    def remove_rows(self, rows: Sequence[GoneRow]) -> None:
        """Effects that are not there any more."""
        self.rows.remove_gone(rows)

    def renumber_rows(self, rows: Sequence[Renumbered]) -> None:
        """Effects that count anew."""
        self.rows.renumber(rows)

    def add_replies(self, replies: Sequence[Reply]) -> None:
        """More answers."""
        self.replies.append(replies)

    def show_wanted(self, wanted: Set[tuple[str, str]] | None) -> None:
        """What is not about these intents, by table and key, is history; None where all of it is of today."""
        self.rows.show_wanted(wanted)
        self.replies.show_wanted(wanted)

    def clear(self) -> None:
        """Nothing happened yet."""
        self.rows.clear()
        self.replies.clear()
        self.steps.clear()
        self.show_selected(None)

    def forget_steps(self) -> None:
        """Those shown are about what is history."""
        self.steps.clear()
        self.show_selected(None)

    # The selection

    def reply_of(self, submission_id: str) -> Reply | None:
        """What the caller of a submission saw, if it is known."""
        return self.replies.record_of(submission_id)

    def choose(self, submission_id: str) -> None:
        """Select a submission in both tables."""
        self.rows_table.choose(submission_id)
        self.replies_table.choose(submission_id)
        self._has_steps = False
        self.show_selected(self.reply_of(submission_id), submission_id)

    def show_steps(self, submission_id: str, steps: tuple[Step, ...]) -> None:
        """The steps of the selected submission."""
        reply = self.reply_of(submission_id)
        before = self.steps_table.currentIndex()
        same = before.isValid() and before.data(KEY_ROLE) == submission_id
        chosen = self.steps.shown[before.row()].number if same else None
        self.steps.show(steps, reply.sent_ns if reply else None)
        self._has_steps = True
        self.show_selected(reply, submission_id)
        if steps:
            row = next((row for row, step in enumerate(self.steps.shown) if step.number == chosen), 0)
            self.steps_table.setCurrentIndex(self.steps.index(row, 0))

    def choose_step(self, number: int) -> None:
        """Mark the step of this number; nothing where it is not there."""
        for row, step in enumerate(self.steps.shown):
            if step.number == number:
                self.right.setCurrentIndex(0)
                self.steps_table.setCurrentIndex(self.steps.index(row, 0))

    def note_forgotten(self, *, forgotten: bool) -> None:
        """Whether steps of some submissions are not kept any more."""
        if forgotten != self._forgets_steps:
            self._forgets_steps = forgotten
            self._say_selected()

    def show_selected(self, reply: Reply | None, submission_id: str = "") -> None:
        """The line above the steps."""
        self._selected = reply, submission_id
        self._say_selected()

    def _say_selected(self) -> None:
        reply, submission_id = self._selected
        if not submission_id:
            self._steps_caption.setText(self.tr("No submission selected"))
            return
        text = self.tr("Submission %1").replace("%1", short(submission_id))
        own = next((step.instance for step in self.steps.records if step.submission_id == submission_id), 0)
        parts = [text]
        if reply is not None:
            parts.append(reply_text(reply))
            if not reply.held_back:
                if not is_consumer(own):  # a delivery is acknowledged, or it is not
                    parts.append(f"HTTP {reply.status}" if reply.status else self.tr("no response"))
                parts.append(self.tr("%1 ms").replace("%1", milliseconds(reply.latency_ms)))
        parts += [instance_word(own)] if own else []
        text = " \N{MIDDLE DOT} ".join(parts)
        if reply is not None and not reply.held_back:
            text += self._why_no_steps()
        self._steps_caption.setText(text)
        self._steps_caption.setToolTip(text)

    def _why_no_steps(self) -> str:
        """Where there are none of a submission that was answered, why."""
        if not self._has_steps or self.steps.records:
            return ""
        why = self.tr("its steps are not kept any more") if self._forgets_steps else self.tr("no steps were seen")
        return f" \N{MIDDLE DOT} {why}"

    # The explanation

    def show_variant(self, info: VariantInfo | None) -> None:
        """What the chosen variant guarantees, what breaks it, when to choose it."""
        self._info = info
        self._paint_why()

    @Slot()
    def _paint_why(self) -> None:
        info, colours = self._info, self._theme.colours
        if info is None:
            self.why.clear()
            return
        prose = info.prose
        parts = (
            ("", speak(prose.summary)),
            (self.tr("What it guarantees"), speak(prose.guarantees)),
            (self.tr("What breaks it"), speak(prose.breaks)),
            (self.tr("Choose it when"), speak(prose.choose_when)),
            (self.tr("Sources"), "\n".join(info.sources)),
        )
        body = "".join(
            f'<p style="color:{colours.muted}; margin:14px 0 2px 0">{escape(title)}</p>'
            f'<p style="margin:0; line-height:135%">{"<br>".join(map(escape, text.splitlines()))}</p>'
            for title, text in parts
            if text
        )
        title = escape(speak(prose.title))
        self.why.setHtml(f'<div style="margin:8px 12px"><h3 style="margin:4px 0">{title}</h3>{body}</div>')
