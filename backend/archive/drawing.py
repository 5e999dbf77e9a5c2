"""The timeline of a kept run as SVG: a lane for each submission, on one axis of milliseconds."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from backend.archive.entries import START_NS, RunRecord
from backend.model.sentence import Code, say, words
from backend.model.step_words import StepCode, command_sentence, outcome_sentence
from backend.model.submission_ids import without_lab
from backend.model.terms import answer_term
from backend.model.vocabulary import EngineKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from backend.model.observed import Reply, Step

MOST_LANES = 60
_LANE, _HEAD, _NAME, _WIDTH, _BAR, _TAIL = 22, 26, 120, 820, 12, 190
_SMALLEST = 2.0
"""Pixels of the shortest span."""
_TICKS = 8
_MS = 1_000_000
_COLOURS = {
    EngineKind.POSTGRESQL: "#0072b2", EngineKind.MARIADB: "#0072b2", EngineKind.SQLITE: "#0072b2",
    EngineKind.REDIS: "#d55e00", EngineKind.ZOOKEEPER: "#009e73", EngineKind.GATEWAY: "#cc79a7",
    EngineKind.HTTP: "#7d8794", EngineKind.STANDBY: "#0072b2", EngineKind.BROKER: "#69737f",
}  # fmt: skip


class DrawingCode(Code):
    """The words in a timeline."""

    TITLE = "drawing.title"
    MORE_LANES = "drawing.more_lanes"
    WAITS = "drawing.waits"
    CALLER = "drawing.caller"
    AXIS = "drawing.axis"


def timeline_svg(run: RunRecord, language: str) -> str:
    """The timeline as a self-contained SVG element; it takes the colour of the text around it."""
    lanes = _lanes(run)
    shown = lanes[:MOST_LANES]
    end = max([START_NS + _MS, *_ends(run)])
    height = _HEAD + _LANE * len(shown) + (_LANE if len(lanes) > len(shown) else 8)
    title = escape(words(say(DrawingCode.TITLE), language))
    body = "\n".join(_body(run, shown, len(lanes) - len(shown), end, height, language))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_NAME + _WIDTH + _TAIL} {height}" role="img" '
        f'aria-label="{title}" font-family="ui-monospace, monospace" font-size="11" fill="currentColor">\n'
        f"<title>{title}</title>\n{body}\n</svg>"
    )


def _lanes(run: RunRecord) -> list[str]:
    """Submissions in the order in which they were sent or began."""
    begins: dict[str, int] = {}
    for name, instant in (
        *((reply.submission_id, reply.sent_ns) for reply in run.replies),
        *((step.submission_id, step.started_ns) for step in run.steps),
    ):
        begins[name] = min(instant, begins.get(name, instant))
    return sorted(begins, key=lambda name: begins[name])


def _ends(run: RunRecord) -> Iterator[int]:
    yield from (reply.received_ns for reply in run.replies)
    yield from (step.ended_ns for step in run.steps)


def _body(
    run: RunRecord, shown: list[str], more: int, end: int, height: int, language: str
) -> Iterator[str]:  # fmt: skip
    scale = _WIDTH / (end - START_NS)
    yield from _axis(end, height, scale, language)
    replies = {reply.submission_id: reply for reply in run.replies}
    of_lane: dict[str, list[Step]] = {}
    for step in run.steps:
        of_lane.setdefault(step.submission_id, []).append(step)
    for number, name in enumerate(shown):
        top = _HEAD + _LANE * number
        yield f'<text x="{_NAME - 8}" y="{top + 14}" text-anchor="end">{escape(without_lab(name))}</text>'
        if reply := replies.get(name):
            yield _caller(reply, top, scale, language)
        for step in of_lane.get(name, ()):
            yield _span(step, top, scale, language)
        if reply:
            yield _answer(reply, of_lane.get(name, ()), top, scale, language)
        for wait in (wait for wait in run.waits if wait.submission_id == name):
            left, width = _place(wait.started_ns, wait.ended_ns, scale)
            told = escape(words(say(DrawingCode.WAITS, behind=", ".join(map(without_lab, wait.blockers))), language))
            yield (
                f'<rect x="{left:.1f}" y="{top + _LANE // 2 - 2}" width="{width:.1f}" height="4" fill="none" '
                f'stroke="currentColor" stroke-dasharray="3 2"><title>{told}</title></rect>'
            )
    if more:
        told = escape(words(say(DrawingCode.MORE_LANES, submissions=more), language))
        yield f'<text x="{_NAME}" y="{height - 7}" opacity="0.7">{told}</text>'


def _axis(end: int, height: int, scale: float, language: str) -> Iterator[str]:
    step = _nice((end - START_NS) / _MS / _TICKS)
    at = 0.0
    while at <= (end - START_NS) / _MS:
        x = _NAME + at * _MS * scale
        yield f'<path d="M{x:.1f} {_HEAD - 4} V{height}" stroke="currentColor" opacity="0.15"/>'
        yield f'<text x="{x:.1f}" y="{_HEAD - 10}" text-anchor="middle" opacity="0.7">{at:g}</text>'
        at += step
    unit = words(say(DrawingCode.AXIS), language)
    yield f'<text x="{_NAME - 8}" y="{_HEAD - 10}" text-anchor="end" opacity="0.7">{unit}</text>'


def _nice(least: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is not below."""
    power = 0.001
    while True:
        for digit in (1, 2, 5):
            if digit * power >= least:
                return digit * power
        power *= 10


def _place(begin: int, end: int, scale: float) -> tuple[float, float]:
    left = _NAME + max(0, begin - START_NS) * scale
    return left, max(_SMALLEST, (end - begin) * scale)


def _caller(reply: Reply, top: int, scale: float, language: str) -> str:
    left, width = _place(reply.sent_ns, reply.received_ns, scale)
    told = escape(words(say(DrawingCode.CALLER, answer=answer_term(reply.answer), ms=reply.latency_ms), language))
    return (
        f'<rect x="{left:.1f}" y="{top + 2}" width="{width:.1f}" height="{_LANE - 4}" fill="currentColor" '
        f'opacity="0.08"><title>{told}</title></rect>'
    )


def _answer(reply: Reply, steps: Sequence[Step], top: int, scale: float, language: str) -> str:
    """What the caller was told, behind steps that went on all the same: over them it could not be read."""
    left, width = _place(reply.sent_ns, max(reply.received_ns, *(step.ended_ns for step in steps), 0), scale)
    answer = escape(words(answer_term(reply.answer), language))
    return f'<text x="{left + width + 6:.1f}" y="{top + 14}">{answer}</text>'


def _span(step: Step, top: int, scale: float, language: str) -> str:
    left, width = _place(step.started_ns, step.ended_ns or step.started_ns, scale)
    command, outcome = command_sentence(step), words(outcome_sentence(step), language)
    told = escape(words(command, language) + (f" → {outcome}" if outcome else ""))
    edge = ' stroke="#b3123f" stroke-width="1.5"' if step.error else ""
    edge += ' opacity="0.3"' if command.code is StepCode.PROCESSING else ""
    return (
        f'<rect x="{left:.1f}" y="{top + (_LANE - _BAR) // 2}" width="{width:.1f}" height="{_BAR}" '
        f'fill="{_COLOURS[step.engine]}"{edge}><title>{told}</title></rect>'
    )
