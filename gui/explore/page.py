"""The Explore page: every order in which duplicates can run, and the shortest way to the worst of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QTabWidget, QWidget

from gui.explore.evidence import Evidence
from gui.explore.explorer import Explorer
from gui.explore.progress import ProgressPanel
from gui.explore.question_panel import QuestionPanel
from gui.explore.survey import SurveyPane
from gui.theme import GRID
from gui.widgets.exploration_banner import ExplorationBanner
from gui.widgets.finding import FindingPane, Names
from gui.widgets.forms import button, describe
from gui.widgets.layouts import column, fill, side_by_side, stack
from gui.widgets.sequence.export import ExportButton
from gui.widgets.sidebar import NARROW, Sidebar
from gui.wording.catalogue import Catalogue
from gui.wording.live import Words, add_tab, name_part, put

if TYPE_CHECKING:
    from backend.explorer.question import Exploration, Progress, Question
    from backend.model.catalogue import StrategyInfo
    from gui.link.bridge import LabBridge
    from gui.settings import Settings
    from gui.theme import Theme


class ExplorePage(QWidget):
    """Asks, follows, and shows what was found.

    Signals:
        closed: nothing of an exploration or of a survey is running any more.
    """

    closed = Signal()

    def __init__(self, bridge: LabBridge, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("explorePage")
        self.explorer = Explorer(bridge.options, self)
        self.question = QuestionPanel()
        self.progress = ProgressPanel()
        self.banner = ExplorationBanner(theme)
        self.evidence = Evidence(theme)
        self.story = FindingPane(theme, Names(), self._invitation, self.evidence)
        self.story.example_shown.connect(self.evidence.show_example)
        self.story.event_shown.connect(self.evidence.show_event)
        self.export = ExportButton(self.story.diagram)
        self.survey = SurveyPane(theme, bridge.options)
        self._still_open = {"explorer", "survey"}
        self._make_buttons()
        self._lay_out()
        self.start.clicked.connect(self.explore)
        self.cancel.clicked.connect(self._cancel)
        self.question.changed.connect(self._refresh)
        self.explorer.progressed.connect(self._show_progress)
        self.explorer.found.connect(self._show_found)
        self.explorer.failed.connect(self._show_failure)
        self.export.failed.connect(bridge.events.failed)
        self.explorer.closed.connect(self._explorer_closed, Qt.ConnectionType.QueuedConnection)
        self.survey.closed.connect(self._survey_closed, Qt.ConnectionType.QueuedConnection)
        self.survey.question_asked.connect(self.ask)
        bridge.events.catalogue_ready.connect(self._fill_catalogue)
        self._refresh()

    def _invitation(self) -> str:
        return self.tr(
            "The shortest way to the worst verdict appears here as a sequence diagram: who sent what to which "
            "engine, and when. Press Explore; then step through it with the arrow keys."
        )

    def _make_buttons(self) -> None:
        self.start = button("exploreButton", lambda: self.tr("Ex&plore"), "primary")
        describe(
            self.start,
            lambda: self.tr("Explore"),
            lambda: self.tr("Run every interleaving of the requests, on real engines"),
        )
        self.start.setMinimumHeight(4 * GRID + 2)
        self.cancel = button("cancelExploreButton", lambda: self.tr("Ca&ncel"))
        describe(
            self.cancel,
            lambda: self.tr("Cancel the exploration"),
            lambda: self.tr("Stop, and keep what was found so far"),
        )

    def _lay_out(self) -> None:
        asked = column(self.question, self.start, self.cancel, self.export, spacing=GRID + 2, margin=GRID)
        sidebar = Sidebar(asked, self.progress, least_width=NARROW)
        fill(self, self._make_views(side_by_side(sidebar, stack(self.banner, self.story))))

    def _make_views(self, one: QWidget) -> QTabWidget:
        self.views = views = QTabWidget()
        views.setObjectName("exploreViews")
        add_tab(views, one, lambda: self.tr("One q&uestion"))
        add_tab(views, self.survey, lambda: self.tr("Explore all"))
        put(views.setAccessibleName, lambda: self.tr("What to explore"))
        name_part(views.tabBar, views.accessibleName)
        return views

    def restore(self, settings: Settings) -> None:
        """Ask what was asked last."""
        self.question.restore(settings)

    def save(self, settings: Settings) -> None:
        """Keep the question for the next session."""
        self.question.save(settings)

    @Slot()
    def explore(self) -> None:
        """Begin."""
        if not self.start.isEnabled():
            return
        self.story.clear()
        self.export.offer(None)
        self.progress.clear()
        self.banner.show_exploring()
        self.explorer.start(self.question.question)
        self._refresh()
        self.cancel.setFocus()

    @Slot(object)
    def ask(self, question: Question) -> None:
        """Turn to a question of the survey and explore it, unless another exploration is under way."""
        self.views.setCurrentIndex(0)
        if not self.explorer.busy:
            self.question.show_question(question)
            self.explore()

    @Slot()
    def _cancel(self) -> None:
        self.explorer.cancel()

    def close_explorer(self) -> None:
        """Cancel whatever is under way; `closed` tells the end."""
        self.explorer.close()
        self.survey.close_surveyor()

    @Slot()
    def _explorer_closed(self) -> None:
        self._part_closed("explorer")

    @Slot()
    def _survey_closed(self) -> None:
        self._part_closed("survey")

    def _part_closed(self, part: str) -> None:
        self._still_open.discard(part)
        if not self._still_open:
            self.closed.emit()

    @Slot(object)
    def _fill_catalogue(self, strategies: tuple[StrategyInfo, ...]) -> None:
        self.question.fill(Catalogue(strategies))
        self.survey.fill(strategies)

    @Slot(object)
    def _show_progress(self, progress: Progress) -> None:
        self.progress.show_numbers(progress.schedules, progress.per_second, progress.outcomes)
        self.story.outcomes.show(progress.outcomes)

    @Slot(object)
    def _show_found(self, found: Exploration) -> None:
        rate = found.schedules / found.seconds if found.seconds else 0.0
        self.progress.show_numbers(found.schedules, rate, found.outcomes)
        self.story.show_found(found)
        self.export.offer(found)
        self.banner.show_found(found)
        self._finish()

    @Slot(object)
    def _show_failure(self, sentence: Words) -> None:
        self.banner.show_failure(sentence)
        self._finish()

    def _finish(self) -> None:
        focused = self.cancel.hasFocus()
        self._refresh()
        if focused:
            (self.story.diagram if self.story.current >= 0 else self.start).setFocus()

    @Slot()
    def _refresh(self) -> None:
        busy = self.explorer.busy
        self.question.setEnabled(not busy)
        self.start.setEnabled(not busy and self.question.ready)
        self.cancel.setEnabled(busy)
