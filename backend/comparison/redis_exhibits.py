"""Exhibits of locks on Redis servers as people run them: renewed, replicated, on several servers."""

from __future__ import annotations

from dataclasses import replace

from backend.comparison.exhibit import Cause, Exhibit, faults_of
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import OperationKey, Pace, RedisPersistence, RedisTopology, Source, Verdict

_PLACE = OperationKey.PLACE_ORDER
_HELD_MS = 6_000
"""Longer than sentinels need to promote another server."""
_KEEPS_COMING = Plan((), 20, pace=Pace.INTERVAL, interval_ms=300)
_FAILS_OVER = Setup(
    "distributed-lock",
    "redis",
    _HELD_MS,
    60_000,
    faults_of("failover@redis=300"),
    redis_topology=RedisTopology.SENTINEL,
)
_LONGER_THAN_ITS_LEASE = Setup("distributed-lock", "redis", 2_500, 500)
_PAUSED = Setup("distributed-lock", "redis-renewed", 500, 600, faults_of("pause@sql:SELECT=3000"))
_GIVES_UP = Plan((), 1, Source.RETRY, timeout_ms=1_500, retries=2)
_MAJORITY = Setup(
    "distributed-lock",
    "redlock",
    _HELD_MS,
    60_000,
    faults_of("partition@redis:3=1000", "restart@redis:2=1500"),
    redis_topology=RedisTopology.THREE,
    redis_persistence=RedisPersistence.NONE,
)

REDIS_INCIDENTS: tuple[Exhibit, ...] = (
    Exhibit(
        key="lease-is-not-renewed",
        cause=Cause.LOCKS,
        title="Work of five leases, and a lease of one",
        look="The work takes five times as long as the lease. Each time that a lease is over somebody else gets the "
        "lock, sees no order yet, and works as well.",
        lesson="A lease has to be longer than the work, or be made longer while it lasts.",
        operation=_PLACE,
        promises=Verdict.DUPLICATED,
        setup=_LONGER_THAN_ITS_LEASE,
        plan=replace(_KEEPS_COMING, submissions=8),
    ),
    Exhibit(
        key="lease-is-renewed",
        cause=Cause.LOCKS,
        title="The same work, and a lease that is renewed",
        look="The work takes five times as long as the lease. Look at the EVAL steps beside it: each puts the end of "
        "the lease off. Everybody who comes meanwhile is told “busy”.",
        lesson="A short lease that is renewed frees the lock soon after a crash, and not before the work is done.",
        operation=_PLACE,
        promises=Verdict.EXACTLY_ONCE,
        setup=replace(_LONGER_THAN_ITS_LEASE, variant="redis-renewed"),
        plan=replace(_KEEPS_COMING, submissions=8),
    ),
    Exhibit(
        key="holder-is-paused",
        cause=Cause.LOCKS,
        title="A renewed lease, and a holder that is paused",
        look="A thread renews the lease at a third of its life. The whole process is stopped for five leases, the "
        "thread with it. The retry gets the lock from another instance; the first holder wakes up and writes as well.",
        lesson="Renewing a lease helps against slow work, not against a process that stands still.",
        operation=_PLACE,
        promises=Verdict.DUPLICATED,
        setup=_PAUSED,
        plan=_GIVES_UP,
        instances=2,
    ),
    Exhibit(
        key="paused-holder-and-a-fence",
        cause=Cause.LOCKS,
        title="The same pause, and a fence in the database",
        look="The lease ends while its holder is stopped, and the retry gets the lock with number 2. It waits at the "
        "row of the fence, which the first holder has changed and not committed; then it finds the order.",
        lesson="Whoever may be stopped at any moment must be refused where the effect is, not where the lock is.",
        operation=_PLACE,
        promises=Verdict.EXACTLY_ONCE,
        setup=replace(_PAUSED, variant="redis-fenced"),
        plan=_GIVES_UP,
        instances=2,
    ),
    Exhibit(
        key="failover-of-a-lock",
        cause=Cause.REPLICATION,
        title="The primary of Redis dies while a lock is held",
        look="The replica has not got the lock when the primary is killed. The sentinels promote it all the same, "
        "within a second or two, and the next one who comes is granted the lock that somebody still holds.",
        lesson="Replication that nobody waits for does not replicate a lock.",
        operation=_PLACE,
        promises=Verdict.DUPLICATED,
        setup=_FAILS_OVER,
        plan=_KEEPS_COMING,
    ),
    Exhibit(
        key="failover-and-a-fence",
        cause=Cause.REPLICATION,
        title="The same failover, with a fence in the database",
        look="The lock is granted twice, and its counter has gone back: both INCRs say 1. The row of the fence in the "
        "database lets only one of them through.",
        lesson="What decides must be where the effect is.",
        operation=_PLACE,
        promises=Verdict.EXACTLY_ONCE,
        setup=replace(_FAILS_OVER, variant="redis-fenced"),
        plan=_KEEPS_COMING,
    ),
    Exhibit(
        key="redlock-forgets",
        cause=Cause.REPLICATION,
        title="Redlock, and a server that comes back empty",
        look="One of three servers is cut off, so the lock is on the other two. It comes back, and one of the two "
        "restarts without its keys: two of three know nothing of the lock, and that is a majority.",
        lesson="A majority is worth what its members remember.",
        operation=_PLACE,
        promises=Verdict.DUPLICATED,
        setup=_MAJORITY,
        plan=_KEEPS_COMING,
    ),
    Exhibit(
        key="redlock-remembers",
        cause=Cause.REPLICATION,
        title="The same Redlock, with each write synced to disk",
        look="The same server restarts, and has the lock in its file, with what is left of its lease. There is no "
        "second majority: everybody is told “busy” until the holder is done.",
        lesson="Redlock needs a file that is synced, or a server that comes back later than every lease.",
        operation=_PLACE,
        promises=Verdict.EXACTLY_ONCE,
        setup=replace(_MAJORITY, redis_persistence=RedisPersistence.ALWAYS),
        plan=_KEEPS_COMING,
    ),
    Exhibit(
        key="redlock-goes-on",
        cause=Cause.REPLICATION,
        title="Redlock, one of three servers dead",
        look="The second server is killed while the lock is held and stays away. Steps that end in @2 fail, those with "
        "@1 and @3 are enough, and nobody gets a page of errors.",
        lesson="Redlock buys availability. For correctness there is the resource.",
        operation=_PLACE,
        promises=Verdict.EXACTLY_ONCE,
        setup=replace(_MAJORITY, processing_delay_ms=1_500, faults=faults_of("kill@redis:2=500")),
        plan=replace(_KEEPS_COMING, submissions=10),
    ),
)
"""Each damage is followed by its cure, or by what is left of it."""
