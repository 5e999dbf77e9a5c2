"""What the HTTP server loads in its worker process: the application, wired to its engines."""

from __future__ import annotations

import signal
from pathlib import Path

from backend.engines.gateway.client import GatewayClient
from backend.engines.processes.service import die_with_parent
from backend.engines.zookeeper.address import address_file as zookeeper_file
from backend.instance.app import create_app
from backend.instance.listening import when_it_listens
from backend.instance.services import open_services, warm_up
from backend.instance.settings import InstanceSettings
from backend.instance.sweeper import Sweeper
from backend.strategies import use_folder
from backend.tap.faults import instance_observers
from backend.tap.observer import Tap
from backend.tap.trace import Trace
from backend.tap.zookeeper import ZooKeeperSessions

die_with_parent(signal.SIGKILL)  # of the process that serves: nobody else would end this one
settings = InstanceSettings.from_environment()
use_folder(settings.folder)
_trace = Trace(settings.number, Path(settings.trace))
_tap = Tap(instance_observers(_trace, Path(settings.trace).parent))
_engines = _trace.await_welcome()
_gateway = GatewayClient(Path(_engines.gateway), _trace.want_gateway)
_zookeeper = ZooKeeperSessions(zookeeper_file(Path(settings.trace).parent), _tap, _trace.want_zookeeper)
_services = open_services(
    _engines.database, _engines.redis, _tap, connections=settings.threads, gateway=_gateway, zookeeper=_zookeeper
)
application = create_app(settings.number, settings.token, _services, _tap, _trace.handling)
warm_up(_services, settings.threads)
Sweeper(_services.database.connect).start()
when_it_listens(settings.port, _trace.get_ready)
