"""The strategies: a file of code and a data file each, which are known without being listed anywhere."""

from __future__ import annotations

import inspect
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from backend.model.catalogue import SourceCode
from backend.model.errors import NotApplicableError, StrategyFileError, UnknownKeyError
from backend.model.sentence import Code, plain_list, say
from backend.model.vocabulary import OperationKey
from backend.shop.schema import add_table, forget_added_tables
from backend.strategies.base import Strategy, Variant
from backend.strategies.folder import line_of, load, load_yours
from backend.strategies.says import FileCode

_FOLDER = Path(__file__).parent
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


@dataclass
class _Yours:
    """Somebody's own strategies, which this process knows beside ours."""

    folder: Path | None = None
    strategies: tuple[Strategy, ...] = ()


_yours = _Yours()
"""Of the whole process, as loaded modules are."""


def use_folder(folder: Path | None) -> None:
    """Know the strategies of somebody's own folder from now on, instead of those of another one; None for none.

    Their tables count among ours, so call it before a database is started or connected.

    Raises:
        StrategyFileError: one of its files cannot be used; none of them is known then.
    """
    _yours.folder, _yours.strategies = None, ()
    forget_added_tables()
    if folder is None:
        return
    folder = folder.resolve()
    found = load_yours(folder)
    ours = {strategy.key for strategy in _ours()}
    if known := next((strategy.key for strategy in found if strategy.key in ours), ""):
        raise StrategyFileError(say(FileCode.KNOWN_ALREADY, key=known))
    for strategy, table in [(one, table) for one in found for table in one.tables]:
        if not add_table(table):
            forget_added_tables()
            raise StrategyFileError(say(FileCode.TABLE_TAKEN, key=strategy.key, table=table.name))
    _yours.folder, _yours.strategies = folder, found


def folder_in_use() -> Path | None:
    """Where somebody's own strategies come from."""
    return _yours.folder


@cache
def _ours() -> tuple[Strategy, ...]:
    return load(_FOLDER, __name__)


@cache
def _ours_by_key() -> dict[str, Strategy]:
    return {strategy.key: strategy for strategy in _ours()}


def all_strategies() -> tuple[Strategy, ...]:
    """Every strategy, in the order of the article, and somebody's own behind them."""
    return tuple(sorted((*_ours(), *_yours.strategies), key=lambda strategy: strategy.position))


def lock_purposes() -> tuple[str, ...]:
    """What keys are there for that keep others out; see `Services.key`."""
    return tuple(sorted({purpose for strategy in all_strategies() for purpose in strategy.locks}))


def session_lock_purposes() -> tuple[str, ...]:
    """What locks of a database's session are there for."""
    return tuple(sorted({purpose for strategy in all_strategies() for purpose in strategy.session_locks}))


def key_purposes() -> tuple[str, ...]:
    """What any keys of strategies are there for."""
    others = {purpose for strategy in all_strategies() for purpose in strategy.keys}
    return tuple(sorted({*lock_purposes(), *others}))


def find(strategy_key: str, variant_key: str = "") -> tuple[Strategy, Variant]:
    """A strategy and one of its variants; an empty variant key means the default.

    Raises:
        UnknownStrategyError: there is no such strategy.
        UnknownVariantError: the strategy has no such variant.
    """
    strategy = _ours_by_key().get(strategy_key) or next((s for s in _yours.strategies if s.key == strategy_key), None)
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
        NotApplicableError: the variant does not guard the operation; the sentence says why.
    """
    if reason := variant.refusals.get(operation):
        raise NotApplicableError(reason)


def source_code(variant: Variant) -> SourceCode:
    """The file that a variant runs from, with the lines of its handler."""
    lines, first = inspect.getsourcelines(variant.handle)
    path = Path(inspect.getsourcefile(variant.handle) or "")
    return SourceCode(shown_path(str(path)), path.read_text(encoding="utf-8"), first, first + len(lines) - 1)


def shown_path(file: str) -> str:
    """A file of a strategy as it is shown; empty where it is none.

    Args:
        file: as a frame or a module names it.
    """
    if file.startswith(f"{_FOLDER}{os.sep}"):
        return Path(file).relative_to(_FOLDER.parents[1]).as_posix()
    if _yours.folder is not None and file.startswith(f"{_yours.folder}{os.sep}"):
        return Path(file).relative_to(_yours.folder.parent).as_posix()
    return ""


def place_of(error: BaseException) -> tuple[str, int]:
    """File and line of somebody's own strategy that an error came from; an empty name where it came from elsewhere."""
    return line_of(error, _yours.folder) if _yours.folder is not None else ("", 0)
