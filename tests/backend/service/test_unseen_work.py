"""Work that no step on the wire tells of, servers that crash, instances that die: judged by what is there, or not."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable

import psutil
import pytest

from backend.engines import postgresql_server, sql
from backend.engines.bare import start_database
from backend.engines.processes.supervisor import Supervisor
from backend.model.errors import InstanceError, SubmitTwiceError
from backend.model.sentence import LANGUAGES, words
from backend.model.vocabulary import Verdict
from backend.service.description import Description, parse
from backend.service.outside.check import Checker
from backend.service.outside.model import Check, CheckPlan, CheckProgress, CheckSituation, IntentResult
from backend.service.outside.reports import check_document, check_markdown
from backend.service.outside.stand import Stand
from backend.service.outside.words import check_lines
from backend.service.says import ServiceCode
from tests.backend.engines.helpers import stop
from tests.backend.service.awkward import SERVICES, awkward
from tests.backend.service.test_late_work import executed, late

pytestmark = pytest.mark.exhaustive

_FILE = """
[service]
command = {command}
[service.environment]
PORT = "{{port}}"
{environment}
[database]
{database}
setup = "CREATE TABLE orders (order_no varchar(80) NOT NULL)"
[request]
json = {{ order_no = "{{key}}", n = "{{n}}" }}
[effects]
sql = "SELECT count(*) FROM orders WHERE order_no = {{key}}"
"""
_PARTS = ("host", "port", "user", "password", "database")
ON_MARIADB = "\n".join(f'MARIADB_{part.upper()} = "{{mariadb.{part}}}"' for part in _PARTS)
ON_POSTGRESQL = 'DATABASE_URL = "{postgresql}"'
DOES_NOTHING: Callable[[Stand], object] = lambda _stand: None  # noqa: E731


def two_phase(environment: str, database: str, *arguments: str) -> Description:
    command = [sys.executable, "two_phase.py", *arguments]
    return parse(_FILE.format(command=command, environment=environment, database=database))


def check(
    description: Description,
    *,
    afterwards_s: float = 2.0,
    limit_s: float = 12.0,
    when_judged: Callable[[Stand], object] = DOES_NOTHING,
) -> Check:
    """One intent, submitted three times one after the other; something happens in the silence in the end."""
    plan = CheckPlan((CheckSituation.ONE_AFTER_ANOTHER,), 1, 3, 10.0, limit_s=limit_s, afterwards_s=afterwards_s)
    with Stand(description, SERVICES) as stand:

        def judged(_progress: CheckProgress) -> None:
            when_judged(stand)

        return Checker(stand, plan, judged, threading.Event()).check("submit-twice.toml")


def only_intent(found: Check) -> IntentResult:
    (situation,) = found.situations
    (intent,) = situation.intents
    return intent


def told(found: Check) -> list[ServiceCode]:
    """What is said to be at work, and that it is said in every language."""
    for language in LANGUAGES:
        text = "\n".join(check_lines(found, language))
        assert all(words(sentence, language) in text for sentence in found.at_work)
    return [sentence.code for sentence in found.at_work if isinstance(sentence.code, ServiceCode)]


def stop_all(stand: Stand) -> None:
    stop(*map(psutil.Process, stand._pids()))


def stop_all_for_a_while(stand: Stand) -> None:
    stop_all(stand)
    for pid in stand._pids():
        threading.Timer(5.0, os.kill, (pid, signal.SIGCONT)).start()


def test_what_a_stopped_process_has_still_to_do_is_waited_for() -> None:
    """It does it a second after its answer, and is stopped meanwhile for longer than the silence in the end lasts."""
    found = check(executed("/follows-up"), when_judged=stop_all_for_a_while)
    assert (only_intent(found).verdict, only_intent(found).effects) == (Verdict.DUPLICATED, 2)
    assert told(found) == []


def test_what_a_process_may_do_that_is_stopped_to_the_last_is_not_known() -> None:
    found = check(executed("/follows-up"), limit_s=5.0, when_judged=stop_all)
    assert (only_intent(found).verdict, only_intent(found).effects) == (Verdict.UNDECIDED, 1)
    assert told(found) == [ServiceCode.STOPPED]
    assert not found.is_exactly_once


def test_prepared_transactions_are_waited_for_on_mariadb() -> None:
    found = check(two_phase(ON_MARIADB, 'kind = "mariadb"'), afterwards_s=1.0)
    assert (only_intent(found).verdict, only_intent(found).effects) == (Verdict.DUPLICATED, 3)
    assert told(found) == []


def test_nobody_knows_how_a_prepared_transaction_will_end_on_mariadb() -> None:
    found = check(two_phase(ON_MARIADB, 'kind = "mariadb"', "keeps"), limit_s=4.0)
    assert (only_intent(found).verdict, only_intent(found).effects) == (Verdict.UNDECIDED, 1)
    assert told(found) == [ServiceCode.PREPARED]


@pytest.mark.parametrize(
    ("arguments", "limit_s", "expected", "at_work"),
    [
        ((), 12.0, (Verdict.DUPLICATED, 3), []),
        (("keeps",), 4.0, (Verdict.UNDECIDED, 1), [ServiceCode.PREPARED]),
    ],
)
def test_prepared_transactions_on_postgresql(
    arguments: tuple[str, ...],
    limit_s: float,
    expected: tuple[Verdict, int],
    at_work: list[ServiceCode],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A server that allows them: it comes with none."""
    monkeypatch.setitem(postgresql_server._SETTINGS, "max_prepared_transactions", "8")
    found = check(two_phase(ON_POSTGRESQL, 'kind = "postgresql"', *arguments), afterwards_s=1.0, limit_s=limit_s)
    assert (only_intent(found).verdict, only_intent(found).effects) == expected
    assert told(found) == at_work


