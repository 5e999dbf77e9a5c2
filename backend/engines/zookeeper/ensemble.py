"""Three private ZooKeepers that keep the same nodes: one leads, and another one does where it has ended."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from backend.engines.processes.ports import free_port
from backend.engines.processes.server_user import give, own_directory
from backend.engines.start import bring_up, on_free_port, system_failure
from backend.engines.zookeeper.says import ZooKeeperCode
from backend.engines.zookeeper.server import NAME, Started, ask_mode, ask_version, find_zookeeper, launch
from backend.model.errors import EngineError
from backend.model.sentence import say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from backend.engines.processes.child import Child
    from backend.engines.processes.supervisor import Supervisor
    from backend.engines.zookeeper.server import Program

SERVERS = 3
_CONFIGURATION = """\
tickTime=200
initLimit=25
syncLimit=10
minSessionTimeout=400
maxSessionTimeout=60000
dataDir={data}
clientPort={port}
clientPortAddress=127.0.0.1
admin.enableServer=false
4lw.commands.whitelist=srvr
{others}
"""
_PEER = "server.{number}=127.0.0.1:{quorum}:{election}"


@dataclass(frozen=True, slots=True)
class _Place:
    """A server of the ensemble: where it has its data and its ports."""

    number: int
    data: Path
    port: int
    quorum: int
    election: int


def start_ensemble(supervisor: Supervisor, choose_port: Callable[[], int] = free_port) -> tuple[Started, ...]:
    """Start three servers and wait until each of them serves.

    Args:
        supervisor: owner of the processes and of the directories with their data.
        choose_port: asked for loopback ports, three a server; asked again where somebody else has taken one meanwhile.

    Raises:
        EngineError: ZooKeeper is not installed or cannot be started; the sentence says why.
    """
    program = find_zookeeper()
    if program is None:
        raise EngineError(say(ZooKeeperCode.MISSING))
    try:
        return on_free_port(NAME, choose_port, lambda port: _run(supervisor, program, port, choose_port))
    except OSError as error:
        raise system_failure(NAME, error, supervisor.directory) from None


def _run(supervisor: Supervisor, program: Program, first: int, choose_port: Callable[[], int]) -> tuple[Started, ...]:
    ports = [first, *(choose_port() for _ in range(3 * SERVERS - 1))]
    places = [
        _Place(number, _folder(supervisor, number), *ports[3 * number - 3 : 3 * number])
        for number in range(1, SERVERS + 1)
    ]
    children = [_launch(supervisor, program, place, places) for place in places]
    try:
        return tuple(
            _started(supervisor, program, place, places, child) for place, child in zip(places, children, strict=True)
        )
    except EngineError:
        for child in children:
            child.kill()
        raise


def _folder(supervisor: Supervisor, number: int) -> Path:
    folder = own_directory(supervisor.directory, f"zookeeper-{number}", supervisor.user)
    identity = folder / "myid"
    identity.write_text(f"{number}\n")
    give(identity, supervisor.user)
    return folder


def _launch(supervisor: Supervisor, program: Program, place: _Place, places: Sequence[_Place]) -> Child:
    others = "\n".join(_PEER.format(number=one.number, quorum=one.quorum, election=one.election) for one in places)
    return launch(
        supervisor, program, place.data, _CONFIGURATION.format(data=place.data, port=place.port, others=others)
    )


def _started(
    supervisor: Supervisor, program: Program, place: _Place, places: Sequence[_Place], child: Child
) -> Started:
    version = bring_up(f"{NAME} {place.number}", child, supervisor, lambda: ask_version("127.0.0.1", place.port))
    return Started(child, place.port, version, partial(_again, supervisor, program, place, places))


def _again(supervisor: Supervisor, program: Program, place: _Place, places: Sequence[_Place]) -> Started:
    return _started(supervisor, program, place, places, _launch(supervisor, program, place, places))


def leader_of(ports: Sequence[int]) -> int | None:
    """Which server leads, from 1; None while none does."""
    modes = [ask_mode("127.0.0.1", port) for port in ports]
    return modes.index("leader") + 1 if "leader" in modes else None


class Election:
    """Who leads after the server that led was killed or restarted: another one, or itself if it was back in time.

    Args:
        led: the server that was disturbed, from 1.
    """

    def __init__(self, led: int) -> None:
        self._led = led
        self._was_open = False

    def winner(self, leader: int | None, *, is_away: bool) -> int | None:
        """Who was elected; None while that is not decided.

        Args:
            leader: who leads just now, if somebody does.
            is_away: whether the server that was disturbed is known to be away.
        """
        if leader not in {None, self._led}:
            return leader
        self._was_open = self._was_open or is_away or leader is None
        return leader if self._was_open and not is_away else None
