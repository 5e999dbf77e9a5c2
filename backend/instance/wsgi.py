"""What the HTTP server loads in its worker process: the application, wired to its engines."""

from __future__ import annotations

import signal

from backend.engines.processes.service import die_with_parent
from backend.instance.app import create_app
from backend.instance.listening import when_it_listens
from backend.instance.services import warm_up
from backend.instance.sweeper import Sweeper
from backend.instance.wiring import connect

die_with_parent(signal.SIGKILL)  # of the process that serves: nobody else would end this one
_wiring = connect()
settings = _wiring.settings
application = create_app(settings.number, settings.token, _wiring.services, _wiring.tap, _wiring.trace.handling)
warm_up(_wiring.services, settings.threads)
Sweeper(_wiring.services.database.connect).start()
when_it_listens(settings.port, _wiring.trace.get_ready)
