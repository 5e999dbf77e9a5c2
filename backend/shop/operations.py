"""What is guarded: the business operations, each with its effect and with the question whether it already happened.

An operation runs inside the transaction of whoever guards it and never commits. Its statements are made once and get
their values when they are executed: to build one takes SQLAlchemy as long as to execute it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from sqlalchemy import Column, Select, Update, bindparam, delete, exists, insert, select, update

from backend.model.errors import GatewayError
from backend.model.sentence import say
from backend.model.vocabulary import Answer, GatewayKeys, OperationKey, OrderStatus
from backend.shop.operation import GoneError as GoneError
from backend.shop.operation import MissingRowError as MissingRowError
from backend.shop.operation import Operation as Operation
from backend.shop.operation import OperationCode as OperationCode
from backend.shop.operation import Request as Request
from backend.shop.operation import UniqueRow as UniqueRow
from backend.shop.operation import UnknownOperationError as UnknownOperationError
from backend.shop.schema import (
    cancellations,
    goods,
    messages,
    messages_sent,
    order_deletions,
    orders,
    payments,
    stock_changes,
    stock_movements,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.engine import Connection


def _is_there(key: Column[str]) -> Select[bool]:
    """Whether a row has the key that is given as ``key``."""
    return select(exists().where(key == bindparam("key")))


_ORDER_IS_THERE, _PAYMENT_IS_THERE = _is_there(orders.c.order_no), _is_there(payments.c.order_no)
_MOVEMENT_IS_THERE = _is_there(stock_movements.c.request_no)
_CANCELLATION_IS_THERE, _SENDING_IS_THERE = _is_there(cancellations.c.order_no), _is_there(messages_sent.c.request_no)
_INSERT_ORDER, _INSERT_PAYMENT, _INSERT_MOVEMENT = insert(orders), insert(payments), insert(stock_movements)
_INSERT_CANCELLATION, _INSERT_SENDING = insert(cancellations), insert(messages_sent)
_DELETE_ORDER = delete(orders).where(orders.c.order_no == bindparam("key"))
_MARK_AS_PAID = update(orders).where(orders.c.order_no == bindparam("row")).values(status=OrderStatus.PAID.value)
_ORDER_BY_INDEX = select(orders.c.id).where(orders.c.order_no == bindparam("row"))
_ORDER_BY_SCAN = select(orders.c.id).where(orders.c.order_no_unindexed == bindparam("row"))
_VERSION_OF_ORDER = select(orders.c.version).where(orders.c.order_no == bindparam("row"))
_GOODS_BY_INDEX = select(goods.c.id).where(goods.c.item == bindparam("row"))
_GOODS_BY_SCAN = select(goods.c.id).where(goods.c.item_unindexed == bindparam("row"))
_VERSION_OF_GOODS = select(goods.c.version).where(goods.c.item == bindparam("row"))
_ADD_TO_COUNT = (
    update(goods)
    .where(goods.c.item == bindparam("row"))
    .values(
        count=goods.c.count + bindparam("more"),
        last_request_no=bindparam("request"),
        last_submission_id=bindparam("submission"),
    )
)


class PlaceOrder(Operation):
    """INSERT a row into ``orders``."""

    key = OperationKey.PLACE_ORDER
    effects = orders

    def act(self, connection: Connection, request: Request) -> Answer:
        """Insert the order."""
        connection.execute(_INSERT_ORDER, self._order(request))
        return Answer.CREATED

    def is_done(self, connection: Connection, request: Request) -> bool:
        """An order with this number is there."""
        return bool(connection.scalar(_ORDER_IS_THERE, {"key": request.key}))

    def unique_row(self, request: Request) -> UniqueRow:
        """The order itself."""
        return UniqueRow(orders, {**self._order(request), "order_no_unique": request.key})

    def act_beside_unique_row(self, connection: Connection, request: Request) -> Answer:  # noqa: ARG002
        """Nothing: the order is there."""
        return Answer.CREATED

    @staticmethod
    def _order(request: Request) -> dict[str, object]:
        return {
            "order_no": request.key,
            "item": request.item,
            "quantity": request.quantity,
            "submission_id": request.submission_id,
        }


class PayOrder(Operation):
    """Set an order to PAID and INSERT a row into ``payments``. The payment's amount is the order's quantity."""

    key = OperationKey.PAY_ORDER
    effects = payments

    def act(self, connection: Connection, request: Request) -> Answer:
        """Mark the order as paid, whatever its status was, and insert the payment.

        Raises:
            MissingRowError: there is no such order.
        """
        self._mark_as_paid(connection, request)
        return self.act_beside_change(connection, request)

    def is_done(self, connection: Connection, request: Request) -> bool:
        """A payment for this order is there."""
        return bool(connection.scalar(_PAYMENT_IS_THERE, {"key": request.key}))

    def unique_row(self, request: Request) -> UniqueRow:
        """The payment."""
        return UniqueRow(payments, {**self._payment(request), "payment_no_unique": request.key})

    def act_beside_unique_row(self, connection: Connection, request: Request) -> Answer:
        """Mark the order as paid.

        Raises:
            MissingRowError: there is no such order.
        """
        self._mark_as_paid(connection, request)
        return Answer.CREATED

    def row_to_lock(self, *, by_index: bool = True) -> Select[int]:
        """The order."""
        return _ORDER_BY_INDEX if by_index else _ORDER_BY_SCAN

    def version(self) -> Select[int]:
        """Of the order."""
        return _VERSION_OF_ORDER

    def row(self, request: Request) -> Mapping[str, object]:
        """Its number."""
        return {"row": request.key}

    def change(self) -> Update:
        """Of the order's status, whatever it was."""
        return _MARK_AS_PAID

    def act_beside_change(self, connection: Connection, request: Request) -> Answer:
        """Insert the payment."""
        connection.execute(_INSERT_PAYMENT, self._payment(request))
        return Answer.CREATED

    def _mark_as_paid(self, connection: Connection, request: Request) -> None:
        if connection.execute(_MARK_AS_PAID, self.row(request)).rowcount == 0:
            raise MissingRowError(request)

    @staticmethod
    def _payment(request: Request) -> dict[str, object]:
        return {"order_no": request.key, "amount": request.quantity, "submission_id": request.submission_id}


