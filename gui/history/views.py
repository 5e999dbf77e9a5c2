"""An entry shown again, read-only: a run, an exploration, a comparison, or a check of a service."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, Qt, Slot
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from backend.archive.entries import CheckRecord, ComparisonRecord, Entry, ExplorationRecord, RunRecord
from backend.archive.summary import subject
from backend.service.asked import Checked
from gui.compare.table import ComparisonTable
from gui.history.models import kind_word, took_text, verdict_text, when_text
from gui.lab.banner import VerdictBanner
from gui.lab.counters import Counters
from gui.lab.results import Results
from gui.service.evidence import CheckPane
from gui.theme import GRID
from gui.widgets.exploration_banner import ExplorationBanner
from gui.widgets.finding import FindingPane, Names
from gui.widgets.fixed_size_host import FixedSizeHost
from gui.widgets.forms import hairline
from gui.widgets.timeline.pane import Timeline
from gui.wording.live import put
from gui.wording.speech import speak
from gui.wording.terms import answer_word, milliseconds

if TYPE_CHECKING:
    from backend.model.catalogue import VariantInfo
    from backend.model.judgement import Judgement
    from gui.theme import Theme

OF_HISTORY = "history"


class BriefCounters(QLabel):
    """The counters in a line that wraps: those that are not zero."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("historyCounters")
        self.setWordWrap(True)
        self.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)

    def show_judgement(self, judgement: Judgement) -> None:
        """The numbers of a run that is over."""
        put(self.setText, partial(self._told, judgement))
        put(self.setAccessibleName, self.text)

    def _told(self, judgement: Judgement) -> str:
        written = QLocale().toString
        parts = [self.tr("%n row(s)", "", judgement.effects), self.tr("%n submission(s)", "", judgement.submissions)]
        parts += [f"{answer_word(answer)} {written(count)}" for answer, count in judgement.answers.items() if count]
        parts.append(self.tr("p50 %1 ms").replace("%1", milliseconds(judgement.p50_ms)))
        parts.append(self.tr("p99 %1 ms").replace("%1", milliseconds(judgement.p99_ms)))
        return "  \N{MIDDLE DOT}  ".join(parts)


class RunView(QWidget):
    """A kept run: banner, counters, rows and answers, steps, code, explanation and timeline.

    Args:
        theme: for the colours.
        brief: whether only banner and counters are shown, with the timeline beside.
    """

    def __init__(self, theme: Theme, *, brief: bool = False) -> None:
        super().__init__()
        self._run: RunRecord | None = None
        self._steps: dict[str, list[int]] = {}
        self.banner = VerdictBanner(theme)
        self.counters = BriefCounters() if brief else Counters()
        self.results = Results(theme)
        self.timeline = Timeline(theme)
        self.results.rows_table.say_when_empty(lambda: self.tr("It left no row."))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        below = self.counters if brief else FixedSizeHost(self.counters)
        for widget in (FixedSizeHost(self.banner), below, hairline()):
            layout.addWidget(widget)
        if not brief:
            evidence = QSplitter(Qt.Orientation.Vertical)
            evidence.setHandleWidth(1)
            evidence.setChildrenCollapsible(False)
            evidence.addWidget(self.results)
            evidence.addWidget(self.timeline)
            evidence.setStretchFactor(0, 1)
            evidence.setSizes([380, 240])
            layout.addWidget(evidence, 1)
        self.results.submission_chosen.connect(self._choose)
        self.timeline.submission_chosen.connect(self._choose)
        self.timeline.step_chosen.connect(self._choose_step)

    def show_run(self, run: RunRecord, info: VariantInfo | None = None) -> None:
        """Show this one."""
        self._run = run
        judgement = replace(run.judgement, at_work=())
        self.banner.show_judgement(judgement, {run.settings.operation}, running=False)
        self.counters.show_judgement(judgement)
        self.results.clear()
        self.results.show_wanted(None)
        self.results.add_rows(run.rows)
        self.results.add_replies(run.replies)
        self.results.note_totals(len(run.rows) + run.left_out.rows, len(run.replies) + run.left_out.replies)
        self.results.note_forgotten(forgotten=run.left_out.submissions > 0)
        self.results.show_variant(info)
        if run.code:
            self.results.code.show_source(run.code)
        self.timeline.clear()
        self.timeline.add_replies(run.replies)
        self.timeline.add_steps(run.steps)
        self.timeline.add_waits(run.waits)
        self.timeline.end_work()
        self.timeline.view.fit()
        made = [row.submission_id for row in run.rows] + [reply.submission_id for reply in run.replies]
        if made:
            self._choose(made[-1])

    @Slot(str)
    def _choose(self, submission: str) -> None:
        if self._run is None:
            return
        steps = sorted((s for s in self._run.steps if s.submission_id == submission), key=lambda step: step.number)
        self.results.choose(submission)
        self.results.show_steps(submission, tuple(steps))
        self.timeline.choose(submission)

    @Slot(str, int)
    def _choose_step(self, submission: str, number: int) -> None:
        self._choose(submission)
        self.results.choose_step(number)


