"""The strategies: one file each. A file that defines ``STRATEGY`` is known without being listed anywhere."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from functools import cache
from pathlib import Path

from backend.model.catalogue import SourceCode
from backend.model.errors import NotApplicableError, UnknownKeyError
from backend.model.sentence import Code, plain_list, say
from backend.model.vocabulary import OperationKey
from backend.strategies.base import Strategy, Variant

_LONGEST_KEY = 64
"""Of a key that is not known, no more is repeated."""


class StrategyCode(Code):
    """What is said of a choice of a strategy."""

    UNKNOWN = "strategy.unknown"
    UNKNOWN_VARIANT = "strategy.unknown_variant"


class UnknownStrategyError(UnknownKeyError):
    """No strategy has this key."""

    def __init__(self, key: str) -> None:
        known = plain_list(strategy.key for strategy in all_strategies())
        super().__init__(say(StrategyCode.UNKNOWN, key=key[:_LONGEST_KEY], known=known))


class UnknownVariantError(UnknownKeyError):
    """The strategy has no variant with this key."""

    def __init__(self, strategy: Strategy, key: str) -> None:
        known = plain_list(variant.key for variant in strategy.variants)
        super().__init__(say(StrategyCode.UNKNOWN_VARIANT, strategy=strategy.key, key=key[:_LONGEST_KEY], known=known))


@cache
def all_strategies() -> tuple[Strategy, ...]:
    """Every strategy in the folder, in the order of the article."""
    modules = (importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    strategies = [module.STRATEGY for module in modules if hasattr(module, "STRATEGY")]
    return tuple(sorted(strategies, key=lambda strategy: strategy.position))


def find(strategy_key: str, variant_key: str = "") -> tuple[Strategy, Variant]:
    """A strategy and one of its variants; an empty variant key means the default.

    Raises:
        UnknownStrategyError: there is no such strategy.
        UnknownVariantError: the strategy has no such variant.
    """
    strategy = next((s for s in all_strategies() if s.key == strategy_key), None)
    if strategy is None:
        raise UnknownStrategyError(strategy_key)
    if not variant_key:
        return strategy, strategy.variants[0]
    variant = next((v for v in strategy.variants if v.key == variant_key), None)
    if variant is None:
        raise UnknownVariantError(strategy, variant_key)
    return strategy, variant


def require_guard(variant: Variant, operation: OperationKey) -> None:
    """Check that a variant guards an operation.

    Raises:
        NotApplicableError: it does not, and why.
    """
    if reason := variant.refusals.get(operation):
        raise NotApplicableError(reason)


def source_code(variant: Variant) -> SourceCode:
    """The file that a variant runs from, with the lines of its handler."""
    lines, first = inspect.getsourcelines(variant.handle)
    path = Path(inspect.getsourcefile(variant.handle) or "")
    shown = path.relative_to(Path(__file__).parents[2]).as_posix()
    return SourceCode(shown, path.read_text(encoding="utf-8"), first, first + len(lines) - 1)
