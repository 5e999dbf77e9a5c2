"""A folder of strategies: each is a file of code and, beside it and of the same name, a data file."""

from __future__ import annotations

import importlib
import inspect
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import sqlalchemy as sa

from backend.model.errors import StrategyFileError
from backend.model.sentence import plain_list, say
from backend.strategies.base import Strategy, Variant
from backend.strategies.data import KEY, read_data
from backend.strategies.says import FileCode

if TYPE_CHECKING:
    from backend.strategies.base import Handler
    from backend.strategies.data import VariantData

PACKAGE = "strategies_of_yours"
"""What somebody's own folder is called as a package, so that its files can import each other relatively."""


def load(folder: Path, package: str) -> tuple[Strategy, ...]:
    """All strategies of a folder, by their places.

    Args:
        folder: with a data file for each of them.
        package: what it is called as a package.

    Raises:
        StrategyFileError: a strategy's file cannot be used.
    """
    strategies = [_load_one(path, package) for path in sorted(folder.glob("*.toml"))]
    return tuple(sorted(strategies, key=lambda strategy: strategy.position))


def load_yours(folder: Path) -> tuple[Strategy, ...]:
    """All strategies of somebody's own folder, whatever was loaded from there before.

    Raises:
        StrategyFileError: there is no such folder, or one of them cannot be used.
    """
    if not folder.is_dir():
        raise StrategyFileError(say(FileCode.NO_FOLDER, folder=str(folder)))
    for path in sorted(folder.glob("*.py")):
        if not path.name.startswith("_") and not path.with_suffix(".toml").is_file():
            wanted = path.with_suffix(".toml").name
            raise StrategyFileError(say(FileCode.NO_DATA_FILE, file=path.name, wanted=wanted))
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]
    package = ModuleType(PACKAGE)
    package.__path__ = [str(folder)]
    sys.modules[PACKAGE] = package
    importlib.invalidate_caches()
    with _without_bytecode():
        strategies = load(folder, PACKAGE)
    if not strategies:
        raise StrategyFileError(say(FileCode.NOTHING_THERE, folder=str(folder)))
    return strategies


@contextmanager
def _without_bytecode() -> Iterator[None]:
    """Leave nothing in somebody else's folder, and so never take an old file for a new one."""
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        yield
    finally:
        sys.dont_write_bytecode = before


def line_of(error: BaseException, folder: Path) -> tuple[str, int]:
    """File and line in a folder where an error came from; an empty name where it did not come from there."""
    if isinstance(error, SyntaxError) and error.filename and Path(error.filename).is_relative_to(folder):
        return Path(error.filename).name, error.lineno or 0
    frames = traceback.extract_tb(error.__traceback__)
    inside = [frame for frame in frames if Path(frame.filename).is_relative_to(folder)]
    return (Path(inside[-1].filename).name, inside[-1].lineno or 0) if inside else ("", 0)


def _load_one(path: Path, package: str) -> Strategy:
    key = path.stem.replace("_", "-")
    if not (path.stem.isidentifier() and KEY.fullmatch(key)):
        raise StrategyFileError(say(FileCode.BAD_NAME, name=path.name))
    data = read_data(path)
    code = path.with_suffix(".py")
    if not code.is_file():
        raise StrategyFileError(say(FileCode.NO_CODE_FILE, file=path.name, wanted=code.name))
    module = _import(code, package)
    return Strategy(
        key=key,
        title=data.title,
        variants=tuple(_variant(variant, module, code) for variant in data.variants),
        position=data.position,
        client_holds_back=data.client_holds_back,
        locks=data.locks,
        keys=data.keys,
        session_locks=data.session_locks,
        tables=_tables(module, code),
        sweep=getattr(module, "sweep", None),
        sources=data.sources,
    )


def _import(code: Path, package: str) -> ModuleType:
    try:
        return importlib.import_module(f"{package}.{code.stem}")
    except (Exception, SystemExit) as error:
        if package != PACKAGE:
            raise
        file, line = line_of(error, code.parent)
        what = f"{type(error).__name__}: {error.msg if isinstance(error, SyntaxError) else error}"
        raise StrategyFileError(say(FileCode.PYTHON, file=file or code.name, line=line, what=what)) from None


def _variant(data: VariantData, module: ModuleType, code: Path) -> Variant:
    return Variant(
        key=data.key,
        handle=_handler(data, module, code),
        sound=data.sound,
        needs=data.needs,
        engines=data.engines,
        refusals=data.refusals,
        leased=data.leased,
        claims=data.claims,
        prose=data.prose,
    )


def _handler(data: VariantData, module: ModuleType, code: Path) -> Handler:
    handler: Handler | None = getattr(module, data.function, None)
    if not inspect.isfunction(handler):
        raise StrategyFileError(say(FileCode.NO_FUNCTION, file=code.name, variant=data.key, function=data.function))
    try:
        inspect.signature(handler).bind(None, None)
    except TypeError:
        raise StrategyFileError(say(FileCode.WRONG_ARGUMENTS, file=code.name, function=data.function)) from None
    return handler


def _tables(module: ModuleType, code: Path) -> tuple[sa.Table, ...]:
    found = getattr(module, "TABLES", ())
    if not isinstance(found, tuple | list) or not all(isinstance(one, sa.Table) for one in found):
        raise StrategyFileError(say(FileCode.NO_TABLES, file=code.name))
    for table in found:
        names = [table.name, *(column.name for column in table.columns)]
        if bad := [name for name in names if not (name.isidentifier() and name.islower() and name.isascii())]:
            raise StrategyFileError(say(FileCode.TABLE_NAME, file=code.name, table=table.name, names=plain_list(bad)))
        if table.foreign_keys:
            raise StrategyFileError(say(FileCode.FOREIGN_KEY, file=code.name, table=table.name))
    return tuple(found)
