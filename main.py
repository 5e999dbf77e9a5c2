"""Submit Twice: the command line. Without a command it opens the window."""

from __future__ import annotations

try:
    from backend.cli import early

    if __name__ == "__main__" or early.is_installed_command():
        early.listen()  # before the imports that take their time
except KeyboardInterrupt:
    raise SystemExit("submit-twice: Interrupted before anything was started.") from None

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

from backend.cli import interrupts, streams
from backend.cli.argument_types import WrongArgumentsError, require_strategy
from backend.cli.arguments import language_of, read_arguments
from backend.cli.command_keys import Command
from backend.cli.complaints import complaint
from backend.cli.interrupts import InterruptCode
from backend.cli.uncollected import uncollected
from backend.model.errors import NotApplicableError, ServiceFileError, StrategyFileError, UnknownKeyError
from backend.model.options import LabOptions
from backend.model.sentence import ENGLISH, say, words
from backend.model.vocabulary import RedisPersistence, RedisTopology

if TYPE_CHECKING:
    import argparse
    import threading
    from collections.abc import Callable, Sequence

    Work = Callable[[argparse.Namespace, LabOptions, threading.Event], int | None]

DONE, COULD_NOT_RUN, WRONG_ARGUMENTS = 0, early.COULD_NOT_RUN, 2
WRONG = (WrongArgumentsError, UnknownKeyError, NotApplicableError, StrategyFileError, ServiceFileError)
WINDOW_NICENESS = 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command line; returns the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    language = language_of(given)
    try:
        chosen = read_arguments(given)
        return open_window(chosen) if chosen.command in {Command.WINDOW, Command.OPEN} else work(chosen, language)
    except Exception as error:
        sentence = complaint(error)
        if sentence is None:
            raise
        streams.complain(words(sentence, language))
        return WRONG_ARGUMENTS if isinstance(error, WRONG) else COULD_NOT_RUN


def work(chosen: argparse.Namespace, language: str) -> int:
    """Carry out a command that needs no window; returns the exit code."""

    def command(interrupted: threading.Event) -> int:
        return carry_out(chosen, lab_options(chosen), interrupted) or DONE

    code, interrupted = interrupts.carry_out(command, language)
    if interrupted and chosen.command != Command.SERVE:  # which serves until then
        streams.complain(words(say(InterruptCode.REPORTED), language))
        return COULD_NOT_RUN
    return code


def carry_out(chosen: argparse.Namespace, options: LabOptions, interrupted: threading.Event) -> int | None:
    """Do what a command is for; returns the exit code, where it is not that of success."""
    with uncollected():
        use_strategies(chosen)
        require_strategies(chosen)
        work_on = imported(chosen)
    return work_on(chosen, options, interrupted)


def imported(chosen: argparse.Namespace) -> Work:
    """What carries out a command. Each imports what it needs, since the drivers of engines take their time."""
    if chosen.command == Command.RUN:
        from backend.cli.run import run_once

        return run_once
    if chosen.command == Command.SERVE:
        from backend.cli.serve import serve_until_interrupted

        return lambda _chosen, options, interrupted: serve_until_interrupted(options, interrupted)
    if chosen.command == Command.COMPARE:
        from backend.cli.compare import compare_once

        return compare_once
    if chosen.command == Command.EXPLORE:
        return exploring(chosen)
    if chosen.command == Command.INCIDENTS:
        from backend.cli.incidents import incidents_once

        return incidents_once
    if chosen.command == Command.INSTALL_DESKTOP:
        from backend.cli.desktop import install_desktop

        return lambda chosen, _options, _interrupted: install_desktop(chosen)
    return of_a_service(chosen) if chosen.command in {Command.CHECK, Command.SERVICE} else of_the_archive(chosen)


def of_the_archive(chosen: argparse.Namespace) -> Work:
    """What does again what a file has, or lists what is kept."""
    from backend.cli import archive

    if chosen.command == Command.REPLAY:
        return archive.replay_once
    return lambda chosen, _options, _interrupted: archive.history_once(chosen)


def of_a_service(chosen: argparse.Namespace) -> Work:
    """What checks somebody's own service, or the file that describes it."""
    from backend.cli import service

    if chosen.command == Command.CHECK:
        return service.check_once
    about_a_file = service.check_file if chosen.action == "check-file" else service.new_file
    return lambda chosen, _options, _interrupted: about_a_file(chosen)


def use_strategies(chosen: argparse.Namespace) -> None:
    """Know somebody's own strategies from now on, in whatever is started as well."""
    if chosen.strategies:
        from backend.strategies import use_folder

        use_folder(chosen.strategies)


def require_strategies(chosen: argparse.Namespace) -> None:
    """Check the keys that the arguments name."""
    strategy = getattr(chosen, "strategy", None)
    if isinstance(strategy, str):
        require_strategy(strategy, chosen.variant)
    for name in strategy if isinstance(strategy, list) else ():
        key, _, variant = name.partition("/")
        require_strategy(key, variant)


def exploring(chosen: argparse.Namespace) -> Work:
    """What explores one question or all of them, or plays a saved schedule again."""
    from backend.cli import explore, survey

    if chosen.all:
        return survey.survey_once
    if chosen.service:
        from backend.cli.service import explore_service_once

        return explore_service_once
    if chosen.replay:
        return lambda chosen, options, interrupted: explore.replay_once(
            chosen.replay, options, interrupted, chosen.language or ENGLISH
        )
    return explore.explore_once


def open_window(chosen: argparse.Namespace) -> int:
    """Open the window."""
    use_strategies(chosen)
    entry = None
    if chosen.command == Command.OPEN:
        from backend.archive.files import load

        entry = load(chosen.file)
    from gui.app.start import run_window

    return run_window(replace(lab_options(chosen), niceness=WINDOW_NICENESS), chosen.language, entry)


def lab_options(chosen: argparse.Namespace) -> LabOptions:
    """The common arguments."""
    return LabOptions(
        database=chosen.database,
        redis=chosen.redis,
        redis_persistence=chosen.redis_persistence and RedisPersistence(chosen.redis_persistence),
        redis_topology=RedisTopology(chosen.redis_topology or RedisTopology.SINGLE),
        zookeeper=chosen.zookeeper,
        data_dir=chosen.data_dir,
        reset=chosen.reset,
        instances=getattr(chosen, "instances", 1),
        port=getattr(chosen, "port", None),
    )


def leave(code: int) -> NoReturn:
    """End the process; nothing is left to do, so nothing of the interpreter's end can go wrong."""
    early.ignore()
    if not streams.flush():
        code = code or COULD_NOT_RUN
    if "PySide6" in sys.modules:
        sys.exit(code)  # Qt keeps settings until its end
    os._exit(code)


def run() -> NoReturn:
    """What the installed command `submit-twice` does."""
    streams.make_usable()
    try:
        code = main()
    except SystemExit as end:  # after --help
        code = int(end.code or 0)
    leave(code)


if __name__ == "__main__":
    run()
