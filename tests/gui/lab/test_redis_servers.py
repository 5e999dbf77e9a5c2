"""Which Redis-protocol servers there are: chosen, remembered, shown, and not offered where they are not ours."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from backend.engines.says import EngineCode
from backend.model.catalogue import StrategyInfo
from backend.model.observed import EngineStatus
from backend.model.sentence import say
from backend.model.vocabulary import EngineKind, Health, OperationKey, RedisTopology
from gui.app.status import EngineStrip
from gui.lab.backend_panel import BackendPanel
from gui.settings import Settings
from gui.theme import Theme
from gui.wording.catalogue import Catalogue, VariantChoice


def valkey(*, embedded: bool) -> EngineStatus:
    about = say(EngineCode.PRIMARY_AND_REPLICA, primary=2, replica=1) if embedded else None
    return EngineStatus(EngineKind.REDIS, "Valkey", "9.0.0", "127.0.0.1:6379", embedded, Health.UP, about=about)


@pytest.fixture
def panel(qtbot: QtBot, theme: Theme, catalogue: tuple[StrategyInfo, ...]) -> BackendPanel:
    made = BackendPanel(theme)
    qtbot.addWidget(made)
    made.fill(Catalogue(catalogue))
    made.show_choice(VariantChoice(OperationKey.PLACE_ORDER, "none", "direct"))
    return made


def test_the_choice_is_remembered(qtbot: QtBot, panel: BackendPanel, theme: Theme) -> None:
    assert panel.topology.topology is None
    panel.topology.show_topology(RedisTopology.FIVE)
    panel.save(Settings())
    later = BackendPanel(theme)
    qtbot.addWidget(later)
    later.restore(Settings())
    assert later.topology.topology is RedisTopology.FIVE


def test_servers_that_were_not_started_here_are_not_ours_to_set_up(panel: BackendPanel) -> None:
    panel.topology.show_topology(RedisTopology.THREE)
    panel.topology.note_engines([valkey(embedded=False)])
    assert not panel.topology.box.isEnabled()
    assert panel.topology.topology is None
    assert panel.topology.box.toolTip().startswith("Valkey was not started here")

    panel.topology.note_engines([valkey(embedded=True)])
    assert panel.topology.box.isEnabled()
    assert panel.topology.topology is RedisTopology.THREE


def test_the_strip_says_who_is_the_primary(qtbot: QtBot, theme: Theme) -> None:
    strip = EngineStrip(theme)
    qtbot.addWidget(strip)
    strip.show_engines([valkey(embedded=True)])
    texts = [label.text() for label in strip.findChildren(QLabel)]
    assert "sentinels: server 2 is the primary, server 1 its replica" in texts


def test_the_chip_counts_what_an_exhibit_has_turned_and_what_comes_back(
    qtbot: QtBot, panel: BackendPanel, theme: Theme
) -> None:
    panel.topology.show_topology(RedisTopology.FIVE)
    panel.save(Settings())
    later = BackendPanel(theme)
    qtbot.addWidget(later)
    later.restore(Settings())
    assert later.fold.in_use == 1
    assert later.fold.chip.text().endswith("1")
