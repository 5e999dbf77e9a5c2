"""The file of the awkward services."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from backend.service.description import parse
from backend.service.outside.check import Checker
from backend.service.outside.model import CheckPlan, CheckSituation
from backend.service.outside.stand import Stand
from tests.services.forking import COMMAND

if TYPE_CHECKING:
    from backend.service.description import Description
    from backend.service.outside.model import Check

SERVICES = Path(__file__).parents[2] / "services"
EFFECTS = 'sql = "SELECT count(*) FROM orders WHERE order_no = {key}"'
_FILE = """
[service]
command = {command}
start_seconds = 20
[service.environment]
PORT = "{{port}}"
DATABASE_URL = "{{postgresql}}"
GATEWAY_HOST = "{{gateway.host}}"
GATEWAY_PORT = "{{gateway.port}}"
[database]
kind = "postgresql"
setup = "CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_no text NOT NULL)"
[request]
path = "{path}"
json = {{ order_no = "{{key}}" }}
[effects]
{effects}
"""


def file_of(path: str = "/", *arguments: str, effects: str = EFFECTS, command: list[str] | None = None) -> str:
    given = command or [*COMMAND, "awkward.py", *arguments]
    return _FILE.format(command=str(given), path=path, effects=effects)


def awkward(path: str = "/", *arguments: str, effects: str = EFFECTS, command: list[str] | None = None) -> Description:
    return parse(file_of(path, *arguments, effects=effects, command=command))


def check(
    description: Description,
    *situations: CheckSituation,
    intents: int = 2,
    timeout_s: float = 10.0,
    afterwards_s: float = 1.0,
) -> Check:
    """A small check."""
    tried = situations or (CheckSituation.ONE_AFTER_ANOTHER,)
    plan = CheckPlan(tried, intents, 3, timeout_s, limit_s=10.0, afterwards_s=afterwards_s)
    with Stand(description, SERVICES) as stand:
        return Checker(stand, plan, lambda _progress: None, threading.Event()).check("submit-twice.toml")
