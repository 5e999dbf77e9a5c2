"""What every operation has: its request, its effect, the rows by which a guard knows it, and what may be missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backend.model.errors import NotApplicableError, SubmitTwiceError, UnknownKeyError
from backend.model.sentence import Code, plain_list, say
from backend.model.vocabulary import Answer, OperationKey
from backend.shop.schema import KEY_LENGTH
from backend.shop.unique_row import UniqueRow as UniqueRow

if TYPE_CHECKING:
    from collections.abc import Mapping

    import sqlalchemy as sa
    from sqlalchemy import Select, Update
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

    # What only an operation that updates a row has. Statements are made once, so the request's values come separately.

    def row_to_lock(self, *, by_index: bool = True) -> Select[int]:  # noqa: ARG002
        """The row that `change` updates, found by an indexed column or by one without an index."""
        raise self._updates_nothing()

    def version(self) -> Select[int]:
        """The version of that row."""
        raise self._updates_nothing()

    def row(self, request: Request) -> Mapping[str, object]:  # noqa: ARG002
        """The value by which the two find it."""
        raise self._updates_nothing()

    def change(self) -> Update:
        """The UPDATE of that row."""
        raise self._updates_nothing()

    def changed(self, request: Request) -> Mapping[str, object]:
        """The values of `change`: how the row is found, and what else it takes."""
        return self.row(request)

    def act_beside_change(self, connection: Connection, request: Request) -> Answer:  # noqa: ARG002
        """Bring about what is left of the effect when `change` was carried out."""
        return Answer.CREATED

    def _updates_nothing(self) -> NotApplicableError:
        return NotApplicableError(say(OperationCode.UPDATES_NOTHING, operation=self.key))