class AddStock(Operation):
    """``goods.count = goods.count + n``."""

    key = OperationKey.ADD_STOCK
    effects = stock_changes

    def act(self, connection: Connection, request: Request) -> Answer:
        """Add to the count.

        Raises:
            MissingRowError: there are no such goods.
        """
        if connection.execute(_ADD_TO_COUNT, self.changed(request)).rowcount == 0:
            raise MissingRowError(request)
        return Answer.CREATED

    def act_and_remember(self, connection: Connection, request: Request) -> Answer:
        """Insert the movement, which carries the request number, and add to the count."""
        connection.execute(_INSERT_MOVEMENT, self._movement(request))
        return self.act(connection, request)

    def is_done(self, connection: Connection, request: Request) -> bool:
        """A movement with this request number is there."""
        return bool(connection.scalar(_MOVEMENT_IS_THERE, {"key": request.key}))

    def unique_row(self, request: Request) -> UniqueRow:
        """The movement."""
        return UniqueRow(stock_movements, {**self._movement(request), "request_no_unique": request.key})

    def row_to_lock(self, *, by_index: bool = True) -> Select[int]:
        """The goods."""
        return _GOODS_BY_INDEX if by_index else _GOODS_BY_SCAN

    def version(self) -> Select[int]:
        """Of the goods."""
        return _VERSION_OF_GOODS

    def row(self, request: Request) -> Mapping[str, object]:
        """Their name."""
        return {"row": request.item}

    def change(self) -> Update:
        """Of the count; it also names who did it, for the trigger that is the witness."""
        return _ADD_TO_COUNT

    def changed(self, request: Request) -> Mapping[str, object]:
        """How many come, and who did it."""
        return {
            "more": request.quantity,
            "submission": request.submission_id,
            "request": request.key,
            **self.row(request),
        }

    @staticmethod
    def _movement(request: Request) -> dict[str, object]:
        return {"request_no": request.key, "item": request.item, "quantity": request.quantity}


