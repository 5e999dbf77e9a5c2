"""The lab's end of the trace channel."""

from __future__ import annotations

import itertools
import os
import selectors
import signal
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Container
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec

from backend.engines.says import ProcessCode
from backend.lab.work_book import OpenSession, WorkBook
from backend.model.frames import framed, take_frames
from backend.model.observed import Step
from backend.model.sentence import Sentence, say
from backend.model.vocabulary import EngineKind
from backend.tap.trace_messages import (
    Ask,
    GoOn,
    Handling,
    Hello,
    LabMessage,
    Pausing,
    RedisConnection,
    Session,
    Steps,
    Told,
    TraceMessage,
    Wanted,
    Welcome,
    to_steps,
)

_CHUNK = 1 << 18
_WAKE_SECONDS = 0.2
_LOOK_SECONDS = 0.1


class TraceServer:
    """Listens on a Unix socket for the traces of all instances.

    Args:
        path: where to listen.
        on_steps: called on the server's thread with each batch.
        on_ready: called on the server's thread with the number of an instance that is ready.
        on_wanted: called on the server's thread when an instance wants the gateway or ZooKeeper.
        on_pausing: called on the server's thread with the number of an instance that is to be stopped for so many
            milliseconds, and with what to call when it has been continued.
        works: told what the processes handle, and which of them have ended.
        on_trouble: called on the server's thread with a sentence when one of these has failed. The server goes on.
        on_lost: called on the server's thread with the number of an instance that was ready and has hung up.
    """

    def __init__(
        self,
        path: Path,
        on_steps: Callable[[list[Step]], None],
        on_ready: Callable[[int], None] = lambda _number: None,
        on_wanted: Callable[[EngineKind], None] = lambda _engine: None,
        on_pausing: Callable[[int, int, Callable[[], None]], None] = lambda _number, _ms, go_on: go_on(),
        works: WorkBook | None = None,
        on_trouble: Callable[[Sentence], None] = lambda _sentence: None,
        on_lost: Callable[[int], None] = lambda _number: None,
    ) -> None:
        self._on_steps = on_steps
        self._on_ready = on_ready
        self._on_wanted = on_wanted
        self._on_pausing = on_pausing
        self._on_lost = on_lost
        self._works = works or WorkBook()
        self._works.connect(self.ask)
        self._peers: dict[socket.socket, _Peer] = {}
        self._numbers = itertools.count(1)
        self._later: deque[Callable[[], object]] = deque()
        self._questions: deque[Callable[[], None]] = deque()
        """Asked for, and not put to the processes yet."""
        self._asked: dict[int, _Question] = {}
        self._on_trouble = on_trouble
        self._told: set[Sentence] = set()
        self._decoder = msgspec.msgpack.Decoder(TraceMessage)
        self._buffers: dict[socket.socket, bytearray] = {}
        self._met = threading.Condition()
        self._greeting: dict[int, socket.socket] = {}
        self._ready: set[int] = set()
        self._welcomes: dict[int, Welcome] = {}
        self._stopped = threading.Event()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        path.chmod(0o600)  # what is said here holds passwords; the umask need not know
        self._listener.listen()
        self._selector = selectors.DefaultSelector()
        self._listener.setblocking(False)
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._alarm, self._ear = socket.socketpair()
        self._ear.setblocking(False)
        self._selector.register(self._ear, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._serve, name="trace-server", daemon=True)
        self._thread.start()

    def forget(self, instance: int) -> None:
        """The instance is about to be started anew."""
        with self._met:
            self._welcomes.pop(instance, None)
            self._greeting.pop(instance, None)
            self._ready.discard(instance)

    def stop(self) -> None:
        """Wake whoever waits for an instance, and listen no more; returns at once."""
        self._stopped.set()
        with suppress(OSError):
            self._alarm.send(b"!")
        with self._met:
            self._met.notify_all()

    def welcome(self, instance: int, welcome: Welcome, given_up: Callable[[], bool]) -> bool:
        """Wait until this instance has said hello, tell it its engines, wait until it is ready; whether it is.

        Should the instance be started again by the supervisor later, it is told the same. Nobody is waited for once
        the server is stopped.

        Args:
            instance: the number of the instance.
            welcome: where its engines are.
            given_up: whether it is not waited for any more.
        """
        with self._met:
            if not self._wait_for(instance, self._greeting, given_up):
                return False
            connection = self._greeting.pop(instance)
            self._welcomes[instance] = welcome
        _send(connection, welcome)  # one that has ended meanwhile is started again, and told when it says hello
        return self.wait_until_ready(instance, given_up)

    def is_ready(self, instance: int) -> bool:
        """Whether this instance was ready when it was last heard of, and has not hung up since."""
        with self._met:
            return instance in self._ready

    def wait_until_ready(self, instance: int, given_up: Callable[[], bool]) -> bool:
        """Wait until this instance is ready, such as one that is being started again; whether it is.

        Args:
            instance: the number of the instance.
            given_up: whether it is not waited for any more.
        """
        with self._met:
            return self._wait_for(instance, self._ready, given_up)

    def _wait_for(self, instance: int, there: Container[int], given_up: Callable[[], bool]) -> bool:
        def settled() -> bool:
            return instance in there or self._stopped.is_set()

        while not self._met.wait_for(settled, _LOOK_SECONDS) and not given_up():
            pass
        return instance in there and not self._stopped.is_set()

    def ask(self, on_answered: Callable[[], None]) -> None:
        """Ask all processes to tell what has happened.

        Args:
            on_answered: called on the server's thread once each of them has, or has ended.
        """
        self._questions.append(on_answered)
        with suppress(OSError):  # at the end nobody listens any more, nor waits
            self._alarm.send(b"?")

    def after_what_has_come(self, call: Callable[[], object]) -> None:
        """Call somebody on the server's thread once all is taken that processes have sent by now.

        Args:
            call: what is about something that happened after they had sent it, such as their end.
        """
        self._later.append(call)
        with suppress(OSError):  # as above
            self._alarm.send(b"?")

    def close(self) -> None:
        """Stop listening."""
        self.stop()
        self._thread.join()
        for connection in [*self._buffers, self._listener, self._alarm, self._ear]:
            connection.close()
        self._selector.close()

    def _serve(self) -> None:
        while not self._stopped.is_set():
            for key, _ in self._selector.select(_WAKE_SECONDS):
                if key.fileobj is self._listener:
                    self._guarded("accept", self._accept)
                elif key.fileobj is self._ear:
                    self._guarded("ask", self._put_questions)
                elif isinstance(key.fileobj, socket.socket) and key.fileobj in self._buffers:
                    self._guarded("receive", partial(self._receive, key.fileobj))

    def _guarded(self, what: str, call: Callable[[], object]) -> None:
        """Call somebody; should that fail, it is told once, and the only thread that hears the instances goes on."""
        try:
            call()
        except Exception as error:  # noqa: BLE001  whatever it is: a thread that ended would be noticed by nobody
            sentence = say(ProcessCode.TOLD_WRONGLY, what=what, error=f"{type(error).__name__}: {error}")
            if sentence not in self._told:
                self._told.add(sentence)
                with suppress(Exception):
                    self._on_trouble(sentence)

    def _accept(self) -> bool:
        try:
            connection, _ = self._listener.accept()
        except BlockingIOError:
            return False
        self._buffers[connection] = bytearray()
        self._selector.register(connection, selectors.EVENT_READ)
        return True

    def _receive(self, connection: socket.socket) -> bool:
        """Take what has come; whether something has.

        It never waits: what made the connection readable may have been taken since, by a question put meanwhile.
        """
        try:
            chunk = connection.recv(_CHUNK, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except ConnectionError:
            chunk = b""
        if not chunk:
            self._lose(connection)
            return False
        buffer = self._buffers[connection]
        buffer += chunk
        for frame in take_frames(buffer):
            message = self._decoder.decode(frame)
            self._guarded(type(message).__name__.lower(), partial(self._take, connection, message))
        return True

    def _lose(self, connection: socket.socket) -> None:
        """A process has hung up. It has ended, and if it has not, it ends now: nothing that it does could be seen."""
        self._selector.unregister(connection)
        del self._buffers[connection]
        connection.close()
        if peer := self._peers.pop(connection, None):
            if peer.pid:
                with suppress(OSError):
                    os.kill(peer.pid, signal.SIGKILL)
            with self._met:
                if self._greeting.get(peer.instance) is connection:
                    del self._greeting[peer.instance]
                if not any(other.ready and other.instance == peer.instance for other in self._peers.values()):
                    self._ready.discard(peer.instance)
            self._works.gone(peer.number)
            for number in list(self._asked):
                self._answered(peer, number)
            if peer.ready:
                self._guarded("lost", partial(self._on_lost, peer.instance))

    def _put_questions(self) -> None:
        """Take all that has come, from those too that have only just connected, and ask those that handle anything."""
        with suppress(BlockingIOError):
            self._ear.recv(_CHUNK)
        while self._accept():
            pass
        for connection in list(self._buffers):
            while connection in self._buffers and self._receive(connection):
                pass
        while self._later:
            self._guarded("later", self._later.popleft())
        while self._questions:
            on_answered = self._questions.popleft()
            number = next(self._numbers)
            asked = {peer.number: connection for connection, peer in self._peers.items() if peer.ready}
            self._asked[number] = _Question(on_answered, set(asked))
            for connection in asked.values():
                _send(connection, Ask(number))  # one that is gone is lost in a moment, and counts as answered
            self._end_if_answered(number)

    def _answered(self, peer: _Peer, number: int) -> None:
        if question := self._asked.get(number):
            question.open.discard(peer.number)
            self._end_if_answered(number)

    def _end_if_answered(self, number: int) -> None:
        if not self._asked[number].open:
            self._guarded("answered", self._asked.pop(number).on_answered)

    def _take(self, connection: socket.socket, message: TraceMessage) -> None:
        if isinstance(message, Steps):
            self._on_steps(to_steps(message))
            return
        if isinstance(message, Hello):
            self._peers[connection] = _Peer(message.instance, next(self._numbers), message.process)
            self._greet(connection, message.instance)
            return
        if isinstance(message, Handling):
            self._works.handle(self._peers[connection].number, message)
            return
        if isinstance(message, Told):
            self._answered(self._peers[connection], message.number)
            return
        if isinstance(message, Pausing):
            self._on_pausing(message.instance, message.ms, partial(_go_on, connection))
            return
        if isinstance(message, Wanted):
            self._on_wanted(message.engine)
            return
        if isinstance(message, Session | RedisConnection):
            self._note_session(self._peers[connection], message)
            return
        self._peers[connection].ready = True
        with self._met:
            self._ready.add(message.instance)
            self._met.notify_all()
        self._on_ready(message.instance)

    def _note_session(self, peer: _Peer, told: Session | RedisConnection) -> None:
        with self._met:
            welcome = self._welcomes.get(peer.instance)
        if welcome is None:
            return
        now = time.monotonic()
        if isinstance(told, Session):
            session = OpenSession(welcome.database, told.server_pid, now)
        else:
            session = OpenSession(welcome.redis, 0, now, told.name)
        if told.is_open:
            self._works.add_session(peer.number, session)
        else:
            self._works.end_session(peer.number, session.key)

    def _greet(self, connection: socket.socket, instance: int) -> None:
        with self._met:
            known = self._welcomes.get(instance)
            if known is None:
                self._greeting[instance] = connection
                self._met.notify_all()
        if known:
            _send(connection, known)


@dataclass(slots=True)
class _Peer:
    """A backend process."""

    instance: int
    number: int
    """Another one for each process, also where it has the place of one that has ended."""
    pid: int
    ready: bool = False
    """Whether it handles submissions, and answers questions."""


@dataclass(frozen=True, slots=True)
class _Question:
    on_answered: Callable[[], None]
    open: set[int]
    """The processes that have not answered."""


def _send(connection: socket.socket, message: LabMessage) -> bool:
    try:
        connection.sendall(framed(message))
    except OSError:
        return False
    return True


def _go_on(connection: socket.socket) -> None:
    _send(connection, GoOn())
