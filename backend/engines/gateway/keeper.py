"""The lab's side of the gateway: it starts when it is first wanted, and is watched and read from then on."""

from __future__ import annotations

import secrets
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import URL

from backend.engines.gateway.ledger import GatewayLedger
from backend.engines.gateway.says import GatewayCode
from backend.engines.gateway.settings import GatewayAddress, GatewaySettings, address_file
from backend.engines.processes.ports import free_port
from backend.engines.running import RunningEngine
from backend.engines.says import ProcessCode
from backend.engines.sentences import reason_of
from backend.engines.sql import create_sql_engine, retire
from backend.engines.start import failed, wait_until_up
from backend.files.private import touch_privately, write_privately
from backend.files.project import PROJECT
from backend.model.errors import EngineError
from backend.model.observed import EngineStatus
from backend.model.sentence import say
from backend.model.vocabulary import EngineKind, Health
from backend.shop.effects import RowReader
from backend.shop.schema import messages

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.engines.processes.child import Child
    from backend.engines.processes.supervisor import Supervisor
    from backend.model.observed import GoneRow, Row
    from backend.model.sentence import Sentence

NAME = "Gateway"
_CLOSE_SECONDS = 5.0
_LOOK_SECONDS = 0.05


class GatewayKeeper:
    """Starts the gateway on demand. Thread-safe.

    Args:
        supervisor: under which it runs; its directory holds the ledger.
        on_change: called when it came, went or came back.
        on_incident: told that it ended, and that it is back.
    """

    def __init__(
        self,
        supervisor: Supervisor,
        on_change: Callable[[], None],
        on_incident: Callable[[Sentence], None] = lambda _sentence: None,
    ) -> None:
        self._supervisor = supervisor
        self._on_change = on_change
        self._on_incident = on_incident
        self._guard = threading.Lock()
        self._starter: threading.Thread | None = None
        self._settled = threading.Event()
        self._failure: EngineError | None = None
        self._note: Sentence | None = None
        self._process = self._ended_process = ""
        self._where: GatewayAddress | None = None
        self._closing = False
        self._running: RunningEngine | None = None
        self._engine: sa.Engine | None = None
        self._rows: RowReader | None = None

    # Life

    def want(self) -> None:
        """Have it started, if it is not; returns at once."""
        with self._guard:
            if self._closing or self._running or (self._starter and self._starter.is_alive()):
                return
            self._settled.clear()
            self._starter = threading.Thread(target=self._bring_up, name="gateway-start", daemon=True)
            self._starter.start()

    def require(self) -> None:
        """Have it started, and wait until it answers.

        Raises:
            EngineError: the gateway could not be started, or does not answer.
        """
        self.want()
        self._settled.wait()
        if self._closing:
            raise EngineError(say(ProcessCode.CLOSING))
        if self._running is None:
            raise self._failure or failed(NAME, say(ProcessCode.NO_ANSWER_IN_TIME))

    def end_run(self, run: str, abandoned: Callable[[], bool]) -> bool:
        """Have the gateway send nothing more in a run; what it had been asked for and not read yet is gone with that.

        Args:
            run: its name.
            abandoned: whether nobody wants to wait any more.

        Returns:
            Whether it is so; True as well where no gateway runs, nor comes back.
        """
        from backend.engines.gateway.client import end_run

        pause = threading.Event()
        while (running := self._running) and running.child and running.child.alive and self._where:
            if end_run(self._where, run):
                return True
            if self._closing or abandoned():
                return False
            pause.wait(_LOOK_SECONDS)
        return True

    def stop(self) -> None:
        """Start nothing from now on, and wake whoever waits for it; returns at once."""
        with self._guard:
            self._closing = True
        self._settled.set()

    def close(self) -> None:
        """Read no more. The supervisor ends the process."""
        self.stop()
        if self._starter:
            self._starter.join(_CLOSE_SECONDS)
        if self._engine:
            retire(self._engine)

    # Looking

    @property
    def address(self) -> Path:
        """The file by which a client finds it."""
        return address_file(self._supervisor.private)

    @property
    def ledger(self) -> sa.Engine:
        """Its ledger.

        Raises:
            EngineError: the gateway was not wanted yet, so there is no ledger.
        """
        if self._engine is None:
            raise EngineError(say(GatewayCode.NOT_RUNNING))
        return self._engine

    @property
    def statuses(self) -> tuple[EngineStatus, ...]:
        """The gateway with its health; nothing before it was wanted."""
        if self._running is None:
            return ()
        return (self._running.status(Health.DOWN if self._note else Health.UP, self._note),)

    def read_new(self) -> list[Row]:
        """As `RowReader.read_new`, of the ledger."""
        return self._rows.read_new() if self._rows else []

    def read_all(self) -> list[Row]:
        """As `RowReader.read_all`, of the ledger."""
        return self._rows.read_all() if self._rows else []

    def vanished(self) -> list[GoneRow]:
        """As `RowReader.vanished`, of the ledger."""
        return self._rows.vanished() if self._rows else []

    def differs(self) -> bool:
        """As `RowReader.differs`, of the ledger."""
        return self._rows.differs() if self._rows else False

    def forget(self) -> None:
        """The ledger was emptied."""
        if self._rows:
            self._rows.forget()

    def empty(self) -> None:
        """Empty the ledger, and with it forget all keys."""
        if self._engine:
            with self._engine.begin() as connection:
                connection.execute(messages.delete())

    # Inside

    def _bring_up(self) -> None:
        try:
            self._start()
        except EngineError as error:
            self._failure = error
        except (OSError, sa.exc.SQLAlchemyError) as error:
            self._failure = failed(NAME, reason_of(error))
        finally:
            self._settled.set()
        if self._running and not self._closing:
            self._on_change()

    def _start(self) -> None:
        ledger = self._supervisor.private / "gateway.sqlite3"
        touch_privately(ledger)  # SQLite makes its log and index with the rights of this file
        GatewayLedger(ledger).close()
        settings = GatewaySettings(free_port(), secrets.token_urlsafe(24), str(ledger))
        address = GatewayAddress(settings.port, settings.token)
        child = self._supervisor.spawn(
            "gateway",
            [sys.executable, "-m", "backend.engines.gateway"],
            env=settings.to_environment(),
            cwd=PROJECT,
            restart=True,
        )
        version = self._await(child, address)
        url = URL.create("sqlite", database=str(ledger)).render_as_string()
        self._engine = create_sql_engine(url, pool_size=2)
        self._rows = RowReader(self._engine, (messages,))
        write_privately(self.address, msgspec.json.encode(address))
        self._running = RunningEngine(
            EngineKind.GATEWAY, NAME, version, f"127.0.0.1:{address.port}", url, embedded=True, child=child
        )
        self._where = address
        child.on_exit(lambda _code: self._ended(child, address))

    def _await(self, child: Child, address: GatewayAddress) -> str:
        try:
            return wait_until_up(NAME, child, self._supervisor, lambda: self._probe(address))
        except EngineError:
            child.terminate()
            raise

    def _probe(self, address: GatewayAddress) -> str | None:
        """Its version once it answers, None before. A worker that outlives its killed parent for a moment is no answer.

        Raises:
            EngineError: the lab is being closed.
        """
        if self._closing:
            raise EngineError(say(ProcessCode.CLOSING))
        from backend.engines.gateway.client import health

        answer = health(address)
        if answer is None or answer["process"] == self._ended_process:
            return None
        self._process = answer["process"]
        return answer["version"]

    def _ended(self, child: Child, address: GatewayAddress) -> None:
        if self._closing:
            return
        self._ended_process = self._process
        self._note = say(GatewayCode.RESTARTING if child.alive else GatewayCode.GIVEN_UP)
        self._on_incident(self._note)
        self._on_change()
        if child.alive:
            threading.Thread(target=self._await_return, args=(child, address), daemon=True).start()

    def _await_return(self, child: Child, address: GatewayAddress) -> None:
        with suppress(EngineError):
            wait_until_up(NAME, child, self._supervisor, lambda: self._probe(address))
            self._note = None
            self._on_incident(say(GatewayCode.BACK))
            self._on_change()
