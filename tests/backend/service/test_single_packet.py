"""Requests over HTTP/2 that end in one packet, as a real server sees them come."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import h2.config
import h2.connection
import h2.events
import pytest
from h2.settings import SettingCodes, Settings

from backend.service.exchange import Host
from backend.service.outside.single_packet import send_in_one_packet, speaks_http2
from tests.backend.service.proxies import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Iterator

COUNT = 5


class Server:
    """Answers 201 with how many bytes it got, one connection after the other.

    Args:
        settings: that differ from those of the protocol.
        turned_away: the number of a request that it resets.
    """

    def __init__(self, settings: dict[SettingCodes, int], turned_away: int = 0) -> None:
        self._settings = settings
        self._turned_away = turned_away
        self._got: dict[int, int] = {}
        self.ended: list[int] = []
        """How many requests have ended with each piece that it read."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(PATIENCE_S)
        self.host = Host("127.0.0.1", self._listener.getsockname()[1])

    def serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with client:
                client.settimeout(PATIENCE_S)
                self._talk(client)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _talk(self, client: socket.socket) -> None:
        connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        connection.local_settings = Settings(client=False, initial_values=self._settings)
        connection.initiate_connection()
        client.sendall(connection.data_to_send())
        try:
            while data := client.recv(1 << 20):
                events = connection.receive_data(data)
                if ended := sum(isinstance(event, h2.events.StreamEnded) for event in events):
                    self.ended.append(ended)
                for event in events:
                    self._answer(connection, event)
                client.sendall(connection.data_to_send())
        except ConnectionError:
            pass

    def _answer(self, connection: h2.connection.H2Connection, event: h2.events.Event) -> None:
        match event:
            case h2.events.RequestReceived(stream_id=stream) if stream == self._turned_away:
                connection.reset_stream(stream)
            case h2.events.DataReceived() | h2.events.StreamEnded() if event.stream_id == self._turned_away:
                pass
            case h2.events.DataReceived(stream_id=stream, data=data, flow_controlled_length=length):
                self._got[stream] = self._got.get(stream, 0) + len(data)
                connection.acknowledge_received_data(length, stream)
            case h2.events.StreamEnded(stream_id=stream):
                connection.send_headers(stream, [(":status", "201")])
                connection.send_data(stream, str(self._got.get(stream, 0)).encode(), end_stream=True)
            case _:
                pass


@contextmanager
def server(settings: dict[SettingCodes, int] | None = None, turned_away: int = 0) -> Iterator[Server]:
    running = Server(settings or {}, turned_away)
    thread = threading.Thread(target=running.serve)
    thread.start()
    try:
        yield running
    finally:
        running.close()
        thread.join()


def request(size: int) -> bytes:
    return b"POST /orders HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size


@pytest.mark.parametrize(
    ("size", "settings"),
    [
        (0, {}),
        (20, {}),
        (100_000, {}),  # five of them are more than the server lets anybody send unasked
        (20, {SettingCodes.INITIAL_WINDOW_SIZE: 7}),
    ],
)
def test_all_end_in_one_packet(size: int, settings: dict[SettingCodes, int]) -> None:
    with server(settings) as running:
        outcomes = asyncio.run(send_in_one_packet(running.host, [request(size)] * COUNT, PATIENCE_S))
    told = [(outcome.response.status, outcome.response.body) for outcome in outcomes if outcome.response]
    assert told == [(201, str(size).encode())] * COUNT
    assert running.ended == [COUNT]


@pytest.mark.parametrize("settings", [{}, {SettingCodes.INITIAL_WINDOW_SIZE: 7}], ids=["", "before its end"])
def test_one_that_is_turned_away_takes_no_other_with_it(settings: dict[SettingCodes, int]) -> None:
    with server(settings, turned_away=3) as running:
        outcomes = asyncio.run(send_in_one_packet(running.host, [request(20)] * COUNT, PATIENCE_S))
    assert [outcome.response.status if outcome.response else outcome.error for outcome in outcomes] == [
        201,
        "reset",
        *[201] * 3,
    ]


def test_nobody_who_listens_is_what_every_caller_is_told() -> None:
    with server() as running:
        pass
    outcomes = asyncio.run(send_in_one_packet(running.host, [request(20)] * COUNT, PATIENCE_S))
    assert [bool(outcome.error) and outcome.response is None for outcome in outcomes] == [True] * COUNT


@pytest.mark.parametrize(("streams", "speaks"), [(COUNT, True), (COUNT - 1, False)])
def test_a_server_that_takes_fewer_requests_at_a_time_is_asked_over_http_1(streams: int, speaks: bool) -> None:
    with server({SettingCodes.MAX_CONCURRENT_STREAMS: streams}) as running:
        assert asyncio.run(speaks_http2(running.host, COUNT)) is speaks
