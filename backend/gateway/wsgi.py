"""What the HTTP server loads in its worker process."""

from __future__ import annotations

from pathlib import Path

from backend.gateway.app import GatewayApp
from backend.gateway.ledger import Ledger
from backend.gateway.settings import GatewaySettings

_settings = GatewaySettings.from_environment()
application = GatewayApp(_settings.token, Ledger(Path(_settings.ledger)))
