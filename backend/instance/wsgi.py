"""What the HTTP server loads in its worker process: the application, wired to its engines."""

from __future__ import annotations

import threading
from pathlib import Path

from backend.instance.app import create_app
from backend.instance.services import open_services, warm_up
from backend.instance.settings import InstanceSettings
from backend.tap.faults import ProcessingDelay
from backend.tap.observer import Tap
from backend.tap.trace import Trace

settings = InstanceSettings.from_environment()
_tap = Tap([ProcessingDelay(), Trace(settings.number, Path(settings.trace))])
_services = open_services(settings.database, settings.redis, _tap, connections=settings.threads)
application = create_app(settings.number, settings.token, _services, _tap)
threading.Thread(target=warm_up, args=(_services, settings.threads), name="warm-up", daemon=True).start()
