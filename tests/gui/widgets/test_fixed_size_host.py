from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.widgets.fixed_size_host import FixedSizeHost


class LayoutRequests(QObject):
    """Counts how often a widget was asked to lay itself out again."""

    def __init__(self, watched: QWidget) -> None:
        super().__init__(watched)
        self.times = 0
        watched.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802
        self.times += event.type() == QEvent.Type.LayoutRequest
        return False


def shown(qtbot: QtBot, content: QWidget) -> QWidget:
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.addWidget(content)
    qtbot.addWidget(page)
    page.resize(400, 300)
    with qtbot.waitExposed(page):
        page.show()
    QCoreApplication.processEvents()
    return page


def requests_after_another_text(qtbot: QtBot, label: QLabel, content: QWidget) -> int:
    page = shown(qtbot, content)
    requests = LayoutRequests(page)
    label.setText("a much longer text")
    QCoreApplication.processEvents()
    return requests.times


def test_a_text_that_changes_lays_nothing_else_out(qtbot: QtBot) -> None:
    plain, held = QLabel("1"), QLabel("1")
    assert requests_after_another_text(qtbot, plain, plain) > 0
    assert requests_after_another_text(qtbot, held, FixedSizeHost(held)) == 0


def test_it_is_as_high_as_what_it_holds(qtbot: QtBot) -> None:
    label = QLabel("1")
    label.setFixedHeight(77)
    host = FixedSizeHost(label)
    page = shown(qtbot, host)
    assert host.height() == label.height() == 77
    assert label.width() == host.width() > page.width() / 2
