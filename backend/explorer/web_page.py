"""An exploration as one HTML page that needs nothing else: it can be mailed, and read by night."""

from __future__ import annotations

from html import escape
from pathlib import PurePath
from typing import TYPE_CHECKING

from backend.explorer.mistake import mistake_sentence
from backend.explorer.page_says import PageCode, answer_in, command_in, life_of, lock_sentence, mishap
from backend.explorer.question import EventKind
from backend.model.sentence import ENGLISH, say, words
from backend.model.terms import engine_term, verdict_term
from backend.model.vocabulary import EngineKind, Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from backend.explorer.question import Counterexample, Event, Exploration, Question, Snapshot
    from backend.model.sentence import Code, Part

_GLYPHS = {
    Verdict.EXACTLY_ONCE: "\N{CHECK MARK}",
    Verdict.UNDECIDED: "?",
    Verdict.STUCK: "\N{CIRCLED MINUS}",
    Verdict.LOST: "\N{EMPTY SET}",
    Verdict.DUPLICATED: "\N{MULTIPLICATION SIGN}2",
}
_FULL_ENUMERATION = 2
_STYLE = """
:root { color-scheme: light dark; --line: #d8dbe2; --muted: #5f6673; --surface: #f6f7f9; --bad: #b35900;
  --good: #00795c; --database: #0072b2; --redis: #d55e00; --zookeeper: #009e73; --gateway: #a5578a; }
@media (prefers-color-scheme: dark) { :root { --line: #363b47; --muted: #a0a7b4; --surface: #1b1e26; --bad: #f0ab4a;
  --good: #3fc79b; --database: #56a9e0; --redis: #f2843f; --zookeeper: #3fc79b; --gateway: #d98cc0; } }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0 0 .3rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .4rem; }
p.muted, .muted { color: var(--muted); } .bad { color: var(--bad); } .good { color: var(--good); }
table { border-collapse: collapse; width: 100%; } th { text-align: left; font-weight: 600; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .6rem; vertical-align: top; }
td.lane { font: 13px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
td.number { text-align: right; color: var(--muted); width: 2rem; }
.engine { font: 600 11px system-ui, sans-serif; } .answer { color: var(--muted); }
.mishap { font-weight: 700; color: var(--bad); }
.mistake { background: var(--surface); border-left: 4px solid var(--bad); }
ul.state { margin: 0; padding-left: 1rem; color: var(--muted); font: 12px/1.4 ui-monospace, monospace; }
"""


def exploration_html(found: Exploration, language: str = ENGLISH) -> str:
    """The page: what was asked, the outcomes with the failing ones first, and the shortest way to each of them."""
    return _Page(language).text(found)


