"""What went wrong for other people, by public reports: how it is found, what shows it, and what proves it.

The data is in ``incidents.toml`` beside this file; its head says how to add one.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backend.comparison.exhibits import find_exhibit
from backend.explorer.question import Question
from backend.model.errors import UnknownKeyError
from backend.model.sentence import LANGUAGES, Code, in_languages, plain_list, say, words
from backend.model.vocabulary import Answer, Replication, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backend.comparison.exhibit import Exhibit
    from backend.model.sentence import Sentence

_DATA = Path(__file__).with_suffix(".toml")
_LONGEST_KEY = 64
_JOINTS = re.compile("[-_]")


class IncidentCode(Code):
    """What is said of incidents."""

    UNKNOWN = "incident.unknown"
    NONE_FOUND = "incident.none_found"
    REPORTS = "incident.reports"
    NO_REPORTS = "incident.no_reports"
    CURE = "incident.cure"
    WITHOUT = "incident.without"
    WITH = "incident.with"
    TOLD = "incident.told"
    EXPLORED = "incident.explored"
    ON_MARIADB = "incident.on_mariadb"


class UnknownIncidentError(UnknownKeyError):
    """No incident has this key."""

    def __init__(self, key: str) -> None:
        known = plain_list(incident.key for incident in all_incidents())
        super().__init__(say(IncidentCode.UNKNOWN, key=key[:_LONGEST_KEY], known=known))


@dataclass(frozen=True, slots=True)
class Incident:
    """One of them, with two runs of one situation and two questions."""

    key: str
    title: Sentence
    story: Sentence
    """What happened."""
    cure: Sentence
    """What helps."""
    search_words: tuple[str, ...]
    """Besides the texts, what somebody looks for who has read such a report."""
    reports: tuple[str, ...]
    """Project and number of each."""
    damage: Exhibit
    cured: Exhibit
    proof: Question
    """What the explorer is asked about the damage."""
    proof_of_cure: Question
    finds: Verdict
    """The worst verdict that it comes to there."""
    tells: Answer | None
    """What a caller is told wrongly where the rows are right; None where the rows are wrong."""
    on_mariadb: Sentence | None
    """How MariaDB differs; None where nothing is to be said of it."""
    there: Verdict
    """What the damage comes to on MariaDB, as it is set up unless somebody sets it otherwise."""

    def matches(self, query: str) -> bool:
        """Whether each word of a query stands somewhere in it, in any language; ``acks_late`` is two words."""
        told = (self.title, self.story, self.cure, *([self.on_mariadb] if self.on_mariadb else []))
        texts = (words(text, language) for text in told for language in LANGUAGES)
        everything = _plain(" ".join((self.key, *texts, *self.search_words, *self.reports)))
        return all(word in everything for word in _plain(query).split())


def _plain(text: str) -> str:
    """A text without what people spell in different ways: capitals, hyphens, underscores."""
    return _JOINTS.sub(" ", text).casefold()


def find_incidents(query: str = "") -> tuple[Incident, ...]:
    """The incidents that match; all of them where nothing is asked for."""
    return tuple(incident for incident in all_incidents() if incident.matches(query))


def incident_of(key: str) -> Incident:
    """The incident of this key.

    Raises:
        UnknownIncidentError: there is none.
    """
    found = next((incident for incident in all_incidents() if incident.key == key), None)
    if found is None:
        raise UnknownIncidentError(key)
    return found


@cache
def all_incidents() -> tuple[Incident, ...]:
    """All of them, in the order of the file."""
    content = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    return tuple(_incident(key, table) for key, table in content.items())


def _incident(key: str, table: Mapping[str, Any]) -> Incident:
    damage, cured = find_exhibit(table["damage"]), find_exhibit(table["cure-run"])
    return Incident(
        key=key,
        title=in_languages(table["title"]),
        story=in_languages(table["story"]),
        cure=in_languages(table["cure"]),
        search_words=tuple(table["words"]),
        reports=tuple(table["reports"]),
        damage=damage,
        cured=cured,
        proof=_question(damage, table.get("proof", {})),
        proof_of_cure=_question(cured, table.get("proof-of-cure", {})),
        finds=Verdict(table["finds"]),
        tells=Answer(table["tells"]) if "tells" in table else None,
        on_mariadb=say(IncidentCode.ON_MARIADB, how=in_languages(table["on-mariadb"]))
        if "on-mariadb" in table
        else None,
        there=Verdict(table.get("there", table["finds"])),
    )


def _question(exhibit: Exhibit, asked: Mapping[str, int]) -> Question:
    setup = exhibit.setup
    return Question(
        exhibit.operation,
        setup.strategy,
        setup.variant,
        requests=asked.get("requests", 2),
        crashes=asked.get("crashes", 0),
        expiries=asked.get("expiries", 0),
        failovers=asked.get("failovers", 0),
        errors=asked.get("errors", 0),
        database_failovers=asked.get("database-failovers", 0),
        replication=setup.replication if asked.get("database-failovers") else Replication.ASYNCHRONOUS,
        gateway_keys=setup.gateway_keys,
    )
