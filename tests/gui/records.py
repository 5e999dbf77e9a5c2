"""Records for tests of models and views, where no engine is needed to see whether they are shown right."""

from __future__ import annotations

from backend.model.observed import Reply, Row, Step
from backend.model.vocabulary import Answer, EngineKind


def row(number: int, *, ordinal: int = 1, submission: str = "") -> Row:
    return Row("orders", number, "A-1", "book", 1, submission or f"1.{number}", 1_700_000_000.25, ordinal)


def rows(count: int, first: int = 1) -> list[Row]:
    return [row(number, ordinal=number) for number in range(first, first + count)]


def reply(number: int, answer: Answer = Answer.CREATED, *, held_back: bool = False) -> Reply:
    return Reply(f"1.{number}", "A-1", answer, 201, None, 1_000_000, 3_500_000, held_back)


def step(number: int, engine: EngineKind = EngineKind.POSTGRESQL, *, error: str = "") -> Step:
    return Step("1.1", number, 0, engine, f"SELECT {number}", "1 row", error, 2_000_000 + number, 3_000_000 + number)
