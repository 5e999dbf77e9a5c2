from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from backend.model.vocabulary import OperationKey
from gui.lab.form import KEY_LENGTH, IntentForm, is_valid_text
from gui.settings import Settings


@pytest.fixture
def form(qtbot: QtBot, english: None) -> Iterator[IntentForm]:
    made = IntentForm()
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.hide()


@pytest.mark.parametrize("text", ["A-1", "订单 7", "x" * KEY_LENGTH])
def test_a_number_that_the_backend_takes_is_valid(text: str) -> None:
    assert is_valid_text(text)


@pytest.mark.parametrize("text", ["", " ", "a\x00b", "a\tb", "line\nbreak", "x" * (KEY_LENGTH + 1)])
def test_a_number_that_the_backend_refuses_is_not(text: str) -> None:
    assert not is_valid_text(text)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=80))
def test_whatever_is_typed_the_form_is_either_valid_or_complains(form: IntentForm, text: str) -> None:
    form.key.setText(text)
    assert bool(form.complaint) != is_valid_text(form.key.text())


def test_typing_makes_the_key_the_users_own_and_a_new_intent_takes_that_back(form: IntentForm) -> None:
    form.show_key("A-1")
    typed = [form.key_typed]
    QTest.keyClicks(form.key, "X")
    typed.append(form.key_typed)
    form.show_key("A-2")
    typed.append(form.key_typed)
    form.key.setText("B-7")
    typed.append(form.key_typed)
    assert typed == [False, True, False, True]


@pytest.mark.parametrize("field", ["key", "item", "quantity"])
def test_enter_submits_in_every_field(form: IntentForm, qtbot: QtBot, field: str) -> None:
    form.show_key("A-1")
    with qtbot.waitSignal(form.submit_asked):
        QTest.keyClick(getattr(form, field), Qt.Key.Key_Return)


def test_enter_in_the_count_spams(form: IntentForm, qtbot: QtBot) -> None:
    with qtbot.waitSignal(form.spam_asked):
        QTest.keyClick(form.count, Qt.Key.Key_Return)


def test_the_disabled_button_strategy_ticks_the_box_without_forgetting_the_users_wish(form: IntentForm) -> None:
    form.force_disable(True)
    assert form.disable.isChecked()
    assert not form.disable.isEnabled()
    form.force_disable(False)
    assert not form.disable.isChecked()
    form.disable.click()
    form.force_disable(True)
    form.force_disable(False)
    assert form.disable.isChecked()


def test_what_is_no_order_asks_for_a_request_number(form: IntentForm) -> None:
    for operation in (OperationKey.ADD_STOCK, OperationKey.SEND_MESSAGE):
        form.choose_operation(operation)
        assert form.key.accessibleName() == "Request no."
    for operation in (OperationKey.PLACE_ORDER, OperationKey.CANCEL_ORDER):
        form.choose_operation(operation)
        assert form.key.accessibleName() == "Order no."


def test_the_fields_come_back_in_the_next_session(form: IntentForm, qtbot: QtBot) -> None:
    form.choose_operation(OperationKey.PAY_ORDER)
    form.item.setText("lamp")
    form.quantity.setValue(3)
    form.count.setValue(500)
    form.save(Settings())
    later = IntentForm()
    qtbot.addWidget(later)
    later.restore(Settings())
    assert later.operation_key is OperationKey.PAY_ORDER
    assert (later.item.text(), later.quantity.value(), later.count.value()) == ("lamp", 3, 500)