def test_what_is_prepared_in_the_end_keeps_no_database_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can drop one in which something is prepared; and somebody's server is left as it was."""
    monkeypatch.setitem(postgresql_server._SETTINGS, "max_prepared_transactions", "8")
    with Supervisor() as supervisor:
        url = start_database(supervisor, "postgresql", None).url
        engine = sql.create_sql_engine(url)
        with engine.connect() as connection:
            before = set(connection.exec_driver_sql("SELECT datname FROM pg_database").scalars())
        check(two_phase(ON_POSTGRESQL, f'url = "{url}"', "keeps"), afterwards_s=0.5, limit_s=1.0)
        with engine.connect() as connection:
            assert set(connection.exec_driver_sql("SELECT datname FROM pg_database").scalars()) == before
        engine.dispose()


def test_those_that_others_have_prepared_are_none_of_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(postgresql_server._SETTINGS, "max_prepared_transactions", "8")
    with Supervisor() as supervisor:
        url = start_database(supervisor, "postgresql", None).url
        others = sql.create_sql_engine(url).execution_options(isolation_level="AUTOCOMMIT")
        with others.connect() as connection:
            for statement in ("BEGIN", "CREATE TABLE theirs ()", "PREPARE TRANSACTION 'theirs'"):
                connection.exec_driver_sql(statement)
        others.dispose()
        found = check(two_phase(ON_POSTGRESQL, f'url = "{url}"'), afterwards_s=1.0)
    assert only_intent(found).verdict is Verdict.DUPLICATED
    assert told(found) == []


def test_effects_that_change_by_themselves_decide_nothing() -> None:
    """One and two by turns: in the end, it is one."""
    by_turns = "SELECT 1 + n % 2 FROM (SELECT nextval('orders_id_seq') AS n WHERE {key} <> '') AS turn"
    found = check(awkward("/idle", effects=f'sql = "{by_turns}"'), afterwards_s=0.5)
    assert told(found) == [ServiceCode.CHANGING]
    assert not found.is_exactly_once


def test_what_was_judged_before_an_instance_died_is_kept_and_not_decided() -> None:
    """In the silence in the end, so that nobody could look again."""
    found = check(late("/late"), when_judged=lambda stand: stand.kill(1))
    assert found.broken_off is not None
    assert found.broken_off.code is ServiceCode.ENDED
    assert only_intent(found).verdict is Verdict.UNDECIDED
    assert not found.is_exactly_once
    for language in LANGUAGES:
        text = "\n".join(check_lines(found, language))
        assert "SIGKILL" in text
        assert words(found.broken_off, language) in check_markdown(found, language)
        assert check_document(found, language)["broken_off"] == words(found.broken_off, language)


def test_situations_that_are_over_survive_one_that_cannot_be_tried() -> None:
    situations = (CheckSituation.ONE_AFTER_ANOTHER, CheckSituation.CLICKS)
    plan = CheckPlan(situations, 1, 2, 10.0, limit_s=12.0, afterwards_s=0.5)
    with Stand(awkward("/"), SERVICES) as stand:

        def judged(progress: CheckProgress) -> None:
            assert progress.situation is CheckSituation.ONE_AFTER_ANOTHER
            stand.kill(1)

        found = Checker(stand, plan, judged, threading.Event()).check("submit-twice.toml")
    assert only_intent(found).verdict is Verdict.DUPLICATED
    assert found.broken_off is not None


def test_an_instance_that_dies_before_its_intent_is_judged_is_named() -> None:
    """Else the intent would be lost, with no word of why."""
    with pytest.raises(InstanceError) as raised:
        check(late("/dies-of-the-third"))
    assert raised.value.sentence.code is ServiceCode.ENDED
    for text, language in zip(("exit code 3", "退出码 3"), LANGUAGES, strict=True):
        assert text in words(raised.value.sentence, language)
    assert "the disk is full" in str(raised.value)


def test_what_a_database_has_confirmed_outlives_its_crash() -> None:
    """Which the service brings about with every order, and effects are read while the server comes back."""
    found = check(awkward("/fells-its-server"), afterwards_s=0.5)
    assert (only_intent(found).verdict, only_intent(found).effects) == (Verdict.EXACTLY_ONCE, 1)


def test_effects_behind_a_lock_that_nobody_lets_go_of_are_not_waited_for_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sql._WAITS_A_MINUTE, "postgresql", "SET lock_timeout = '500ms'")
    with pytest.raises(SubmitTwiceError) as raised:
        check(awkward("/locks"), limit_s=1.0)
    assert raised.value.sentence.code is ServiceCode.EFFECTS_FAILED
    assert "lock" in str(raised.value)


def test_a_whole_number_may_be_written_with_decimals() -> None:
    decimals = "SELECT count(*)::numeric(9, 2) FROM orders WHERE order_no = {key}"
    found = check(awkward("/", effects=f'sql = "{decimals}"'), afterwards_s=0.5)
    assert (only_intent(found).verdict, only_intent(found).effects) == (Verdict.DUPLICATED, 3)
