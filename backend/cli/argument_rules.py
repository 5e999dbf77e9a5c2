"""Which options of the command line go together, and which exclude each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.cli.argument_types import ArgumentCode, WrongArgumentsError
from backend.cli.command_keys import Command
from backend.model.sentence import plain_list, say
from backend.model.vocabulary import Replication, Source

if TYPE_CHECKING:
    import argparse


def require_fitting(chosen: argparse.Namespace) -> None:
    """Check what each option says against the others.

    Raises:
        WrongArgumentsError: one is missing, or two do not go together.
    """
    if chosen.redis and chosen.redis_persistence:
        raise WrongArgumentsError(say(ArgumentCode.EXCLUDES, first="--redis", second="--redis-persistence"))
    if chosen.redis and chosen.redis_topology:
        raise WrongArgumentsError(say(ArgumentCode.EXCLUDES, first="--redis", second="--redis-topology"))
    if chosen.command == Command.RUN:
        _check_run(chosen)
    if chosen.command == Command.EXPLORE:
        _check_explore(chosen)


def _check_run(chosen: argparse.Namespace) -> None:
    missing = [f"--{name}" for name in ("operation", "strategy") if getattr(chosen, name) is None]
    if missing:
        raise WrongArgumentsError(say(ArgumentCode.NEEDS, command=Command.RUN, options=plain_list(missing)))
    if chosen.replica_lag is not None and chosen.replication == Replication.NONE:
        without = f"--replication {Replication.NONE}"
        raise WrongArgumentsError(say(ArgumentCode.EXCLUDES, first="--replica-lag", second=without))
    if chosen.interval is not None and chosen.one_after_another:
        raise WrongArgumentsError(say(ArgumentCode.EXCLUDES, first="--interval", second="--one-after-another"))
    if chosen.deduplication_window and chosen.source != Source.NATS:
        with_nats = f"--source {Source.NATS}"
        raise WrongArgumentsError(say(ArgumentCode.GOES_WITH, option="--deduplication-window", other=with_nats))
    if chosen.zookeeper and chosen.zookeeper_servers > 1:
        raise WrongArgumentsError(say(ArgumentCode.EXCLUDES, first="--zookeeper", second="--zookeeper-servers"))
    if chosen.prefetch > 1 and chosen.source != Source.RABBITMQ:
        with_rabbitmq = f"--source {Source.RABBITMQ}"
        raise WrongArgumentsError(say(ArgumentCode.GOES_WITH, option="--prefetch", other=with_rabbitmq))


def _check_explore(chosen: argparse.Namespace) -> None:
    of_grid = [f"--{key.replace('_', '-')}" for key in ("seconds", "save_survey", "compare_with") if vars(chosen)[key]]
    if of_grid and not chosen.all:
        raise WrongArgumentsError(say(ArgumentCode.GOES_WITH, option=of_grid[0], other="explore --all"))
    if chosen.service and chosen.failovers:
        raise WrongArgumentsError(say(ArgumentCode.EXCLUDES, first="--service", second="--failovers"))
    if chosen.errors and (chosen.service or chosen.all):
        second = "--service" if chosen.service else "--all"
        raise WrongArgumentsError(say(ArgumentCode.EXCLUDES, first="--errors", second=second))
    if chosen.database_failovers and (chosen.service or chosen.all):
        second = "--service" if chosen.service else "--all"
        raise WrongArgumentsError(say(ArgumentCode.EXCLUDES, first="--database-failovers", second=second))
    if chosen.cluster and (chosen.service or (chosen.workers or 1) > 1):
        second = "--service" if chosen.service else "--workers"
        raise WrongArgumentsError(say(ArgumentCode.EXCLUDES, first="--cluster", second=second))
    if not (chosen.all or chosen.replay or chosen.service or (chosen.operation and chosen.strategy)):
        raise WrongArgumentsError(say(ArgumentCode.EXPLORE_NEEDS))
