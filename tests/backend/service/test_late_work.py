"""Services that act after they answer, at moments that nobody can know: judged by what they came to all the same."""

from __future__ import annotations

import sys
import threading
import time

import pytest

from backend.model.vocabulary import Answer, Verdict
from backend.service.description import Description, parse
from backend.service.outside.check import Checker
from backend.service.outside.model import Check, CheckPlan, CheckSituation, SituationResult
from backend.service.outside.stand import Stand
from backend.service.outside.words import check_lines
from tests.backend.service.awkward import SERVICES
from tests.services.forking import COMMAND

pytestmark = pytest.mark.exhaustive

ONCE, TWICE = Verdict.EXACTLY_ONCE, Verdict.DUPLICATED
ROWS = """sql = '''
SELECT (SELECT count(*) FROM orders WHERE order_no = {key})
     + (SELECT count(*) FROM unique_orders WHERE order_no = {key})
'''"""
REQUEST = '[effects.request]\npath = "/?order_no={key}"\ncount = "$.count"'
_FILE = """
[service]
command = {command}
[service.environment]
PORT = "{{port}}"
DATABASE_URL = "{{postgresql}}"
REDIS_URL = "{{redis}}"
GATEWAY_HOST = "{{gateway.host}}"
GATEWAY_PORT = "{{gateway.port}}"
[database]
kind = "postgresql"
setup = "CREATE TABLE orders (order_no text NOT NULL); CREATE TABLE unique_orders (order_no text PRIMARY KEY)"
[request]
path = "{path}"
json = {{ order_no = "{{key}}" }}
[effects]
{effects}
"""


def late(path: str, *arguments: str, effects: str = ROWS) -> Description:
    return parse(late_file(path, *arguments, effects=effects))


def executed(path: str) -> Description:
    """The same, and its processes are those that the lab has started: for who stops them."""
    return parse(_FILE.format(command=[sys.executable, "late.py"], path=path, effects=ROWS))


def late_file(path: str, *arguments: str, effects: str = ROWS) -> str:
    return _FILE.format(command=[*COMMAND, "late.py", *arguments], path=path, effects=effects)


def check(
    description: Description, key: CheckSituation, intents: int = 3, afterwards_s: float = 5.0
) -> tuple[Check, float]:
    """What was found, and how long the service had to be silent in the end."""
    plan = CheckPlan((key,), intents, 3, 10.0, limit_s=20.0, afterwards_s=afterwards_s)
    with Stand(description, SERVICES) as stand:
        found = Checker(stand, plan, lambda _progress: None, threading.Event()).check("submit-twice.toml")
        return found, stand.quiet_s


@pytest.mark.parametrize(
    ("path", "key", "verdict", "effects"),
    [
        ("/sometime", CheckSituation.ONE_AFTER_ANOTHER, TWICE, 9),
        ("/sometime-once", CheckSituation.CLICKS, ONCE, 3),
        ("/now-and-then", CheckSituation.ONE_AFTER_ANOTHER, TWICE, 6),
        pytest.param("/retries", CheckSituation.LOST_REPLY, ONCE, 3, marks=pytest.mark.exhaustive),
        pytest.param("/jobs", CheckSituation.ONE_AFTER_ANOTHER, TWICE, 9, marks=pytest.mark.exhaustive),
        pytest.param("/sometime", CheckSituation.LOST_REPLY, TWICE, 6, marks=pytest.mark.exhaustive),
    ],
)
def test_it_is_judged_when_it_has_acted(path: str, key: CheckSituation, verdict: Verdict, effects: int) -> None:
    found, _ = check(late(path), key)
    (situation,) = found.situations
    assert situation.effects == effects
    assert dict(situation.verdicts) == {verdict: 3}
    assert any("work that begins later than that cannot be seen" in line for line in check_lines(found))


ORDERS = 'sql = "SELECT count(*) FROM orders WHERE order_no = {key}"'
ANSWERED_LATE = (CheckSituation.CLICKS, CheckSituation.ONE_AFTER_ANOTHER, CheckSituation.REDELIVERY)


def check_impatiently(path: str, key: CheckSituation, limit_s: float) -> SituationResult:
    plan = CheckPlan((key,), 1, 2, 1.0, limit_s=limit_s, afterwards_s=1.0)
    with Stand(late(path, effects=ORDERS), SERVICES) as stand:
        (found,) = Checker(stand, plan, lambda _progress: None, threading.Event()).check("x").situations
        return found


@pytest.mark.parametrize("key", ANSWERED_LATE)
def test_what_it_still_has_when_its_caller_gives_up_is_waited_for(key: CheckSituation) -> None:
    """Nothing of it is seen on the wire meanwhile."""
    found = check_impatiently("/again-after-5", key, limit_s=30.0)
    assert (dict(found.verdicts), Answer.TIMEOUT in found.answers) == ({TWICE: 1}, True)


@pytest.mark.parametrize("key", ANSWERED_LATE)
def test_what_it_still_has_in_the_end_may_take_effect(key: CheckSituation) -> None:
    found = check_impatiently("/again-after-600", key, limit_s=1.0)
    assert (dict(found.verdicts), found.effects) == ({Verdict.UNDECIDED: 1}, 1)


def test_what_is_seen_to_be_at_work_in_the_end_may_take_effect() -> None:
    """A transaction that began when its intent had been judged is open for longer than anybody waits."""
    plan = CheckPlan((CheckSituation.CLICKS,), 1, 2, 10.0, limit_s=6.0, afterwards_s=5.0)
    with Stand(late("/holds-open"), SERVICES) as stand:
        found = Checker(stand, plan, lambda _progress: None, threading.Event()).check("x")
    (situation,) = found.situations
    assert (dict(situation.verdicts), situation.effects) == ({Verdict.UNDECIDED: 1}, 1)
    assert not found.is_exactly_once


def test_calls_that_come_late_are_counted() -> None:
    found, _ = check(late("/charges", effects="gateway = true"), CheckSituation.ONE_AFTER_ANOTHER)
    (situation,) = found.situations
    assert situation.effects == 9
    assert dict(situation.verdicts) == {TWICE: 3}


def test_a_heartbeat_is_no_work() -> None:
    began = time.monotonic()
    found, quiet_s = check(late("/", "beats"), CheckSituation.CLICKS, afterwards_s=1.0)
    (situation,) = found.situations
    assert dict(situation.verdicts) == {ONCE: 3}
    assert quiet_s < 2.0
    assert time.monotonic() - began < 60


def test_what_we_ask_the_service_is_no_work_of_its_own() -> None:
    found, quiet_s = check(late("/", effects=REQUEST), CheckSituation.CLICKS, afterwards_s=1.0)
    (situation,) = found.situations
    assert dict(situation.verdicts) == {ONCE: 3}
    assert quiet_s < 2.0
    worst = situation.worst
    assert worst is not None
    assert all("SELECT" not in step.command for step in worst.steps)
