"""The command `explore --all`: every variant with every operation it guards, as a grid."""

from __future__ import annotations

import json
import textwrap
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from tqdm import tqdm

from backend import strategies
from backend.cli.own_engines import own_engines
from backend.explorer import survey_files
from backend.explorer.on_own_engines import others_ahead, survey_on, survey_on_cluster, workers_for_all
from backend.explorer.survey import CellState, Scope, Survey, SurveyCell, SurveyProgress, survey_document
from backend.explorer.survey_changes import Change, compare
from backend.explorer.survey_says import SurveyCode, read, state_term, survey_finding
from backend.explorer.surveyor import entries
from backend.files.output import OutputFiles
from backend.model.errors import EngineError, UnknownKeyError
from backend.model.sentence import ENGLISH, plain, say, words
from backend.model.terms import verdict_term
from backend.model.vocabulary import GatewayKeys, OperationKey

if TYPE_CHECKING:
    import argparse
    import threading
    from collections.abc import Iterator, Sequence

    from backend.explorer.survey import Combination
    from backend.model.options import LabOptions
    from backend.model.sentence import Sentence

_CHANGED = " *"
_WIDTH = 118
_WIDE = frozenset("WF")
_LEGEND = (
    SurveyCode.LEGEND_ONCE,
    SurveyCode.LEGEND_WORST,
    SurveyCode.LEGEND_NOT_FINISHED,
    SurveyCode.LEGEND_DECLARED,
)


def survey_once(chosen: argparse.Namespace, options: LabOptions, interrupted: threading.Event) -> None:
    """Ask everything and report it. An interrupt ends it with what was found so far.

    Raises:
        SubmitTwiceError: the earlier survey cannot be compared with, or an engine is away.
    """
    keys = GatewayKeys(chosen.gateway_keys)
    scope = Scope(
        chosen.requests, chosen.crashes, chosen.expiries, keys, chosen.limit, chosen.seconds, chosen.failovers
    )
    pairs = chosen_pairs(chosen)
    earlier = _earlier(chosen, scope, pairs)
    files = OutputFiles({"json": chosen.json, "survey": chosen.save_survey})
    language = chosen.language or ENGLISH
    with _Bar(language) as bar:
        found = _found(scope, pairs, bar, chosen, options, interrupted)
    changes = None if earlier is None else compare(earlier, found)
    files.write("survey", lambda: survey_files.to_json(found))
    files.write("json", lambda: json.dumps(_document(found, changes, language), ensure_ascii=False) + "\n")
    files.tell(report_lines(found, changes, language))
    if found.stopped:
        raise EngineError(read(found.why_stopped, found.stopped))


def _found(
    scope: Scope,
    pairs: frozenset[Combination] | None,
    bar: _Bar,
    chosen: argparse.Namespace,
    options: LabOptions,
    interrupted: threading.Event,
) -> Survey:
    told = bar.show, bar.count, interrupted
    if chosen.cluster:
        return survey_on_cluster(chosen.cluster, scope, *told, options=options, pairs=pairs)
    workers = chosen.workers or workers_for_all()
    with others_ahead(workers, interrupted, options) as crew, own_engines(options, interrupted) as engines:
        return survey_on(engines, scope, *told, options=options, workers=workers, pairs=pairs, crew=crew)


def _earlier(chosen: argparse.Namespace, scope: Scope, pairs: frozenset[Combination] | None) -> Survey | None:
    """What to compare with, as far as it is about these pairs."""
    if not chosen.compare_with:
        return None
    earlier = survey_files.load(Path(chosen.compare_with))
    compare(earlier, Survey(scope))  # it complains before the work rather than after it
    return replace(earlier, cells=tuple(cell for cell in earlier.cells if pairs is None or cell.pair in pairs))


def chosen_pairs(chosen: argparse.Namespace) -> frozenset[Combination] | None:
    """The pairs that the arguments narrow the grid to; None for all of it.

    Raises:
        UnknownKeyError: there is no such strategy or variant.
    """
    if chosen.variant and not chosen.strategy:
        raise UnknownKeyError(say(SurveyCode.NEEDS_STRATEGY))
    if chosen.strategy:
        strategies.find(chosen.strategy, chosen.variant)
    return frozenset(
        entry.pair
        for entry in entries()
        if chosen.operation in {None, entry.pair[0].value}
        and chosen.strategy in {None, entry.pair[1]}
        and chosen.variant in {"", entry.pair[2]}
    )


