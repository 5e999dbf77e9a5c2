"""The ranking: which variants fit what was answered, why, at which risk; and why the others do not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from backend.comparison.claims import admitted
from backend.comparison.guidance.questions import Arrival, Effect, Instances, Key, Needs
from backend.comparison.guidance.says import GuideCode
from backend.comparison.questions import SituationKey
from backend.explorer.question import Question
from backend.model.sentence import Sentence, say
from backend.model.vocabulary import GatewayKeys, OperationKey, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from backend.comparison.records import Line
    from backend.model.catalogue import Claims, Fit, StrategyInfo, VariantInfo

_AHEAD = 100
"""What puts a natural choice before every other one."""
_BEHIND = 200
_FORGETFUL = 15
"""What puts a choice behind the others of its kind, and still before every lock, where it forgets before a duplicate
comes: how long it remembers can be changed."""
_RISKS = {
    (SituationKey.CRASH, Verdict.LOST): GuideCode.RISK_CRASH_LOST,
    (SituationKey.CRASH, Verdict.DUPLICATED): GuideCode.RISK_CRASH_DUPLICATED,
    (SituationKey.LEASE, Verdict.DUPLICATED): GuideCode.RISK_LEASE_DUPLICATED,
    (SituationKey.FAILOVER, Verdict.DUPLICATED): GuideCode.RISK_FAILOVER_DUPLICATED,
}


@dataclass(frozen=True, slots=True)
class Risk:
    """A situation that a variant does not survive, although it is recommended."""

    situation: SituationKey
    verdict: Verdict
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Advice:
    """One place in the ranking."""

    operation: OperationKey
    strategy: str
    variant: str
    reasons: tuple[Sentence, ...]
    notes: tuple[Sentence, ...]
    risks: tuple[Risk, ...]
    arrival: Arrival = Arrival.FORM
    """Who submits."""
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
        if situations == {SituationKey.FAILOVER}:
            return replace(asked, failovers=1)
        return replace(asked, expiries=int(self.expires))


@dataclass(frozen=True, slots=True)
class Rejection:
    """A variant that does not fit, and why."""

    strategy: str
    variant: str
    reason: Sentence


@dataclass(frozen=True, slots=True)
class Guidance:
    """What comes of the answers."""

    ranking: tuple[Advice, ...]
    rejected: tuple[Rejection, ...]
    headline: Sentence | None = None
    """What holds whatever is chosen."""
    way_out: Needs | None = None
    """The answers with which something fits, where nothing does."""


def recommend(needs: Needs, strategies: Iterable[StrategyInfo]) -> Guidance:
    """Rank every variant that is sound, guards the operation, and has what it needs; say why of all others.

    Args:
        needs: what was answered.
        strategies: the catalogue, as `Lab.strategies` returns it.
    """
    ranked: list[tuple[int, Advice]] = []
    rejected: list[Rejection] = []
    for strategy in strategies:
        for variant in strategy.variants:
            fit = variant.claims.fit if variant.sound else None
            reason = _against(needs, variant, fit)
            if reason or fit is None:
                rejected.append(Rejection(strategy.key, variant.key, reason or variant.prose.breaks))
            else:
                ranked.append(_advice(needs, strategy.key, variant, fit))
    ranked.sort(key=lambda pair: pair[0])
    ranking = tuple(advice for _, advice in ranked)
    way_out = None if ranking else needs.answered("key", Key.CLIENT)
    return Guidance(ranking, tuple(rejected), _headline(needs, ranking), way_out)


def _headline(needs: Needs, ranking: Sequence[Advice]) -> Sentence | None:
    if not ranking:
        return say(GuideCode.NOTHING_FITS)
    outside = needs.effect is Effect.OUTSIDE and not needs.keys_honoured
    return say(GuideCode.OUTSIDE) if outside else None


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


def _against(needs: Needs, variant: VariantInfo, fit: Fit | None) -> Sentence | None:
    """Why a variant cannot be recommended; None if it can."""
    if needs.operation in variant.refusals:
        return variant.refusals[needs.operation]
    if fit is None:
        only_one = variant.claims.one_process and needs.instances is Instances.ONE
        return say(GuideCode.ONE_PROCESS) if only_one else variant.prose.breaks
    if fit.honoured and not needs.keys_honoured:
        return variant.prose.breaks
    if needs.arrival not in fit.arrivals:
        if fit.arrivals == {Arrival.QUEUE}:
            return say(GuideCode.NOT_A_QUEUE)
        return say(GuideCode.NOT_A_FORM) if fit.arrivals == {Arrival.FORM} else say(GuideCode.NO_VERSION)
    if fit.keys.isdisjoint(needs.recognised_by):
        return say(GuideCode.NO_CLIENT_KEY) if fit.keys == {Key.CLIENT} else say(GuideCode.NO_KEY)
    if fit.forgets(needs.again) and needs.key is not Key.CLIENT:
        return say(GuideCode.FORGETS)
    return None


# Why


def _advice(needs: Needs, strategy: str, variant: VariantInfo, fit: Fit) -> tuple[int, Advice]:
    """With its place in the ranking: the smaller, the earlier."""
    reasons = (fit.why, say(GuideCode.HONOURED)) if needs.keys_honoured else (fit.why,)
    risks = tuple(_risks(needs, variant.claims, fit))
    alone = fit.elsewhere and needs.instances is Instances.ONE
    notes = [fit.mind]
    if alone:
        notes.append(say(GuideCode.NO_OTHER_PROCESS))
    place = fit.place + _BEHIND * bool(risks) + _AHEAD * alone
    if fit.forgets(needs.again):
        place += _FORGETFUL
        notes.append(say(GuideCode.KEEP_KEYS))
    elif not fit.first_for.isdisjoint({needs.effect, needs.key, needs.arrival}):
        place -= _AHEAD
    return place, Advice(
        operation=needs.operation,
        strategy=strategy,
        variant=variant.key,
        reasons=reasons,
        notes=tuple(notes),
        risks=risks,
        arrival=needs.arrival,
        gateway_keys=needs.gateway_keys,
        expires=fit.elsewhere,
    )


def _risks(needs: Needs, claims: Claims, fit: Fit) -> Iterator[Risk]:
    """What comparisons admit of it, as far as the service outside does not make up for it."""
    known = sorted(admitted(claims, needs.operation), key=lambda one: (one is SituationKey.FAILOVER, one))
    for situation in known:  # what needs several servers comes last: whoever has one cannot get into it
        verdict = fit.crash if situation is SituationKey.CRASH else Verdict.DUPLICATED
        if not (needs.keys_honoured and verdict is Verdict.DUPLICATED):
            yield Risk(situation, verdict, say(_RISKS[situation, verdict]))
