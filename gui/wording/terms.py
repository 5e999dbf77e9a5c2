"""The project's words as a person reads them, in the language of the window."""

from __future__ import annotations

import time

from PySide6.QtCore import QCoreApplication

from backend.model.catalogue import VariantInfo
from backend.model.judgement import Judgement
from backend.model.observed import Step
from backend.model.step_words import command_sentence, outcome_sentence
from backend.model.submission_ids import without_lab
from backend.model.terms import answer_term, engine_term, verdict_term
from backend.model.vocabulary import Answer, EngineKind, GatewayKeys, Health, OperationKey, Pace, Source, Verdict
from gui.wording.speech import speak

FIRST_CONSUMER = 11
"""Numbers of consumers begin here, as `backend.model.observed.AtWork` says."""


def operation_word(operation: OperationKey) -> str:
    """A business operation."""
    return {
        OperationKey.PLACE_ORDER: QCoreApplication.translate("Words", "Place an order (INSERT)"),
        OperationKey.PAY_ORDER: QCoreApplication.translate("Words", "Pay an order (UPDATE)"),
        OperationKey.ADD_STOCK: QCoreApplication.translate("Words", "Add stock (UPDATE)"),
        OperationKey.CANCEL_ORDER: QCoreApplication.translate("Words", "Cancel an order (DELETE)"),
        OperationKey.SEND_MESSAGE: QCoreApplication.translate("Words", "Send a message (call)"),
    }.get(operation, operation.value)


_TABLES = {
    "orders": OperationKey.PLACE_ORDER,
    "payments": OperationKey.PAY_ORDER,
    "stock_changes": OperationKey.ADD_STOCK,
    "order_deletions": OperationKey.CANCEL_ORDER,
    "messages": OperationKey.SEND_MESSAGE,
}
"""Where the effects of each operation are, as `backend.model.observed.Row` says."""


def operations_of(judgement: Judgement) -> set[OperationKey]:
    """The operations of the intents that a judgement is on; none where it does not name them."""
    return {_TABLES[table] for table in {table for table, _ in judgement.wanted} if table in _TABLES}


def is_consumer(number: int) -> bool:
    """Whether a backend process takes deliveries, and no requests."""
    return number >= FIRST_CONSUMER


def instance_word(number: int) -> str:
    """A backend process as a person counts them; the consumers of the queue have numbers of their own."""
    if is_consumer(number):
        return QCoreApplication.translate("Words", "consumer %1").replace("%1", str(number - FIRST_CONSUMER + 1))
    return QCoreApplication.translate("Words", "instance %1").replace("%1", str(number))


def variant_title(variant: VariantInfo) -> str:
    """A variant, and whether it is declared broken."""
    title = speak(variant.prose.title)
    return title if variant.sound else QCoreApplication.translate("Words", "%1 (broken)").replace("%1", title)


def gateway_keys_word(keys: GatewayKeys) -> str:
    """What becomes of the Idempotency-Key of calls to the gateway."""
    return {
        GatewayKeys.NONE: QCoreApplication.translate("Words", "No key sent"),
        GatewayKeys.IGNORED: QCoreApplication.translate("Words", "Key sent, ignored"),
        GatewayKeys.HONOURED: QCoreApplication.translate("Words", "Key sent, honoured"),
    }[keys]


def verdict_word(verdict: Verdict) -> str:
    """A verdict in one or two words, those that the command line uses."""
    return speak(verdict_term(verdict))


def answer_word(answer: Answer) -> str:
    """What a caller was told, in the word that the command line uses."""
    return speak(answer_term(answer))


def engine_name(engine: EngineKind) -> str:
    """An engine: the name of a product, or what it is."""
    return speak(engine_term(engine))


def health_word(health: Health) -> str:
    """An engine's state."""
    return {
        Health.STARTING: QCoreApplication.translate("Words", "starting"),
        Health.UP: QCoreApplication.translate("Words", "running"),
        Health.PAUSED: QCoreApplication.translate("Words", "paused"),
        Health.DOWN: QCoreApplication.translate("Words", "down"),
        Health.MISSING: QCoreApplication.translate("Words", "missing"),
    }[health]


def source_word(source: Source) -> str:
    """Where a second submission comes from."""
    return {
        Source.CLICKS: QCoreApplication.translate("Words", "Repeated clicks"),
        Source.RETRY: QCoreApplication.translate("Words", "Retry after a time-out"),
        Source.REDELIVERY: QCoreApplication.translate("Words", "Redelivery by a queue"),
        Source.NATS: QCoreApplication.translate("Words", "Redelivery by NATS JetStream"),
        Source.RABBITMQ: QCoreApplication.translate("Words", "Redelivery by RabbitMQ"),
    }[source]


def pace_word(pace: Pace) -> str:
    """How submissions leave."""
    return {
        Pace.SIMULTANEOUS: QCoreApplication.translate("Words", "All at once"),
        Pace.INTERVAL: QCoreApplication.translate("Words", "At intervals"),
        Pace.ONE_AFTER_ANOTHER: QCoreApplication.translate("Words", "One after another"),
    }[pace]


def ordinal(number: int) -> str:
    """2nd, 3rd, 4th, 11th, 22nd."""
    if number % 100 in {11, 12, 13}:
        text = QCoreApplication.translate("Words", "%1th")
    elif number % 10 == 1:
        text = QCoreApplication.translate("Words", "%1st")
    elif number % 10 == 2:
        text = QCoreApplication.translate("Words", "%1nd")
    elif number % 10 == 3:
        text = QCoreApplication.translate("Words", "%1rd")
    else:
        text = QCoreApplication.translate("Words", "%1th")
    return text.replace("%1", str(number))


def clock(seconds: float) -> str:
    """A Unix time as the local time of day with milliseconds."""
    return f"{time.strftime('%H:%M:%S', time.localtime(seconds))}.{int(seconds % 1 * 1000):03d}"


def milliseconds(value: float | None, places: int = 1) -> str:
    """A duration, or a dash where there is none."""
    return "\N{EN DASH}" if value is None else f"{value:.{places}f}"


def short(identifier: str, length: int = 8) -> str:
    """What tells submissions apart: their number without the name of their lab, or the end of any other identifier."""
    if (named := without_lab(identifier)) != identifier:
        return named
    return identifier if len(identifier) <= length else "\N{HORIZONTAL ELLIPSIS}" + identifier[-(length - 1) :]


def command_text(step: Step) -> str:
    """A step's command, and whether it is still under way; a mark of ours in the language of the window."""
    return speak(command_sentence(step))


def whole_step(step: Step) -> str:
    """A command, and below it what came of it where anything did."""
    command, answer = command_text(step), answer_text(step)
    return f"{command}\n\N{RIGHTWARDS ARROW} {answer}" if answer else command


def answer_text(step: Step) -> str:
    """What a step was answered, or why it failed; of a response, what the caller was told."""
    return speak(outcome_sentence(step))
