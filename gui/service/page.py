"""The Service page: somebody's own service, from its file to the counterexample."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QLabel, QPushButton, QTabWidget, QWidget

from backend.explorer.question import Progress
from backend.service.asked import Checked
from gui.service.banner import ServiceBanner
from gui.service.evidence import CheckPane
from gui.service.examiner import Examiner
from gui.service.knobs import CheckPanel, ExplorePanel
from gui.service.models import situation_word
from gui.service.open_file import OpenFile, dropped_file
from gui.service.reports import ReportButton
from gui.theme import GRID
from gui.widgets.finding import FindingPane, Names
from gui.widgets.forms import button, describe, hairline
from gui.widgets.layouts import column, fill, side_by_side, stack
from gui.widgets.progress_bar import ProgressBar
from gui.widgets.sequence.export import ExportButton
from gui.widgets.sidebar import Sidebar
from gui.wording.exploration import number
from gui.wording.live import Words, add_tab, filled, in_words, name_part, put

if TYPE_CHECKING:
    from backend.explorer.question import Exploration
    from backend.service.asked import CheckAsked, ExploreAsked
    from backend.service.outside.model import CheckProgress
    from gui.link.bridge import LabBridge
    from gui.settings import Settings
    from gui.theme import Theme


class ServicePage(QWidget):
    """Opens or writes a file, asks, follows, and shows what was found.

    Signals:
        closed: nothing of a check or an exploration is running any more.
    """

    closed = Signal()

    def __init__(self, bridge: LabBridge, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("servicePage")
        self.setAcceptDrops(True)
        self.examiner = Examiner(bridge.options, self)
        self.open_file = OpenFile(self)
        self.file = self.open_file.pane
        self.knobs = CheckPanel()
        self.interleavings = ExplorePanel()
        self.report = ReportButton()
        self.banner = ServiceBanner(theme)
        self.check_pane = CheckPane(theme)
        self.story = self._make_story(theme)
        self._make_buttons()
        self._lay_out()
        self._connect(bridge)
        self._refresh()

    def _make_story(self, theme: Theme) -> FindingPane:
        names = Names("serviceOutcomesTable", "serviceEventsTable", "serviceCounterexampleView", "serviceEventDetail")
        story = FindingPane(theme, names, self._invitation)
        self.export = ExportButton(story.diagram)
        self.export.setObjectName("serviceExportButton")
        put(self.export.setText, lambda: self.tr("Export"))  # its letter is that of Explore, which is on this page, too
        story.add_beside_caption(self.export)
        return story

    def _invitation(self) -> str:
        return self.tr(
            "The shortest way to the worst verdict appears here as a sequence diagram: every statement that the "
            "service sent, and when. Press Explore; then step through it with the arrow keys."
        )

    def _make_buttons(self) -> None:
        self.check_button = button("serviceCheckButton", lambda: self.tr("Chec&k"), "primary")
        describe(
            self.check_button,
            lambda: self.tr("Check"),
            lambda: self.tr("Submit every intent twice, in each chosen situation"),
        )
        self.check_button.setMinimumHeight(4 * GRID)
        self.explore_button = button("serviceExploreButton", lambda: self.tr("Ex&plore"))
        describe(
            self.explore_button,
            lambda: self.tr("Explore"),
            lambda: self.tr("Run every order of the steps that the service sends to its engines"),
        )
        self.cancel = button("cancelServiceButton", lambda: self.tr("Ca&ncel"))
        describe(self.cancel, lambda: self.tr("Cancel"), lambda: self.tr("Stop, and keep what was measured so far"))
        self.status = QLabel()
        self.status.setObjectName("serviceStatus")
        self.status.setProperty("role", "caption")
        self.status.setWordWrap(True)
        self.status.setTextFormat(Qt.TextFormat.PlainText)
        self.bar = ProgressBar(lambda: self.tr("Progress"))

    def _lay_out(self) -> None:
        side = Sidebar(
            column(self.open_file.button, self.knobs, self.check_button, spacing=GRID - 2, margin=2),
            column(self.interleavings, self.explore_button, spacing=GRID - 2, margin=2),
            column(self.cancel, self.report, self.bar, self.status, spacing=GRID - 2, margin=2),
        )
        self.views = views = QTabWidget()
        views.setObjectName("serviceViews")
        views.setDocumentMode(True)
        add_tab(views, self.file, lambda: self.tr("File"))
        add_tab(views, self.check_pane, lambda: self.tr("Check"))
        add_tab(views, self.story, lambda: self.tr("Explore"))
        put(views.setAccessibleName, lambda: self.tr("File, check or exploration"))
        name_part(views.tabBar, views.accessibleName)
        fill(self, side_by_side(side, stack(self.banner, hairline(), views)))

    def _connect(self, bridge: LabBridge) -> None:
        self.check_button.clicked.connect(self.check)
        self.explore_button.clicked.connect(self.explore)
        self.cancel.clicked.connect(self.examiner.cancel)
        self.knobs.changed.connect(self._refresh)
        self.file.changed.connect(self._refresh)
        self.open_file.opened.connect(self._note_opened)
        self.open_file.to_be_shown.connect(self._show_text)
        self.open_file.saved.connect(self._note_saved)
        self.examiner.progressed.connect(self._show_progress)
        self.examiner.found.connect(self._show_found)
        self.examiner.failed.connect(self._show_failure)
        self.examiner.written.connect(self._show_written)
        self.examiner.closed.connect(self.closed, Qt.ConnectionType.QueuedConnection)
        self.report.chosen.connect(self.examiner.write)
        self.export.failed.connect(bridge.events.failed)
        self.check_pane.failed.connect(bridge.events.failed)

    # Beginning and end

    def restore(self, settings: Settings) -> None:
        """Ask what was asked last, about the file of the last session."""
        for part in (self.knobs, self.interleavings, self.open_file):
            part.restore(settings)

    def save(self, settings: Settings) -> None:
        """Keep what is asked for the next session, and what was typed and not saved."""
        for part in (self.knobs, self.interleavings):
            part.save(settings)
        self.open_file.remember(settings)

    def close_examiner(self) -> None:
        """Cancel whatever is under way; `closed` tells the end."""
        self.open_file.close()
        self.examiner.close()

    # The file

    @Slot()
    def _show_text(self) -> None:
        self.views.setCurrentWidget(self.file)

    @Slot()
    def _note_opened(self) -> None:
        if not self.examiner.busy:
            self.status.clear()
            self.banner.show_idle()

    @Slot(str)
    def _note_saved(self, name: str) -> None:
        put(self.status.setText, lambda: self.tr("Saved as %1.").replace("%1", name))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """A description of a service may be dropped anywhere on the page."""
        if dropped_file(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Open what was dropped."""
        path = dropped_file(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.open_file.open(path)

    # Asking

    @property
    def start(self) -> QPushButton:
        """What begins the work that is in front."""
        return self.explore_button if self.views.currentWidget() is self.story else self.check_button

    def start_what_is_shown(self) -> None:
        """Begin the work that is in front."""
        self.start.click()

    @Slot()
    def check(self) -> None:
        """Begin a check, as the button does; nothing while that cannot be pressed."""
        if self.check_button.isEnabled():
            self.check_pane.begin(self.knobs.chosen)
            self.report.offer(None)
            self.banner.show_checking()
            self._begin(self.knobs.asked(self.file.file), self.check_pane)

    @Slot()
    def explore(self) -> None:
        """Begin an exploration, as the button does; nothing while that cannot be pressed."""
        if self.explore_button.isEnabled():
            self.story.clear()
            self.export.offer(None)
            self.banner.show_exploring()
            self._begin(self.interleavings.asked(self.file.file), self.story)

    def _begin(self, asked: CheckAsked | ExploreAsked, view: QWidget) -> None:
        self.views.setCurrentWidget(view)
        self.bar.wait()
        put(self.status.setText, lambda: self.tr("Starting the service and its engines…"))
        self.examiner.start(asked)
        self._refresh()
        self.cancel.setFocus()

    @Slot(object)
    def _show_progress(self, progress: CheckProgress | Progress) -> None:
        if isinstance(progress, Progress):
            self.story.outcomes.show(progress.outcomes)
            said = filled(
                lambda: self.tr("Interleavings: %1, per second: %2"),
                number(progress.schedules),
                number(round(progress.per_second)),
            )
        else:
            self.check_pane.note(progress)
            self.bar.show_share(progress.done, progress.total)
            said = filled(
                lambda: self.tr("%1 of %2 intents. Now: %3"),
                number(progress.done),
                number(progress.total),
                partial(situation_word, progress.situation),
            )
        put(self.status.setText, said)
        put(self.bar.setAccessibleDescription, said)

    @Slot(object)
    def _show_found(self, found: Checked | Exploration) -> None:
        if isinstance(found, Checked):
            self.check_pane.show_found(found)
            self.report.offer(found.check)
            self.banner.show_check(found.check)
            count, seconds = _intents(found), found.check.seconds
            pattern = lambda: self.tr("Intents: %1, in %2 s")  # noqa: E731
        else:
            self.story.show_found(found)
            self.export.offer(found)
            self.banner.show_found(found)
            count, seconds = found.schedules, found.seconds
            pattern = lambda: self.tr("Interleavings: %1, in %2 s")  # noqa: E731
        self._finish(filled(pattern, number(count), self.locale().toString(seconds, "f", 1)))

    @Slot(object)
    def _show_written(self, sentence: Words) -> None:
        put(self.status.setText, sentence)

    @Slot(object)
    def _show_failure(self, sentence: Words) -> None:
        rest = in_words(sentence).partition("\n")[2]
        self.banner.show_trouble(
            lambda: in_words(sentence).partition("\n")[0].rstrip(": "), has_more=bool(rest.strip())
        )
        self.check_pane.show_trouble(sentence)
        if rest.strip():
            self.views.setCurrentWidget(self.check_pane)
        self._finish("")

    def _finish(self, status: Words) -> None:
        self.bar.rest()
        put(self.status.setText, status)
        focused = self.cancel.hasFocus()
        self._refresh()
        if focused:
            shown = self.views.currentWidget()
            (self.story.diagram if shown is self.story else self.check_pane.table).setFocus()

    @Slot()
    def _refresh(self) -> None:
        busy, has_text = self.examiner.busy, bool(self.file.file.text.strip())
        for panel in (self.knobs, self.interleavings):
            panel.setEnabled(not busy)
        self.check_button.setEnabled(not busy and has_text and bool(self.knobs.chosen))
        self.explore_button.setEnabled(not busy and has_text)
        self.cancel.setEnabled(busy)


def _intents(found: Checked) -> int:
    return sum(len(situation.intents) for situation in found.check.situations)
