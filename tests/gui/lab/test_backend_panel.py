from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from backend.model.catalogue import StrategyInfo
from backend.model.plan import Setup
from backend.model.vocabulary import GatewayKeys, OperationKey, Replication
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


def test_the_knobs_of_the_standby_come_back_in_the_next_session(panel: BackendPanel, qapp: QApplication) -> None:
    panel.show_choice(VariantChoice(OperationKey.PLACE_ORDER, "none", "direct"))
    panel.replication.show_setup(Setup(replication=Replication.SYNCHRONOUS, replica_lag_ms=750))
    panel.save(Settings())
    later = BackendPanel(Theme(qapp))
    later.restore(Settings())
    assert (later.replication.replication, later.replication.lag.value()) == (Replication.SYNCHRONOUS, 750)
    later.deleteLater()


def test_a_database_that_can_have_no_standby_says_why_and_is_asked_for_none(panel: BackendPanel) -> None:
    field = panel.replication
    field.show_setup(Setup(replication=Replication.ASYNCHRONOUS))
    assert field.lag.isVisibleTo(panel)
    field.show_reason("SQLite has none.")
    assert field.replication is Replication.NONE
    assert not field.box.isEnabled()
    assert field.box.toolTip() == "SQLite has none."
    assert not field.lag.isVisibleTo(panel)


def test_what_was_chosen_of_the_standby_is_chosen_still_on_a_database_that_can_have_one(panel: BackendPanel) -> None:
    field = panel.replication
    field.show_setup(Setup(replication=Replication.ASYNCHRONOUS))
    field.show_reason("SQLite has none.")
    field.show_reason("")
    assert field.replication is Replication.ASYNCHRONOUS


def test_an_exhibit_with_a_standby_brings_its_database_along(panel: BackendPanel) -> None:
    panel.replication.show_reason("SQLite has none.")
    panel.replication.show_setup(Setup(replication=Replication.SYNCHRONOUS))
    assert panel.replication.replication is Replication.SYNCHRONOUS


def test_a_variant_that_reads_from_a_standby_wants_one(panel: BackendPanel) -> None:
    wants = {}
    for variant in ("check-on-replica", "check-then-act"):
        for replication in Replication:
            panel.show_choice(VariantChoice(OperationKey.PLACE_ORDER, "none", variant))
            panel.replication.show_setup(Setup(replication=replication))
            wants[variant, replication] = panel.wants_standby
    assert [key for key, wanted in wants.items() if wanted] == [("check-on-replica", Replication.NONE)]
