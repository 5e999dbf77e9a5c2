"""Request bodies: what is accepted, and how it becomes a request to a strategy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from backend.model import OperationKey
from backend.operations import OPERATIONS, Request
from backend.schema import KEY_LENGTH

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_PIECES = 1_000_000
_PRINTABLE = r"^[^\x00-\x1f\x7f]+$"

Key = Annotated[str, msgspec.Meta(min_length=1, max_length=KEY_LENGTH, pattern=_PRINTABLE)]
Quantity = Annotated[int, msgspec.Meta(ge=1, le=MOST_PIECES)]
Version = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]


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


Body = PlaceOrderBody | PayOrderBody | AddStockBody
BODIES: Mapping[OperationKey, type[Body]] = {
    OperationKey.PLACE_ORDER: PlaceOrderBody,
    OperationKey.PAY_ORDER: PayOrderBody,
    OperationKey.ADD_STOCK: AddStockBody,
}
_DECODERS = {key: msgspec.json.Decoder(body) for key, body in BODIES.items()}


def read_body(operation: OperationKey, content: bytes) -> Body:
    """Decode and check a body.

    Raises:
        msgspec.DecodeError: it is no JSON, or not what the operation takes; the message says where.
    """
    body = _DECODERS[operation].decode(content)
    for text in (body.item, body.token or "", business_key(body)):
        text.encode()  # a lone surrogate is no text: UnicodeEncodeError, a ValueError
    return body


def business_key(body: Body) -> str:
    """The key that makes two submissions the same intent."""
    return body.request_no if isinstance(body, AddStockBody) else body.order_no


def to_request(operation: OperationKey, body: Body, submission_id: str) -> Request:
    """The request that a strategy gets."""
    return Request(
        operation=OPERATIONS[operation],
        key=business_key(body),
        item=body.item,
        quantity=body.quantity,
        submission_id=submission_id,
        token=body.token or "",
        version=body.version or 0,
    )
