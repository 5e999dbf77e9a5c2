"""The worst command lines and environments: each ends in one sentence and an exit code, without anything left behind.

A row says what is typed into a shell (``$M`` is the program), the exit code, and what the sentence must name.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import pytest

from main import main
from tests.backend.engines.helpers import command_of, lives, wait_until
from tests.places import short_place
from tests.tables import exhaustive_but, never, values

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell")

PROJECT = Path(__file__).parents[1]
ORDER = "run --operation place-order --strategy none"
EXPLORE = "explore --operation place-order --strategy none"

REFUSED = [
    # what is missing or misspelt
    ("$M walk", "walk"),
    ("$M rn", "did you mean “run”"),
    ("$M run", "--operation, --strategy"),
    ("$M run --operation place-order", "--strategy"),
    ("$M run --operation place-oder --strategy none", "did you mean “place-order”"),
    ("$M run --operation place-order --strategy uniqe-index", "did you mean “unique-index”"),
    ("$M run --operation place-order --strategy token --variant delete-frist", "did you mean “delete-first”"),
    ("$M run --operation place-order --strategy ''", "--strategy"),
    ("$M explore --operation place-order --strategy tokn", "did you mean “token”"),
    ("$M explore --operation place-order", "--strategy"),
    ("$M explore --seconds 4", "--all"),
    ("$M compare --strategy inbox/same-transactoin --quick", "did you mean “same-transaction”"),
    ("$M compare --situations click", "did you mean “clicks”"),
    (f"$M {ORDER} --submission 3", "did you mean --submissions"),
    (f"$M {ORDER} --sub 3", "--sub"),
    (f"$M {ORDER} and more", "and"),
    (f"$M {ORDER} --source click", "did you mean “clicks”"),
    (f"$M --databse sqlite {ORDER}", "did you mean --database"),
    (f"$M --submissions 3 {ORDER}", "behind the command"),
    ("$M --submissions 3", "behind the command"),
    ("$M --language tlh", "tlh"),
    ("$M serve --language tlh", "tlh"),
    (f"$M {ORDER} --variant", "--variant"),
    (f"$M {ORDER} --json", "--json"),
    (f"$M {ORDER} --reload=yes", "--reload"),
    (f"$M {ORDER} --interval 5 --one-after-another", "exclude"),
    (f"$M {ORDER} --interval 0 --one-after-another", "exclude"),
    ("$M run --operation fly --strategy none", "fly"),
    ("$M run --operation place-order --strategy nothing", "nothing"),
    ("$M run --operation place-order --strategy pessimistic-lock", "does not guard an INSERT"),
    (f"$M {ORDER} --variant nothing", "nothing"),
    (f"$M {ORDER} --item 'a\x07b'", "64 printable characters, not “a\\x07b”"),
    (f"$M {ORDER} --item 'a\nb'", "64 printable characters"),
    (f"$M {ORDER} --item {'x' * 65}", "64 printable characters"),
    (f"$M {ORDER} --item 'a\udcffb'", "“--item a\\udcffb” is not valid text"),
    ("$M history --search '\udcff'", "“--search \\udcff” is not valid text"),
    # numbers
    (f"$M {ORDER} --submissions 0", "from 1 to 1000000"),
    (f"$M {ORDER} --submissions -3", "from 1 to 1000000"),
    (f"$M {ORDER} --submissions many", "from 1 to 1000000"),
    (f"$M {ORDER} --submissions --5", "--submissions"),
    (f"$M {ORDER} --submissions ''", "from 1 to 1000000"),
    (f"$M {ORDER} --submissions ²", "from 1 to 1000000"),
    (f"$M {ORDER} --submissions ٣", "from 1 to 1000000"),
    (f"$M {ORDER} --submissions 1e9", "from 1 to 1000000"),
    (f"$M {ORDER} --submissions {'9' * 5_000}", "from 1 to 1000000"),
    (f"$M {ORDER} --intents $'1\\n2'", "from 1 to 1000000"),
    (f"$M {ORDER} --intents 0", "from 1 to 1000000"),
    (f"$M {ORDER} --instances 5", "from 1 to 4"),
    (f"$M {ORDER} --limit-seconds 0", "from 1 to 86400"),
    ("$M serve --port 65536", "from 1 to 65535"),
    ("$M serve --port 0", "from 1 to 65535"),
    # engines and folders
    (f"$M {ORDER} --database nonsense", "nonsense"),
    (f"$M --database postgres {ORDER}", "did you mean “postgresql”"),
    (f"$M {ORDER} --database ''", "--database"),
    (f"$M {ORDER} --redis pass-word", "--redis"),
    (f"$M {ORDER} --redis ''", "--redis"),
    (f"$M {ORDER} --redis 'redis://127.0.0.1:1?bogus=1'", "bogus"),
    (f"$M {ORDER} --redis redis://127.0.0.1:pass-word", "--redis"),
    (f"$M {ORDER} --zookeeper h:p", "h:p"),
    (f"$M {ORDER} --zookeeper h:99999", "h:99999"),
    (f"$M {ORDER} --zookeeper h:1,,", "h:1,,"),
    (f"$M {ORDER} --data-dir ''", "--data-dir"),
    (f"$M --data-dir= {ORDER}", "--data-dir"),
    (f"$M {ORDER} --json ''", "--json"),
    # faults
    (f"$M {ORDER} --fault explode", "explode"),
    (f"$M {ORDER} --fault crash", "needs a place"),
    (f"$M {ORDER} --fault kill@redis=999999", "needs a time"),
    (f"$M {ORDER} --fault $'a\\nb'", "a b"),
    # texts that are not text
    (f"$M {ORDER} --variant $'\\xff'", "--variant"),
    ("PYTHONIOENCODING=ascii $M run --operation 下单", "--operation"),
    ("PYTHONIOENCODING=ascii $M --language zh_CN run --operation x", "--operation"),
    ("LC_ALL=C $M run --operation é", "--operation"),
    ("$M run --operation x <&- >&-", "--operation"),
]
COULD_NOT = [
    (f"$M {ORDER} --database postgresql://me:pass-word@127.0.0.1:1/x", "127.0.0.1:1"),
    (f"$M {ORDER} --database postgresql://me:pass-word@127.0.0.1:notaport/x", "cannot be understood"),
    (f"touch file; $M {ORDER} --data-dir file", "not a directory"),
    (f"touch file; $M {ORDER} --data-dir file/below", "not a directory"),
    (f"$M {ORDER} --redis redis://:pass-word@127.0.0.1:1/0", "127.0.0.1:1"),
    (f"$M {ORDER} --json no/such/folder/x.json", "no/such/folder"),
    (f"$M {ORDER} --json .", "folder"),
    (f"$M {ORDER} --json - >&-", "closed"),
    ("$M serve >&-", "closed"),
    (f"ulimit -v 92000; $M {ORDER}", "memory"),
    (f"ulimit -n 8; $M {ORDER}", "open files"),
    (f"ulimit -f 0; $M {ORDER}", ""),
    (f"{{ $M {EXPLORE}; echo $? >code; }} >/dev/full; exit $(cat code)", "standard output"),
    ("{ $M history; echo $? >code; } >/dev/full; exit $(cat code)", "standard output"),
    (f"{{ $M {ORDER}; echo $? >code; }} | true; exit $(cat code)", "standard output"),
    (f"{{ $M {EXPLORE}; echo $? >code; }} | true; exit $(cat code)", "standard output"),
    (f"{{ $M {ORDER} --json -; echo $? >code; }} | true; exit $(cat code)", "standard output"),
]
DONE = [
    f"PYTHONIOENCODING=ascii $M --language zh_CN {ORDER} --fault 'delay@reply=1'",
    f"LC_ALL=C $M --language zh_CN {ORDER}",
    f"$M {ORDER} <&-",
    f"$M {ORDER} <&- 2>&-",
    f"$M {ORDER} <&- >&- 2>&-",
    f"$M {EXPLORE} >&-",
    f"PYTHONIOENCODING=ascii $M {EXPLORE}",
    f"$M {ORDER} --json out.json >&-",
    f"$M {ORDER} 2>/dev/full",
    "$M --help",
]
SOME_DONE = (DONE[0], f"$M {ORDER} <&- >&- 2>&-", "$M --help")
RARE = (
    "$M serve >&-",
    f"ulimit -n 8; $M {ORDER}",
    f"$M {ORDER} --database postgresql://me:pass-word@127.0.0.1:notaport/x",
    f"$M {ORDER} --json no/such/folder/x.json",
    f"touch file; $M {ORDER} --data-dir file/below",
    f"$M {ORDER} --json .",
    f"ulimit -f 0; $M {ORDER}",
    f"$M {ORDER} --redis redis://:pass-word@127.0.0.1:1/0",
    f"{{ $M {EXPLORE}; echo $? >code; }} >/dev/full; exit $(cat code)",
    f"{{ $M {ORDER}; echo $? >code; }} | true; exit $(cat code)",
    f"{{ $M {ORDER} --json -; echo $? >code; }} | true; exit $(cat code)",
)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for all that the command leaves: short, and open to the user that the servers run as."""
    with TemporaryDirectory(prefix="st", dir=short_place()) as name:
        Path(name).chmod(0o755)
        yield Path(name)


