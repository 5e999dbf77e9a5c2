"""A key that the client makes up and sends with every attempt in the header ``Idempotency-Key``. The answer is kept.

The record is claimed in a transaction of its own, so that a second attempt finds it in flight. Effect and answer are
then written in one transaction: either both are there, or neither. An attempt that dies leaves a record in flight,
whose lease ends; the next one takes over with a higher attempt number, and a late owner finds that the record is no
longer his.

Two dialects of the same idea:

- ``draft-07``: draft-ietf-httpapi-idempotency-key-header-07. The value is a structured-field String, in quotes; bare
  tokens are taken too, as client libraries send them. Another payload under the same key: 422.
- ``stripe``: docs.stripe.com/api/idempotent_requests. Up to 255 characters as they are. Other parameters under the same
  key: 400. Status and body of the first request are replayed, a 500 included; nothing is kept where a concurrent
  request got in the way.

Two broken ones keep their answers in Redis instead: `backend.strategies.redis_answers`.

Leases are measured with the clock of the machine; on several machines, take the database's.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from backend.model.errors import SubmitTwiceError
from backend.model.sentence import say
from backend.model.vocabulary import Answer
from backend.shop.conflicts import is_conflict
from backend.shop.schema import idempotency_records as records
from backend.strategies.base import RefusedError, Response, Services
from backend.strategies.key_syntax import plain_key, quoted_key
from backend.strategies.redis_answers import get_then_set as get_then_set
from backend.strategies.redis_answers import two_writes as two_writes
from backend.strategies.says import IdempotencyKeyCode

if TYPE_CHECKING:
    import sqlalchemy as sa
    from sqlalchemy.engine import Connection

    from backend.shop.operations import Request

KEPT_S = 24 * 3600
"""A key is forgotten after a day, counted from its first request: after that it is a new one."""
_LOOK_AT = select(
    records.c.fingerprint,
    records.c.attempt,
    records.c.status,
    records.c.body,
    records.c.locked_until,
    records.c.expires_at,
).where(records.c.idempotency_key == bindparam("key"))


class KeyReusedError(RefusedError):
    """The key came before, with another payload. `status` is what the dialect answers."""

    def __init__(self, status: int) -> None:
        sentence = say(IdempotencyKeyCode.REUSED)
        super().__init__(sentence, status, "idempotency-key-reused", "Key reused", Answer.CONFLICT)


class LostClaimError(SubmitTwiceError):
    """The lease ran out and somebody else took over; whatever this attempt did is rolled back."""

    def __init__(self) -> None:
        super().__init__(say(IdempotencyKeyCode.TAKEN_OVER))


def draft_07(request: Request, services: Services) -> Answer:
    """A structured-field key; another payload is answered with 422."""
    key = quoted_key(request.idempotency_key)
    return once(key, request, services, reused_status=422, keeps_conflicts=True)


def stripe(request: Request, services: Services) -> Answer:
    """A plain key; other parameters are answered with 400, and a conflict is not kept."""
    key = plain_key(request.idempotency_key)
    return once(key, request, services, reused_status=400, keeps_conflicts=False)


def once(key: str, request: Request, services: Services, *, reused_status: int, keeps_conflicts: bool) -> Answer:
    """Claim the key, or say what became of its first request."""
    attempt, found = claim(key, request, services)
    if attempt:
        return carry_out(key, attempt, request, services, keeps_conflicts=keeps_conflicts)
    if found is None:
        return Answer.BUSY
    if found["fingerprint"] != request.fingerprint:
        raise KeyReusedError(reused_status)
    if found["status"] is None:
        return Answer.BUSY
    return services.replay(Response(found["status"], found["body"]))


def claim(key: str, request: Request, services: Services) -> tuple[int, sa.RowMapping | None]:
    """Put a record in flight, or take over one that nobody works on any more.

    Returns:
        The number of this attempt, 0 where the record is not ours; and the record that was found.
    """
    now = services.now()
    mine = {
        "fingerprint": request.fingerprint,
        "status": None,
        "body": "",
        "locked_until": now + services.lease_ms / 1000,
        "expires_at": now + KEPT_S,
    }
    try:
        with services.database.begin() as connection:
            connection.execute(insert(records), {"idempotency_key": key, "attempt": 1, **mine})
    except IntegrityError:
        pass
    else:
        return 1, None
    with services.database.begin() as connection:
        found = connection.execute(_LOOK_AT, {"key": key}).mappings().first()
        if found is None or (not is_abandoned(found, request, now) and found["expires_at"] > now):
            return 0, found
        taken = connection.execute(
            update(records)
            .where(records.c.idempotency_key == key, records.c.attempt == found["attempt"])
            .values(attempt=found["attempt"] + 1, **mine)
        )
    return (found["attempt"] + 1, None) if taken.rowcount else (0, None)


def is_abandoned(found: sa.RowMapping, request: Request, now: float) -> bool:
    """Whether whoever put this record in flight has not answered within the lease."""
    return found["status"] is None and found["locked_until"] <= now and found["fingerprint"] == request.fingerprint


def carry_out(key: str, attempt: int, request: Request, services: Services, *, keeps_conflicts: bool) -> Answer:
    """Effect and answer in one transaction. What fails is kept as the answer, too."""
    try:
        with services.database.begin() as connection:
            answer = request.operation.act(connection, request)
            finish(connection, key, attempt, services.render(request, answer))
    except LostClaimError:
        return Answer.BUSY
    except Exception as error:
        with suppress(LostClaimError), services.database.begin() as connection:
            if is_conflict(error) and not keeps_conflicts:
                release(connection, key, attempt)
            else:
                finish(connection, key, attempt, services.render(request, error))
        raise
    return answer


def finish(connection: Connection, key: str, attempt: int, response: Response) -> None:
    """Keep the answer, if the record is still ours.

    Raises:
        LostClaimError: another attempt has taken the record over.
    """
    kept = connection.execute(
        update(records)
        .where(records.c.idempotency_key == key, records.c.attempt == attempt, records.c.status.is_(None))
        .values(status=response.status, body=response.body)
    )
    if kept.rowcount == 0:
        raise LostClaimError


def release(connection: Connection, key: str, attempt: int) -> None:
    """Forget the record, if it is still ours: the next attempt is the first one again."""
    connection.execute(delete(records).where(records.c.idempotency_key == key, records.c.attempt == attempt))


def sweep(connection: Connection, now: float) -> int:
    """Remove the records whose time is over; how many."""
    return connection.execute(delete(records).where(records.c.expires_at <= now)).rowcount
