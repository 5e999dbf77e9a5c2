"""At 1280 by 800 everything can be read: measured on the window, in both languages."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QMenuBar,
    QStyle,
    QStyleOptionComboBox,
    QStyleOptionFrame,
    QWidget,
)
from pytestqt.qtbot import QtBot

from backend.comparison.exhibits import EXHIBITS
from backend.model.vocabulary import OperationKey, Source, Verdict
from gui.app.language import Languages
from gui.app.window import MainWindow
from gui.lab.fault_field import READY
from gui.widgets.sidebar import Sidebar
from gui.wording.catalogue import VariantChoice

INCIDENT = (
    "backend instance 1 was killed (SIGKILL) on purpose in the middle of submission 1.1; it is started again, and what "
    "it was handling has ended with it."
)


CURSOR = 4
"""Pixels that a field keeps at the ends of its text."""


@pytest.fixture
def spoken(both_languages: Languages) -> None:
    """Either."""


@pytest.fixture
def window(window: MainWindow) -> MainWindow:
    """As if its engines were there."""
    window.lab.backend.setEnabled(True)
    return window


def in_window(widget: QWidget) -> QRect:
    return QRect(widget.mapTo(widget.window(), QPoint()), widget.size())


def cut_items(box: QComboBox) -> list[str]:
    """Items that do not fit into the box when they are chosen."""
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    room = box.style().subControlRect(
        QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, box
    )
    texts = [box.itemText(index) for index in range(box.count())]
    return [text for text in texts if box.fontMetrics().horizontalAdvance(text) > room.width()]


def is_cut(field: QLineEdit, text: str) -> bool:
    option = QStyleOptionFrame()
    field.initStyleOption(option)
    room = field.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, field)
    return field.fontMetrics().horizontalAdvance(text) + CURSOR > room.width()


def test_every_choice_of_the_pages_can_be_read_when_it_is_chosen(window: MainWindow, qtbot: QtBot) -> None:
    lab, cut = window.lab, list[str]()
    for operation in OperationKey:
        lab.form.operation.setCurrentIndex(lab.form.operation.findData(operation.value))
        for number in range(lab.backend.strategy.count()):
            lab.backend.strategy.setCurrentIndex(number)
            cut += cut_items(lab.backend.variant)
    for index in range(window.pages.count()):
        window.pages.setCurrentIndex(index)
        page = window.pages.currentWidget()
        qtbot.waitUntil(page.isVisible)
        cut += [text for box in page.findChildren(QComboBox) if box.isVisible() for text in cut_items(box)]
    assert not cut, "\n".join(cut)


def test_every_knob_is_in_sight(window: MainWindow, qtbot: QtBot) -> None:
    sidebar = window.lab.findChild(Sidebar)
    assert sidebar is not None
    qtbot.waitUntil(lambda: sidebar.viewport().height() > 600)
    lab, sources = window.lab, window.lab.source.source
    for source in Source:
        sources.setCurrentIndex(sources.findData(source.value))
        qtbot.waitUntil(lambda: sidebar.verticalScrollBar().maximum() == 0)
        for fold, knobs in (
            (lab.source.fold, (lab.source.faults, lab.source.lost_reply, lab.source.reload, lab.source.edit)),
            (lab.backend.fold, (lab.backend.topology.box, lab.backend.persistence.box)),
        ):
            assert fold.chip.isVisible(), source
            assert [knob.isVisible() for knob in knobs] == [fold.is_open] * len(knobs), source


def test_what_is_said_of_a_variant_and_of_its_run_is_not_cut(window: MainWindow) -> None:
    backend, cut = window.lab.backend, list[str]()
    backend.note_harm(Verdict.EXACTLY_ONCE)  # the longest word
    for strategy in backend.catalogue.strategies:
        for variant in strategy.variants:
            backend.show_choice(VariantChoice(min(variant.guards), strategy.key, variant.key))
            mark, summary = backend._mark, backend._summary
            QApplication.processEvents()
            if mark.sizeHint().width() > mark.width() or summary.heightForWidth(summary.width()) > summary.height():
                cut.append(f"{mark.accessibleName()} / {summary.text()}")
    assert not cut, "\n".join(cut)


def every_ready_fault_and_every_exhibits_fits_into_the_field(window: MainWindow) -> None:
    field = window.lab.source.faults
    texts = [*READY, *(str(fault) for exhibit in EXHIBITS for fault in exhibit.setup.faults)]
    assert [text for text in texts if is_cut(field, text)] == []


def more_faults_than_there_is_room_for_begin_at_their_beginning_and_are_whole_in_the_tool_tip(
    window: MainWindow,
) -> None:
    field = window.lab.source.faults
    crashes = EXHIBITS[3].setup.faults * 4
    field.show_faults(crashes)
    assert field.cursorPosition() == 0
    assert field.toolTip() == " ".join(map(str, crashes))


def test_a_message_covers_nothing_and_stays_at_its_place_in_a_wider_window(window: MainWindow, qtbot: QtBot) -> None:
    window.messages.show_incident(INCIDENT)
    bar = in_window(window.messages)
    assert bar.right() == window.width() - 1
    assert window.messages.sentence.height() >= window.messages.sentence.heightForWidth(
        window.messages.sentence.width()
    )
    for index in range(window.pages.count()):
        window.pages.setCurrentIndex(index)
        qtbot.waitUntil(window.pages.currentWidget().isVisible)
        assert not bar.intersects(in_window(window.pages.currentWidget()))
    assert not bar.intersects(in_window(window.engines))
    tabs, menus = window.pages.tabBar(), window.findChild(QMenuBar)
    assert menus is not None
    last_tab = tabs.tabRect(tabs.count() - 1).translated(in_window(tabs).topLeft())
    last_menu = menus.actionGeometry(menus.actions()[-1]).translated(in_window(menus).topLeft())
    assert not bar.intersects(last_tab)
    assert not bar.intersects(last_menu)
    window.messages.show_incident(INCIDENT)  # another page has taken the first one away
    window.resize(1500, 800)
    qtbot.waitUntil(lambda: in_window(window.messages).right() == 1_499)


def every_menu_can_be_opened_from_the_keyboard(window: MainWindow) -> None:
    assert [action.text() for action in window.menuBar().actions() if "&" not in action.text()] == []


def test_menus_and_faults(window: MainWindow, subtests: pytest.Subtests) -> None:
    """What changes nothing else looks at the same window."""
    for holds in (
        every_menu_can_be_opened_from_the_keyboard,
        every_ready_fault_and_every_exhibits_fits_into_the_field,
        more_faults_than_there_is_room_for_begin_at_their_beginning_and_are_whole_in_the_tool_tip,
    ):
        with subtests.test(holds.__name__):
            holds(window)
