"""What is found, in the words of the reports and of the window."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from backend.comparison.cost_records import BUSY_SHARE, NOISE, Cost, Finding, Load
from backend.comparison.questions import SituationKey
from backend.comparison.records import FAILURES, CellState, ComparedCell, Comparison, Line, PartResult
from backend.comparison.says import CompareCode, head_of_situation, title_of_situation
from backend.comparison.terms import missed, state_term
from backend.model.sentence import ENGLISH, Sentence, plain, say, words
from backend.model.terms import answer_term, verdict_term
from backend.model.vocabulary import EngineKind, Verdict

GLYPHS = {
    Verdict.EXACTLY_ONCE: "\N{CHECK MARK}",
    Verdict.DUPLICATED: "\N{MULTIPLICATION SIGN}2",
    Verdict.LOST: "\N{EMPTY SET}",
    Verdict.STUCK: "\N{CIRCLED DIVISION SLASH}",
    Verdict.UNDECIDED: "?",
}
STATE_GLYPHS = {
    CellState.NOT_REACHED: "\N{WHITE CIRCLE}",
    CellState.DOES_NOT_APPLY: "\N{EN DASH}",
    CellState.NOT_MEASURED: "!",
    CellState.NEVER_RUN: "\N{HORIZONTAL ELLIPSIS}",
}
NOTHING = "\N{EN DASH}"
_ENGINES = {
    EngineKind.POSTGRESQL: plain("SQL"),
    EngineKind.MARIADB: plain("SQL"),
    EngineKind.SQLITE: plain("SQL"),
    EngineKind.STANDBY: plain("Standby"),
    EngineKind.REDIS: plain("Redis"),
    EngineKind.ZOOKEEPER: plain("ZooKeeper"),
    EngineKind.BROKER: say(CompareCode.ENGINE_BROKER),
    EngineKind.GATEWAY: say(CompareCode.ENGINE_GATEWAY),
}


def verdict_word(verdict: Verdict, language: str = ENGLISH) -> str:
    """A verdict in one or two words."""
    return words(verdict_term(verdict), language)


def task_term(kind: str) -> Sentence:
    """What is being measured."""
    return title_of_situation(SituationKey(kind)) if kind in set(SituationKey) else say(CompareCode.COST)


def cell_word(cell: ComparedCell | None, language: str = ENGLISH) -> str:
    """Glyph and word: the worst verdict and, where it is a failure, how many intents came to it; or the state."""
    if cell is None:
        return NOTHING
    if cell.worst is None:
        return f"{STATE_GLYPHS[cell.state]} {words(state_term(cell.state), language)}"
    word = f"{GLYPHS[cell.worst]} {verdict_word(cell.worst, language)}"
    if cell.worst in FAILURES:
        return f"{word} {cell.verdicts[cell.worst]}/{cell.intents}"
    return word


def cell_facts(cell: ComparedCell) -> tuple[Sentence, ...]:
    """All that is known of a cell."""
    match cell.state:
        case CellState.NOT_MEASURED:
            return (cell.failure,) if cell.failure else ()
        case CellState.DOES_NOT_APPLY:
            return (cell.exempt,) if cell.exempt else ()
        case CellState.NEVER_RUN:
            return (say(CompareCode.NEVER_RUN),)
        case CellState.NOT_REACHED:
            return (*_what_was_missed(cell), *cell.contradictions)
        case _:
            return (_measured(cell), *_points(cell), *_what_was_missed(cell), *cell.contradictions)


def why_not_reached(cell: ComparedCell) -> tuple[Sentence, ...]:
    """What was not seen, and how often it was tried; nothing for a cell in another state."""
    return tuple(_what_was_missed(cell)) if cell.state is CellState.NOT_REACHED else ()


def _measured(cell: ComparedCell) -> Sentence:
    return say(
        CompareCode.CELL,
        proven=cell.proven,
        intents=cell.intents,
        verdicts=_counted(cell.verdicts),
        effects=cell.effects,
        answers=tuple(
            say(CompareCode.COUNTED, count=count, word=answer_term(answer)) for answer, count in cell.answers.items()
        ),
    )


def _points(cell: ComparedCell) -> tuple[Sentence, ...]:
    points = tuple(_point(part) for part in cell.parts if part.part.title)
    return (say(CompareCode.POINTS, points=points),) if points else ()


def _point(part: PartResult) -> Sentence:
    title = part.part.title or plain("")
    term = verdict_term(part.worst) if part.reached and part.worst else state_term(CellState.NOT_REACHED)
    return say(CompareCode.POINT, title=title, word=term)


def _what_was_missed(cell: ComparedCell) -> list[Sentence]:
    said: list[Sentence] = []
    for part in cell.parts:
        if part.reached:
            continue
        why = missed(part.part.proof)
        said.append(say(CompareCode.POINT, title=part.part.title, word=why) if part.part.title else why)
        said.append(say(CompareCode.TRIES, tries=part.tries))
        said.append(say(CompareCode.ALL_THE_SAME, verdicts=_counted(part.verdicts)))
    return said


def _counted(verdicts: Mapping[Verdict, int]) -> tuple[Sentence, ...]:
    return tuple(
        say(CompareCode.COUNTED, count=count, word=verdict_term(verdict))
        for verdict, count in verdicts.items()
        if count
    )


def ratio_text(cost: Cost | None, language: str = ENGLISH) -> str:
    """Throughput against no protection, or why there is no such number."""
    match cost.finding if cost else Finding.NOT_MEASURED:
        case Finding.RATIO:
            return f"{cost.ratio:.2f}" if cost else NOTHING
        case Finding.NO_DIFFERENCE:
            return words(say(CompareCode.NO_DIFFERENCE), language)
        case Finding.BASELINE:
            return words(say(CompareCode.BASELINE), language)
        case Finding.NOISY:
            return words(say(CompareCode.NOISY), language)
        case _:
            return NOTHING


def cost_facts(cost: Cost) -> tuple[Sentence, ...]:
    """All that is known of a cost."""
    if cost.load is None or cost.baseline is None:
        return (cost.failure,) if cost.failure else ()
    if cost.finding is Finding.NOISY:
        return (*noise_facts(cost), say(CompareCode.ROUND_TRIPS, steps=_steps(cost.load)))
    facts = [_ratios(cost), *noise_facts(cost), _rates(cost.load, cost.baseline)]
    if cost.load.refused:
        facts.append(say(CompareCode.REFUSED, refused=cost.load.refused, submissions=cost.load.submissions))
    return (*facts, say(CompareCode.ROUND_TRIPS, steps=_steps(cost.load)))


def noise_facts(cost: Cost) -> tuple[Sentence, ...]:
    """How sure a cost is: what the baseline differs from itself, and what other programs took of the machine."""
    others = cost.others
    facts = [say(CompareCode.NO_RATIO)] if cost.finding is Finding.NOISY else []
    if others and cost.is_crowded:
        most = BUSY_SHARE * others.cores
        facts.append(
            say(
                CompareCode.TOO_CROWDED,
                before=others.before,
                during=others.during,
                cores=others.cores,
                most=most,
            )
        )
    if cost.spread > NOISE:
        facts.append(say(CompareCode.SPREAD_TOO_WIDE, spread=cost.spread, most=NOISE))
    else:
        facts.append(say(CompareCode.SPREAD, spread=cost.spread))
    if cost.left_out:
        facts.append(say(CompareCode.LEFT_OUT, count=cost.left_out))
    if others and not cost.is_crowded:
        facts.append(say(CompareCode.OTHERS, before=others.before, during=others.during, cores=others.cores))
    return tuple(facts)


def _ratios(cost: Cost) -> Sentence:
    return say(CompareCode.RATIOS, ratios=", ".join(f"{ratio:.2f}" for ratio in cost.ratios))


def _rates(load: Load, baseline: Load) -> Sentence:
    return say(
        CompareCode.RATES,
        rate=load.per_second,
        baseline_rate=baseline.per_second,
        p50=load.p50_ms,
        baseline_p50=baseline.p50_ms,
        p99=load.p99_ms,
        baseline_p99=baseline.p99_ms,
    )


def steps_text(cost: Cost | None, language: str = ENGLISH) -> str:
    """Round trips per submission, by engine."""
    if cost is None or cost.load is None:
        return NOTHING
    return " + ".join(words(each, language) for each in _steps(cost.load))


def _steps(load: Load) -> tuple[Sentence, ...]:
    return tuple(
        say(CompareCode.STEPS, steps=count, engine=_ENGINES.get(engine, plain(engine.value)))
        for engine, count in load.steps.items()
    )


def milliseconds(cost: Cost | None, percentile: str) -> str:
    """``p50_ms`` or ``p99_ms`` of the subject; nothing where the measurement is noisy."""
    if cost is None or cost.load is None or cost.finding is Finding.NOISY:
        return NOTHING
    return f"{getattr(cost.load, percentile):.1f}"


def rate_text(cost: Cost | None) -> str:
    """Submissions a second; nothing where the measurement is noisy."""
    if cost is None or cost.load is None or cost.finding is Finding.NOISY:
        return NOTHING
    return f"{cost.load.per_second:.0f}"


def where_and_when(comparison: Comparison) -> tuple[Sentence, ...]:
    """On which machine, when, with what."""
    around = comparison.surroundings
    measured = say(
        CompareCode.MEASURED_ON,
        began=time.strftime("%Y-%m-%d %H:%M", time.gmtime(around.began)),
        seconds=comparison.seconds,
        machine=around.machine,
        engines=", ".join(around.engines),
    )
    return (measured,) if comparison.complete else (measured, say(CompareCode.CANCELLED), *never_begun(comparison))


def never_begun(comparison: Comparison) -> tuple[Sentence, ...]:
    """What a comparison that was cancelled has not come to at all; nothing where it has come to every line."""
    names = comparison.never_begun
    return (say(CompareCode.NEVER_BEGUN, names=names),) if names else ()


def sentence_of(lines: Sequence[Line]) -> Sentence:
    """The finding in one sentence."""
    measured = [line for line in lines if line.was_run]
    return say(CompareCode.WHOLE, whole=sum(line.is_whole for line in measured), lines=len(measured))


def noisy(lines: Sequence[Line]) -> list[Line]:
    """The lines whose cost was too noisy for a ratio."""
    return [line for line in lines if line.cost and line.cost.finding is Finding.NOISY]


def title_of(line: Line) -> tuple[str, str]:
    """Of the table that a line belongs to: the operation and the database."""
    return line.subject.operation.value, line.subject.database.value


def title_text(title: tuple[str, str], language: str = ENGLISH) -> str:
    """The title of a table."""
    operation, database = title
    return words(say(CompareCode.TABLE, operation=operation, database=database), language)


def heads(keys: Sequence[SituationKey]) -> tuple[Sentence, ...]:
    """Situations, as heads of columns."""
    return tuple(map(head_of_situation, keys))
