"""The options of the commands about what is kept. It imports nothing that takes its time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.cli.argument_types import between, named

if TYPE_CHECKING:
    import argparse

ABOUT_OPEN = "open the window with a saved run, exploration, comparison or check"
ABOUT_REPLAY = "do what a saved file has again, and say whether the verdict is the same"
ABOUT_HISTORY = "list what the window has kept of this session and earlier ones"
MOST_LISTED = 1_000_000


def add_file(command: argparse.ArgumentParser) -> None:
    """That of `open`."""
    from pathlib import Path

    command.add_argument("file", type=Path, metavar="FILE", help="a file that ends in .submit-twice")


def add_replay(replay: argparse.ArgumentParser) -> None:
    """Those of `replay`."""
    add_file(replay)
    about = "where it is about your own service: the file that describes it here"
    replay.add_argument("--service", type=named("--service"), metavar="FILE", help=about)


def add_history(history: argparse.ArgumentParser) -> None:
    """Those of `history`."""
    history.add_argument("--search", default="", metavar="WORDS", help="only what has all of these words")
    about = "most entries, the newest first (20)"
    history.add_argument("--limit", type=between("--limit", 1, MOST_LISTED), default=20, metavar="N", help=about)
    history.add_argument("--empty", action="store_true", help="forget all of it")
    about = "write the list here as JSON; - is standard output"
    history.add_argument("--json", type=named("--json"), metavar="FILE", help=about)


def add_save_record(command: argparse.ArgumentParser) -> None:
    """That of commands whose work can be kept."""
    about = "keep it in a file that ends in .submit-twice, to be opened or replayed"
    command.add_argument("--save-record", type=named("--save-record"), metavar="FILE", help=about)
