"""A connection of a service to an engine, with us in between."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Protocol

from backend.service.wire.end import End
from backend.service.wire.unit import Handling, Reply, Unit

if TYPE_CHECKING:
    import selectors
    import socket

    from backend.service.wire.unit import Dialect


class Handler(Protocol):
    """Who decides what becomes of units and replies. Called in the hub's thread."""

    def holds(self, link: Link, unit: Unit) -> bool:
        """Whether a unit that is no step has come behind one that is not passed on yet: it must not overtake it."""

    def arrived(self, link: Link, unit: Unit) -> None:
        """A service has sent a unit that is a step, is glued to one, or comes behind one that is held.

        `Link.send` passes it on, now or later.
        """

    def replied(self, link: Link, unit: Unit, reply: Reply) -> None:
        """The server has answered this unit; `Link.deliver` passes it on, now or later."""

    def closed(self, link: Link) -> None:
        """The connection has ended, from either side."""


class Link:
    """The two ends, and what is under way between them.

    Args:
        instance: whose connection it is.
        dialect: of its own.
        client: the service's end.
        server: the engine's end.
        handler: decides.
        selector: of the hub.
        awaits_server: whether a server that is at work when the service hangs up is heard to its end: what it does
            stays.
    """

    def __init__(
        self,
        instance: int,
        dialect: Dialect,
        client: socket.socket,
        server: socket.socket,
        handler: Handler,
        selector: selectors.BaseSelector,
        *,
        awaits_server: bool = False,
    ) -> None:
        self._awaits_server = awaits_server
        self.instance = instance
        self.dialect = dialect
        self.awaiting: deque[Unit] = deque()
        """Units that the server has, oldest first."""
        self.in_transaction = False
        self.is_open = True
        self._arrived: deque[Unit] = deque()
        """Units that wait until the one before them may go on."""
        self._returned: deque[Reply] = deque()
        """Replies that wait for the same."""
        self._holds_units = self._holds_replies = False
        self._server_has_ended = False
        self.last_words = ""
        """Of a server that has hung up: its complaint, in one line."""
        self._handler = handler
        self.client: End[Link] = End(self, client, selector)
        self.server: End[Link] = End(self, server, selector)
        self.client.other, self.server.other = self.server, self.client

    def send(self, unit: Unit) -> None:
        """Pass a unit on to the server."""
        if not self.is_open:
            return
        if unit.handling is not Handling.PASS or unit.waits:
            self.awaiting.append(unit)
        self.dialect.sent(unit)
        self.server.write(unit.data)

    def deliver(self, reply: Reply) -> None:
        """Pass a reply on to the service."""
        if self.is_open:
            self.client.write(reply.data)

    def cut(self) -> None:
        """End it as the death of the service would: nothing that was not sent yet reaches anybody."""
        if self._is_awaited:
            self.server.leave(at_once=True)
        else:
            self.server.close()
        self.client.close(hard=True)
        self._close()

    @property
    def _is_awaited(self) -> bool:
        """Whether the server may be at something, such as a COMMIT: it hangs up when it has done that."""
        is_busy = self.in_transaction or any(not unit.waits for unit in self.awaiting)
        return self._awaits_server and self.is_open and is_busy and not self.server.is_closed

    @property
    def is_leaving(self) -> bool:
        """Whether the service has hung up, and the server has not yet."""
        return not self.is_open and not self.server.is_closed

    @property
    def is_over(self) -> bool:
        """Whether it has ended, and all that was under way is where it should be."""
        return not self.is_open and self.client.is_closed and self.server.is_closed

    def took(self, end: End[Link]) -> None:
        """An end can be read."""
        data = end.read()
        if not self.is_open and data == b"":
            end.close()
        if data is None or not self.is_open:
            return
        if not data:
            self._ended(end)
        elif end is self.client:
            self._from_client(data)
        else:
            self._from_server(data)

    @property
    def is_holding(self) -> bool:
        """Whether something is kept back on purpose."""
        return self.is_open and (self._holds_units or self._holds_replies)

    def hold_units(self) -> None:
        """Whatever comes from the service from now on waits: nothing overtakes on a connection."""
        self._holds_units = True

    def go_on(self) -> None:
        """Units go on as they came."""
        self._holds_units = False
        self._move_units()

    def hold_replies(self) -> None:
        """Whatever comes from the server from now on waits."""
        self._holds_replies = True

    def go_on_replying(self) -> None:
        """Replies go on as they came."""
        self._holds_replies = False
        self._move_replies()

    def answer(self, unit: Unit, reply: Reply) -> None:
        """Answer a unit in the server's place, as soon as all before it is answered."""
        if self.is_open:
            unit.own_reply = reply
            self.awaiting.append(unit)
            self._answer_own()

    def _from_client(self, data: bytes) -> None:
        try:
            self._arrived += self.dialect.from_client(data)
        except Exception:  # noqa: BLE001  whatever is wrong with one connection ends that one only
            self.cut()
            return
        self._move_units()
        if self.dialect.wants_tls:
            self.cut()
        self._let_go_if_lost()

    def _move_units(self) -> None:
        while self._arrived and self.is_open and not self._holds_units:
            unit = self._arrived.popleft()
            match unit.handling:
                case Handling.ANSWER:
                    self.client.write(unit.data)
                case Handling.PASS if not self._handler.holds(self, unit):
                    self.send(unit)
                case _:
                    self._handler.arrived(self, unit)

    def _from_server(self, data: bytes) -> None:
        try:
            self._returned += self.dialect.from_server(data)
        except Exception:  # noqa: BLE001  as above
            self.cut()
            return
        self._move_replies()
        self._let_go_if_lost()

    def _move_replies(self) -> None:
        while self._returned and self.is_open and not self._holds_replies:
            reply = self._returned.popleft()
            if not reply.ends or not self.awaiting:
                if not (self.awaiting and self.awaiting[0].is_muted):
                    self.deliver(reply)
                continue
            unit = self.awaiting.popleft()
            self.in_transaction = reply.in_transaction
            if unit.waits:
                self.deliver(reply)
            else:
                self._handler.replied(self, unit, reply)
            self._answer_own()
        if self._server_has_ended and not self._holds_replies:
            self.client.end()
            self._close()

    def _answer_own(self) -> None:
        while self.awaiting and self.is_open and (reply := self.awaiting[0].own_reply) is not None:
            self._handler.replied(self, self.awaiting.popleft(), reply)

    def _let_go_if_lost(self) -> None:
        """Nobody will be able to tell the end of a reply any more: what awaits one counts as answered."""
        while self.dialect.is_lost and self.awaiting and self.is_open:
            unit = self.awaiting.popleft()
            self.in_transaction = False
            if not unit.waits:
                self._handler.replied(self, unit, unit.own_reply or Reply(b""))

    def _ended(self, end: End[Link]) -> None:
        end.close()
        if end is self.client:
            self.dialect.client_ended()
            if self._is_awaited:
                self.server.leave()
            else:
                self.server.end()
            self._close()
            return
        last = self.dialect.server_ended()
        self.last_words = last.error
        self._returned.append(last)
        self._server_has_ended = True
        self._move_replies()

    def _close(self) -> None:
        if self.is_open:
            self.is_open = False
            self._handler.closed(self)
            self.awaiting.clear()
            self.in_transaction = False
