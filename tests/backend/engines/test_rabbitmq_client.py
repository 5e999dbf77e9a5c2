"""A client of RabbitMQ whose server does not answer."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from backend.engines.broker import rabbitmq_client
from backend.engines.broker.address import BrokerAddress
from backend.engines.broker.rabbitmq_client import RabbitClient, ask_version
from backend.model.errors import BrokerError


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[BrokerAddress]:
    """A server that is connected to and never says a word, as one that is still starting on a busy machine."""
    monkeypatch.setattr(rabbitmq_client, "_ANSWER_S", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        yield BrokerAddress(somebody.getsockname()[1], "me", "secret")


def test_one_that_never_greets_does_not_answer_yet(silent: BrokerAddress) -> None:
    assert ask_version(silent) is None


def test_one_that_never_greets_is_told_in_our_words(silent: BrokerAddress) -> None:
    with pytest.raises(BrokerError):
        RabbitClient(silent).declare("queue")
