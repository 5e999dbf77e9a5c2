"""Every command, on a database of somebody else."""

from __future__ import annotations

from backend.lab.lab import Lab
from backend.model.errors import SubmitTwiceError
from backend.model.options import LabOptions
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import OperationKey
from main import main

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


def use_a_lab(database: str, redis: str) -> bool:
    """What the window does: start, run, reset, run; whether it was let."""
    lab = Lab(LabOptions(database=database, redis=redis))
    try:
        lab.start()
        for operation in (OperationKey.PAY_ORDER, OperationKey.ADD_STOCK, OperationKey.CANCEL_ORDER):
            plan = Plan((lab.new_intent(operation, "pen", 1),), 2)
            lab.start_run(Setup("none"), plan).wait(20)
        lab.start_run(Setup("inbox"), Plan((lab.new_intent(OperationKey.PLACE_ORDER, "pen", 1),), 2)).wait(20)
        lab.reset()
    except SubmitTwiceError:
        return False
    else:
        return True
    finally:
        lab.close()
