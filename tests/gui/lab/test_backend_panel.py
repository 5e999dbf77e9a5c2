from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from backend.model.catalogue import StrategyInfo
from backend.model.vocabulary import GatewayKeys, OperationKey
from gui.lab.backend_panel import BackendPanel
from gui.settings import Settings
from gui.theme import Theme
from gui.widgets.forms import choose_key
from gui.wording.catalogue import Catalogue, VariantChoice


@pytest.fixture
def panel(qapp: QApplication, qtbot: QtBot, catalogue: tuple[StrategyInfo, ...]) -> BackendPanel:
    made = BackendPanel(Theme(qapp))
    qtbot.addWidget(made)
    made.fill(Catalogue(catalogue))
    return made


def test_the_knob_of_the_gateway_is_there_for_what_calls_it(panel: BackendPanel) -> None:
    for operation in OperationKey:
        panel.show_choice(VariantChoice(operation, "none", "direct"))
        assert panel.gateway_keys.isVisibleTo(panel) is (operation is OperationKey.SEND_MESSAGE)


def test_the_knob_of_the_gateway_comes_back_in_the_next_session(panel: BackendPanel, qapp: QApplication) -> None:
    choose_key(panel.gateway_keys, GatewayKeys.HONOURED)
    panel.show_choice(VariantChoice(OperationKey.SEND_MESSAGE, "none", "direct"))
    panel.save(Settings())
    later = BackendPanel(Theme(qapp))
    later.restore(Settings())
    later.fill(panel.catalogue)
    later.show_choice(VariantChoice(OperationKey.SEND_MESSAGE, "none", "direct"))
    assert later.gateway_keys_key is GatewayKeys.HONOURED
    later.deleteLater()
