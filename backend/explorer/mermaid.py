"""A counterexample as the text of a Mermaid sequence diagram (https://mermaid.js.org/syntax/sequenceDiagram.html)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backend.explorer.mistake import mistake_sentence
from backend.explorer.page_says import PageCode, answer_in, command_in, mishap
from backend.explorer.question import EventKind
from backend.model.sentence import ENGLISH, say, words
from backend.model.terms import ENGINE_NAMES, verdict_term
from backend.model.vocabulary import EngineKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backend.explorer.question import Counterexample, Event

CALLER = "Caller"
_SPECIAL = re.compile(r"[#;<>\"]")
_TITLES = {engine: name for engine, name in ENGINE_NAMES.items() if engine != EngineKind.HTTP}
_ZOOKEEPER = _TITLES[EngineKind.ZOOKEEPER]


def mermaid(example: Counterexample, language: str = ENGLISH) -> str:
    """The text of the diagram, a line an arrow."""
    lines = ["sequenceDiagram", *_participants(example.events, language)]
    sentence = mistake_sentence(example)
    for number, event in enumerate(example.events):
        lines += _lines(event, language)
        if sentence and number == example.mistake:
            lines.append(f"Note over {_identifier(event.actor)}: {_safe(words(sentence, language))}")
    asked = example.question
    verdict = words(verdict_term(example.verdict), language)
    title = f"{asked.operation}, {asked.strategy}/{asked.variant}: {verdict}"
    return "\n".join(["---", f'title: "{title}"', "---", lines[0], *(f"    {line}" for line in lines[1:]), ""])


def _participants(events: tuple[Event, ...], language: str) -> Iterator[str]:
    actors = sorted({event.actor for event in events if event.actor})
    yield f"participant {CALLER} as {words(say(PageCode.CALLER), language)}"
    for actor in actors:
        yield f"participant {_identifier(actor)} as {actor}"
    for engine in dict.fromkeys(event.engine for event in events if event.engine in _TITLES):
        yield f"participant {_TITLES[engine]}"


def _lines(event: Event, language: str) -> Iterator[str]:
    who, engine = _identifier(event.actor), _TITLES.get(event.engine, "")
    command, answer = _safe(command_in(event, language)), _safe(answer_in(event, language))
    match event.kind:
        case EventKind.CRASH:
            yield f"Note over {who}: {_safe(words(mishap(event), language))}"
        case EventKind.ERROR:
            yield f"Note over {who}: {command} ({_safe(words(mishap(event), language))})".replace(":  (", ": (")
        case EventKind.EXPIRE | EventKind.FAILOVER | EventKind.PROMOTE | EventKind.APPLY:
            yield f"Note over {engine}: {_safe(words(mishap(event), language))}"
        case EventKind.ANSWER if engine:
            yield f"{engine}-->>{who}: {answer}"
        case EventKind.ANSWER:
            yield f"{who}-->>{CALLER}: {answer}"
        case _ if not engine:
            yield f"Note over {who}: {command}"
        case _:
            yield f"{who}->>{engine}: {command}"
            if event.blocked:
                yield f"Note over {who}: {words(say(PageCode.WAITS), language)}"
            elif answer:
                yield f"{engine}-->>{who}: {answer}"


def _identifier(actor: str) -> str:
    return actor.replace("'", "_retry") or CALLER


def _safe(text: str) -> str:
    """A text without what would end a line or a message: Mermaid takes character codes instead."""
    return _SPECIAL.sub(lambda found: f"#{ord(found[0])};", " ".join(text.split()))
