"""Submit Twice: the command line. Without a command it opens the window."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from backend.comparison.records import SituationKey
from backend.errors import NotApplicableError, SubmitTwiceError, UnknownKeyError
from backend.faults import POSSIBLE
from backend.model import GatewayKeys, OperationKey, Source
from backend.options import LabOptions

DONE, COULD_NOT_RUN, WRONG_ARGUMENTS = 0, 1, 2
MOST_SUBMISSIONS = 1_000_000
MOST_INSTANCES = 4
MOST_REQUESTS = 3
WINDOW_NICENESS = 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command line; returns the exit code."""
    chosen = parser().parse_args(arguments)
    try:
        return int(chosen.carry_out(chosen))
    except (UnknownKeyError, NotApplicableError) as error:
        return complain(error, WRONG_ARGUMENTS)
    except (SubmitTwiceError, OSError) as error:
        return complain(error, COULD_NOT_RUN)
    except KeyboardInterrupt:
        return complain("Interrupted; nothing is left running.", COULD_NOT_RUN)


def complain(what: object, code: int) -> int:
    """Say in one line on standard error why it did not work."""
    print(f"submit-twice: {what}", file=sys.stderr)  # noqa: T201  the command line speaks
    return code


def parser() -> argparse.ArgumentParser:
    """The grammar of the command line."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--database", default="postgresql", help="postgresql, mariadb, sqlite, or the URL of a running server"
    )
    common.add_argument("--redis", help="URL of a running server that speaks the Redis protocol")
    common.add_argument("--zookeeper", metavar="HOSTS", help="running servers, as host:port,host:port")
    common.add_argument("--data-dir", type=Path, help="keep the data here instead of in a temporary directory")
    common.add_argument("--language", choices=["en", "zh_CN"], help="language of the window")
    top = argparse.ArgumentParser(prog="main.py", description=__doc__, parents=[common])
    top.set_defaults(carry_out=open_window)
    commands = top.add_subparsers(metavar="command")

    run = commands.add_parser("run", parents=[common], help="run one experiment and report it")
    run.set_defaults(carry_out=run_once)
    run.add_argument("--operation", required=True, choices=[key.value for key in OperationKey])
    run.add_argument("--strategy", required=True)
    run.add_argument("--variant", default="")
    run.add_argument(
        "--submissions", type=between(1, MOST_SUBMISSIONS), help="per intent (2; 1 where the source repeats it)"
    )
    run.add_argument("--intents", type=between(1, MOST_SUBMISSIONS), default=1)
    run.add_argument("--source", choices=[source.value for source in Source], default=Source.CLICKS.value)
    run.add_argument("--instances", type=between(1, MOST_INSTANCES), default=1)
    pace = run.add_mutually_exclusive_group()
    pace.add_argument("--interval", type=between(0, 60_000), metavar="MS", help="one submission every so often")
    pace.add_argument("--one-after-another", action="store_true", help="each waits for the answer of the one before")
    run.add_argument("--processing-delay", type=between(0, 60_000), default=0, metavar="MS")
    run.add_argument("--lease", type=between(1, 3_600_000), default=10_000, metavar="MS")
    add_gateway_keys(run)
    run.add_argument("--timeout", type=between(1, 600_000), default=30_000, metavar="MS", help="a caller waits (30000)")
    run.add_argument("--retries", type=between(0, 20), default=3, help="with --source retry (3)")
    run.add_argument(
        "--backoff", type=between(0, 60_000), default=100, metavar="MS", help="before the first retry; doubles (100)"
    )
    run.add_argument("--reload", action="store_true", help="each submission from a form opened anew, with a new token")
    run.add_argument("--edit", action="store_true", help="one piece more with each submission of a form")
    run.add_argument("--fault", action="append", default=[], help=f"may be repeated: {POSSIBLE}".replace("%", "%%"))
    run.add_argument("--json", metavar="FILE", help="write the report here; - is standard output")

    explore = commands.add_parser("explore", parents=[common], help="run every order in which duplicates can run")
    explore.set_defaults(carry_out=explore_or_replay)
    explore.add_argument("--operation", choices=[key.value for key in OperationKey])
    explore.add_argument("--strategy")
    explore.add_argument("--variant", default="")
    explore.add_argument("--requests", type=between(1, MOST_REQUESTS), default=2, help="duplicate requests (2)")
    explore.add_argument("--crashes", type=between(0, 3), default=0, help="crashes, each followed by a retry (0)")
    explore.add_argument("--expiries", type=between(0, 3), default=0, help="times that a lease runs out (0)")
    add_gateway_keys(explore)
    explore.add_argument("--limit", type=between(1, MOST_SUBMISSIONS), help="stop after so many schedules")
    explore.add_argument("--json", metavar="FILE", help="write what was found here; - is standard output")
    explore.add_argument("--save", metavar="FILE", help="write the counterexample's schedule here")
    explore.add_argument("--mermaid", metavar="FILE", help="write the counterexample as a Mermaid sequence diagram")
    explore.add_argument("--html", metavar="FILE", help="write the whole exploration as one HTML page")
    explore.add_argument("--replay", metavar="FILE", type=Path, help="play a saved schedule again")
    explore.add_argument("--all", action="store_true", help="ask about every variant and operation, as a grid")
    explore.add_argument("--seconds", type=between(1, 86_400), help="with --all: give a question up after so long")
    explore.add_argument("--save-survey", metavar="FILE", help="with --all: write the grid here")
    explore.add_argument("--compare-with", metavar="FILE", help="with --all: say what changed since this saved grid")

    compare = commands.add_parser("compare", parents=[common], help="compare the strategies under the same load")
    compare.set_defaults(carry_out=compare_strategies)
    add_comparison(compare)

    serve = commands.add_parser("serve", parents=[common], help="serve the HTTP API until interrupted")
    serve.set_defaults(carry_out=serve_until_interrupted)
    serve.add_argument("--instances", type=between(1, MOST_INSTANCES), default=1)
    serve.add_argument("--port", type=between(1, 65_535), help="port of the first instance")
    return top


def add_gateway_keys(command: argparse.ArgumentParser) -> None:
    """The knob of the gateway."""
    command.add_argument(
        "--gateway-keys",
        choices=[keys.value for keys in GatewayKeys],
        default=GatewayKeys.NONE.value,
        help="whether calls to the gateway carry an Idempotency-Key, and whether it honours them (none)",
    )


def add_comparison(command: argparse.ArgumentParser) -> None:
    """What to compare, and where to write it."""
    command.add_argument("--operation", action="append", choices=[key.value for key in OperationKey], help="repeatable")
    command.add_argument("--strategy", action="append", metavar="K[/VARIANT]", help="repeatable; all unless given")
    situations = [key.value for key in SituationKey]
    command.add_argument(
        "--situations", nargs="+", choices=situations, metavar="S", help=f"of {', '.join(situations)} (all)"
    )
    command.add_argument("--quick", action="store_true", help="fewer intents and fewer rounds")
    command.add_argument("--no-cost", action="store_true", help="leave out what it costs")
    for form in ("json", "markdown", "csv", "html"):
        command.add_argument(f"--{form}", metavar="FILE", help=f"write it as {form} here; - is standard output")


def between(least: int, most: int) -> Callable[[str], int]:
    """An argument type: whole numbers within bounds."""

    def whole_number(text: str) -> int:
        if not (text.lstrip("-").isdecimal() and least <= int(text) <= most):
            raise argparse.ArgumentTypeError(f"takes a whole number from {least} to {most}, not {text!r}")
        return int(text)

    return whole_number


def open_window(chosen: argparse.Namespace) -> int:
    """Open the window."""
    from gui.app import run_window

    return run_window(replace(lab_options(chosen), niceness=WINDOW_NICENESS), chosen.language)


def run_once(chosen: argparse.Namespace) -> int:
    """Run one experiment and report it."""
    from backend import headless  # the window is painted before the engines' drivers are imported

    headless.run_once(chosen, lab_options(chosen))
    return DONE


def explore_or_replay(chosen: argparse.Namespace) -> int:
    """Explore one question or all of them, or play a saved schedule again."""
    if chosen.all:
        from backend import headless_survey  # the window is painted before the engines' drivers are imported

        headless_survey.survey_once(chosen, lab_options(chosen))
        return DONE
    if chosen.seconds or chosen.save_survey or chosen.compare_with:
        return complain("--seconds, --save-survey and --compare-with go with explore --all.", WRONG_ARGUMENTS)
    if not chosen.replay and not (chosen.operation and chosen.strategy):
        return complain("explore needs --operation and --strategy, or --all, or --replay.", WRONG_ARGUMENTS)
    from backend import headless_explore  # as above

    if chosen.replay:
        headless_explore.replay_once(chosen.replay, lab_options(chosen))
    else:
        headless_explore.explore_once(chosen, lab_options(chosen))
    return DONE


def compare_strategies(chosen: argparse.Namespace) -> int:
    """Compare the strategies."""
    from backend import headless_compare  # as above

    headless_compare.compare_once(chosen, lab_options(chosen))
    return DONE


def serve_until_interrupted(chosen: argparse.Namespace) -> int:
    """Serve the HTTP API."""
    from backend import headless  # as above

    headless.serve_until_interrupted(lab_options(chosen))
    return DONE


def lab_options(chosen: argparse.Namespace) -> LabOptions:
    """The common arguments."""
    return LabOptions(
        database=chosen.database,
        redis=chosen.redis,
        zookeeper=chosen.zookeeper,
        data_dir=chosen.data_dir.resolve() if chosen.data_dir else None,
        instances=getattr(chosen, "instances", 1),
        port=getattr(chosen, "port", None),
    )


if __name__ == "__main__":
    sys.exit(main())
