"""The words of `backend.model` as a person reads them, to be parts of sentences."""

from __future__ import annotations

from collections.abc import Mapping

from backend.model.sentence import Code, Sentence, plain, say
from backend.model.vocabulary import Answer, EngineKind, OperationKey, Verdict


class EngineCode(Code):
    """The engines that are no product of their own."""

    STANDBY = "engine_name.standby"
    BROKER = "engine_name.broker"
    GATEWAY = "engine_name.gateway"


ENGINE_NAMES: Mapping[str, str] = {
    EngineKind.POSTGRESQL: "PostgreSQL",
    EngineKind.MARIADB: "MariaDB",
    EngineKind.SQLITE: "SQLite",
    EngineKind.STANDBY: "Standby",
    EngineKind.REDIS: "Redis",
    EngineKind.ZOOKEEPER: "ZooKeeper",
    EngineKind.BROKER: "Broker",
    EngineKind.GATEWAY: "Gateway",
    EngineKind.HTTP: "HTTP",
}
"""By the kind of the engine, or by its word. Names of products are the same in every language."""
_NOT_PRODUCTS: Mapping[str, EngineCode] = {
    EngineKind.STANDBY: EngineCode.STANDBY,
    EngineKind.BROKER: EngineCode.BROKER,
    EngineKind.GATEWAY: EngineCode.GATEWAY,
}


def engine_term(engine: str) -> Sentence:
    """An engine by its kind, or its word: the name of the product, or what it is; any other word stays as it is."""
    code = _NOT_PRODUCTS.get(engine)
    return say(code) if code else plain(ENGINE_NAMES.get(engine, engine))


class AnswerCode(Code):
    """What a caller was told, in a word."""

    CREATED = "answer.created"
    DUPLICATE = "answer.duplicate"
    REPLAYED = "answer.replayed"
    BUSY = "answer.busy"
    CONFLICT = "answer.conflict"
    ERROR = "answer.error"
    TIMEOUT = "answer.timeout"


class VerdictCode(Code):
    """What became of an intent, in a word or two."""

    EXACTLY_ONCE = "verdict.exactly_once"
    UNDECIDED = "verdict.undecided"
    STUCK = "verdict.stuck"
    LOST = "verdict.lost"
    DUPLICATED = "verdict.duplicated"


class WantedCode(Code):
    """How many of what were wanted, by the name of the operation."""

    PLACE_ORDER = "wanted.place_order"
    PAY_ORDER = "wanted.pay_order"
    ADD_STOCK = "wanted.add_stock"
    CANCEL_ORDER = "wanted.cancel_order"
    SEND_MESSAGE = "wanted.send_message"


def answer_term(answer: Answer) -> Sentence:
    """An answer in a word."""
    return say(AnswerCode(f"answer.{answer.value}"))


def verdict_term(verdict: Verdict) -> Sentence:
    """A verdict in a word or two."""
    return say(VerdictCode(f"verdict.{verdict.value}"))


def wanted_term(operation: OperationKey, intents: int) -> Sentence:
    """How many of what were wanted, such as ``1 order wanted``."""
    return say(WantedCode[operation.name], intents=intents)
