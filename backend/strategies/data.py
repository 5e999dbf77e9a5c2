"""The data file of a strategy: what there is to know of it, and what is said of it, in TOML.

Everything is checked, and the first thing that is wrong becomes one sentence with the file, the table and the key. A
text is either one string, or a table with one string a language.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from backend.model.catalogue import Again, Arrival, Claims, Effect, Fit, Key, Prose, SituationKey
from backend.model.errors import StrategyFileError
from backend.model.sentence import ENGLISH, LANGUAGES, Sentence, in_languages, plain, plain_list, say
from backend.model.vocabulary import EngineKind, OperationKey, Verdict
from backend.strategies.base import ALL_OPERATIONS, Need
from backend.strategies.says import FileCode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

KEY = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
"""What the keys of strategies and variants look like."""
_LAST = 1000
"""Place in lists of a strategy that names none: behind the others."""
_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class VariantData:
    """What the data file says of a variant."""

    key: str
    function: str
    """Name of the function that is it."""
    sound: bool
    needs: frozenset[Need]
    engines: frozenset[EngineKind]
    refusals: Mapping[OperationKey, Sentence]
    leased: bool
    claims: Claims
    prose: Prose


@dataclass(frozen=True, slots=True)
class StrategyData:
    """What the data file says of a strategy."""

    title: Sentence
    position: int
    client_holds_back: bool
    locks: frozenset[str]
    keys: frozenset[str]
    session_locks: frozenset[str]
    sources: tuple[str, ...]
    variants: tuple[VariantData, ...]


def read_data(path: Path) -> StrategyData:
    """Read the data file of a strategy.

    Raises:
        StrategyFileError: it cannot be read, or something in it is not what it should be.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StrategyFileError(say(FileCode.UNREADABLE, file=path.name, why=str(error.strerror or error))) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StrategyFileError(say(FileCode.NOT_TOML, file=path.name, why=str(error))) from None
    with _Table(path.name, "", content) as table:
        table.string("mark", "")  # as `table` below: for the README alone, see resources.update_readme
        variants = table.table("variants")
        data = StrategyData(
            title=table.text("title"),
            position=table.number("position", _LAST),
            client_holds_back=table.flag("client-holds-back", default=False),
            locks=frozenset(table.strings("locks")),
            keys=frozenset(table.strings("keys")),
            session_locks=frozenset(table.strings("session-locks")),
            sources=tuple(table.strings("sources")),
            variants=tuple(_variant(key, variants.table(key)) for key in variants.content),
        )
    if not data.variants:
        raise StrategyFileError(say(FileCode.NO_VARIANT, file=path.name))
    return data


def _variant(key: str, table: _Table) -> VariantData:
    if not KEY.fullmatch(key):
        raise StrategyFileError(say(FileCode.BAD_NAME, name=key))
    with table:
        table.table("table")
        refusals = _refusals(table.table("refuses"))
        needs = table.choices("needs", Need)
        if len(needs) > 1:
            raise table.error(FileCode.TOO_MANY_NEEDS)
        if refusals.keys() >= ALL_OPERATIONS:
            raise table.error(FileCode.GUARDS_NOTHING)
        return VariantData(
            key=key,
            function=table.string("function", key.replace("-", "_")),
            sound=table.flag("sound"),
            needs=needs,
            engines=table.choices("engines", EngineKind),
            refusals=refusals,
            leased=table.flag("leased", default=False),
            claims=_claims(table),
            prose=_prose(table),
        )


def _prose(table: _Table) -> Prose:
    return Prose(
        title=table.text("title"),
        summary=table.text("summary"),
        guarantees=table.text("guarantees"),
        breaks=table.text("breaks"),
        choose_when=table.text("choose-when"),
    )


def _claims(table: _Table) -> Claims:
    return Claims(
        admits=table.choices("admits", SituationKey),
        needs_overlap=table.flag("needs-overlap", default=False),
        misinforms=table.flag("misinforms", default=False),
        needs_exception=table.flag("needs-exception", default=False),
        spared_by=table.choices("spared-by", EngineKind),
        one_process=table.flag("one-process", default=False),
        fit=_fit(table.table("advice")) if "advice" in table.content else None,
    )


def _refusals(table: _Table) -> Mapping[OperationKey, Sentence]:
    return {table.choice(key, key, OperationKey): table.text(key) for key in table.content}


