"""A Redis-protocol server that runs already: the service uses it, and what others keep there stays as it is."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import msgspec
import redis

from backend.explorer.question import service_question
from backend.model.vocabulary import Verdict
from backend.service.description import Redis
from backend.service.explored.run import explore_service
from backend.service.outside.check import Checker
from backend.service.outside.model import CheckPlan, CheckSituation
from backend.service.outside.stand import Stand
from tests.backend.service.conftest import SERVICES
from tests.backend.service.proxies import proxy
from tests.backend.service.scripts import INSERT, scripted

if TYPE_CHECKING:
    from backend.service.description import Description
    from backend.service.reach import Reach

LOCK = {"redis": "SET lock::key 1 NX EX 600", "stop": "none"}
NOBODY = {"redis": "GET session:somebody", "stop": "some"}


def on(url: str, description: Description) -> Description:
    return msgspec.structs.replace(description, redis=Redis(url=url))


def test_keys_of_others_stay_though_time_passes_for_an_intent_that_came_to_nothing(redis_server: Reach) -> None:
    """The service refuses, so it is asked once more when all its leases have run out: its own, and no others."""
    plan = CheckPlan((CheckSituation.ONE_AFTER_ANOTHER,), 1, 2, 5.0, afterwards_s=0.1)
    with proxy(redis_server) as somebodys, redis.Redis.from_url(somebodys.url, decode_responses=True) as client:
        client.flushdb()
        client.set("session:somebody", "x", ex=600)
        client.set("plain", "y")
        with Stand(on(somebodys.url, scripted([LOCK, NOBODY, INSERT])), SERVICES) as stand:
            check = Checker(stand, plan, lambda _: None, threading.Event()).check("x")
        assert [intent.effects for intent in check.situations[0].intents] == [0]
        assert (client.get("plain"), client.get("session:somebody")) == ("y", "x")
        assert int(client.ttl("session:somebody")) > 500


def test_a_service_is_explored_on_it(redis_server: Reach) -> None:
    question = service_question("x", requests=2, expiries=1)
    with proxy(redis_server) as somebodys, redis.Redis.from_url(somebodys.url, decode_responses=True) as client:
        client.flushdb()
        client.set("session:somebody", "x", ex=600)
        description = on(somebodys.url, scripted([{"redis": "GET session:somebody"}, LOCK, INSERT]))
        found = explore_service(
            description, SERVICES, question, on_progress=lambda _: None, cancelled=threading.Event()
        )
        assert found.outcomes[Verdict.DUPLICATED]
        assert int(client.ttl("session:somebody")) > 500
