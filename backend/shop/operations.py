"""What is guarded: the business operations, each with its effect and with the question whether it already happened.

An operation runs inside the transaction of whoever guards it and never commits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import sqlalchemy as sa
from sqlalchemy import Select, Update, delete, exists, insert, select, update

from backend.model.errors import GatewayError, NotApplicableError, SubmitTwiceError, UnknownKeyError
from backend.model.sentence import Code, plain_list, say
from backend.model.vocabulary import Answer, GatewayKeys, OperationKey, OrderStatus
from backend.shop.schema import (
    KEY_LENGTH,
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
from backend.shop.unique_row import UniqueRow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.engine import Connection


class OperationCode(Code):
    """What an operation, or who guards it, says of its row."""

    UNKNOWN = "operation.unknown"
    NO_ORDER_TO_PAY = "operation.no_order_to_pay"
    NO_GOODS = "operation.no_goods"
    NO_ORDER_TO_CANCEL = "operation.no_order_to_cancel"
    NO_GATEWAY = "operation.no_gateway"
    UPDATES_NOTHING = "operation.updates_nothing"


_MISSING = {
    OperationKey.PAY_ORDER: OperationCode.NO_ORDER_TO_PAY,
    OperationKey.ADD_STOCK: OperationCode.NO_GOODS,
    OperationKey.CANCEL_ORDER: OperationCode.NO_ORDER_TO_CANCEL,
}


class UnknownOperationError(UnknownKeyError):
    """No operation has this key."""

    def __init__(self, key: str) -> None:
        super().__init__(say(OperationCode.UNKNOWN, key=key[:KEY_LENGTH], known=plain_list(OperationKey)))


class MissingRowError(SubmitTwiceError):
    """The row that an update needs is not there."""

    answer = Answer.ERROR

    def __init__(self, request: Request) -> None:
        super().__init__(say(_MISSING[request.operation.key], key=request.key, item=request.item))


class GoneError(MissingRowError):
    """The row that was to be deleted is not there: deleted already, or never there. The table cannot tell which."""

    answer = Answer.CONFLICT


@dataclass(frozen=True, slots=True)
class Request:
    """One submission as a strategy gets it."""

    operation: Operation
    key: str
    """The business key."""
    item: str
    quantity: int
    submission_id: str
    token: str = ""
    """The form token, for the strategy that hands them out."""
    version: int = 0
    """The version of the row that the form showed."""
    idempotency_key: str = ""
    """The header ``Idempotency-Key`` as it came."""
    fingerprint: str = ""
    """Of operation and payload: two requests with the same one ask for the same."""


class Operation:
    """A business operation. `effects` is the table in which its effects can be counted.

    Apart from the effect itself, it has what a guard may want of it: the row by which it is remembered, the one that a
    unique index covers, and, where it updates one, the row that can be locked or compared.
    """

    key: OperationKey
    effects: sa.Table

    def act(self, connection: Connection, request: Request) -> Answer:
        """Bring about the effect, and nothing else. Called k times, it happens k times."""
        raise NotImplementedError

    def act_and_remember(self, connection: Connection, request: Request) -> Answer:
        """`act`, leaving a row by which `is_done` recognises the intent, unless the effect is such a row itself."""
        return self.act(connection, request)

    def is_done(self, connection: Connection, request: Request) -> bool:
        """Whether an earlier submission of the same intent was carried out, and remembered."""
        raise NotImplementedError

    def unique_row(self, request: Request) -> UniqueRow:
        """The row that stands for the intent, with its key in the column that has a unique index."""
        raise NotImplementedError

    def act_beside_unique_row(self, connection: Connection, request: Request) -> Answer:
        """Bring about what is left of the effect when the unique row is there."""
        return self.act(connection, request)

    def keyed(self) -> Operation:
        """The same; what it does outside, with a key that the other side recognises."""
        return self

    # What only an operation that updates a row has

    def row_to_lock(self, request: Request, *, by_index: bool = True) -> Select[int]:  # noqa: ARG002
        """The row that `change` updates, found by an indexed column or by one without an index."""
        raise self._updates_nothing()

    def version(self, request: Request) -> Select[int]:  # noqa: ARG002
        """The version of that row."""
        raise self._updates_nothing()

    def change(self, request: Request) -> Update:  # noqa: ARG002
        """The UPDATE of that row."""
        raise self._updates_nothing()

    def act_beside_change(self, connection: Connection, request: Request) -> Answer:  # noqa: ARG002
        """Bring about what is left of the effect when `change` was carried out."""
        return Answer.CREATED

    def _updates_nothing(self) -> NotApplicableError:
        return NotApplicableError(say(OperationCode.UPDATES_NOTHING, operation=self.key))


class PlaceOrder(Operation):
    """INSERT a row into ``orders``."""

    key = OperationKey.PLACE_ORDER
    effects = orders

    def act(self, connection: Connection, request: Request) -> Answer:
        """Insert the order."""
        connection.execute(insert(orders).values(self._order(request)))
        return Answer.CREATED

    def is_done(self, connection: Connection, request: Request) -> bool:
        """An order with this number is there."""
        return bool(connection.scalar(select(exists().where(orders.c.order_no == request.key))))

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
        return bool(connection.scalar(select(exists().where(payments.c.order_no == request.key))))

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

    def row_to_lock(self, request: Request, *, by_index: bool = True) -> Select[int]:
        """The order."""
        number = orders.c.order_no if by_index else orders.c.order_no_unindexed
        return select(orders.c.id).where(number == request.key)

    def change(self, request: Request) -> Update:
        """Of the order's status, whatever it was."""
        return update(orders).where(orders.c.order_no == request.key).values(status=OrderStatus.PAID.value)

    def version(self, request: Request) -> Select[int]:
        """Of the order."""
        return select(orders.c.version).where(orders.c.order_no == request.key)

    def act_beside_change(self, connection: Connection, request: Request) -> Answer:
        """Insert the payment."""
        connection.execute(insert(payments).values(self._payment(request)))
        return Answer.CREATED

    def _mark_as_paid(self, connection: Connection, request: Request) -> None:
        if connection.execute(self.change(request)).rowcount == 0:
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
        if connection.execute(self.change(request)).rowcount == 0:
            raise MissingRowError(request)
        return Answer.CREATED

    def act_and_remember(self, connection: Connection, request: Request) -> Answer:
        """Insert the movement, which carries the request number, and add to the count."""
        connection.execute(insert(stock_movements).values(self._movement(request)))
        return self.act(connection, request)

    def is_done(self, connection: Connection, request: Request) -> bool:
        """A movement with this request number is there."""
        return bool(connection.scalar(select(exists().where(stock_movements.c.request_no == request.key))))

    def unique_row(self, request: Request) -> UniqueRow:
        """The movement."""
        return UniqueRow(stock_movements, {**self._movement(request), "request_no_unique": request.key})

    def row_to_lock(self, request: Request, *, by_index: bool = True) -> Select[int]:
        """The goods."""
        name = goods.c.item if by_index else goods.c.item_unindexed
        return select(goods.c.id).where(name == request.item)

    def change(self, request: Request) -> Update:
        """Of the count; it also names who did it, for the trigger that is the witness."""
        more = goods.c.count + request.quantity
        added = update(goods).where(goods.c.item == request.item).values(count=more)
        return added.values(last_request_no=request.key, last_submission_id=request.submission_id)

    def version(self, request: Request) -> Select[int]:
        """Of the goods."""
        return select(goods.c.version).where(goods.c.item == request.item)

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
        deleted = connection.execute(delete(orders).where(orders.c.order_no == request.key))
        if deleted.rowcount == 0:
            raise GoneError(request)
        return Answer.CREATED

    def act_and_remember(self, connection: Connection, request: Request) -> Answer:
        """Insert the cancellation, by which a retry is told from a wrong number, and delete the order."""
        connection.execute(insert(cancellations).values(order_no=request.key))
        return self.act(connection, request)

    def is_done(self, connection: Connection, request: Request) -> bool:
        """A cancellation of this order is there."""
        return bool(connection.scalar(select(exists().where(cancellations.c.order_no == request.key))))

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
        connection.execute(insert(messages_sent).values(request_no=request.key))
        return answer

    def is_done(self, connection: Connection, request: Request) -> bool:
        """Our database knows of this message."""
        return bool(connection.scalar(select(exists().where(messages_sent.c.request_no == request.key))))

    def unique_row(self, request: Request) -> UniqueRow:
        """What says that the message was sent, before it is."""
        return UniqueRow(messages_sent, {"request_no": request.key, "request_no_unique": request.key})


_ALL: tuple[Operation, ...] = (PlaceOrder(), PayOrder(), AddStock(), CancelOrder(), SendMessage(NoGateway()))
OPERATIONS: Mapping[OperationKey, Operation] = {operation.key: operation for operation in _ALL}


def operation_at(key: OperationKey, gateway: Gateway) -> Operation:
    """An operation; one that has its effect at a gateway, at this one."""
    return SendMessage(gateway) if key is OperationKey.SEND_MESSAGE else OPERATIONS[key]
