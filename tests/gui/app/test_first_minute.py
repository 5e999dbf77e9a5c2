"""The first minute: three ways to begin in the empty Lab, and a tour that never comes back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from gui.settings import Key, Settings
from tests.gui.conftest import OpenWindow
from tests.gui.driver import PATIENCE_MS, Driver
from tests.tables import exhaustive_but, values


def test_the_empty_lab_offers_three_ways_to_begin(driver: Driver) -> None:
    first = driver.window.lab.first
    names = ("firstDoubleClick", "firstUniqueIndex", "firstLostOrder")
    assert [driver.find(QPushButton, name).isVisible() for name in names] == [True] * 3
    like_others = driver.find(QPushButton, "submitButton").font().family()
    assert {driver.find(QPushButton, name).font().family() for name in names} == {like_others}, "no engine said it"
    rows = driver.window.lab.results.rows_table.viewport()
    assert rows.rect().contains(first.geometry())
    driver.click("firstDoubleClick")
    driver.wait_for(2, "duplicated")
    assert not first.isVisible()


@pytest.mark.parametrize(
    ("name", "rows", "verdict"),
    exhaustive_but(
        [("firstUniqueIndex", 1, "exactly_once"), ("firstLostOrder", 0, "lost")], values("firstUniqueIndex")
    ),
)
def test_each_way_comes_to_what_it_says(driver: Driver, name: str, rows: int, verdict: str) -> None:
    driver.click(name)
    driver.wait_for(rows, verdict)


def test_they_are_back_after_a_reset(driver: Driver) -> None:
    driver.click("submitButton")
    driver.wait_for(1, "exactly_once")
    assert not driver.window.lab.first.isVisible()
    driver.wait_until_quiet()
    driver.click("resetButton")
    driver.qtbot.waitUntil(driver.window.lab.first.isVisible, timeout=PATIENCE_MS)


def test_a_tour_of_five_balloons_comes_once(open_shared: OpenWindow) -> None:
    settings = Settings()
    settings.remember(Key.TOUR_SEEN, value=False)
    settings.save()
    driver = open_shared()
    driver.wait_until_usable()
    balloon = driver.window.tour.balloon
    driver.qtbot.waitUntil(balloon.isVisible, timeout=PATIENCE_MS)
    texts = []
    while balloon.isVisible():
        texts.append(balloon.text.text())
        assert driver.window.rect().contains(balloon.geometry())
        QTest.mouseClick(balloon.more, Qt.MouseButton.LeftButton)
    assert len(set(texts)) == 5
    driver.close()
    again = open_shared()
    again.wait_until_usable()
    assert not again.window.tour.balloon.isVisible()
    again.trigger("tour")
    assert again.window.tour.balloon.isVisible()
    QTest.mouseClick(again.window.tour.balloon.end, Qt.MouseButton.LeftButton)
    assert not again.window.tour.balloon.isVisible()


def test_a_balloon_is_not_over_what_it_is_about(open_shared: OpenWindow) -> None:
    driver = open_shared()
    driver.wait_until_usable()
    driver.window.tour.begin()
    submit, balloon = driver.window.lab.form.submit, driver.window.tour.balloon
    about = QRect(submit.mapTo(driver.window, QPoint(0, 0)), submit.size())
    assert not balloon.geometry().intersects(about)
