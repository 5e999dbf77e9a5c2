"""An entry in a line: what it was about, and by which words it is found."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from backend.archive.entries import CheckRecord, ComparisonRecord, Entry, ExplorationRecord, Kind, RunRecord
from backend.archive.says import ArchiveCode
from backend.archive.urls import without_password
from backend.model.sentence import LANGUAGES, Code, Sentence, from_document, plain, plain_list, say, to_document, words
from backend.model.terms import ENGINE_NAMES, verdict_term
from backend.model.vocabulary import OperationKey, Source, Verdict
from backend.strategies import all_strategies

if TYPE_CHECKING:
    from backend.explorer.question import Question


class SubjectCode(Code):
    """Operations and sources in a word or two."""

    PLACE_ORDER = "subject.place_order"
    PAY_ORDER = "subject.pay_order"
    ADD_STOCK = "subject.add_stock"
    CANCEL_ORDER = "subject.cancel_order"
    SEND_MESSAGE = "subject.send_message"
    CLICKS = "subject.clicks"
    RETRY = "subject.retry"
    REDELIVERY = "subject.redelivery"
    NATS = "subject.nats"
    RABBITMQ = "subject.rabbitmq"


@dataclass(frozen=True, slots=True)
class Summary:
    """What a list shows of an entry."""

    number: int
    """Of the entry in its history."""
    kind: Kind
    began: float
    """Unix time in seconds."""
    seconds: float
    verdict: Verdict | None
    told: str
    """What it was about, as the JSON of a sentence: a list has thousands, of which some dozen are in sight."""

    @property
    def what(self) -> Sentence:
        """What it was about."""
        return _sentence(self.told)


@lru_cache(maxsize=1_024)
def _sentence(told: str) -> Sentence:
    return from_document(json.loads(told)) or plain("")


def told(sentence: Sentence) -> str:
    """A sentence as JSON."""
    return json.dumps(to_document(sentence), ensure_ascii=False)


def operation_term(operation: OperationKey) -> Sentence:
    """An operation in words."""
    return say(SubjectCode[operation.name])


def source_term(source: Source) -> Sentence:
    """Where duplicates come from, in words."""
    return say(SubjectCode[source.name])


def subject(entry: Entry) -> Sentence:
    """What was tried."""
    match entry.content:
        case RunRecord() as run:
            return _subject_of_run(run)
        case ExplorationRecord(found=found):
            return _subject_of_question(found.question)
        case ComparisonRecord(found=found):
            operations = tuple(map(operation_term, found.asked.operations))
            databases = plain_list(map(database_name, found.asked.databases))
            return say(ArchiveCode.COMPARISON, operations=operations, databases=databases, lines=len(found.lines))
        case CheckRecord(found=check):
            return say(ArchiveCode.CHECK, service=check.service, situations=len(check.situations))


def _subject_of_run(run: RunRecord) -> Sentence:
    settings = run.settings
    return say(
        ArchiveCode.RUN,
        operation=operation_term(settings.operation),
        variant=variant_term(settings.setup.strategy, settings.setup.variant),
        source=source_term(settings.plan.source),
        submissions=settings.plan.submissions * settings.intents,
        database=database_name(settings.database),
    )


def database_name(database: str) -> str:
    """What a database of our own is called, by its key; somebody's own is its URL without the password."""
    return ENGINE_NAMES.get(database) or without_password(database)


def _subject_of_question(asked: Question) -> Sentence:
    if asked.service:
        return say(ArchiveCode.EXPLORATION_OF_SERVICE, service=asked.service, requests=asked.requests)
    return say(
        ArchiveCode.EXPLORATION_SCOPED,
        operation=operation_term(asked.operation),
        variant=variant_term(asked.strategy, asked.variant),
        scope=asked.scope,
    )


def strategy_term(strategy: str) -> Sentence:
    """What a strategy is called; its key where it is not known here."""
    return next((known.title for known in all_strategies() if known.key == strategy), plain(strategy))


def variant_term(strategy: str, variant: str) -> Sentence:
    """What a variant is called; its keys where it is not known here."""
    for known in all_strategies():
        for each in known.variants:
            if known.key == strategy and each.key == (variant or known.variants[0].key):
                return each.info.prose.title
    return plain(f"{strategy}/{variant}")


def search_text(entry: Entry) -> str:
    """All words by which an entry is found, in every language and in small letters."""
    verdict = entry.verdict
    sentences = [subject(entry), *([verdict_term(verdict)] if verdict else [])]
    found = [words(sentence, language) for language in LANGUAGES for sentence in sentences]
    return " ".join([*found, *_keys(entry), entry.kind.value, verdict.value if verdict else ""]).lower()


def _keys(entry: Entry) -> tuple[str, ...]:
    match entry.content:
        case RunRecord(settings=settings):
            setup = settings.setup
            faults = map(str, setup.faults)
            return (settings.operation, setup.strategy, setup.variant, settings.plan.source, settings.item, *faults)
        case ExplorationRecord(found=found):
            return (found.question.operation, found.question.strategy, found.question.variant)
        case ComparisonRecord(found=found):
            return (*found.asked.operations, *found.asked.strategies)
        case _:
            return ()
