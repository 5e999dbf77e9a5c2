"""The knob of the gateway: there only for what calls it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from backend.model.vocabulary import GatewayKeys, OperationKey
from gui.widgets.forms import add_item, combo, current_key
from gui.wording.terms import gateway_keys_word

if TYPE_CHECKING:
    from gui.widgets.forms import Section


class GatewayField:
    """A row of a section: what becomes of the Idempotency-Key of calls to the gateway.

    Args:
        section: where the row is added.
        object_name: of the box.
    """

    def __init__(self, section: Section, object_name: str) -> None:
        self.box = combo(object_name)
        for keys in GatewayKeys:
            add_item(self.box, partial(gateway_keys_word, keys), keys.value)
        self._caption = section.add_field(
            lambda: QCoreApplication.translate("GatewayField", "Gateway"),
            self.box,
            lambda: QCoreApplication.translate(
                "GatewayField", "Whether calls to the gateway carry an Idempotency-Key, and whether it honours them"
            ),
        )
        self.show_for(None)

    @property
    def keys(self) -> GatewayKeys:
        """What is chosen; no key for what does not call the gateway."""
        return GatewayKeys(current_key(self.box)) if self._wanted else GatewayKeys.NONE

    def show_for(self, operation: OperationKey | None) -> None:
        """Be there, or not."""
        self._wanted = operation is OperationKey.SEND_MESSAGE
        for widget in (self._caption, self.box):
            widget.setVisible(self._wanted)
