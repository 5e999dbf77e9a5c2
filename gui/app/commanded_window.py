"""What the commands of a window act on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from PySide6.QtWidgets import QTabWidget

    from backend.comparison.exhibits import Exhibit
    from gui.advisor.guide import Guide
    from gui.advisor.incident_desk import IncidentDesk
    from gui.app.desk import Desk
    from gui.app.message_log import MessageLog
    from gui.app.stage import Stage
    from gui.app.tour import Tour
    from gui.compare.page import ComparePage
    from gui.explore.page import ExplorePage
    from gui.lab.page import LabPage
    from gui.service.page import ServicePage
    from gui.theme import ThemeMode


class CommandedWindow(Protocol):
    """Pages and dialogs of the window, and what it can be told to do as a whole."""

    pages: QTabWidget
    lab: LabPage
    compare: ComparePage
    explore: ExplorePage
    service: ServicePage
    guide: Guide
    incidents: IncidentDesk
    desk: Desk
    stage: Stage
    tour: Tour
    log: MessageLog

    def show_exhibit(self, exhibit: Exhibit) -> None:
        """Run an exhibit in the Lab."""

    def use_theme(self, mode: ThemeMode) -> None:
        """Have another theme."""

    def uses_theme(self, mode: ThemeMode) -> bool:
        """Whether this theme was chosen."""

    def use_language(self, language: str) -> None:
        """Have another language; an empty one is the system's."""

    def uses_language(self, language: str) -> bool:
        """Whether this language was chosen."""

    def open_messages(self) -> None:
        """Show what the window has said since it was opened."""

    def find_in_page(self) -> None:
        """Find a text in what the page shows."""

    def open_palette(self) -> None:
        """Show all commands, to find one by typing."""

    def open_shortcuts(self) -> None:
        """Show all keys."""

    def show_about(self) -> None:
        """Say what this is."""

    def close(self) -> bool:
        """Quit."""
