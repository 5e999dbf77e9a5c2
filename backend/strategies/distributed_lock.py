"""A lock in Redis, for effects that no single database transaction covers.

``SET key owner NX PX lease`` grants it, and the owner gives it back by deleting the key if it still is the owner's
(Redis documentation, "Distributed Locks with Redis"). Inside, check and act: the lock serialises, only the check
remembers.

The lease frees the lock after a crash. It also frees it while a slow holder is still at work, and then two are
inside: with a lease, a lock alone is never safe (M. Kleppmann, "How to do distributed locking", 2016). A unique index
or a fencing token at the resource closes that gap: each grant gets a higher number, and the resource refuses whoever
comes with a lower one than it has seen. ``redis-fence-in-redis`` asks Redis instead: after a failover its counter may
stand where it stood before, and two holders have the same number.

A lease that is renewed while the work lasts (``redis-renewed``; Redisson's watchdog, node-redlock's ``using``) ends
only when its holder is dead, or paused for longer than the lease: the thread that renews is paused as well. Several
servers that know nothing of each other (``redlock``; Redis documentation, the Redlock algorithm) outlive the loss of a
minority of them. They do not outlive one that comes back without its keys. Both are in `redis_lock_kept.py`.

The lock must be around both the transaction and the check. ``redis-release-before-commit`` takes it inside the
transaction, as a lock in a method that an annotation makes transactional does: it is free before the row can be seen
(redisson #2183). ``redis-check-outside`` looks before it waits its turn, and does not look again.

Whatever guards the write, the check belongs where the write goes. On a read replica it misses what was committed a
moment ago, and the lock, right as it is, only makes the wrong answer come later (PostgreSQL documentation, "Hot
Standby").
"""

from __future__ import annotations

from backend.model.vocabulary import Answer
from backend.shop.operations import Request
from backend.strategies.base import Services
from backend.strategies.redis_lock import act_if_newest, check_and_act, release
from backend.strategies.redis_lock_kept import with_majority as with_majority
from backend.strategies.redis_lock_kept import with_renewal as with_renewal


def with_lease(request: Request, services: Services) -> Answer:
    """Lock with a lease, check, act, release what is still ours."""
    key, owner = services.key("lock", request), services.new_token()
    if not services.redis.set(key, owner, nx=True, px=services.lease_ms):
        return Answer.BUSY
    try:
        return check_and_act(request, services)
    finally:
        release(services, key, owner)


def without_expiry(request: Request, services: Services) -> Answer:
    """Lock without a lease: whoever dies inside keeps it for ever."""
    key, owner = services.key("lock", request), services.new_token()
    if not services.redis.set(key, owner, nx=True):
        return Answer.BUSY
    try:
        return check_and_act(request, services)
    finally:
        release(services, key, owner)


def with_blind_release(request: Request, services: Services) -> Answer:
    """Lock with a lease, but delete the key at the end whoever owns it by then."""
    key = services.key("lock", request)
    if not services.redis.set(key, "locked", nx=True, px=services.lease_ms):
        return Answer.BUSY
    try:
        return check_and_act(request, services)
    finally:
        services.redis.delete(key)


def without_check(request: Request, services: Services) -> Answer:
    """Lock and act without looking: one at a time, each of them."""
    key, owner = services.key("lock", request), services.new_token()
    if not services.redis.set(key, owner, nx=True, px=services.lease_ms):
        return Answer.BUSY
    try:
        with services.database.begin() as connection:
            return request.operation.act(connection, request)
    finally:
        release(services, key, owner)


def released_before_commit(request: Request, services: Services) -> Answer:
    """Lock inside the transaction: by the time that COMMIT shows the row to others, the lock is free."""
    with services.database.begin() as connection:
        key, owner = services.key("lock", request), services.new_token()
        if not services.redis.set(key, owner, nx=True, px=services.lease_ms):
            return Answer.BUSY
        try:
            if request.operation.is_done(connection, request):
                return Answer.DUPLICATE
            return request.operation.act_and_remember(connection, request)
        finally:
            release(services, key, owner)


def with_check_outside(request: Request, services: Services) -> Answer:
    """Check, lock, and act on what the check saw before the lock."""
    with services.database.begin() as connection:
        if request.operation.is_done(connection, request):
            return Answer.DUPLICATE
    key, owner = services.key("lock", request), services.new_token()
    if not services.redis.set(key, owner, nx=True, px=services.lease_ms):
        return Answer.BUSY
    try:
        with services.database.begin() as connection:
            return request.operation.act_and_remember(connection, request)
    finally:
        release(services, key, owner)


def with_check_on_replica(request: Request, services: Services) -> Answer:
    """Lock with a lease, look at the replica, and act on the primary, which the replica has not caught up with yet."""
    key, owner = services.key("lock", request), services.new_token()
    if not services.redis.set(key, owner, nx=True, px=services.lease_ms):
        return Answer.BUSY
    try:
        with services.replica.connect() as replica:
            if request.operation.is_done(replica, request):
                return Answer.DUPLICATE
        with services.database.begin() as connection:
            return request.operation.act_and_remember(connection, request)
    finally:
        release(services, key, owner)


def with_fence(request: Request, services: Services) -> Answer:
    """Lock with a lease, take a number that grows with each grant, and let the resource look at it."""
    key, owner = services.key("lock", request), services.new_token()
    if not services.redis.set(key, owner, nx=True, px=services.lease_ms):
        return Answer.BUSY
    try:
        fence = int(services.redis.incr(services.key("fence", request)))
        return act_if_newest(request, services, fence)
    finally:
        release(services, key, owner)


def with_fence_in_redis(request: Request, services: Services) -> Answer:
    """Lock with a lease and a number, and ask Redis, just before the commit, whether it has given a higher one."""
    key, owner = services.key("lock", request), services.new_token()
    if not services.redis.set(key, owner, nx=True, px=services.lease_ms):
        return Answer.BUSY
    try:
        counter = services.key("fence", request)
        fence = int(services.redis.incr(counter))
        with services.database.begin() as connection:
            if request.operation.is_done(connection, request):
                return Answer.DUPLICATE
            answer = request.operation.act_and_remember(connection, request)
            if int(services.redis.get(counter) or 0) > fence:
                connection.rollback()
                return Answer.CONFLICT
            return answer
    finally:
        release(services, key, owner)


def with_session(request: Request, services: Services) -> Answer:
    """Kazoo's Lock: the ephemeral node with the lowest number holds it. The node's creation is the fence."""
    lock = services.zookeeper().Lock(services.node(request), request.submission_id)
    if not lock.acquire(blocking=False):
        return Answer.BUSY
    try:
        node = lock.client.exists(f"{lock.path}/{lock.node}")
        return act_if_newest(request, services, node.czxid) if node else Answer.BUSY
    finally:
        lock.release()