class _Page:
    """Writes a page in one language."""

    def __init__(self, language: str) -> None:
        self._language = language

    def text(self, found: Exploration) -> str:
        title = self._title(found.question)
        body = "".join((f"<h1>{title}</h1>", *self._head(found), *self._outcomes(found), *self._ways(found)))
        return (
            f'<!DOCTYPE html>\n<html lang="{self._language.replace("_", "-")}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width">'
            f"<title>{title}</title><style>{_STYLE}</style></head><body>{body}</body></html>\n"
        )

    def _say(self, code: Code, /, **parts: Part) -> str:
        return escape(words(say(code, **parts), self._language))

    def _title(self, asked: Question) -> str:
        if asked.service:
            return self._say(PageCode.TITLE_OF_SERVICE, service=PurePath(asked.service).name)
        operation = asked.operation.value
        return self._say(PageCode.TITLE, operation=operation, strategy=asked.strategy, variant=asked.variant)

    def _head(self, found: Exploration) -> Iterator[str]:
        asked = found.question
        yield f"<p><strong>{escape(words(found.finding, self._language))}</strong></p>"
        every = PageCode.EVERY_THAT_DIFFERS if asked.requests > _FULL_ENUMERATION else PageCode.EVERY
        text = self._say(
            PageCode.HEAD,
            scope=asked.scope,
            schedules=found.schedules,
            classes=found.classes,
            seconds=found.seconds,
            state=say(every if found.exhaustive else PageCode.NOT_EVERY),
        )
        yield f'<p class="muted">{text}</p>'
        for note in found.notes:
            yield f'<p class="muted">{escape(words(note, self._language))}</p>'

    def _outcomes(self, found: Exploration) -> Iterator[str]:
        heads = (PageCode.VERDICT, PageCode.INTERLEAVINGS, PageCode.SHARE)
        yield f"<h2>{self._say(PageCode.OUTCOMES)}</h2><table><thead><tr>"
        yield "".join(f"<th>{self._say(head)}</th>" for head in heads) + "</tr></thead><tbody>"
        total = sum(found.outcomes.values()) or 1
        for verdict in _worst_first(found.outcomes):
            count = found.outcomes[verdict]
            share = f"{100 * count / total:.1f} %"
            yield (
                f'<tr><td class="{_mood(verdict)}">{_GLYPHS[verdict]} {self._verdict(verdict)}</td>'
                f"<td>{count:,}</td><td>{share}</td></tr>"
            )
        yield "</tbody></table>"

    def _verdict(self, verdict: Verdict) -> str:
        return escape(words(verdict_term(verdict), self._language))

    def _ways(self, found: Exploration) -> Iterator[str]:
        examples = dict(found.examples)
        if found.counterexample:
            examples[found.counterexample.verdict] = found.counterexample
        for verdict in _worst_first(examples):
            example = examples[verdict]
            title = self._say(PageCode.WAY, verdict=verdict_term(verdict))
            head = self._say(PageCode.WAY_HEAD, switches=example.switches, events=len(example.events))
            yield f'<h2 class="{_mood(verdict)}">{_GLYPHS[verdict]} {title}</h2><p class="muted">{head}</p>'
            yield from self._diagram(example)

    def _diagram(self, example: Counterexample) -> Iterator[str]:
        lanes = sorted({event.actor for event in example.events if event.actor})
        has_state = any(event.after for event in example.events)
        heads = "".join(f"<th>{escape(lane)}</th>" for lane in lanes)
        then = f"<th>{self._say(PageCode.THEN)}</th>" if has_state else ""
        yield f"<table><thead><tr><th></th>{heads}{then}</tr></thead><tbody>"
        sentence = mistake_sentence(example)
        for number, event in enumerate(example.events):
            mistake = words(sentence, self._language) if sentence and number == example.mistake else ""
            yield f'<tr{" class=mistake" if mistake else ""}><td class="number">{number + 1}</td>'
            if not event.actor:
                yield f'<td class="lane mishap" colspan="{len(lanes) or 1}">{self._cell(event, mistake)}</td>'
            else:
                yield from (
                    f'<td class="lane">{self._cell(event, mistake) if lane == event.actor else ""}</td>'
                    for lane in lanes
                )
            if has_state:
                items = "".join(f"<li>{escape(line)}</li>" for line in self._state(event.after))
                yield f'<td><ul class="state">{items}</ul></td>'
            yield "</tr>"
        yield "</tbody></table>"

    def _state(self, after: Snapshot | None) -> Iterator[str]:
        """What the engines held, a line a row, a key or a lock."""
        if after is None:
            return
        for table in after.tables:
            for row in table.rows:
                yield f"{table.name}: " + ", ".join(f"{c} {v}" for c, v in zip(table.columns, row, strict=True))
        for key in after.keys:
            yield f"{key.name} = {key.value} ({words(life_of(key), self._language)})"
        for lock in after.locks:
            yield words(lock_sentence(lock), self._language)

    def _cell(self, event: Event, mistake: str) -> str:
        told, command = escape(answer_in(event, self._language)), escape(command_in(event, self._language))
        answer = f'<br><span class="answer">\N{RIGHTWARDS ARROW} {told}</span>' if told else ""
        match event.kind:
            case EventKind.CRASH:
                text = f'<span class="mishap">\N{HEAVY BALLOT X} {escape(words(mishap(event), self._language))}</span>'
            case EventKind.ERROR:
                said = escape(words(mishap(event), self._language))
                text = (
                    f'{self._engine(event)} {command}<br><span class="mishap">\N{HEAVY BALLOT X} {said}</span>{answer}'
                )
            case EventKind.EXPIRE | EventKind.FAILOVER | EventKind.PROMOTE:
                text = f"\N{HOURGLASS} {escape(words(mishap(event), self._language))}"
            case EventKind.APPLY:
                text = f"{self._engine(event)} {escape(words(mishap(event), self._language))}"
            case EventKind.ANSWER if event.engine == EngineKind.HTTP:
                text = f"{self._say(PageCode.IS_TOLD)} <strong>{told}</strong>"
            case EventKind.ANSWER:
                text = (
                    f'{self._engine(event)} <span class="muted">{self._say(PageCode.GOES_ON)}</span> {command}{answer}'
                )
            case _:
                waits = f'<br><span class="mishap">{self._say(PageCode.WAITS)}</span>' if event.blocked else ""
                text = f"{self._engine(event)} {command}{answer}{waits}"
        where = event.place
        place = f' <span class="muted">({escape(where.file)}:{where.line})</span>' if where.line else ""
        pointer = f'<br><span class="mishap">\N{WARNING SIGN} {escape(mistake)}</span>' if mistake else ""
        return text + place + pointer

    def _engine(self, event: Event) -> str:
        name = words(engine_term(event.engine), self._language)
        kind = EngineKind(event.engine) if event.engine in set(EngineKind) else None
        colour = "database" if kind and kind.is_database else event.engine
        return f'<span class="engine" style="color: var(--{escape(colour)})">{escape(name)}</span>'


def _mood(verdict: Verdict) -> str:
    return "good" if verdict is Verdict.EXACTLY_ONCE else "bad"


def _worst_first(verdicts: Collection[Verdict]) -> list[Verdict]:
    return sorted(verdicts, key=lambda verdict: verdict.severity, reverse=True)
