"""Every command, on a database of somebody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

from backend.cli.early import COULD_NOT_RUN
from backend.cli.streams import complain
from backend.engines.health import HealthBoard
from backend.engines.processes.supervisor import Supervisor
from backend.engines.sql import retire
from backend.lab.engines_in_use import EnginesInUse
from backend.lab.forms import HandedOut
from backend.lab.lab import Lab
from backend.model.errors import SubmitTwiceError
from backend.model.options import LabOptions
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import OperationKey
from main import DONE, main

QUICK = ("--quick", "--no-cost", "--strategy", "none/direct", "--situations", "clicks")


def run(database: str, redis: str, operation: str = "pay-order") -> int:
    """The command `run`."""
    return main(
        ["run", "--operation", operation, "--strategy", "none", "--database", database, "--redis", redis, "--json", "-"]
    )


def compare(database: str, redis: str) -> int:
    """The command `compare`, on one line."""
    places = ["--database", database, "--redis", redis]
    return main(["compare", "--operation", "pay-order", *QUICK, *places, "--json", "-"])


def explore(database: str, redis: str) -> int:
    """The command `explore`."""
    question = ["--operation", "pay-order", "--strategy", "none", "--database", database, "--redis", redis]
    return main(["explore", *question, "--json", "-"])


def use_a_lab(database: str, redis: str) -> int:
    """What the window does: start, run, reset; its exit code if it were a command."""
    lab = Lab(LabOptions(database=database, redis=redis))
    try:
        lab.start()
        for operation in (OperationKey.PAY_ORDER, OperationKey.ADD_STOCK, OperationKey.CANCEL_ORDER):
            plan = Plan((lab.new_intent(operation, "pen", 1),), 2)
            lab.start_run(Setup("none"), plan).wait(20)
        for strategy in ("inbox", "token"):
            plan = Plan((lab.new_intent(OperationKey.PLACE_ORDER, "pen", 1),), 2)
            lab.start_run(Setup(strategy), plan).wait(20)
        lab.reset()
    except SubmitTwiceError:
        return COULD_NOT_RUN
    else:
        return DONE
    finally:
        lab.close()


Reset = Callable[[], None]
Command = Callable[[str, str], int]
"""Gets the URLs of a database and of a Redis-protocol server; its result is the exit code."""
Opened = Callable[[str, str], AbstractContextManager[Reset]]


@contextmanager
def lab_on(database: str, redis: str) -> Iterator[Reset]:
    """A lab, and its reset."""
    lab = Lab(LabOptions(database=database, redis=redis))
    try:
        lab.start()
        yield lab.reset
    finally:
        lab.close()


@contextmanager
def engines_on(database: str, redis: str) -> Iterator[Reset]:
    """What a lab has of both, without backend processes: it opens them, and this is how it empties the tables."""
    health = HealthBoard(lambda: None, lambda _sentence: None)
    with Supervisor() as supervisor:
        options = LabOptions(database=database, redis=redis)
        engines = EnginesInUse(supervisor, options, health, lambda _engine: None)
        engines.start_database()
        engines.start_redis()
        engines.open()
        try:
            yield partial(engines.clear_tables, HandedOut(), only_own=False)
        finally:
            retire(engines.engine)
            engines.client.close()
            engines.take_leave()


def opening(database: str, redis: str) -> int:
    """What every start of a lab does with them; its exit code if it were a command."""
    try:
        with engines_on(database, redis):
            return DONE
    except SubmitTwiceError as error:
        complain(str(error))
        return COULD_NOT_RUN