class CancelOrder(Operation):
    """DELETE the order. Idempotent by nature in its effect, but not in its answer: the second one finds nothing."""

    key = OperationKey.CANCEL_ORDER
    effects = order_deletions

    def act(self, connection: Connection, request: Request) -> Answer:
        """Delete the order.

        Raises:
            GoneError: there is no such order, or none any more.
        """
        deleted = connection.execute(_DELETE_ORDER, {"key": request.key})
        if deleted.rowcount == 0:
            raise GoneError(request)
        return Answer.CREATED

    def act_and_remember(self, connection: Connection, request: Request) -> Answer:
        """Insert the cancellation, by which a retry is told from a wrong number, and delete the order."""
        connection.execute(_INSERT_CANCELLATION, {"order_no": request.key})
        return self.act(connection, request)

    def is_done(self, connection: Connection, request: Request) -> bool:
        """A cancellation of this order is there."""
        return bool(connection.scalar(_CANCELLATION_IS_THERE, {"key": request.key}))

    def unique_row(self, request: Request) -> UniqueRow:
        """The cancellation."""
        return UniqueRow(cancellations, {"order_no": request.key, "order_no_unique": request.key})


class Gateway(Protocol):
    """Somebody outside, whom no transaction of ours covers."""

    def send(self, request: Request, idempotency_key: str) -> bool:
        """Have the message of a request sent; False if it was sent before under this key.

        Raises:
            GatewayError: the gateway did not answer.
        """

    def with_keys(self, keys: GatewayKeys) -> Gateway:
        """The same gateway, with another habit about keys."""


class NoGateway:
    """Where there is none."""

    def send(self, request: Request, idempotency_key: str) -> bool:  # noqa: ARG002
        """Fail.

        Raises:
            GatewayError: always.
        """
        raise GatewayError(say(OperationCode.NO_GATEWAY))

    def with_keys(self, keys: GatewayKeys) -> NoGateway:  # noqa: ARG002
        """None, whatever its habits."""
        return self


class SendMessage(Operation):
    """Have the gateway send a message: an effect outside, which no ROLLBACK takes back and no COMMIT makes sure.

    Args:
        gateway: whom to call.
    """

    key = OperationKey.SEND_MESSAGE
    effects = messages

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def keyed(self) -> Operation:
        """The same to a gateway that honours keys."""
        return SendMessage(self._gateway.with_keys(GatewayKeys.HONOURED))

    def act(self, connection: Connection, request: Request) -> Answer:  # noqa: ARG002
        """Call the gateway. The request number is the key under which it may recognise a retry."""
        sent = self._gateway.send(request, idempotency_key=request.key)
        return Answer.CREATED if sent else Answer.REPLAYED

    def act_and_remember(self, connection: Connection, request: Request) -> Answer:
        """Call the gateway, then insert a row that says so. Whoever dies between the two has sent and does not know."""
        answer = self.act(connection, request)
        connection.execute(_INSERT_SENDING, {"request_no": request.key})
        return answer

    def is_done(self, connection: Connection, request: Request) -> bool:
        """Our database knows of this message."""
        return bool(connection.scalar(_SENDING_IS_THERE, {"key": request.key}))

    def unique_row(self, request: Request) -> UniqueRow:
        """What says that the message was sent, before it is."""
        return UniqueRow(messages_sent, {"request_no": request.key, "request_no_unique": request.key})


_ALL: tuple[Operation, ...] = (PlaceOrder(), PayOrder(), AddStock(), CancelOrder(), SendMessage(NoGateway()))
OPERATIONS: Mapping[OperationKey, Operation] = {operation.key: operation for operation in _ALL}


def operation_at(key: OperationKey, gateway: Gateway) -> Operation:
    """An operation; one that has its effect at a gateway, at this one."""
    return SendMessage(gateway) if key is OperationKey.SEND_MESSAGE else OPERATIONS[key]