class Shell:
    """A shell with a command line under way."""

    def __init__(self, folder: Path, line: str) -> None:
        program = shlex.join([sys.executable, str(PROJECT / "main.py")])
        self.folder = folder
        self.process = subprocess.Popen(
            ["/bin/bash", "-c", line.replace("$M", program)],
            cwd=folder,
            env=os.environ | {"TMPDIR": str(folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def ends(self, seconds: float = 60) -> tuple[int, str, str]:
        """Exit code, standard output, standard error."""
        try:
            out, err = self.process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise
        return self.process.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace")

    def left(self) -> list[str]:
        """Folders that were to go, and processes that work in its folder."""
        alive = [command_of(one) for one in psutil.process_iter() if lives(one) and _is_of(one, str(self.folder))]
        return [*self._folders(), *alive]

    def _folders(self) -> list[str]:
        return [str(path) for path in self.folder.glob("submit-twice-*")]

    def nothing_left(self, seconds: float = 30.0) -> bool:
        """Looks for folders first: to ask every process of the machine what it has open takes much longer."""
        return wait_until(lambda: not (self._folders() or self.left()), seconds)


def _is_of(process: psutil.Process, folder: str) -> bool:
    """Whether it names the folder anywhere, or writes its log there: servers get an environment without TMPDIR."""
    try:
        files = (file.path for file in process.open_files())
        named = (*process.cmdline(), *process.environ().values(), process.cwd(), *files)
    except psutil.Error:
        return False
    return any(folder in text for text in named)


ALONE, SHELLED = (
    [(line, why) for line, why in REFUSED if bool(re.search(r"\$'|^\w+=|[<>]&", line)) is shelled]
    for shelled in (False, True)
)


def is_one_line_about(why: str, said: str) -> bool:
    """Whether this is one sentence of ours that names what is wrong and nothing that is secret."""
    alone = said.startswith("submit-twice: ") and said.count("\n") == 1
    return alone and why in said and "Traceback" not in said and "pass-word" not in said


@pytest.mark.parametrize(("line", "why"), ALONE, ids=[line[-48:] for line, _ in ALONE])
def test_what_cannot_be_understood_is_refused_in_one_line(
    line: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """In this process, since nothing of a process of its own is asked for; the next test has one."""
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(line)[1:]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert is_one_line_about(why, err), err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("line", "why"), [ALONE[0], *SHELLED], ids=[line[-48:] for line, _ in [ALONE[0], *SHELLED]])
def test_so_it_is_in_any_environment(folder: Path, line: str, why: str) -> None:
    code, out, err = Shell(folder, line).ends()
    assert (code, out) == (2, "")
    assert is_one_line_about(why, err), err
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("line", "why"), exhaustive_but(COULD_NOT, never(*RARE)), ids=[line[-48:] for line, _ in COULD_NOT]
)
def test_what_could_not_be_done_is_said_in_one_line(folder: Path, line: str, why: str) -> None:
    shell = Shell(folder, line)
    code, out, err = shell.ends()
    assert (code, out) == (1, "")
    assert is_one_line_about(why, err), err
    assert shell.nothing_left(), shell.left()


@pytest.mark.parametrize("line", exhaustive_but(DONE, values(*SOME_DONE)), ids=[line[-48:] for line in DONE])
def test_what_can_be_done_is_done_in_any_environment(folder: Path, line: str) -> None:
    shell = Shell(folder, line)
    code, out, err = shell.ends()
    assert (code, err) == (0, "")
    assert "Traceback" not in out
    assert shell.nothing_left(), shell.left()


FEW = "ulimit -u 12; exec $M"
"""What few processes allow depends on how far a start comes, never on how it is told."""


@pytest.mark.skipif(shutil.which("setpriv") is None or os.geteuid() != 0, reason="needs root to become somebody else")
@pytest.mark.parametrize(
    "command",
    exhaustive_but([EXPLORE, "serve", "compare --strategy none --quick --html report.html", ORDER], values(ORDER)),
)
def test_too_few_processes_are_told_in_one_sentence(folder: Path, command: str) -> None:
    """As a user without other processes, since root has no such limit; it may read what root may."""
    folder.chmod(0o777)
    rights = "+dac_override,+dac_read_search"
    somebody = f"setpriv --reuid games --clear-groups --inh-caps {rights} --ambient-caps {rights} env HOME={folder}"
    shell = Shell(folder, f"exec {somebody} bash -c '{FEW} {command}'")
    code, out, err = shell.ends(120)
    assert (code, out) == (1, "")
    assert len(err.splitlines()) == 1
    assert err.startswith("submit-twice: "), err
    assert "removing contents" not in err
    assert shell.nothing_left(), shell.left()
