"""Strategies and their code as plain data: what can be chosen, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backend.model.sentence import Sentence
from backend.model.vocabulary import EngineKind, OperationKey


@dataclass(frozen=True, slots=True)
class VariantInfo:
    """A variant as the window shows it: plain data, no code to call."""

    key: str
    title: str
    sound: bool
    """False where the variant is popular but broken."""
    summary: str
    """One line for the panel."""
    guarantees: str
    breaks: str
    """What breaks it."""
    choose_when: str
    guards: frozenset[OperationKey]
    refusals: Mapping[OperationKey, Sentence]
    """For each operation that is not guarded, the reason."""
    engines: frozenset[EngineKind] = frozenset()
    """Engines that it needs besides the database and the Redis-protocol server."""
    missing: Sentence | None = None
    """What to install, where one of them is not there."""


@dataclass(frozen=True, slots=True)
class StrategyInfo:
    """A strategy as the window shows it."""

    key: str
    title: str
    variants: tuple[VariantInfo, ...]


@dataclass(frozen=True, slots=True)
class SourceCode:
    """The source of a strategy, taken from the module that runs."""

    file: str
    """Path below the project, such as ``backend/strategies/token.py``."""
    text: str
    """The whole file."""
    first_line: int
    """First line of the selected variant's function, from 1."""
    last_line: int
