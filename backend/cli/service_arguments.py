"""The options of the commands about somebody's own service. It imports nothing that takes its time."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

ABOUT_SERVICE = "write or check the file that describes your own service"
FILE_NAME = "submit-twice.toml"
MOST_INTENTS = 10_000
MOST_SUBMISSIONS = 100
SITUATIONS = ("clicks", "one-after-another", "retry", "lost-reply", "redelivery", "crash")


def add_check(check: argparse.ArgumentParser) -> None:
    """Those of `check`."""
    check.add_argument("file", type=Path, metavar="FILE", help="the service's file, such as submit-twice.toml")
    check.add_argument(
        "--situations", nargs="+", choices=SITUATIONS, metavar="S", help=f"of {', '.join(SITUATIONS)} (all)"
    )
    _add_number(check, "--intents", MOST_INTENTS, 10, "in each situation (10)")
    _add_number(check, "--submissions", MOST_SUBMISSIONS, 5, "of each intent at the same moment (5)")
    _add_number(check, "--timeout", 600_000, 10_000, "client time-out in ms (10000)")
    _add_number(check, "--afterwards", 600_000, 5_000, "of silence in ms before all effects are read once more (5000)")
    check.add_argument(
        "--fault", action="append", default=[], metavar="FAULT", help="at a step on the wire: crash@sql:COMMIT:before"
    )
    check.add_argument(
        "--allow-host", action="append", default=[], metavar="HOST", help="a host other than this one may be tested"
    )
    for form in ("json", "markdown", "html", "junit"):
        check.add_argument(f"--{form}", metavar="FILE", help=f"write it as {form} here; - is standard output")


def add_service(
    actions: argparse._SubParsersAction[Any],
) -> tuple[argparse.ArgumentParser, ...]:
    """The actions of `service`."""
    new = actions.add_parser("new", help="write a file, from a curl command or from questions")
    new.add_argument("--curl", default="", metavar="LINE", help="the request, as a curl command")
    new.add_argument("--service-command", default="", metavar="LINE", help="with --curl: what starts the service")
    check = actions.add_parser("check-file", help="say what is wrong with a file")
    for action in (new, check):
        action.add_argument("file", type=Path, nargs="?", default=Path(FILE_NAME), metavar="FILE")
    return new, check


def _add_number(command: argparse.ArgumentParser, name: str, most: int, default: int, about: str) -> None:
    from backend.cli.argument_types import between

    command.add_argument(name, type=between(name, 1, most), default=default, metavar="N", help=about)
