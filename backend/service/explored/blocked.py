"""The proof that a request waits: the server names who is in its way, and that is nobody but requests of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.explorer.quiescence import that_wait_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from backend.service.explored.actor import Actor
    from backend.service.explored.locks import Locks
    from backend.service.wire.link import Link


def prove_blocked(actors: Sequence[Actor], links: Iterable[Link], locks: Locks) -> None:
    """Note of each request whether it waits for others that rest, or that wait themselves.

    Args:
        actors: all of a schedule that are not dead, whether they wait or not.
        links: all connections to the engines.
        locks: knows who waits for whom.
    """
    waiting = {pid: one for one in actors if (pid := _waiting_pid(one))}
    if not waiting:
        return
    at_rest = {one.instance for one in actors if one.running is None and (one.parked or not one.is_live)}
    resting = {link.dialect.server_pid for link in links if link.instance in at_rest}
    proven = that_wait_for(locks.blockers(list(waiting)), resting)
    if not proven.issuperset(waiting):
        locks.look_for_circles()
    for pid, one in waiting.items():
        one.is_blocked = pid in proven


def _waiting_pid(one: Actor) -> int:
    """The server process that works for a request without having answered; 0 if there is none."""
    link = one.running.link if one.running is not None else None
    if link is None or not one.is_waiting or not link.dialect.engine.is_database:
        return 0
    return link.dialect.server_pid
