"""The values of options: read, or refused in one sentence that says what is possible."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from backend.files.printable import printable
from backend.model.errors import SubmitTwiceError
from backend.model.sentence import Code, Sentence, plain, plain_list, say
from backend.model.vocabulary import RetryCause

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

DATABASES = ("postgresql", "mariadb", "sqlite")
_HOST = re.compile(r"(?:[^\s:,/\[\]]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>\d{1,5}))?")
_MOST_PORTS = 65_535
_LONGEST_SHOWN = 64
_REDIS_OPTIONS = frozenset({"username", "password", "client_name", "protocol"})


class ArgumentCode(Code):
    """What is wrong with a command line."""

    NUMBER = "argument.number"
    NO_SUCH = "argument.no_such"
    NO_SUCH_NEAR = "argument.no_such_near"
    NO_OPTION = "argument.no_option"
    NO_OPTION_NEAR = "argument.no_option_near"
    SURPLUS = "argument.surplus"
    NEEDS = "argument.needs"
    NEEDS_VALUE = "argument.needs_value"
    TAKES_NO_VALUE = "argument.takes_no_value"
    EXCLUDES = "argument.excludes"
    GOES_WITH = "argument.goes_with"
    EMPTY = "argument.empty"
    NOT_TEXT = "argument.not_text"
    ONE_LINE = "argument.one_line"
    HOSTS = "argument.hosts"
    REDIS_URL = "argument.redis_url"
    REDIS_OPTION = "argument.redis_option"
    AFTER_COMMAND = "argument.after_command"
    EXPLORE_NEEDS = "argument.explore_needs"


class WrongArgumentsError(SubmitTwiceError):
    """The command line cannot be understood, or asks for what there is not."""


def between(option: str, least: int, most: int) -> Callable[[str], int]:
    """A whole number within bounds."""

    def whole_number(text: str) -> int:
        digits = text.removeprefix("-")
        if digits.isascii() and digits.isdecimal() and len(digits) <= len(str(most)) and least <= int(text) <= most:
            return int(text)
        raise WrongArgumentsError(say(ArgumentCode.NUMBER, option=option, least=least, most=most, given=shown(text)))

    return whole_number


def named(option: str) -> Callable[[str], str]:
    """A text that is not empty, such as the name of a file."""

    def text(given: str) -> str:
        if not given.strip():
            raise WrongArgumentsError(say(ArgumentCode.EMPTY, option=option))
        return given

    return text


def one_line(option: str, most: int) -> Callable[[str], str]:
    """What the form takes for a name: a text that is not empty, without control characters, nor too long."""

    def text(given: str) -> str:
        if not (named(option)(given).isprintable() and len(given) <= most):
            raise WrongArgumentsError(say(ArgumentCode.ONE_LINE, option=option, most=most, given=shown(given)))
        return given

    return text


def require_text(arguments: Iterable[str]) -> None:
    """Check that all arguments are text: whatever they name could not be written down, nor be told.

    Raises:
        WrongArgumentsError: one holds bytes that are no character; it is named with the option that it belongs to.
    """
    for before, argument in pairwise(("", *arguments)):
        try:
            argument.encode()
        except UnicodeEncodeError:
            given = f"{before} {argument}" if before.startswith("--") else argument
            raise WrongArgumentsError(say(ArgumentCode.NOT_TEXT, given=shown(given))) from None


def folder(option: str) -> Callable[[str], Path]:
    """A folder, as an absolute path."""

    def path(given: str) -> Path:
        from pathlib import Path

        return Path(named(option)(given)).absolute()

    return path


def database(given: str) -> str:
    """Keys of databases, with commas between them, or a URL."""
    for name in [given] if "://" in given else given.split(","):
        if name not in DATABASES and "://" not in name:
            raise WrongArgumentsError(no_such("--database", name, DATABASES, plain("URL")))
    return given


def retry_causes(given: str) -> frozenset[RetryCause]:
    """Causes with commas between them."""
    names = [name.strip() for name in given.split(",")]
    for name in names:
        if name not in set(RetryCause):
            raise WrongArgumentsError(no_such("--retry-on", name, RetryCause))
    return frozenset(map(RetryCause, names))


def redis_url(given: str) -> str:
    """A URL whose options the client knows. It is never shown: it may hold a password."""
    from urllib.parse import parse_qsl, urlsplit

    from redis.connection import URL_QUERY_ARGUMENT_PARSERS, parse_url

    try:
        parse_url(given)  # type: ignore[no-untyped-call]
        options = [name for name, _ in parse_qsl(urlsplit(given).query, keep_blank_values=True)]
    except (ValueError, TypeError):
        raise WrongArgumentsError(say(ArgumentCode.REDIS_URL)) from None
    for name in options:
        if name not in _REDIS_OPTIONS | URL_QUERY_ARGUMENT_PARSERS.keys() and not name.startswith("ssl_"):
            raise WrongArgumentsError(say(ArgumentCode.REDIS_OPTION, given=shown(name)))
    return given


def hosts(given: str) -> str:
    """``host:port,host:port``, with a path behind them if need be."""
    for host in given.partition("/")[0].split(","):
        found = _HOST.fullmatch(host)
        if not found or not 0 < int(found["port"] or 1) <= _MOST_PORTS:
            raise WrongArgumentsError(say(ArgumentCode.HOSTS, given=shown(given)))
    return given


def require_strategy(strategy: str, variant: str = "") -> None:
    """Check that there are such a strategy and such a variant of it, before anything is started.

    Raises:
        WrongArgumentsError: there are not; the sentence says which one may have been meant.
    """
    from backend.strategies import all_strategies

    variants = {known.key: [each.key for each in known.variants] for known in all_strategies()}
    if strategy not in variants:
        raise WrongArgumentsError(no_such("--strategy", strategy, variants))
    if variant and variant not in variants[strategy]:
        raise WrongArgumentsError(no_such(f"--strategy {strategy} --variant", variant, variants[strategy]))


def no_such(option: str, given: str, possible: Iterable[str], *others: Sentence) -> Sentence:
    """There is no such key: which one may have been meant, or which there are."""
    keys = tuple(possible)
    if near := nearest(given, keys):
        return say(ArgumentCode.NO_SUCH_NEAR, option=option, given=shown(given), near=near)
    return say(ArgumentCode.NO_SUCH, option=option, given=shown(given), possible=(*plain_list(keys), *others))


def nearest(given: str, possible: Iterable[str]) -> str:
    """What somebody may have meant who wrote this; empty where nothing is like it."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(given.lower(), list(possible), n=1, cutoff=0.6)), "")


def shown(text: str) -> str:
    """A value as it is repeated to whoever gave it: on one line, and not for pages."""
    line = printable(" ".join(text.split()))
    return line if len(line) <= _LONGEST_SHOWN else f"{line[: _LONGEST_SHOWN - 1]}…"