class _Bar:
    """Questions done, schedules so far and the time left, on a terminal; nothing in a pipe."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._bar = tqdm(
            unit=words(say(SurveyCode.QUESTIONS), language),
            disable=None,
            bar_format="{desc} {bar} {n_fmt}/{total_fmt} {postfix}",
        )

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def show(self, progress: SurveyProgress) -> None:
        """A question is under way."""
        self._bar.total = progress.questions
        self._bar.set_description_str("/".join(progress.pair), refresh=False)
        known = progress.seconds_left is not None
        left = say(SurveyCode.BAR_LEFT, seconds=progress.seconds_left or 0.0) if known else plain("")
        numbers = say(SurveyCode.BAR, now=progress.schedules, all=progress.schedules_in_all, left=left)
        self._bar.set_postfix_str(words(numbers, self._language))

    def count(self, cell: SurveyCell) -> None:
        """A question is done."""
        self._bar.update(cell.state not in {CellState.NOT_GUARDED, CellState.NOT_ASKED})


def _document(found: Survey, changes: Sequence[Change] | None, language: str) -> dict[str, object]:
    document = survey_document(found)
    if changes is not None:
        document["changes"] = [_change_document(change, language) for change in changes]
    return document


def _change_document(change: Change, language: str) -> dict[str, str]:
    operation, strategy, variant = change.pair
    return {
        "operation": operation.value,
        "strategy": strategy,
        "variant": variant,
        "change": change.kind.value,
        "sentence": words(change.sentence, language),
    }


def report_lines(found: Survey, changes: Sequence[Change] | None = None, language: str = ENGLISH) -> Iterator[str]:
    """The grid and everything worth saying about it, for a terminal or a mail."""
    changed = frozenset(change.pair for change in changes or ())
    yield from _grid(found, changed, language)
    yield ""
    yield from (words(sentence, language) for sentence in survey_finding(found))
    yield from (words(say(code), language) for code in _LEGEND)
    unrefuted = [cell for cell in found.cells if cell.unrefuted]
    yield from _remarks(words(say(SurveyCode.HEADING_CONTRADICTIONS), language), found.contradictions)
    yield from _remarks(words(say(SurveyCode.HEADING_UNREFUTED), language), unrefuted)
    for state, code in (
        (CellState.FAILED, SurveyCode.HEADING_FAILED),
        (CellState.NOT_GUARDED, SurveyCode.HEADING_NOT_GUARDED),
    ):
        yield from _reasons(code, [cell for cell in found.cells if cell.state is state], language)
    if changes is not None:
        heading = say(SurveyCode.HEADING_CHANGES, count=len(changes)) if changes else say(SurveyCode.NO_CHANGES)
        yield words(heading, language)
        for change in changes:
            yield f"  {_name(change.pair)}: {words(change.sentence, language)}"


def _remarks(heading: str, cells: Sequence[SurveyCell]) -> Iterator[str]:
    if cells:
        yield heading
        yield from _names(cells)


def _reasons(code: SurveyCode, cells: Sequence[SurveyCell], language: str) -> Iterator[str]:
    """Each reason once, and below it what it is said of."""
    of_reason: dict[Sentence, list[SurveyCell]] = {}
    for cell in cells:
        of_reason.setdefault(read(cell.why, cell.sentence), []).append(cell)
    for reason, said_of in of_reason.items():
        yield words(say(code, why=reason), language)
        yield from _names(said_of)


def _names(cells: Sequence[SurveyCell]) -> Iterator[str]:
    of_variant: dict[tuple[str, str], list[str]] = {}
    for cell in cells:
        of_variant.setdefault((cell.strategy, cell.variant), []).append(cell.operation.value)
    names = "; ".join(f"{'/'.join(variant)} ({', '.join(found)})" for variant, found in of_variant.items())
    yield from textwrap.wrap(names, _WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)


def _name(pair: Combination) -> str:
    operation, strategy, variant = pair
    return f"{strategy}/{variant}, {operation}"


def _grid(found: Survey, changed: frozenset[Combination], language: str) -> Iterator[str]:
    operations = [key for key in OperationKey if any(cell.operation is key for cell in found.cells)]
    rows: dict[tuple[str, str], dict[OperationKey, SurveyCell]] = {}
    for cell in found.cells:
        rows.setdefault((cell.strategy, cell.variant), {})[cell.operation] = cell
    table = [["", *(key.value for key in operations)]]
    for (strategy, variant), cells in rows.items():
        sound = next(iter(cells.values())).sound
        texts = [cell_text(cells[key], changed, language) if key in cells else "" for key in operations]
        declared = words(say(SurveyCode.SHORT_SAFE if sound else SurveyCode.SHORT_BROKEN), language)
        table.append([f"{strategy}/{variant} ({declared})", *texts])
    widths = [max(_columns(row[column]) for row in table) for column in range(len(table[0]))]
    for row in table:
        padded = (text + " " * (width - _columns(text)) for text, width in zip(row, widths, strict=True))
        yield "  ".join(padded).rstrip()


def _columns(text: str) -> int:
    """How wide a terminal shows a text: Chinese characters take two columns."""
    return sum(2 if east_asian_width(character) in _WIDE else 1 for character in text)


def cell_text(cell: SurveyCell, changed: frozenset[Combination] = frozenset(), language: str = ENGLISH) -> str:
    """A cell in words: the worst that can happen, and in how many interleavings."""
    mark = _CHANGED if cell.pair in changed else ""
    if cell.state is not CellState.COUNTEREXAMPLE or cell.worst is None:
        count = f" {cell.schedules}" if cell.schedules else ""
        word = "-" if cell.state is CellState.NOT_GUARDED else words(state_term(cell.state), language)
        return f"{word}{count}{mark}"
    more = "" if cell.exhaustive else "+"
    shout = "!! " if cell.contradicts else ""
    verdict = words(verdict_term(cell.worst), language)
    return f"{shout}{verdict} {cell.outcomes[cell.worst]}/{cell.schedules}{more}{mark}"
