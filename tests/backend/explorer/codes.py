"""Strategies that only tests want."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import insert

from backend.model.vocabulary import Answer
from backend.shop.operations import Request
from backend.shop.schema import messages_sent, orders
from backend.strategies.base import Handler, Services, Variant


def variant(handle: Handler) -> Variant:
    return Variant("test", handle, sound=False)


def slow(request: Request, services: Services) -> Answer:
    """Sleeps in the server, and waits for nobody."""
    with services.database.begin() as connection:
        connection.execute(sa.text("SELECT pg_sleep(0.02)"))
        request.operation.act(connection, request)
    return Answer.CREATED


def bug(request: Request, services: Services) -> Answer:
    """Fails inside its transaction, for a reason of its own."""
    with services.database.begin() as connection:
        request.operation.act(connection, request)
        return Answer(str(1 // (request.quantity - request.quantity)))


def insert_then_give_up(request: Request, services: Services) -> Answer:
    """The first to insert rolls back; the others wait at the unique key meanwhile."""
    try:
        with services.database.begin() as connection:
            connection.execute(insert(orders).values(order_row(request)))
            _give_up_as(request, "submission-A")
    except sa.exc.IntegrityError:
        return Answer.DUPLICATE
    except LookupError:
        return Answer.ERROR
    return Answer.CREATED


def _give_up_as(request: Request, actor: str) -> None:
    if request.submission_id == actor:
        raise LookupError


def crosswise(request: Request, services: Services) -> Answer:
    """Takes two locks, and B in the other order than A."""
    names = [f"{request.key} 1", f"{request.key} 2"]
    if request.submission_id == "submission-B":
        names.reverse()
    with services.database.begin() as connection:
        for name in names:
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": name})
        request.operation.act(connection, request)
    return Answer.CREATED


def serializable(request: Request, services: Services) -> Answer:
    """Check and act under SERIALIZABLE."""
    with services.database.execution_options(isolation_level="SERIALIZABLE").begin() as connection:
        if request.operation.is_done(connection, request):
            return Answer.DUPLICATE
        request.operation.act(connection, request)
    return Answer.CREATED


def numbered(request: Request, services: Services) -> Answer:
    """Each is told another number, and then all wait in the same place."""
    services.redis.incr(services.key("number", request))
    with services.database.begin() as connection:
        return request.operation.act(connection, request)


def remembered_in_a_hash(request: Request, services: Services) -> Answer:
    """Look into a hash in Redis, act, write it there."""
    key = services.key("done", request)
    if services.redis.hget(key, "done"):
        return Answer.DUPLICATE
    with services.database.begin() as connection:
        request.operation.act(connection, request)
    services.redis.hset(key, "done", "yes")
    return Answer.CREATED


def order_row(request: Request) -> dict[str, object]:
    return {
        "order_no": request.key,
        "order_no_unique": request.key,
        "item": request.item,
        "quantity": request.quantity,
        "submission_id": request.submission_id,
    }


def behind_an_advisory_lock(request: Request, services: Services) -> Answer:
    """Serialises by a lock that no table knows of."""
    with services.database.begin() as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": request.key})
        if request.operation.is_done(connection, request):
            return Answer.DUPLICATE
        request.operation.act(connection, request)
    return Answer.CREATED


def leaves_its_session_locked(request: Request, services: Services) -> Answer:
    """Waits for a lock of the session, and never gives it back."""
    with services.database.begin() as connection:
        connection.execute(sa.text("SELECT pg_advisory_lock(hashtext(:name))"), {"name": request.key})
        if request.operation.is_done(connection, request):
            return Answer.DUPLICATE
        return request.operation.act(connection, request)


def mutex_on_the_way(request: Request, services: Services) -> Answer:
    """Takes a mutex only after its first step."""
    services.redis.get(f"submit-twice:token:{request.token}")
    with services.mutex(request.key), services.database.begin() as connection:
        connection.execute(sa.text("SELECT 1"))
        request.operation.act(connection, request)
    return Answer.CREATED


def rolls_back_after_redis(request: Request, services: Services) -> Answer:
    """Ends its transaction because of what Redis says, and so lets go whoever waits at the unique key."""
    try:
        with services.database.begin() as connection:
            connection.execute(insert(orders).values(order_row(request)))
            if services.redis.get(f"submit-twice:token:{request.token}") is None:
                _give_up_as(request, request.submission_id)
    except sa.exc.IntegrityError:
        return Answer.DUPLICATE
    except LookupError:
        return Answer.ERROR
    return Answer.CREATED


def releases_before_it_rolls_back(request: Request, services: Services) -> Answer:
    """The first fails inside its transaction and touches Redis on its way out, before those at the unique key go on."""
    try:
        with services.database.begin() as connection:
            try:
                connection.execute(insert(orders).values(order_row(request)))
                _give_up_as(request, "submission-A")
            finally:
                services.redis.delete(services.key("lock", request))
    except sa.exc.IntegrityError:
        return Answer.DUPLICATE
    except LookupError:
        return Answer.ERROR
    return Answer.CREATED


def token_named_second(request: Request, services: Services) -> Answer:
    """Deletes two keys with one command, and the other one first."""
    token = f"submit-twice:token:{request.token}"
    if services.redis.get(token):
        return Answer.DUPLICATE
    services.redis.mset({f"{token}:other": "1", token: "1"})
    with services.database.begin() as connection:
        return request.operation.act(connection, request)


def behind_a_savepoint(request: Request, services: Services) -> Answer:
    """Holds one row while a statement on another one fails, which takes back only what follows the savepoint."""
    with services.database.begin() as connection:
        connection.execute(insert(messages_sent).values(request_no=request.key))
        try:
            with connection.begin_nested():
                connection.execute(insert(orders).values(order_row(request)))
        except sa.exc.IntegrityError:
            return Answer.DUPLICATE
    return Answer.CREATED


def in_a_pipeline(request: Request, services: Services) -> Answer:
    """Looks first, and then claims with two commands that are sent at once."""
    token = f"submit-twice:token:{request.token}"
    if services.redis.get(token):
        return Answer.DUPLICATE
    pipeline = services.redis.pipeline()
    pipeline.set(token, "1")
    pipeline.incr(f"{token}:count")
    pipeline.execute()
    with services.database.begin() as connection:
        return request.operation.act(connection, request)


def asleep_in_mariadb(request: Request, services: Services) -> Answer:
    """Sleeps in the server, and waits for nobody."""
    with services.database.begin() as connection:
        connection.execute(sa.text("SELECT SLEEP(0.02)"))
        request.operation.act(connection, request)
    return Answer.CREATED


def crosswise_rows(request: Request, services: Services) -> Answer:
    """Inserts two rows under unique keys, and B in the other order than A."""
    names = [f"{request.key} 1", f"{request.key} 2"]
    if request.submission_id == "submission-B":
        names.reverse()
    with services.database.begin() as connection:
        for name in names:
            connection.execute(insert(messages_sent).values(request_no=request.key, request_no_unique=name))
        return request.operation.act(connection, request)


def looks_twice(request: Request, services: Services) -> Answer:
    """Acts only if the second look finds what the first one did not."""
    with services.database.begin() as connection:
        if request.operation.is_done(connection, request):
            return Answer.DUPLICATE
        if request.operation.is_done(connection, request):
            return Answer.CONFLICT
        return request.operation.act(connection, request)


def writes_then_looks(request: Request, services: Services) -> Answer:
    """Writes before its first look, which is what takes MariaDB's snapshot."""
    with services.database.begin() as connection:
        connection.execute(insert(messages_sent).values(request_no=request.key))
        if request.operation.is_done(connection, request):
            return Answer.DUPLICATE
        return request.operation.act(connection, request)
