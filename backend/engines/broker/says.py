"""What is said of message brokers."""

from __future__ import annotations

from backend.model.sentence import Code


class BrokerCode(Code):
    """The sentences."""

    NATS_MISSING = "broker.nats_missing"
    RABBITMQ_MISSING = "broker.rabbitmq_missing"
    NO_TOOL = "broker.no_tool"
    NO_ANSWER = "broker.no_answer"
