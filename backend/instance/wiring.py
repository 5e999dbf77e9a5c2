"""A backend process wired to its lab and its engines: an instance of the API, or a consumer of the queue."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from backend.engines.gateway.client import GatewayClient
from backend.engines.zookeeper.address import address_file
from backend.instance.services import open_services
from backend.instance.settings import InstanceSettings
from backend.model.vocabulary import OperationKey
from backend.strategies import use_folder
from backend.strategies.base import Services
from backend.tap.faults import instance_observers
from backend.tap.observer import Tap
from backend.tap.trace import Trace
from backend.tap.trace_messages import Welcome
from backend.tap.zookeeper import ZooKeeperSessions

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.engines.gateway.ledger import GatewayMessage


@dataclass(frozen=True, slots=True)
class Wiring:
    """What handlers of this process work with."""

    settings: InstanceSettings
    trace: Trace
    tap: Tap
    engines: Welcome
    """Where the engines are, as the lab has told."""
    services: Services


def connect(connections: int | None = None) -> Wiring:
    """Greet the lab, wait for its engines, and connect to them; the settings are in the environment.

    Args:
        connections: to the database, that handlers may want at a time; None for one a thread of the HTTP server.
    """
    settings = InstanceSettings.from_environment()
    use_folder(settings.folder)
    path = Path(settings.trace)
    trace = Trace(settings.number, path)
    tap = Tap(instance_observers(trace, path.parent))
    engines = trace.await_welcome()
    services = open_services(
        engines.database,
        engines.redis,
        tap,
        connections=connections or settings.threads,
        whereabouts=path.parent,
        gateway=GatewayClient(Path(engines.gateway), trace.want_gateway, _lingering(trace)),
        zookeeper=ZooKeeperSessions(address_file(path.parent), tap, trace.want_zookeeper),
        on_session=trace.note_session,
        on_redis=trace.note_redis,
    )
    return Wiring(settings, trace, tap, engines, services)


def _lingering(trace: Trace) -> Callable[[GatewayMessage, Callable[[], None]], None]:
    """A message counts as being handled until the gateway has let go of it, though its caller knows an answer."""

    def linger(message: GatewayMessage, wait: Callable[[], None]) -> None:
        handling = trace.handling(message.submission_id, OperationKey.SEND_MESSAGE, message.request_no)
        handling.__enter__()  # before its caller is answered

        def wait_and_end() -> None:
            try:
                wait()
            finally:
                handling.__exit__(None, None, None)

        threading.Thread(target=wait_and_end, name="gateway-late", daemon=True).start()

    return linger
