"""What the explorer says to a person: what it found, and why it could not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.model.sentence import Code, say
from backend.model.vocabulary import Replication, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backend.model.sentence import Sentence

_FULL_ENUMERATION = 2
"""Of more requests than this, one interleaving of each class is played."""


class ExplorerCode(Code):
    """Sentences about one question, and their parts."""

    NOTHING = "explorer.nothing"
    FOUND = "explorer.found"
    NOT_FINISHED = "explorer.not_finished"
    ONLY_ONE = "explorer.only_one"
    ALL = "explorer.all"
    ALL_THAT_DIFFER = "explorer.all_that_differ"
    SOME = "explorer.some"
    SOME_THAT_DIFFER = "explorer.some_that_differ"
    OTHERS = "explorer.others"
    EACH_SO_FAR = "explorer.each_so_far"
    SOME_SO_FAR = "explorer.some_so_far"
    SCOPE = "explorer.scope"
    NO_CRASH = "explorer.no_crash"
    CRASHES = "explorer.crashes"
    EXPIRIES = "explorer.expiries"
    FAILOVERS = "explorer.failovers"
    ERRORS = "explorer.errors"
    DATABASE_FAILOVERS = "explorer.database_failovers"
    DATABASE_FAILOVERS_SYNCHRONOUS = "explorer.database_failovers_synchronous"
    ONCE = "explorer.once"
    TWICE = "explorer.twice"
    LOST = "explorer.lost"
    STUCK = "explorer.stuck"
    UNDECIDED = "explorer.undecided"
    SQLITE_REFUSES = "explorer.sqlite_refuses"
    LATE_DEADLOCK = "explorer.late_deadlock"
    OVERTAKEN = "explorer.overtaken"
    SERVER_CHOSE = "explorer.server_chose"
    MARIADB_SNAPSHOT = "explorer.mariadb_snapshot"
    MARIADB_LEVEL = "explorer.mariadb_level"
    POSTGRESQL_LEVEL = "explorer.postgresql_level"

    STRATEGY_FAILED = "explorer.strategy_failed"
    ENDLESS_STEPS = "explorer.endless_steps"
    ENDLESS_LOOP = "explorer.endless_loop"
    ENDLESS_PLACE = "explorer.endless_place"

    REQUESTS = "explorer.requests"
    NEGATIVE = "explorer.negative"
    DATABASES = "explorer.databases"
    NO_STANDBY = "explorer.no_standby"
    NO_PROMOTION = "explorer.no_promotion"
    READS_STANDBY = "explorer.reads_standby"
    NO_ZOOKEEPER = "explorer.no_zookeeper"
    NO_GATEWAY = "explorer.no_gateway"
    ENGINE_GONE = "explorer.engine_gone"
    ENGINE_GONE_MIDWAY = "explorer.engine_gone_midway"
    ZOOKEEPER_SILENT = "explorer.zookeeper_silent"
    ZOOKEEPER_GONE = "explorer.zookeeper_gone"
    LOST_CONTROL = "explorer.lost_control"
    SESSION_NEVER_BEGAN = "explorer.session_never_began"
    CLIENT_GONE = "explorer.client_gone"
    NODE_WITHOUT_SESSION = "explorer.node_without_session"
    NODE_OUTLASTS_SESSION = "explorer.node_outlasts_session"
    SESSION_ENDED = "explorer.session_ended"
    CRASHED_WENT_ON = "explorer.crashed_went_on"
    TRANSACTION_LEFT = "explorer.transaction_left"
    ALL_WAIT = "explorer.all_wait"
    TOO_SLOW = "explorer.too_slow"
    UNFORESEEN = "explorer.unforeseen"
    DIVERGED = "explorer.diverged"
    NOT_POSSIBLE = "explorer.not_possible"
    MORE_STEPS = "explorer.more_steps"
    UNREADABLE = "explorer.unreadable"
    NO_SCHEDULE = "explorer.no_schedule"
    OTHER_VERDICT = "explorer.other_verdict"
    WORKERS_DIE = "explorer.workers_die"
    NO_WORKERS = "explorer.no_workers"
    WORKER_BROKE_OFF = "explorer.worker_broke_off"
    NO_DASK = "explorer.no_dask"
    NO_CLUSTER = "explorer.no_cluster"
    EMPTY_CLUSTER = "explorer.empty_cluster"
    OTHER_CODE = "explorer.other_code"
    YOURS_STAY_HERE = "explorer.yours_stay_here"


_WHAT_HAPPENS = {
    Verdict.EXACTLY_ONCE: ExplorerCode.ONCE,
    Verdict.DUPLICATED: ExplorerCode.TWICE,
    Verdict.LOST: ExplorerCode.LOST,
    Verdict.STUCK: ExplorerCode.STUCK,
    Verdict.UNDECIDED: ExplorerCode.UNDECIDED,
}


def what_happens(verdict: Verdict) -> Sentence:
    """A verdict as the end of a sentence about an intent."""
    return say(_WHAT_HAPPENS[verdict])


def scope_of(
    requests: int,
    crashes: int,
    expiries: int,
    failovers: int = 0,
    errors: int = 0,
    database_failovers: int = 0,
    replication: Replication = Replication.ASYNCHRONOUS,
) -> Sentence:
    """What was allowed to happen, for brackets: ``2 requests, at most 1 crash``."""
    mishaps = [say(ExplorerCode.CRASHES, crashes=crashes) if crashes else say(ExplorerCode.NO_CRASH)]
    if expiries:
        mishaps.append(say(ExplorerCode.EXPIRIES, expiries=expiries))
    if failovers:
        mishaps.append(say(ExplorerCode.FAILOVERS, failovers=failovers))
    if errors:
        mishaps.append(say(ExplorerCode.ERRORS, errors=errors))
    if database_failovers:
        waits = replication is Replication.SYNCHRONOUS
        code = ExplorerCode.DATABASE_FAILOVERS_SYNCHRONOUS if waits else ExplorerCode.DATABASE_FAILOVERS
        mishaps.append(say(code, failovers=database_failovers))
    return say(ExplorerCode.SCOPE, requests=requests, mishaps=tuple(mishaps))


def finding(outcomes: Mapping[Verdict, int], scope: Sentence, *, exhaustive: bool, requests: int) -> Sentence:
    """What was found, the worst first. It speaks of *all* interleavings only where all of them ran.

    Args:
        outcomes: how many schedules came to each verdict.
        scope: what was allowed to happen; see `scope_of`.
        exhaustive: whether every schedule ran.
        requests: how many submissions there were.
    """
    worst_first = sorted((v for v in outcomes if outcomes[v]), key=lambda verdict: verdict.severity, reverse=True)
    if not worst_first:
        return say(ExplorerCode.NOTHING)
    total = sum(outcomes.values())
    clauses = (
        _first(worst_first[0], outcomes[worst_first[0]], total, scope, differ=requests > _FULL_ENUMERATION)
        if exhaustive
        else _first_so_far(worst_first[0], outcomes[worst_first[0]], total),
        *(say(ExplorerCode.OTHERS, count=outcomes[v], what=what_happens(v)) for v in worst_first[1:]),
    )
    if exhaustive:
        return say(ExplorerCode.FOUND, clauses=clauses)
    return say(ExplorerCode.NOT_FINISHED, total=total, scope=scope, clauses=clauses)


def _first(worst: Verdict, count: int, total: int, scope: Sentence, *, differ: bool) -> Sentence:
    what = what_happens(worst)
    if total == 1:
        return say(ExplorerCode.ONLY_ONE, scope=scope, what=what)
    if count == total:
        return say(ExplorerCode.ALL_THAT_DIFFER if differ else ExplorerCode.ALL, total=total, scope=scope, what=what)
    code = ExplorerCode.SOME_THAT_DIFFER if differ else ExplorerCode.SOME
    return say(code, count=count, total=total, scope=scope, what=what)


def _first_so_far(worst: Verdict, count: int, total: int) -> Sentence:
    if count == total:
        return say(ExplorerCode.EACH_SO_FAR, what=what_happens(worst))
    return say(ExplorerCode.SOME_SO_FAR, count=count, what=what_happens(worst))
