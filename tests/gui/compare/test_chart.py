"""The picture of a comparison: what stands behind its axis has the room that it needs."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from pytestqt.qtbot import QtBot

from backend.comparison.cost_records import Cost, Load
from backend.comparison.picture import picture
from backend.comparison.questions import Subject
from backend.comparison.records import Line
from backend.comparison.words import title_of
from backend.model.vocabulary import EngineKind, OperationKey
from gui.compare.chart import Chart
from gui.theme import Theme


@pytest.mark.parametrize("width", [400, 946, 1400])
def test_what_stands_behind_the_bars_and_below_the_axis_is_whole(
    qtbot: QtBot, theme: Theme, english: None, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    subject = Subject(OperationKey.PLACE_ORDER, EngineKind.POSTGRESQL, "token", "delete-first", sound=True)
    load = Load(160, 0, 1000.0, 10.0, 20.0, {})
    line = Line(subject, cost=Cost(subject, load, load, (0.9, 1.2, 1.0), (0.9, 1.0, 1.3)))
    ends: dict[str, tuple[int, int]] = {}
    cut: list[str] = []
    paint = QPainter.drawText

    def record(painter: QPainter, *arguments: object) -> object:
        box, text = arguments[0], arguments[-1]
        if isinstance(box, QRect) and isinstance(text, str):
            wide = QFontMetrics(painter.font()).horizontalAdvance(text)
            is_centred = Qt.AlignmentFlag.AlignHCenter in arguments
            left = box.center().x() - wide // 2 if is_centred else box.left()
            ends[text] = left, left + wide
            cut.extend([text] * (is_centred and wide > box.width()))
        return paint(painter, *arguments)  # type: ignore[call-overload]

    monkeypatch.setattr(QPainter, "drawText", record)
    chart = Chart(theme)
    qtbot.addWidget(chart)
    chart.show_picture(picture(title_of(line), [line]))
    chart.resize(max(width, chart.minimumSizeHint().width()), 300)
    chart.grab()
    assert "no difference seen" in ends
    assert {text: places for text, places in ends.items() if places[0] < 0 or places[1] > chart.width()} == {}
    assert cut == []