def _fit(table: _Table) -> Fit:
    with table:
        return Fit(
            place=table.number("place"),
            why=table.text("why"),
            mind=table.text("mind"),
            keys=table.choices("keys", Key) or frozenset({Key.NATURAL, Key.CLIENT}),
            arrivals=table.choices("arrivals", Arrival) or frozenset(Arrival),
            first_for=frozenset(_answers(table)),
            remembers=table.choice("remembers", table.string("remembers", Again.DAYS), Again),
            honoured=table.flag("keys-honoured", default=False),
            elsewhere=table.flag("elsewhere", default=False),
            crash=table.choice("crash", table.string("crash", Verdict.DUPLICATED), Verdict),
        )


def _answers(table: _Table) -> Iterator[Effect | Key | Arrival]:
    known: dict[str, Effect | Key | Arrival] = {one.value: one for kind in (Effect, Key, Arrival) for one in kind}
    for given in table.strings("first-for"):
        if given not in known:
            raise table.unknown("first-for", given, known)
        yield known[given]


class _Table:
    """A table of the file. As a context manager it sees to it that nothing in it was overlooked.

    Args:
        file: its name.
        name: of the table, with those around it; empty for the whole file.
        content: as read.
    """

    def __init__(self, file: str, name: str, content: Mapping[str, Any]) -> None:
        self._file = file
        self._name = name
        self.content = content
        self._asked: set[str] = set()

    def __enter__(self) -> _Table:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        surplus = self.content.keys() - self._asked
        if kind is None and surplus:
            known = plain_list(sorted(self._asked))
            raise self.error(FileCode.UNKNOWN_KEY, key=min(surplus), known=known)

    def error(self, code: FileCode, **parts: str | Sentence | tuple[Sentence, ...]) -> StrategyFileError:
        """Something is wrong with this table."""
        where = say(FileCode.IN_TABLE, table=self._name) if self._name else plain("")
        return StrategyFileError(say(code, file=self._file, where=where, **parts))

    def unknown(self, key: str, given: str, known: Mapping[str, object]) -> StrategyFileError:
        """A word that nobody knows."""
        return self.error(FileCode.UNKNOWN_VALUE, key=key, given=given, known=plain_list(known))

    def table(self, key: str) -> _Table:
        """A table in this one; an empty one where it is not there."""
        found = self._get(key, dict, FileCode.A_TABLE, {})
        return _Table(self._file, f"{self._name}.{key}".removeprefix("."), found)

    def text(self, key: str) -> Sentence:
        """A text that a person reads."""
        found = self._get(key, (str, dict), FileCode.A_TEXT)
        if isinstance(found, str):
            return plain(found)
        texts = {language: found[language] for language in LANGUAGES if language in found}
        if ENGLISH not in texts or texts.keys() != found.keys() or not all(isinstance(t, str) for t in texts.values()):
            raise self._wrong(key, FileCode.A_TRANSLATED_TEXT)
        return in_languages(texts)

    def string(self, key: str, default: str) -> str:
        """A word that no person reads."""
        return str(self._get(key, str, FileCode.A_TEXT, default))

    def number(self, key: str, default: int | None = None) -> int:
        """A whole number."""
        found = self._get(key, int, FileCode.A_NUMBER, default)
        if isinstance(found, bool):
            raise self._wrong(key, FileCode.A_NUMBER)
        return int(found)

    def flag(self, key: str, *, default: bool | None = None) -> bool:
        """True or false."""
        return bool(self._get(key, bool, FileCode.A_FLAG, default))

    def strings(self, key: str) -> list[str]:
        """A list of words; empty where it is not there."""
        found = self._get(key, list, FileCode.A_LIST, [])
        if not all(isinstance(one, str) for one in found):
            raise self._wrong(key, FileCode.A_LIST)
        return list(found)

    def choice(self, key: str, given: str, kind: type[_Choice]) -> _Choice:
        """One word of those that there are."""
        try:
            return kind(given)
        except ValueError:
            raise self.unknown(key, given, {one.value: one for one in kind}) from None

    def choices(self, key: str, kind: type[_Choice]) -> frozenset[_Choice]:
        """Several of them; none where there is no such list."""
        return frozenset(self.choice(key, given, kind) for given in self.strings(key))

    def _get(self, key: str, kind: type | tuple[type, ...], wanted: FileCode, default: object = None) -> Any:  # noqa: ANN401
        self._asked.add(key)
        if key not in self.content:
            if default is None:
                raise self.error(FileCode.MISSING_KEY, key=key)
            return default
        if not isinstance(self.content[key], kind):
            raise self._wrong(key, wanted)
        return self.content[key]

    def _wrong(self, key: str, wanted: FileCode) -> StrategyFileError:
        return self.error(FileCode.WRONG_TYPE, key=key, wanted=say(wanted))
