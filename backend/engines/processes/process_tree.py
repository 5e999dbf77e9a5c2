"""Signals to a process and everything that it started.

A signal to the process group is not enough: PostgreSQL gives every backend a session of its own, so stopping the
group stops the postmaster and leaves its backends answering. Standard library only: the supervisor process, which
must start quickly, uses this file without the rest of the project.
"""

import os
import select
import signal
import time
from collections.abc import Iterator


def children(pid: int) -> list[int]:
    """The living children of a process; zombies are left out."""
    return [process for process, parent in _processes() if parent == pid]


def descendants(*pids: int) -> list[int]:
    """All living descendants of some processes, parents before their children; zombies are left out."""
    families: dict[int, list[int]] = {}
    for process, parent in _processes():
        families.setdefault(parent, []).append(process)
    found: list[int] = []
    level = list(pids)
    while level:
        level = [child for parent in level for child in families.get(parent, ())]
        found += level
    return found


def signal_tree(pid: int, number: int) -> None:
    """Send a signal to a process and all its descendants, parents first.

    The tree is looked at again until it shows nobody new, since it may have grown meanwhile. Before a SIGKILL the
    tree is stopped: nobody can fork away then. 0 is no process.
    """
    if pid <= 0:  # of which all others descend
        return
    reached: set[int] = set()
    first = signal.SIGSTOP if number == signal.SIGKILL else number
    while True:
        new = [process for process in (pid, *descendants(pid)) if process not in reached]
        if not new:
            break
        for process in new:
            send_signal(process, first)
        reached.update(new)
    if first != number:
        for process in reached:
            send_signal(process, number)


def send_signal(pid: int, number: int) -> None:
    """Send a signal; a process that is gone already is no error, and 0 is none."""
    if pid <= 0:  # to the system our own group, or everybody
        return
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def is_stopped(pid: int) -> bool:
    """Whether a process does nothing more after a SIGSTOP, or is gone."""
    if os.path.isdir("/proc/self"):  # noqa: PTH112
        return _stat(pid)[:1] in ([], [b"T"], [b"Z"])
    import subprocess

    argv = ["/bin/ps", "-o", "stat=", "-p", str(pid)]
    state = subprocess.run(argv, capture_output=True, text=True, check=False).stdout.strip()
    return state[:1] in {"", "T", "Z"}


def any_paused(*pids: int) -> bool:
    """Whether one of these processes or of their descendants is stopped: by a signal, or by who traces it."""
    family = [*pids, *descendants(*pids)]
    if os.path.isdir("/proc/self"):  # noqa: PTH112
        return any(_stat(pid)[:1] in ([b"T"], [b"t"]) for pid in family)
    import subprocess

    argv = ["/bin/ps", "-o", "stat=", "-p", ",".join(map(str, family))]
    states = subprocess.run(argv, capture_output=True, text=True, check=False).stdout.split()
    return any(state.startswith("T") for state in states)


def with_output_below(folder: str) -> list[int]:
    """Processes whose standard output or standard error is a file in `folder`. Linux only; elsewhere none."""
    names = os.listdir("/proc") if os.path.isdir("/proc/self") else []  # noqa: PTH112, PTH208
    return [
        int(name)
        for name in names
        if name.isdigit() and any(_target(f"/proc/{name}/fd/{number}").startswith(f"{folder}/") for number in (1, 2))
    ]


def effort_of(pid: int) -> tuple[float, int]:
    """What a process and its living descendants have done: seconds of computing, and bytes of input and output.

    The bytes are known on Linux only, and not of every process; elsewhere they are 0.
    """
    if not os.path.isdir("/proc/self"):  # noqa: PTH112
        return _seconds_by_ps(pid), 0
    found = [(_seconds(process), _transferred(process)) for process in (pid, *descendants(pid))]
    return sum(seconds for seconds, _ in found), sum(transferred for _, transferred in found)


def _seconds(pid: int) -> float:
    """Also of children that have ended."""
    return sum(map(int, _stat(pid)[11:15])) / os.sysconf("SC_CLK_TCK")


def _transferred(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/io", "rb") as file:  # noqa: PTH123
            return sum(int(line.split()[1]) for line in file if line.startswith((b"rchar", b"wchar")))
    except OSError:
        return 0  # somebody else's process


def _seconds_by_ps(pid: int) -> float:
    import subprocess

    argv = ["/bin/ps", "-o", "time=", "-p", ",".join(map(str, (pid, *descendants(pid))))]
    listing = subprocess.run(argv, capture_output=True, text=True, check=False)
    return sum(map(_seconds_of_text, listing.stdout.split()))


def _seconds_of_text(text: str) -> float:
    """Seconds of ``[[days-]hours:]minutes:seconds``."""
    days, _, rest = text.rpartition("-")
    seconds = 0.0
    for part in rest.split(":"):
        seconds = seconds * 60 + float(part)
    return seconds + int(days or 0) * 86_400


def _target(link: str) -> str:
    try:
        return os.readlink(link)  # noqa: PTH115
    except OSError:
        return ""


def _processes() -> Iterator[tuple[int, int]]:
    """Process and parent ids of all living processes."""
    if not os.path.isdir("/proc/self"):  # noqa: PTH112 - pathlib would triple the start of the supervisor
        yield from _processes_by_ps()
        return
    for name in os.listdir("/proc"):  # noqa: PTH208
        if name.isdigit() and (fields := _stat(int(name))) and fields[0] != b"Z":
            yield int(name), int(fields[1])


def _processes_by_ps() -> Iterator[tuple[int, int]]:
    import subprocess

    listing = subprocess.run(["/bin/ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=False)
    for line in listing.stdout.splitlines():
        fields = line.split()
        if len(fields) > 2 and not fields[2].startswith("Z"):
            yield int(fields[0]), int(fields[1])


def _stat(pid: int) -> list[bytes]:
    """What Linux says of a process, from its state and its parent on; nothing of one that is not there.

    The command's name, which is left out, stands in parentheses and may itself hold spaces and parentheses. The file is
    read without an object of Python for it: of all processes, which may be hundreds, that takes half as long.
    """
    try:
        file = os.open(f"/proc/{pid}/stat", os.O_RDONLY)
        try:
            return os.read(file, 4096).rpartition(b")")[2].split()
        finally:
            os.close(file)
    except OSError:
        return []


def is_dead(pid: int) -> bool:
    """Whether a process does nothing any more, though nobody may have fetched its exit code yet. Linux only."""
    return _stat(pid)[:1] in ([], [b"Z"])


def parent_of(pid: int) -> int:
    """The parent of a process; 0 where it is not known. Linux only."""
    fields = _stat(pid)
    return int(fields[1]) if fields else 0


def kill_hard(pid: int) -> None:
    """Kill a process that is not our child, its descendants and its group; wait up to a second for its end.

    0 is no process.
    """
    if pid <= 0:
        return
    signal_tree(pid, signal.SIGKILL)
    try:  # noqa: SIM105  without an import
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    end = time.monotonic() + 1.0
    while time.monotonic() < end and not is_dead(pid):
        select.select([], [], [], 0.005)
