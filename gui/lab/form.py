"""The form that a user would fill in, and the buttons that send it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from backend.model.vocabulary import OperationKey
from gui.settings import Key
from gui.theme import GRID
from gui.widgets.elided_label import ElidedLabel
from gui.widgets.forms import KEY_ROLE, Section, add_item, button, combo, current_key, describe, plainly, spin
from gui.widgets.progress_bar import ProgressBar
from gui.wording.live import put, worded
from gui.wording.terms import operation_word

if TYPE_CHECKING:
    from gui.settings import Settings

KEY_LENGTH = 64
MOST_CLICKS = 100_000


def is_valid_text(text: str) -> bool:
    """Whether the backend would take this as a key or an item."""
    return bool(text.strip()) and text.isprintable() and len(text) <= KEY_LENGTH


class IntentForm(QWidget):
    """One intent, and the buttons that submit it once or many times.

    Signals:
        operation_chosen: another operation.
        submit_asked, spam_asked, new_intent_asked, reset_asked, cancel_asked: a button was pressed.
        edited: something that decides whether the form can be submitted.
    """

    operation_chosen = Signal()
    submit_asked = Signal()
    spam_asked = Signal()
    new_intent_asked = Signal()
    reset_asked = Signal()
    cancel_asked = Signal()
    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key_typed = False
        """Whether the key was typed by hand, so that nothing else may change it."""
        self.disable_wished = False
        self._section = Section(lambda: self.tr("The form"))
        self._make_fields()
        self._make_buttons()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._section)
        self._connect()
        self._name_fields()

    def _make_fields(self) -> None:
        self.operation = combo("operationCombo")
        for operation in OperationKey:
            add_item(self.operation, partial(operation_word, operation), operation.value)
        self._section.add_field(
            lambda: self.tr("&Operation"), self.operation, lambda: self.tr("The business operation of the intent")
        )
        self.key = QLineEdit()
        self.key.setObjectName("orderNoEdit")
        self.key.setMaxLength(KEY_LENGTH)
        self.new_intent = button("newIntentButton", lambda: self.tr("Ne&w"), "quiet")
        describe(
            self.new_intent,
            lambda: self.tr("New intent"),
            lambda: self.tr("A fresh number: the user wants something else (%1)").replace("%1", "Ctrl+N"),
        )
        self._key_label = self._section.add_field(
            lambda: self.tr("Order &no."),
            self.key,
            lambda: self.tr("What makes two submissions the same intent"),
            self.new_intent,
        )
        self.item = QLineEdit(self.tr("book"))
        self.item.setObjectName("itemEdit")
        self.item.setMaxLength(KEY_LENGTH)
        self.quantity = spin("quantitySpin", 1, 1_000_000, 1)
        self.quantity.setFixedWidth(10 * GRID)
        self._section.add_field(lambda: self.tr("&Item"), self.item, lambda: self.tr("What is ordered"), self.quantity)

    def _make_buttons(self) -> None:
        self.submit = button("submitButton", lambda: self.tr("Sub&mit"), "primary")
        describe(self.submit, lambda: self.tr("Submit"), self._submits_once)
        self.submit.setMinimumHeight(4 * GRID)
        self.spam = button("spamButton", "")
        self.count = spin("spamCountSpin", 1, MOST_CLICKS, 20)
        self.count.setPrefix("\N{MULTIPLICATION SIGN} ")
        describe(
            self.count,
            lambda: self.tr("Number of submissions"),
            lambda: self.tr("How often the button beside it submits"),
        )
        self._name_spam()
        self.disable = worded(QCheckBox(), lambda: self.tr("Disable while in fli&ght"))
        self.disable.setObjectName("disableCheck")
        describe(
            self.disable,
            plainly(self.disable.text),
            lambda: self.tr("The page disables its button from a click until the answer; clicks meanwhile are blocked"),
        )
        self.cancel = button("cancelButton", lambda: self.tr("Cancel"))
        describe(
            self.cancel,
            lambda: self.tr("Cancel"),
            lambda: self.tr("Stop sending; what was sent is awaited (%1)").replace("%1", "Esc"),
        )
        self.reset = button("resetButton", lambda: self.tr("Rese&t"))
        describe(
            self.reset,
            lambda: self.tr("Reset"),
            lambda: self.tr("Empty the tables and the keys (%1)").replace("%1", "Ctrl+R"),
        )
        self.progress = ProgressBar(lambda: self.tr("Answers received in this run"), "runProgress")
        self.why_not = ElidedLabel("", Qt.TextElideMode.ElideRight)
        self.why_not.setObjectName("whyNotLabel")
        self.why_not.setProperty("role", "caption")
        self.below = QStackedWidget()
        for part in (self.progress, self.why_not):
            self.below.addWidget(part)
        self.below.setFixedHeight(2 * GRID)
        buttons = QVBoxLayout()
        buttons.setContentsMargins(0, GRID // 2, 0, 0)
        buttons.setSpacing(GRID // 2)
        for row in (
            (self.submit,),
            (self.spam, self.count),
            (self.disable,),
            (self.below,),
            (self.cancel, self.reset),
        ):
            line = QHBoxLayout()
            line.setSpacing(GRID)
            for widget in row:
                line.addWidget(widget, 1)
            buttons.addLayout(line)
        holder = QWidget()
        holder.setLayout(buttons)
        buttons.setContentsMargins(0, GRID // 2, 0, 0)
        self._section.add_wide(holder)

    def _connect(self) -> None:
        self.operation.currentIndexChanged.connect(self._operation_changed)
        self.key.textChanged.connect(self._note_typing)
        self.key.textChanged.connect(self._validate)
        self.item.textChanged.connect(self._validate)
        for field in (self.key, self.item, self.quantity.lineEdit()):
            field.returnPressed.connect(self.submit.click)
        self.count.lineEdit().returnPressed.connect(self.spam.click)
        self.count.valueChanged.connect(self._name_spam)
        self.submit.clicked.connect(self.submit_asked)
        self.spam.clicked.connect(self.spam_asked)
        self.new_intent.clicked.connect(self.new_intent_asked)
        self.reset.clicked.connect(self.reset_asked)
        self.cancel.clicked.connect(self.cancel_asked)
        self.disable.clicked.connect(self._note_wish)
        self.disable.toggled.connect(self.edited)

    @property
    def operation_key(self) -> OperationKey:
        """The chosen operation."""
        return OperationKey(current_key(self.operation))

    @property
    def complaint(self) -> str:
        """Why the form cannot be submitted; empty if it can."""
        if not is_valid_text(self.key.text()):
            return self.tr("Number: 1 to 64 printable characters")
        if not is_valid_text(self.item.text()):
            return self.tr("Item: 1 to 64 printable characters")
        return ""

    def _submits_once(self) -> str:
        return self.tr("One click, one submission (%1)").replace("%1", "Ctrl+Return")

    def _submits_often(self) -> str:
        text = self.tr("Submit the same intent as often as the number says (%1)")
        return text.replace("%1", "Ctrl+Shift+Return")

    def say_why_not(self, reason: str) -> None:
        """Tell why the form cannot be submitted now; empty where it can."""
        self.why_not.setText(reason)
        self.why_not.setToolTip(reason)
        self.below.setCurrentWidget(self.why_not if reason else self.progress)
        for sender, usual in ((self.submit, self._submits_once), (self.spam, self._submits_often)):
            put(sender.setToolTip, reason or usual)
            put(sender.setAccessibleDescription, reason or usual)

    @Slot()
    def _name_spam(self) -> None:
        """The button says how often it submits."""
        number = QLocale().toString(self.count.value())
        put(self.spam.setText, lambda: self.tr("Submit × %1").replace("%1", number))  # noqa: RUF001  the sign for "times"
        describe(self.spam, lambda: self.tr("Submit %1 times").replace("%1", number), self._submits_often)

    def choose_operation(self, operation: OperationKey) -> None:
        """Choose an operation without telling anybody."""
        with QSignalBlocker(self.operation):
            self.operation.setCurrentIndex(self.operation.findData(operation.value, KEY_ROLE))
        self._name_fields()

    def show_key(self, key: str) -> None:
        """A fresh key, not typed by hand."""
        self.key.setText(key)
        self.key_typed = False

    def force_disable(self, forced: bool) -> None:
        """Tick the box for good where the strategy is the disabled button itself; else as the user wished."""
        self.disable.setEnabled(not forced)
        self.disable.setChecked(forced or self.disable_wished)

    def show_disable(self, wanted: bool, *, forced: bool) -> None:
        """Tick the box as a situation has it; what the user wished comes back with the next strategy."""
        self.disable.setEnabled(not forced)
        self.disable.setChecked(forced or wanted)

    def mend_item(self) -> None:
        """Put a usual item where one stands that cannot be submitted."""
        if not is_valid_text(self.item.text()):
            self.item.setText(self.tr("book"))

    @Slot()
    def _operation_changed(self) -> None:
        self._name_fields()
        self.operation_chosen.emit()

    def _name_fields(self) -> None:
        stock = self.operation_key is OperationKey.ADD_STOCK
        of_order = self.operation_key.key_field == "order_no"
        put(self._key_label.setText, lambda: self.tr("Order &no.") if of_order else self.tr("Request &no."))
        put(self.key.setAccessibleName, plainly(self._key_label.text))
        if self.operation_key is OperationKey.PAY_ORDER:
            describe(self.quantity, lambda: self.tr("Amount"), lambda: self.tr("What is paid"))
        elif self.operation_key is OperationKey.SEND_MESSAGE:
            describe(self.quantity, lambda: self.tr("Amount"), lambda: self.tr("What the message is about"))
        elif stock:
            describe(self.quantity, lambda: self.tr("Quantity"), lambda: self.tr("Pieces that are added"))
        else:
            describe(self.quantity, lambda: self.tr("Quantity"), lambda: self.tr("Pieces that are ordered"))

    @Slot()
    def _note_typing(self) -> None:
        """Whatever changes the text, be it a paste or a script, is by hand; only `show_key` takes that back."""
        self.key_typed = True

    @Slot(bool)
    def _note_wish(self, checked: bool) -> None:
        self.disable_wished = checked

    @Slot()
    def _validate(self) -> None:
        for field in (self.key, self.item):
            invalid = "false" if is_valid_text(field.text()) else "true"
            if field.property("invalid") != invalid:
                field.setProperty("invalid", invalid)
                field.style().unpolish(field)
                field.style().polish(field)
        self.edited.emit()

    def restore(self, settings: Settings) -> None:
        """Take the fields of the last session."""
        index = self.operation.findData(settings.text(Key.LAB_OPERATION), Qt.ItemDataRole.UserRole)
        if index >= 0:
            with QSignalBlocker(self.operation):
                self.operation.setCurrentIndex(index)
        if is_valid_text(item := settings.text(Key.LAB_ITEM)):
            self.item.setText(item)
        self.quantity.setValue(settings.number(Key.LAB_QUANTITY, 1))
        self.count.setValue(settings.number(Key.LAB_SPAM, 20))
        self.disable_wished = settings.flag(Key.LAB_DISABLE, default=False)
        self.disable.setChecked(self.disable_wished)
        self._name_fields()

    def save(self, settings: Settings) -> None:
        """Keep the fields for the next session; the key is made anew."""
        settings.remember(Key.LAB_OPERATION, self.operation_key.value)
        settings.remember(Key.LAB_ITEM, self.item.text())
        settings.remember(Key.LAB_QUANTITY, self.quantity.value())
        settings.remember(Key.LAB_SPAM, self.count.value())
        settings.remember(Key.LAB_DISABLE, self.disable_wished)
