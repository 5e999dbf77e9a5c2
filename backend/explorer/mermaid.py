"""A counterexample as the text of a Mermaid sequence diagram (https://mermaid.js.org/syntax/sequenceDiagram.html)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backend.explorer.question import EventKind
from backend.model import EngineKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backend.explorer.question import Counterexample, Event

CALLER = "Caller"
_SPECIAL = re.compile(r"[#;<>\"]")
_TITLES = {
    EngineKind.POSTGRESQL.value: "PostgreSQL",
    EngineKind.MARIADB.value: "MariaDB",
    EngineKind.SQLITE.value: "SQLite",
    EngineKind.REDIS.value: "Redis",
    EngineKind.ZOOKEEPER.value: "ZooKeeper",
    EngineKind.GATEWAY.value: "Gateway",
}
_ZOOKEEPER = _TITLES[EngineKind.ZOOKEEPER.value]


def mermaid(example: Counterexample) -> str:
    """The text of the diagram, a line an arrow."""
    lines = ["sequenceDiagram", *_participants(example.events)]
    for number, event in enumerate(example.events):
        lines += _lines(event)
        if number == example.mistake:
            lines.append(f"Note over {_identifier(event.actor)}: {_safe(example.mistake_text)}")
    asked = example.question
    title = f"{asked.operation}, {asked.strategy}/{asked.variant}: {example.verdict}"
    return "\n".join(["---", f'title: "{title}"', "---", lines[0], *(f"    {line}" for line in lines[1:]), ""])


def _participants(events: tuple[Event, ...]) -> Iterator[str]:
    actors = sorted({event.actor for event in events if event.actor})
    yield f"participant {CALLER}"
    for actor in actors:
        yield f"participant {_identifier(actor)} as {actor}"
    for engine in dict.fromkeys(event.engine for event in events if event.engine in _TITLES):
        yield f"participant {_TITLES[engine]}"


def _lines(event: Event) -> Iterator[str]:
    who, engine = _identifier(event.actor), _TITLES.get(event.engine, "")
    match event.kind:
        case EventKind.CRASH:
            yield f"Note over {who}: crashes, its connections drop"
        case EventKind.EXPIRE:
            what = "the session of the lock's holder ends" if engine == _ZOOKEEPER else "the lease runs out"
            yield f"Note over {engine}: {what}"
        case EventKind.ANSWER if engine:
            yield f"{engine}-->>{who}: {_safe(event.answer)}"
        case EventKind.ANSWER:
            yield f"{who}-->>{CALLER}: {_safe(event.answer)}"
        case _ if not engine:
            yield f"Note over {who}: {_safe(event.command)}"
        case _:
            yield f"{who}->>{engine}: {_safe(event.command)}"
            if event.blocked:
                yield f"Note over {who}: waits"
            elif event.answer:
                yield f"{engine}-->>{who}: {_safe(event.answer)}"


def _identifier(actor: str) -> str:
    return actor.replace("'", "_retry") or CALLER


def _safe(text: str) -> str:
    """A text without what would end a line or a message: Mermaid takes character codes instead."""
    return _SPECIAL.sub(lambda found: f"#{ord(found[0])};", " ".join(text.split()))
