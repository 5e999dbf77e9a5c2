"""The grammar of the command line. Options of every command may stand before it and after it: the later wins."""

from __future__ import annotations

import argparse
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

from backend.cli.archive_arguments import (
    ABOUT_HISTORY,
    ABOUT_OPEN,
    ABOUT_REPLAY,
    add_file,
    add_history,
    add_replay,
    add_save_record,
)
from backend.cli.argument_rules import require_fitting
from backend.cli.argument_types import (
    ArgumentCode,
    WrongArgumentsError,
    between,
    database,
    folder,
    hosts,
    named,
    nearest,
    no_such,
    one_line,
    redis_url,
    require_text,
    retry_causes,
    shown,
)
from backend.cli.command_keys import Command
from backend.cli.early import INSTALLED_AS, is_installed_command
from backend.cli.service_arguments import ABOUT_SERVICE, add_check, add_service
from backend.comparison.questions import SituationKey
from backend.model.faults import FaultCode
from backend.model.plan import USUAL_RETRY_CAUSES
from backend.model.sentence import ENGLISH, LANGUAGES, Sentence, plain, say
from backend.model.vocabulary import (
    GatewayKeys,
    OperationKey,
    RedisPersistence,
    RedisTopology,
    Replication,
    RetryCause,
    Source,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

DESCRIPTION = "Submit Twice: what happens when the same request arrives twice. Without a command it opens the window."
MOST_SUBMISSIONS = 1_000_000
MOST_INSTANCES = 4
MOST_REQUESTS = 3
MOST_WORKERS = 64
LONGEST_NAME = 64
MOST_PIECES = 1_000_000
MOST_RETRIES = 100
_OPERATIONS = tuple(key.value for key in OperationKey)


def read_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Read a command line, as far as that needs no engine.

    Raises:
        WrongArgumentsError: the command line cannot be understood.
        SystemExit: it asks for help, which was printed.
    """
    require_text(arguments)
    grammar, commands = _grammar(INSTALLED_AS if is_installed_command() else "main.py")
    _check_what_stands_before(arguments, grammar, commands)
    try:
        chosen, surplus = grammar.parse_known_args(arguments)
    except argparse.ArgumentError as error:
        raise WrongArgumentsError(_in_our_words(error, [grammar, *commands.values()])) from None
    if surplus:
        options = _options(commands.get(chosen.command, grammar))
        raise WrongArgumentsError(_unknown(surplus[0], options))
    require_fitting(chosen)
    return chosen


@cache
def _grammar(program: str) -> tuple[Grammar, Mapping[str, argparse.ArgumentParser]]:
    """Of the whole command line, and of each command."""
    grammar = Grammar(prog=program, description=DESCRIPTION)
    return grammar, add_commands(grammar)


def language_of(arguments: Sequence[str]) -> str:
    """The language to complain in, found before the rest is read; English unless one is named."""
    language = ENGLISH
    for argument, following in zip(arguments, [*arguments, ""][1:], strict=True):
        name, equals, value = argument.partition("=")
        given = value if equals else following
        if name == "--language" and given in LANGUAGES:
            language = given
    return language


class Grammar(argparse.ArgumentParser):
    """An argument parser that raises sentences, and wants options spelt out."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401  those of argparse
        super().__init__(**settings, allow_abbrev=False, exit_on_error=False)

    def error(self, message: str) -> NoReturn:
        """What only argparse has words for.

        Raises:
            WrongArgumentsError: always.
        """
        raise WrongArgumentsError(plain(message))

    def _check_value(self, action: argparse.Action, value: object) -> None:
        if action.choices is not None and value not in action.choices:
            raise WrongArgumentsError(no_such(_name(action), str(value), map(str, action.choices)))


def add_commands(grammar: Grammar) -> Mapping[str, argparse.ArgumentParser]:
    """All commands and their options."""
    grammar.set_defaults(command=Command.WINDOW)
    _add_common(
        grammar,
        database="postgresql",
        redis=None,
        redis_persistence=None,
        redis_topology=None,
        zookeeper=None,
        data_dir=None,
        reset=False,
        language=None,
        strategies=None,
    )
    commands = grammar.add_subparsers(metavar="command", parser_class=Grammar)
    added: dict[str, argparse.ArgumentParser] = {}
    for name, add_options, about in (
        (Command.RUN, _add_run, "run one experiment and say what happened"),
        (Command.EXPLORE, _add_explore, "run every interleaving of duplicate requests"),
        (Command.COMPARE, _add_compare, "compare the strategies under the same load"),
        (Command.SERVE, _add_serve, "serve the HTTP API until interrupted"),
        (Command.INCIDENTS, _add_incidents, "what went wrong for other people, by its words; each with its cure"),
        (Command.CHECK, add_check, "check your own service: the same request twice, in every situation"),
        (Command.OPEN, add_file, ABOUT_OPEN),
        (Command.REPLAY, add_replay, ABOUT_REPLAY),
        (Command.HISTORY, add_history, ABOUT_HISTORY),
        (Command.INSTALL_DESKTOP, add_install_desktop, "put an entry into the menu of a Linux desktop"),
    ):
        command = commands.add_parser(name, help=about, description=f"{about[0].upper()}{about[1:]}.")
        command.set_defaults(command=name)
        add_options(command)
        if name in {Command.RUN, Command.EXPLORE, Command.COMPARE, Command.CHECK}:
            add_save_record(command)
        _add_common(command)
        added[name] = command
    service = commands.add_parser(Command.SERVICE, help=ABOUT_SERVICE, description=f"{ABOUT_SERVICE}.".capitalize())
    service.set_defaults(command=Command.SERVICE)
    actions = service.add_subparsers(metavar="action", dest="action", required=True, parser_class=Grammar)
    added[Command.SERVICE] = service
    for action in add_service(actions):
        _add_common(action)
    return added


def _add_common(grammar: argparse.ArgumentParser, **defaults: object) -> None:
    """What every command takes. Behind a command it has no defaults, or they would undo what stands before it."""

    def add(name: str, **settings: Any) -> None:  # noqa: ANN401  those of argparse
        key = name.removeprefix("--").replace("-", "_")
        grammar.add_argument(name, default=defaults.get(key, argparse.SUPPRESS), **settings)

    add(
        "--database", type=database, metavar="KEY|URL",
        help="postgresql (unless given), mariadb, sqlite, or the URL of a running server",
    )  # fmt: skip
    add("--redis", type=redis_url, metavar="URL", help="a running server that speaks the Redis protocol")
    add(
        "--redis-persistence", choices=[mode.value for mode in RedisPersistence],
        help="of the private server: what it writes to disk (none; with --data-dir everysec)",
    )  # fmt: skip
    add(
        "--redis-topology", choices=[topology.value for topology in RedisTopology],
        help="of private servers: single (unless given); sentinel: a primary, its replica, three sentinels; three "
        "or five that know nothing of each other. Only a single one keeps its keys with --data-dir",
    )  # fmt: skip
    add("--zookeeper", type=hosts, metavar="HOSTS", help="running servers, as host:port,host:port")
    add("--data-dir", type=folder("--data-dir"), metavar="DIR", help="keep the data here, not in a temporary folder")
    add(
        "--strategies",
        type=folder("--strategies"),
        metavar="DIR",
        help="your own strategies, beside those that are here",
    )
    add("--reset", action="store_true", help="first remove all that was kept there, or behind the database URL")
    add("--language", choices=LANGUAGES, help="of the window (else its own choice), and of what commands say (else en)")


def _add_run(run: argparse.ArgumentParser) -> None:
    run.add_argument("--operation", choices=_OPERATIONS, help="required")
    run.add_argument("--strategy", type=named("--strategy"), metavar="KEY", help="required")
    run.add_argument("--variant", default="", metavar="KEY", help="the strategy's first unless given")
    _add_number(run, "--submissions", 1, MOST_SUBMISSIONS, None, "per intent (2; 1 where the source repeats it)")
    _add_number(run, "--intents", 1, MOST_SUBMISSIONS, 1, "what is wanted once each (1)")
    run.add_argument(
        "--item", type=one_line("--item", LONGEST_NAME), metavar="TEXT", help="what is ordered (“item 1”, …)"
    )
    _add_number(run, "--quantity", 1, MOST_PIECES, 1, "of it (1)")
    run.add_argument(
        "--source", choices=[source.value for source in Source], default=Source.CLICKS.value,
        help="how duplicates arrive (clicks)",
    )  # fmt: skip
    _add_number(run, "--instances", 1, MOST_INSTANCES, 1, "backend processes (1)")
    _add_pace(run)
    _add_number(run, "--processing-delay", 0, 60_000, 0, "ms of work between reading and writing (0)")
    _add_number(run, "--lease", 1, 3_600_000, 10_000, "ms that a lock or a record in flight lives (10000)")
    about = "of a queue: ms after which a message without an acknowledgement is delivered again (500)"
    _add_number(run, "--visibility-timeout", 1, 3_600_000, 500, about)
    about = (
        "with --source nats: ms for which the server knows a message's id, and drops another one with it (0: no ids)"
    )
    _add_number(run, "--deduplication-window", 0, 3_600_000, 0, about)
    about = "with --source rabbitmq: messages that a consumer may have without having acknowledged them (1)"
    _add_number(run, "--prefetch", 1, 1_000, 1, about)
    run.add_argument(
        "--zookeeper-servers", type=int, choices=[1, 3], default=1,
        help="of our own, for a lock in ZooKeeper: one that stands alone, or an ensemble (1)",
    )  # fmt: skip
    about = "whether PostgreSQL has a hot standby, and whether a commit waits for it (none)"
    run.add_argument("--replication", choices=[mode.value for mode in Replication], help=about)
    about = "ms that the standby is behind (0); there is one then, asynchronous unless --replication says otherwise"
    _add_number(run, "--replica-lag", 0, 60_000, None, about)
    _add_gateway_keys(run)
    _add_number(run, "--timeout", 1, 600_000, 30_000, "client time-out in ms (30000)")
    _add_number(run, "--retries", 0, MOST_RETRIES, 3, "with --source retry (3)")
    run.add_argument(
        "--retry-on", type=retry_causes, default=USUAL_RETRY_CAUSES, metavar="CAUSES",
        help=f"of {','.join(RetryCause)}; all but 4xx unless given, which makes a caller go on until it hears 2xx",
    )  # fmt: skip
    _add_number(run, "--backoff", 0, 60_000, 100, "ms before the first retry; doubles (100)")
    _add_number(run, "--limit-seconds", 1, 86_400, None, "end the run by then, with what is still at work undecided")
    about = "the page's button: hold a click back while another one of the same intent is in flight"
    run.add_argument("--disable-button", action="store_true", help=about)
    run.add_argument("--reload", action="store_true", help="each submission from a form opened anew, with a new token")
    run.add_argument("--edit", action="store_true", help="raise the quantity by one with each submission of a form")
    possible = str(say(FaultCode.POSSIBLE)).replace("%", "%%")
    run.add_argument("--fault", action="append", default=[], metavar="FAULT", help=f"may be repeated. {possible}")
    _add_file(run, "--json", "write the report here as JSON; - is standard output, and then nothing else is said there")


def _add_pace(run: argparse.ArgumentParser) -> None:
    _add_number(run, "--interval", 0, 60_000, None, "ms between submissions, instead of all at once")
    run.add_argument("--one-after-another", action="store_true", help="each waits for the answer to the one before")


def _add_explore(explore: argparse.ArgumentParser) -> None:
    explore.add_argument("--operation", choices=_OPERATIONS)
    explore.add_argument("--strategy", type=named("--strategy"), metavar="KEY")
    explore.add_argument("--variant", default="", metavar="KEY", help="the strategy's first unless given")
    _add_file(explore, "--service", "your own service, by its file, instead of operation and strategy")
    _add_number(explore, "--requests", 1, MOST_REQUESTS, 2, "duplicate requests (2)")
    _add_number(explore, "--crashes", 0, 3, 0, "crashes, each followed by a retry (0)")
    _add_number(explore, "--expiries", 0, 3, 0, "lease expiries (0)")
    about = "times that a replica of Redis is promoted which lacks the last writes, any number of them (0)"
    _add_number(explore, "--failovers", 0, 3, 0, about)
    about = "exceptions that a handler gets instead of a step; who is told 500 sends again (0)"
    _add_number(explore, "--errors", 0, 3, 0, about)
    about = "times that the standby of PostgreSQL is promoted; who is told of a broken connection sends again (0)"
    _add_number(explore, "--database-failovers", 0, 3, 0, about)
    modes = [mode.value for mode in Replication if mode is not Replication.NONE]
    about = "whether that standby may lack the last commits, or each commit waits for it (asynchronous)"
    explore.add_argument("--replication", choices=modes, default=Replication.ASYNCHRONOUS.value, help=about)
    explore.add_argument(
        "--cluster", type=named("--cluster"), metavar="ADDRESS",
        help="explore on the workers of a Dask cluster, by the address of its scheduler",
    )  # fmt: skip
    _add_gateway_keys(explore)
    _add_number(explore, "--limit", 1, MOST_SUBMISSIONS, None, "stop after so many schedules")
    about = "explore with so many processes, each on engines of its own (1; with --all one for each core, up to 4)"
    _add_number(explore, "--workers", 1, MOST_WORKERS, None, about)
    _add_file(explore, "--json", "write what was found here; - is standard output")
    _add_file(explore, "--save", "write the counterexample's schedule here")
    _add_file(explore, "--mermaid", "write the counterexample as a Mermaid sequence diagram")
    _add_file(explore, "--html", "write the whole exploration as one HTML page")
    explore.add_argument("--replay", type=folder("--replay"), metavar="FILE", help="play a saved schedule again")
    explore.add_argument("--all", action="store_true", help="ask about every variant and operation, as a grid")
    _add_number(explore, "--seconds", 1, 86_400, None, "with --all: give a question up after so long")
    _add_file(explore, "--save-survey", "with --all: write the grid here")
    _add_file(explore, "--compare-with", "with --all: say what changed since this saved grid")


def _add_incidents(incidents: argparse.ArgumentParser) -> None:
    incidents.add_argument("words", nargs="*", metavar="WORD", help="of the report, such as gap lock; all unless given")
    incidents.add_argument("--show", type=named("--show"), metavar="KEY", help="run this one and its cure, and explore")


def _add_compare(compare: argparse.ArgumentParser) -> None:
    situations = [key.value for key in SituationKey]
    compare.add_argument("--operation", action="append", choices=_OPERATIONS, help="repeatable (place-order)")
    compare.add_argument(
        "--strategy", action="append", type=named("--strategy"), metavar="K[/VARIANT]",
        help="repeatable; all unless given",
    )  # fmt: skip
    compare.add_argument(
        "--situations", nargs="+", choices=situations, metavar="S", help=f"of {', '.join(situations)} (all)"
    )
    about = "the standby of PostgreSQL that takes over in the situation failover (none)"
    compare.add_argument("--replication", choices=[mode.value for mode in Replication], default="none", help=about)
    compare.add_argument("--quick", action="store_true", help="fewer intents and fewer rounds")
    cost = compare.add_mutually_exclusive_group()
    cost.add_argument("--no-cost", action="store_true", help="leave out what it costs")
    cost.add_argument("--cost-only", action="store_true", help="leave out the situations")
    for form in ("json", "markdown", "csv", "html"):
        _add_file(compare, f"--{form}", f"write it as {form} here; - is standard output")


def _add_serve(serve: argparse.ArgumentParser) -> None:
    _add_number(serve, "--instances", 1, MOST_INSTANCES, 1, "backend processes (1)")
    _add_number(serve, "--port", 1, 65_535, None, "of the first instance; the others follow")


def add_install_desktop(command: argparse.ArgumentParser) -> None:
    """Those of `install-desktop`."""
    command.add_argument("--remove", action="store_true", help="take it away again")


def _add_gateway_keys(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--gateway-keys",
        choices=[keys.value for keys in GatewayKeys],
        default=GatewayKeys.NONE.value,
        help="whether calls to the gateway carry an Idempotency-Key, and whether it honours them (none)",
    )


def _add_number(
    command: argparse.ArgumentParser, name: str, least: int, most: int, default: int | None, about: str
) -> None:
    command.add_argument(name, type=between(name, least, most), default=default, metavar="N", help=about)


def _add_file(command: argparse.ArgumentParser, name: str, about: str) -> None:
    command.add_argument(name, type=named(name), metavar="FILE", help=about)


def _check_what_stands_before(
    arguments: Sequence[str], grammar: argparse.ArgumentParser, commands: Mapping[str, argparse.ArgumentParser]
) -> None:
    """Only what every command takes may stand before it: argparse would take the value for the command."""
    common = _options(grammar)
    for argument in arguments:
        name = argument.partition("=")[0]
        if name in commands:
            return
        if name.startswith("--") and name not in common:
            if any(name in _options(command) for command in commands.values()):
                raise WrongArgumentsError(say(ArgumentCode.AFTER_COMMAND, option=name))
            raise WrongArgumentsError(_unknown(name, common))


def _in_our_words(error: argparse.ArgumentError, grammars: Iterable[argparse.ArgumentParser]) -> Sentence:
    """Argparse names the option; what is wrong with it follows from whether it takes a value."""
    name = error.argument_name or ""
    takes_none = any(name in action.option_strings and action.nargs == 0 for g in grammars for action in g._actions)  # noqa: SLF001  nothing public tells
    return say(ArgumentCode.TAKES_NO_VALUE if takes_none else ArgumentCode.NEEDS_VALUE, option=name)


def _unknown(argument: str, options: Sequence[str]) -> Sentence:
    given = shown(argument.partition("=")[0])
    if not argument.startswith("-"):
        return say(ArgumentCode.SURPLUS, given=shown(argument))
    if near := nearest(given, options):
        return say(ArgumentCode.NO_OPTION_NEAR, given=given, near=near)
    return say(ArgumentCode.NO_OPTION, given=given)


def _options(grammar: argparse.ArgumentParser) -> list[str]:
    return [name for action in grammar._actions for name in action.option_strings]  # noqa: SLF001  nothing public tells


def _name(action: argparse.Action) -> str:
    return action.option_strings[0] if action.option_strings else "command"