class EntryView(QWidget):
    """An entry of any kind, under a line that says what it is."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._info: dict[tuple[str, str], VariantInfo] = {}
        self.entry: Entry | None = None
        self._shown: QWidget | None = None
        self.caption = QLabel()
        self.caption.setObjectName("historyCaption")
        self.caption.setProperty("role", "heading")
        self.caption.setTextFormat(Qt.TextFormat.PlainText)
        self.caption.setWordWrap(True)
        self.caption.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addWidget(self.caption)

    def know(self, info: dict[tuple[str, str], VariantInfo]) -> None:
        """What is said of variants, by the keys of strategy and variant."""
        self._info = info

    def show_entry(self, entry: Entry) -> None:
        """Show this one."""
        self.entry = entry
        put(self.caption.setText, partial(_title, entry))
        put(
            self.caption.setAccessibleName,
            lambda: ", ".join((verdict_text(entry.verdict), _title(entry), took_text(entry.seconds))),
        )
        self._show(self._made(entry))

    def _made(self, entry: Entry) -> QWidget:
        match entry.content:
            case RunRecord() as run:
                view = RunView(self._theme)
                setup = run.settings.setup
                view.show_run(run, self._info.get((setup.strategy, setup.variant)))
                return view
            case ExplorationRecord() as explored:
                return _exploration_view(explored, self._theme)
            case ComparisonRecord() as compared:
                table = ComparisonTable(self._theme)
                table.cells.begin(compared.found.asked.situations)
                for line in compared.found.lines:
                    table.cells.show_line(line)
                return table
            case CheckRecord() as checked:
                pane = CheckPane(self._theme)
                pane.begin(tuple(result.situation for result in checked.found.situations))
                pane.show_found(Checked(checked.found, (), checked.plan))
                return pane

    def _show(self, view: QWidget) -> None:
        if self._shown is not None:
            self._layout.removeWidget(self._shown)
            self._shown.hide()
            self._shown.deleteLater()
        self._shown = view
        rename(view)
        self._layout.addWidget(view, 1)
        view.show()


def _exploration_view(explored: ExplorationRecord, theme: Theme) -> QWidget:
    view = QWidget()
    layout = QVBoxLayout(view)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    banner = ExplorationBanner(theme)
    banner.show_found(explored.found)
    pane = FindingPane(theme, Names(), "")
    pane.show_found(explored.found)
    layout.addWidget(FixedSizeHost(banner))
    layout.addWidget(pane, 1)
    return view


def rename(view: QWidget) -> None:
    """Names of its parts, which the pages have as well: they are told apart by what stands before them."""
    for each in (view, *view.findChildren(QWidget)):
        name = each.objectName()
        if name and not name.startswith(("qt_", OF_HISTORY)):
            each.setObjectName(f"{OF_HISTORY}{name[0].upper()}{name[1:]}")


def _title(entry: Entry) -> str:
    return f"{kind_word(entry.kind)} \N{MIDDLE DOT} {speak(subject(entry))} \N{MIDDLE DOT} {when_text(entry.began)}"
