"""What the HTTP server loads in its worker process."""

from __future__ import annotations

import signal
from pathlib import Path

from backend.engines.gateway.app import GatewayApp
from backend.engines.gateway.ledger import GatewayLedger
from backend.engines.gateway.settings import GatewaySettings
from backend.engines.processes.service import die_with_parent

die_with_parent(signal.SIGKILL)  # of the process that serves: nobody else would end this one
_settings = GatewaySettings.from_environment()
application = GatewayApp(_settings.token, GatewayLedger(Path(_settings.ledger)))
