"""The ranking: which variants fit what was answered, why, at which risk; and why the others do not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from backend.comparison.claims import admitted
from backend.comparison.questions import SituationKey
from backend.explorer.question import Question
from backend.guidance.questions import Arrival, Instances, Key, Needs
from backend.guidance.rules import RULES, Rule
from backend.model import GatewayKeys, OperationKey, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from backend.catalogue import StrategyInfo, VariantInfo
    from backend.comparison.records import Line

_AHEAD = 100
"""What puts a natural choice before every other one."""
_BEHIND = 200
ONE_PROCESS_ONLY = "local-lock/in-process"
_RISKS = {
    (
        SituationKey.CRASH,
        Verdict.LOST,
    ): "A crash between taking the token and the commit loses the intent, and the "
    "retry is told that it is a duplicate.",
    (SituationKey.CRASH, Verdict.DUPLICATED): "A crash between the call and the commit: the retry calls once more. No "
    "transaction covers what is outside.",
    (SituationKey.LEASE, Verdict.DUPLICATED): "When the work takes longer than the lease, two are inside and both act.",
}
NOTHING_FITS = (
    "Nothing that is sound fits: a duplicate that carries nothing to recognise it by cannot be told from a second "
    "intent. Have the client make up a key and send it with every attempt."
)


@dataclass(frozen=True, slots=True)
class Risk:
    """A situation that a variant does not survive, although it is recommended."""

    situation: SituationKey
    verdict: Verdict
    sentence: str


@dataclass(frozen=True, slots=True)
class Advice:
    """One place in the ranking."""

    operation: OperationKey
    strategy: str
    variant: str
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    risks: tuple[Risk, ...]
    gateway_keys: GatewayKeys = GatewayKeys.NONE
    expires: bool = False
    """Whether it holds a lock that can run out."""
    contradicted_by: tuple[SituationKey, ...] = ()
    """Situations in which a measured run came out badly, and that are not among the risks."""

    @property
    def name(self) -> str:
        """``strategy/variant``."""
        return f"{self.strategy}/{self.variant}"

    @property
    def question(self) -> Question:
        """What to ask the explorer: the risk if there is one, else every order of two requests."""
        situations = {risk.situation for risk in self.risks}
        asked = Question(self.operation, self.strategy, self.variant, gateway_keys=self.gateway_keys)
        if SituationKey.CRASH in situations:
            return replace(asked, requests=1, crashes=1, expiries=int(self.expires))
        return replace(asked, expiries=int(self.expires))


@dataclass(frozen=True, slots=True)
class Rejection:
    """A variant that does not fit, and why."""

    strategy: str
    variant: str
    reason: str


@dataclass(frozen=True, slots=True)
class Guidance:
    """What comes of the answers."""

    ranking: tuple[Advice, ...]
    rejected: tuple[Rejection, ...]


def recommend(needs: Needs, strategies: Iterable[StrategyInfo]) -> Guidance:
    """Rank every variant that is sound, guards the operation, and has what it needs; say why of all others.

    Args:
        needs: what was answered.
        strategies: the catalogue, as `Lab.strategies` returns it.
    """
    rules = {rule.name: rule for rule in RULES}
    ranked: list[tuple[int, Advice]] = []
    rejected: list[Rejection] = []
    for strategy in strategies:
        for variant in strategy.variants:
            name = f"{strategy.key}/{variant.key}"
            rule = rules.get(name) if variant.sound else None
            reason = _against(needs, name, variant, rule)
            if reason or rule is None:
                rejected.append(Rejection(strategy.key, variant.key, reason))
            else:
                ranked.append(_advice(needs, strategy.key, variant.key, rule))
    ranked.sort(key=lambda pair: pair[0])
    return Guidance(tuple(advice for _, advice in ranked), tuple(rejected))


def weigh(guidance: Guidance, lines: Iterable[Line]) -> Guidance:
    """Put last whatever a measured line contradicts.

    Args:
        guidance: the ranking.
        lines: of comparisons, with any subjects.
    """
    broken = {(line.subject.operation, line.subject.name): line.broken_by for line in lines}

    def look(advice: Advice) -> Advice:
        known = {risk.situation for risk in advice.risks}
        found = broken.get((advice.operation, advice.name), ())
        if advice.gateway_keys is not GatewayKeys.NONE:
            found = ()  # the comparison's gateway honours nothing: another situation
        return replace(advice, contradicted_by=tuple(key for key in found if key not in known))

    looked = [look(advice) for advice in guidance.ranking]
    return replace(guidance, ranking=tuple(sorted(looked, key=lambda advice: bool(advice.contradicted_by))))


def all_texts() -> Iterator[str]:
    """Every sentence that may be shown, for the translators."""
    for rule in RULES:
        yield from (rule.reason, rule.note)
    yield from _RISKS.values()
    yield from (NOTHING_FITS, _NO_KEY, _NO_CLIENT_KEY, _NOT_A_FORM, _NOT_A_QUEUE, _NO_VERSION)
    yield from (_ONE_PROCESS, _FORGETS, _HONOURED, _NO_OTHER_PROCESS)


# Why not

_NO_KEY = "It recognises a duplicate by a key, and there is none."
_NO_CLIENT_KEY = "It needs a key that the client makes up and sends with every attempt."
_NOT_A_FORM = "It needs a form that is fetched before it is submitted."
_NOT_A_QUEUE = "It marks messages of a queue, and there is none."
_NO_VERSION = "A message of a queue has seen no version."
_ONE_PROCESS = "It holds in one process only: the first deployment with two of them at a time lets duplicates in."
_FORGETS = "It forgets before the duplicate comes."


def _against(needs: Needs, name: str, variant: VariantInfo, rule: Rule | None) -> str:
    """Why a variant cannot be recommended; empty if it can."""
    if needs.operation in variant.refusals:
        return variant.refusals[needs.operation]
    if rule is None:
        only_one = name == ONE_PROCESS_ONLY and needs.instances is Instances.ONE
        return _ONE_PROCESS if only_one else variant.breaks
    if needs.arrival not in rule.arrivals:
        if rule.arrivals == {Arrival.QUEUE}:
            return _NOT_A_QUEUE
        return _NOT_A_FORM if rule.arrivals == {Arrival.FORM} else _NO_VERSION
    if rule.keys.isdisjoint(needs.recognised_by):
        return _NO_CLIENT_KEY if rule.keys == {Key.CLIENT} else _NO_KEY
    if rule.forgets(needs.again) and needs.key is not Key.CLIENT:
        return _FORGETS
    return ""


# Why

_NO_OTHER_PROCESS = "One process needs no lock at another server: the database is between its requests anyway."
_HONOURED = "The key goes on to the service outside, which recognises the second call."


def _advice(needs: Needs, strategy: str, variant: str, rule: Rule) -> tuple[int, Advice]:
    """With its place in the ranking: the smaller, the earlier."""
    reasons = (rule.reason, _HONOURED) if needs.keys_honoured else (rule.reason,)
    risks = tuple(_risks(needs, rule))
    alone = rule.elsewhere and needs.instances is Instances.ONE
    notes = (rule.note, _NO_OTHER_PROCESS) if alone else (rule.note,)
    place = rule.place + _BEHIND * bool(risks) + _AHEAD * alone
    if rule.forgets(needs.again):
        place += _AHEAD
    elif not rule.first_for.isdisjoint({needs.effect, needs.key, needs.arrival}):
        place -= _AHEAD
    return place, Advice(needs.operation, strategy, variant, reasons, notes, risks, needs.gateway_keys, rule.elsewhere)


def _risks(needs: Needs, rule: Rule) -> Iterator[Risk]:
    """What comparisons admit of it, as far as the service outside does not make up for it."""
    for situation in sorted(admitted(rule.name, needs.operation)):
        verdict = rule.crash if situation is SituationKey.CRASH else Verdict.DUPLICATED
        if not (needs.keys_honoured and verdict is Verdict.DUPLICATED):
            yield Risk(situation, verdict, _RISKS[situation, verdict])
