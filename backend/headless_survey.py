"""The command `explore --all`: every variant with every operation it guards, as a grid."""

from __future__ import annotations

import json
import textwrap
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from backend import strategies
from backend.bare_engines import bare_engines
from backend.errors import EngineError, UnknownKeyError
from backend.explorer import survey_files
from backend.explorer.explore import Explorer
from backend.explorer.survey import Cell, Scope, State, Survey, SurveyProgress, survey_document
from backend.explorer.survey_changes import Change, compare
from backend.explorer.surveyor import entries, survey
from backend.model import GatewayKeys, OperationKey, Verdict
from backend.output_files import OutputFiles, speak

if TYPE_CHECKING:
    import argparse
    import threading
    from collections.abc import Iterator, Sequence

    from backend.explorer.survey import Pair
    from backend.options import LabOptions

_MARKS = {
    State.PROVEN: "proven",
    State.NOT_FINISHED: "not finished",
    State.NOT_ASKED: "not asked",
    State.NOT_GUARDED: "-",
    State.FAILED: "failed",
}
_CHANGED = " *"
_WIDTH = 118
_LEGEND = (
    "proven 6: it takes effect exactly once in each of the 6 orders there are.",
    "lost 4/90: it is lost in 4 of 90 orders, and nothing worse can happen; 4/90+ while not all orders ran.",
    "not finished 90: 90 orders ran, all of them well, and there are more.",
    "(sound), (broken): what a variant is declared to be. !! marks harm done by one that is declared sound.",
)


def survey_once(chosen: argparse.Namespace, options: LabOptions, interrupted: threading.Event) -> None:
    """Ask everything and report it. An interrupt ends it with what was found so far.

    Raises:
        SubmitTwiceError: the earlier survey cannot be compared with, or an engine is away.
    """
    keys = GatewayKeys(chosen.gateway_keys)
    scope = Scope(chosen.requests, chosen.crashes, chosen.expiries, keys, chosen.limit, chosen.seconds)
    pairs = chosen_pairs(chosen)
    earlier = _earlier(chosen, scope, pairs)
    files = OutputFiles({"json": chosen.json, "survey": chosen.save_survey})
    with bare_engines(options) as engines, _Bar() as bar:
        found = survey(
            scope,
            partial(Explorer, engines.database, engines.redis, engines.gateway, engines.zookeeper),
            on_progress=bar.show,
            on_cell=bar.count,
            cancelled=interrupted,
            asked=entries(pairs, engines.missing),
        )
    if files.wants("survey"):
        survey_files.save(found, Path(chosen.save_survey))
    _report(found, None if earlier is None else compare(earlier, found), files)
    if found.stopped:
        raise EngineError(found.stopped)


def _earlier(chosen: argparse.Namespace, scope: Scope, pairs: frozenset[Pair] | None) -> Survey | None:
    """What to compare with, as far as it is about these pairs."""
    if not chosen.compare_with:
        return None
    earlier = survey_files.load(Path(chosen.compare_with))
    compare(earlier, Survey(scope))  # it complains before the work rather than after it
    return replace(earlier, cells=tuple(cell for cell in earlier.cells if pairs is None or cell.pair in pairs))


def chosen_pairs(chosen: argparse.Namespace) -> frozenset[Pair] | None:
    """The pairs that the arguments narrow the grid to; None for all of it.

    Raises:
        UnknownKeyError: there is no such strategy or variant.
    """
    if chosen.variant and not chosen.strategy:
        raise UnknownKeyError("--variant needs its --strategy.")
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

    def __init__(self) -> None:
        self._bar = tqdm(unit=" questions", disable=None, bar_format="{desc} {bar} {n_fmt}/{total_fmt} {postfix}")

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def show(self, progress: SurveyProgress) -> None:
        """A question is under way."""
        self._bar.total = progress.questions
        self._bar.set_description_str("/".join(progress.pair), refresh=False)
        left = "" if progress.seconds_left is None else f", about {progress.seconds_left:.0f} s left"
        self._bar.set_postfix_str(f"{progress.schedules:,} of {progress.schedules_in_all:,} schedules{left}")

    def count(self, cell: Cell) -> None:
        """A question is done."""
        self._bar.update(cell.state not in {State.NOT_GUARDED, State.NOT_ASKED})


