"""An exploration as one HTML page that needs nothing else: it can be mailed, and read by night."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from backend.explorer.question import EventKind
from backend.model import EngineKind, Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from backend.explorer.question import Counterexample, Event, Exploration, KeyState, Question, Snapshot

_WORDS = {
    Verdict.EXACTLY_ONCE: ("\N{CHECK MARK}", "exactly once"),
    Verdict.UNDECIDED: ("?", "undecided"),
    Verdict.STUCK: ("\N{CIRCLED MINUS}", "stuck"),
    Verdict.LOST: ("\N{EMPTY SET}", "lost"),
    Verdict.DUPLICATED: ("\N{MULTIPLICATION SIGN}2", "duplicated"),
}
_ENGINES = {
    EngineKind.POSTGRESQL.value: "PostgreSQL",
    EngineKind.MARIADB.value: "MariaDB",
    EngineKind.SQLITE.value: "SQLite",
    EngineKind.REDIS.value: "Redis",
    EngineKind.ZOOKEEPER.value: "ZooKeeper",
    EngineKind.GATEWAY.value: "Gateway",
}
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


def exploration_html(found: Exploration) -> str:
    """The page: what was asked, the outcomes with the failing ones first, and the shortest way to each of them."""
    title = _title(found.question)
    body = "".join((f"<h1>{escape(title)}</h1>", *_head(found), *_outcomes(found), *_ways(found)))
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>{body}</body></html>\n"
    )


def _title(asked: Question) -> str:
    return f"{asked.operation}, {asked.strategy}/{asked.variant}: every order"


def _head(found: Exploration) -> Iterator[str]:
    asked = found.question
    mishaps = f"{asked.crashes} crashes, {asked.expiries} expiries of a lease"
    yield f"<p><strong>{escape(found.sentence)}</strong></p>"
    state = "every order ran" if found.exhaustive else "not every order ran"
    yield (
        f'<p class="muted">{asked.requests} requests, at most {mishaps}. {found.schedules} schedules in '
        f"{found.classes} classes, {found.seconds:.1f} s; {state}. Submit Twice, on real engines.</p>"
    )
    for note in found.notes:
        yield f'<p class="muted">{escape(note)}</p>'


def _outcomes(found: Exploration) -> Iterator[str]:
    yield "<h2>Outcomes</h2><table><thead><tr><th>Verdict</th><th>Orders</th><th>Share</th></tr></thead><tbody>"
    total = sum(found.outcomes.values()) or 1
    for verdict in _worst_first(found.outcomes):
        glyph, word = _WORDS[verdict]
        count = found.outcomes[verdict]
        share = f"{100 * count / total:.1f} %"
        yield f'<tr><td class="{_mood(verdict)}">{glyph} {word}</td><td>{count}</td><td>{share}</td></tr>'
    yield "</tbody></table>"


def _ways(found: Exploration) -> Iterator[str]:
    examples = dict(found.examples)
    if found.counterexample:
        examples[found.counterexample.verdict] = found.counterexample
    for verdict in _worst_first(examples):
        glyph, word = _WORDS[verdict]
        example = examples[verdict]
        yield (
            f'<h2 class="{_mood(verdict)}">{glyph} The shortest way to “{word}”</h2>'
            f'<p class="muted">{example.switches} context switches, {len(example.events)} events. '
            "A\N{PRIME} is the retry of A after its crash.</p>"
        )
        yield from _diagram(example)


def _diagram(example: Counterexample) -> Iterator[str]:
    lanes = sorted({event.actor for event in example.events if event.actor})
    has_state = any(event.after for event in example.events)
    heads = "".join(f"<th>{escape(lane)}</th>" for lane in lanes)
    yield f"<table><thead><tr><th></th>{heads}{'<th>Then in the engines</th>' if has_state else ''}</tr></thead><tbody>"
    for number, event in enumerate(example.events):
        mistake = example.mistake_text if number == example.mistake else ""
        yield f'<tr{" class=mistake" if mistake else ""}><td class="number">{number + 1}</td>'
        if not event.actor:
            yield f'<td class="lane mishap" colspan="{len(lanes) or 1}">{_cell(event, mistake)}</td>'
        else:
            yield from (
                f'<td class="lane">{_cell(event, mistake) if lane == event.actor else ""}</td>' for lane in lanes
            )
        if has_state:
            items = "".join(f"<li>{escape(line)}</li>" for line in _state(event.after))
            yield f'<td><ul class="state">{items}</ul></td>'
        yield "</tr>"
    yield "</tbody></table>"


def _state(after: Snapshot | None) -> Iterator[str]:
    """What the engines held, a line a row, a key or a lock."""
    if after is None:
        return
    for table in after.tables:
        for row in table.rows:
            yield f"{table.name}: " + ", ".join(f"{c} {v}" for c, v in zip(table.columns, row, strict=True))
    for key in after.keys:
        yield f"{key.name} = {key.value} ({_life(key)})"
    for lock in after.locks:
        waits = f", waits for {', '.join(lock.waits_for)}" if lock.waits_for else ""
        yield f"{lock.actor} holds {lock.holds}{waits}" if lock.holds else f"{lock.actor}{waits}"


def _life(key: KeyState) -> str:
    if key.engine is EngineKind.ZOOKEEPER:
        return "lasts as long as the session" if key.has_lease else "outlasts every session"
    return "with lease" if key.has_lease else "no lease"


def _cell(event: Event, mistake: str) -> str:
    answer = f'<br><span class="answer">\N{RIGHTWARDS ARROW} {escape(event.answer)}</span>' if event.answer else ""
    match event.kind:
        case EventKind.CRASH:
            text = '<span class="mishap">\N{HEAVY BALLOT X} crashes; its connections drop</span>'
        case EventKind.EXPIRE if event.engine == EngineKind.ZOOKEEPER:
            text = "\N{HOURGLASS} the session of the lock's holder ends"
        case EventKind.EXPIRE:
            text = "\N{HOURGLASS} the lease runs out"
        case EventKind.ANSWER if event.engine == EngineKind.HTTP:
            text = f"is told <strong>{escape(event.answer)}</strong>"
        case EventKind.ANSWER:
            text = f'{_engine(event)} <span class="muted">goes on:</span> {escape(event.command)}{answer}'
        case _:
            waits = '<br><span class="mishap">waits</span>' if event.blocked else ""
            text = f"{_engine(event)} {escape(event.command)}{answer}{waits}"
    place = f' <span class="muted">({escape(event.place.file)}:{event.place.line})</span>' if event.place.line else ""
    pointer = f'<br><span class="mishap">\N{WARNING SIGN} {escape(mistake)}</span>' if mistake else ""
    return text + place + pointer


def _engine(event: Event) -> str:
    name = _ENGINES.get(event.engine, event.engine)
    kind = EngineKind(event.engine) if event.engine in set(EngineKind) else None
    colour = "database" if kind and kind.is_database else event.engine
    return f'<span class="engine" style="color: var(--{escape(colour)})">{escape(name)}</span>'


def _mood(verdict: Verdict) -> str:
    return "good" if verdict is Verdict.EXACTLY_ONCE else "bad"


def _worst_first(verdicts: Collection[Verdict]) -> list[Verdict]:
    return sorted(verdicts, key=lambda verdict: verdict.severity, reverse=True)
