"""An engine that runs: what the rest of the backend knows of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from backend.engines.scram import LOGIN_KEYS
from backend.model.observed import EngineStatus
from backend.model.sentence import Sentence
from backend.model.vocabulary import EngineKind, Health

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.engines.key_store import KeyStore
    from backend.engines.postgresql_server import Server
    from backend.engines.processes.child import Child
    from backend.model.sentence import Sentence

_LOGIN_KEYS = re.compile(rf"&(?:{'|'.join(LOGIN_KEYS)})=[^&]*")


@dataclass(frozen=True, slots=True)
class RunningEngine:
    """A server, or a database file, that answered."""

    kind: EngineKind
    name: str
    """Product name, such as ``PostgreSQL`` or ``Valkey``."""
    version: str
    address: str
    """Where it listens, without any password."""
    url: str = field(repr=False)
    """With the password: a SQLAlchemy URL for a database, ``redis://`` or ``unix://`` for a Redis-protocol server."""
    embedded: bool
    """Whether we started it."""
    child: Child | None = None
    """Its process, where we started one."""
    start_again: Callable[[], RunningEngine] | None = field(default=None, repr=False, compare=False)
    """Starts it once more, where it was and with its data, after its process has ended; raises `EngineError`."""
    server: Server | None = field(default=None, repr=False, compare=False)
    """Where it is a PostgreSQL that we started, on data that go with the lab: what a standby is made of."""
    keys: KeyStore | None = field(default=None, repr=False, compare=False)
    """Its keys, where it is a Redis-protocol server that we started."""

    ask: Callable[..., str] | None = field(default=None, repr=False, compare=False)
    """What its own tool prints when it is called with these words; raises `BrokerError`."""

    @property
    def client_url(self) -> str:
        """The URL, password included, as the engine's own tools such as ``psql`` want it."""
        return re.sub(r"^(\w+)\+\w+:", r"\1:", _LOGIN_KEYS.sub("", self.url))

    def status(self, health: Health = Health.UP, note: Sentence | None = None) -> EngineStatus:
        """The engine as the status strip shows it."""
        return EngineStatus(self.kind, self.name, self.version, self.address, self.embedded, health, note)
