"""What lies over the pages for a while: Esc takes it away, what came last first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

from gui.widgets.view_keys import ViewKey

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QMainWindow, QTabWidget

    from gui.app.stage import Stage
    from gui.app.status import MessageBar
    from gui.app.tour import Tour
    from gui.lab.page import LabPage


class Overlays(QObject):
    """Hears a key that nothing in the window wants for itself.

    Args:
        window: whose keys.
        pages: of it; a balloon is about one of them.
        lab: may show a card.
        stage: may fill the screen, and ask for a prediction.
        tour: may show a balloon.
        messages: may say something.
    """

    def __init__(
        self, window: QMainWindow, pages: QTabWidget, lab: LabPage, stage: Stage, tour: Tour, messages: MessageBar
    ) -> None:
        super().__init__(window)
        self._layers: tuple[tuple[Callable[[], bool], Callable[[], object]], ...] = (
            (tour.balloon.isVisible, tour.end),
            (stage.prediction.curtain.isVisible, stage.prediction.skip),
            (messages.dismiss.isVisible, messages.hide),
            (lambda: stage.is_on, stage.leave),
            (lab.exhibit.isVisible, lab.exhibit.dismiss),
        )
        pages.currentChanged.connect(tour.end)
        pages.currentChanged.connect(messages.forget_incident)
        stage.entering.connect(tour.end)
        stage.magnified.connect(messages.magnify)
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Esc closes one thing after the other."""
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if event.key() != Qt.Key.Key_Escape or event.modifiers() != Qt.KeyboardModifier.NoModifier:
            return False
        close = next((close for is_there, close in self._layers if is_there()), None)
        if close is not None:
            close()
        return close is not None


def overlay_keys() -> tuple[ViewKey, ...]:
    """As they are listed."""
    text = QCoreApplication.translate(
        "Overlays", "Close the balloon, the message or the card; come back from the stage"
    )
    return (ViewKey(("Esc",), text, bool),)
