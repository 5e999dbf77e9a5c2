"""Request bodies: what is accepted, and how it becomes a request to a strategy."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Annotated

import msgspec

from backend.instance.says import ApiCode
from backend.model.errors import SubmitTwiceError
from backend.model.sentence import say
from backend.model.vocabulary import OperationKey
from backend.shop.operations import Request, operation_at
from backend.shop.schema import KEY_LENGTH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backend.shop.operations import Gateway

MOST_PIECES = 1_000_000
_CONTROLS = r"\u0000-\u001f\u007f-\u009f\u2028\u2029"
"""Control characters and line separators are no part of a key."""
_is_text = re.compile(rf"[^{_CONTROLS}\ud800-\udfff]+").fullmatch

Key = Annotated[
    str,
    msgspec.Meta(min_length=1, max_length=KEY_LENGTH, extra_json_schema={"pattern": f"^[^{_CONTROLS}]+$"}),
]
Quantity = Annotated[int, msgspec.Meta(ge=1, le=MOST_PIECES)]
Version = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]


class ControlCharacterError(SubmitTwiceError):
    """A key or a name could not be written on one line, or not be stored by every database."""

    def __init__(self, field: str) -> None:
        super().__init__(say(ApiCode.CONTROL_CHARACTER, field=field))


class _Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    token: Key | None = None
    version: Version | None = None


class PlaceOrderBody(_Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An order to place."""

    order_no: Key
    item: Key
    quantity: Quantity


class PayOrderBody(_Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An order to pay. `quantity` is the amount."""

    order_no: Key
    item: Key = "order"
    quantity: Quantity = 1


class AddStockBody(_Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Pieces to add to the stock of an item."""

    request_no: Key
    item: Key
    quantity: Quantity


class CancelOrderBody(_Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An order to cancel. `item` and `quantity` say what the form showed."""

    order_no: Key
    item: Key = "order"
    quantity: Quantity = 1


class SendMessageBody(_Body, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A message that the gateway is to send. `item` is its text, `quantity` the amount that it is about."""

    request_no: Key
    item: Key = "message"
    quantity: Quantity = 1


Body = PlaceOrderBody | PayOrderBody | AddStockBody | CancelOrderBody | SendMessageBody
BODIES: Mapping[OperationKey, type[Body]] = {
    OperationKey.PLACE_ORDER: PlaceOrderBody,
    OperationKey.PAY_ORDER: PayOrderBody,
    OperationKey.ADD_STOCK: AddStockBody,
    OperationKey.CANCEL_ORDER: CancelOrderBody,
    OperationKey.SEND_MESSAGE: SendMessageBody,
}
_DECODERS = {key: msgspec.json.Decoder(body) for key, body in BODIES.items()}


def read_body(operation: OperationKey, content: bytes) -> Body:
    """Decode and check a body.

    Raises:
        msgspec.DecodeError: it is no JSON, or not what the operation takes; the message says where.
        ControlCharacterError: a text has control characters, or is no UTF-8.
    """
    body = _DECODERS[operation].decode(content)
    key_field = operation.key_field
    for name, text in ((key_field, business_key(body)), ("item", body.item), ("token", body.token)):
        if text is not None and not is_text(text):
            raise ControlCharacterError(name)
    return body


def is_text(text: str) -> bool:
    """Whether a key can be written on one line and stored by every database."""
    return _is_text(text) is not None


def business_key(body: Body) -> str:
    """The key that makes two submissions the same intent."""
    return body.request_no if isinstance(body, AddStockBody | SendMessageBody) else body.order_no


def to_request(
    operation: OperationKey, body: Body, submission_id: str, gateway: Gateway, idempotency_key: str = ""
) -> Request:
    """The request that a strategy gets; `gateway` is where messages go."""
    payload = msgspec.json.encode((operation, body), order="sorted")
    return Request(
        operation=operation_at(operation, gateway),
        key=business_key(body),
        item=body.item,
        quantity=body.quantity,
        submission_id=submission_id,
        token=body.token or "",
        version=body.version or 0,
        idempotency_key=idempotency_key,
        fingerprint=hashlib.sha256(payload).hexdigest(),
    )