def _report(found: Survey, changes: Sequence[Change] | None, files: OutputFiles) -> None:
    document = survey_document(found)
    if changes is not None:
        document["changes"] = [_change_document(change) for change in changes]
    files.write("json", json.dumps(document, ensure_ascii=False) + "\n")
    if not files.takes_standard_output:
        speak(report_lines(found, changes))


def _change_document(change: Change) -> dict[str, str]:
    operation, strategy, variant = change.pair
    return {
        "operation": operation.value,
        "strategy": strategy,
        "variant": variant,
        "change": change.kind.value,
        "sentence": change.sentence,
    }


def report_lines(found: Survey, changes: Sequence[Change] | None = None) -> Iterator[str]:
    """The grid and everything worth saying about it, for a terminal or a mail."""
    changed = frozenset(change.pair for change in changes or ())
    yield from _grid(found, changed)
    yield ""
    yield found.sentence
    yield from found.notes
    yield from _LEGEND
    yield from _remarks("Declared sound, and yet", found.contradictions)
    yield from _remarks("Declared broken, and holds here", [cell for cell in found.cells if cell.unrefuted])
    for state, heading in ((State.FAILED, "Could not be explored"), (State.NOT_GUARDED, "Not guarded (-)")):
        yield from _reasons(heading, [cell for cell in found.cells if cell.state is state])
    if changes is not None:
        yield f"Changes since the earlier survey ({_CHANGED.strip()}): {len(changes) or 'none'}"
        for change in changes:
            yield f"  {_name(change.pair)}: {change.sentence}"


def _remarks(heading: str, cells: Sequence[Cell]) -> Iterator[str]:
    if cells:
        yield f"{heading}:"
        yield from _names(cells)


def _reasons(heading: str, cells: Sequence[Cell]) -> Iterator[str]:
    """Each sentence once, and below it what it is said of."""
    of_sentence: dict[str, list[Cell]] = {}
    for cell in cells:
        of_sentence.setdefault(cell.sentence, []).append(cell)
    for sentence, said_of in of_sentence.items():
        yield f"{heading}: {sentence}"
        yield from _names(said_of)


def _names(cells: Sequence[Cell]) -> Iterator[str]:
    of_variant: dict[tuple[str, str], list[str]] = {}
    for cell in cells:
        of_variant.setdefault((cell.strategy, cell.variant), []).append(cell.operation.value)
    names = "; ".join(f"{'/'.join(variant)} ({', '.join(found)})" for variant, found in of_variant.items())
    yield from textwrap.wrap(names, _WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)


def _name(pair: Pair) -> str:
    operation, strategy, variant = pair
    return f"{strategy}/{variant}, {operation}"


def _grid(found: Survey, changed: frozenset[Pair]) -> Iterator[str]:
    operations = [key for key in OperationKey if any(cell.operation is key for cell in found.cells)]
    rows: dict[tuple[str, str], dict[OperationKey, Cell]] = {}
    for cell in found.cells:
        rows.setdefault((cell.strategy, cell.variant), {})[cell.operation] = cell
    table = [["", *(key.value for key in operations)]]
    for (strategy, variant), cells in rows.items():
        sound = next(iter(cells.values())).sound
        texts = [cell_text(cells[key], changed) if key in cells else "" for key in operations]
        table.append([f"{strategy}/{variant} ({'sound' if sound else 'broken'})", *texts])
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    for row in table:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()


def cell_text(cell: Cell, changed: frozenset[Pair] = frozenset()) -> str:
    """A cell in words: the worst that can happen, and in how many orders."""
    mark = _CHANGED if cell.pair in changed else ""
    if cell.state is not State.COUNTEREXAMPLE or cell.worst is None:
        count = f" {cell.schedules}" if cell.schedules else ""
        return f"{_MARKS[cell.state]}{count}{mark}"
    more = "" if cell.exhaustive else "+"
    shout = "!! " if cell.contradicts else ""
    return f"{shout}{_WORDS[cell.worst]} {cell.outcomes[cell.worst]}/{cell.schedules}{more}{mark}"


_WORDS = {verdict: verdict.value.replace("_", " ") for verdict in Verdict}
