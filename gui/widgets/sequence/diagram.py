"""Where the parts of a sequence diagram stand. No painting here."""

from __future__ import annotations

from dataclasses import dataclass

from backend.explorer.question import Event, EventKind
from backend.model.vocabulary import EngineKind
from gui.wording.exploration import actor_word, engine_of

CALLER, FIRST_ACTOR, ACTOR_STEP = 40, 140, 44
ENGINE_STEP, LAST_ENGINE, LEAST_GAP = 96, 52, 148
"""Pixels: the caller and the first request from the left edge, the last engine from the right, what lies between."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a request's lifeline, from one event to another, both included."""

    actor: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Cast:
    """Who takes part: the requests and the engines, left to right."""

    actors: tuple[str, ...]
    engines: tuple[EngineKind, ...]


def cast_of(events: tuple[Event, ...]) -> Cast:
    """Requests in alphabetical order, a retry after its request; engines in the order of their first step."""
    actors = sorted({actor_word(event) for event in events} - {""})
    asked = dict.fromkeys(engine_of(event) for event in events)
    return Cast(tuple(actors), tuple(engine for engine in asked if engine and engine is not EngineKind.HTTP))


def lives_of(events: tuple[Event, ...]) -> tuple[Span, ...]:
    """From each request's first event to its last."""
    numbers: dict[str, list[int]] = {}
    for number, event in enumerate(events):
        numbers.setdefault(actor_word(event), []).append(number)
    return tuple(Span(actor, own[0], own[-1]) for actor, own in numbers.items() if actor)


def waits_of(events: tuple[Event, ...]) -> tuple[Span, ...]:
    """From each step that had to wait to its answer; to the request's end where none came."""
    spans = []
    for number, event in enumerate(events):
        if event.blocked and event.kind is EventKind.STEP:
            own = [later for later in range(number + 1, len(events)) if events[later].actor == event.actor]
            answers = [later for later in own if events[later].kind in {EventKind.ANSWER, EventKind.CRASH}]
            spans.append(Span(event.actor, number, answers[0] if answers else len(events) - 1))
    return tuple(spans)


class Columns:
    """Horizontal places, in pixels, for a diagram of a certain width."""

    def __init__(self, cast: Cast, width: int) -> None:
        self._cast = cast
        self.width = max(width, self.least_width(cast))

    @staticmethod
    def least_width(cast: Cast) -> int:
        """Below this the commands have no room."""
        actors, engines = max(1, len(cast.actors)), max(1, len(cast.engines))
        return FIRST_ACTOR + ACTOR_STEP * (actors - 1) + LEAST_GAP + ENGINE_STEP * (engines - 1) + LAST_ENGINE

    def actor(self, name: str) -> int:
        """A request's lifeline."""
        return FIRST_ACTOR + ACTOR_STEP * self._cast.actors.index(name)

    def engine(self, kind: EngineKind | None) -> int:
        """An engine's lifeline; the caller's where it is not an engine with a lifeline of its own."""
        if kind not in self._cast.engines:
            return CALLER
        after = len(self._cast.engines) - 1 - self._cast.engines.index(kind)
        return self.width - LAST_ENGINE - ENGINE_STEP * after

    @property
    def gap(self) -> tuple[int, int]:
        """Between the last request and the first engine, where commands and answers are written."""
        first = self.engine(self._cast.engines[0]) if self._cast.engines else self.width - LAST_ENGINE
        return FIRST_ACTOR + ACTOR_STEP * max(0, len(self._cast.actors) - 1), first
