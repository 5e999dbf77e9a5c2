"""What a client of the header Idempotency-Key may rely on: one row a behaviour, each with its source.

D: draft-ietf-httpapi-idempotency-key-header-07, with the section. S: docs.stripe.com/api/idempotent_requests.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from uuid import uuid4

import pytest
import sqlalchemy as sa

from backend.instance.sweeper import Sweeper
from backend.model.faults import parse_fault
from backend.model.plan import Plan, Setup
from backend.model.vocabulary import Answer, OperationKey, Source, Verdict
from backend.shop.schema import idempotency_records as records
from backend.strategies.key_syntax import KeySyntaxError, plain_key, quoted_key
from tests.backend.conftest import Laboratory
from tests.backend.http_caller import Told, caller_of, count_rows
from tests.tables import exhaustive_but, values

DRAFT, STRIPE = "draft-07", "stripe"


class Client:
    """A client of the API, with a fresh order and a fresh key."""

    def __init__(self, laboratory: Laboratory, variant: str) -> None:
        self.lab = laboratory.lab
        self.variant = variant
        self.key = f'"{uuid4()}"' if variant == DRAFT else str(uuid4())
        self.order = f"order-{uuid4().hex[:12]}"

    def post(
        self, operation: str = "place-order", *, key: str | None = "", lease_ms: int = 10_000, **body: object
    ) -> Told:
        path = f"/operations/{operation}?strategy=idempotency-key&variant={self.variant}"
        content = {"order_no": self.order, "item": "book", "quantity": 1} | body
        headers = {"Idempotency-Key": self.key if key == "" else key, "LAB-LEASE": str(lease_ms)}
        return caller_of(self.lab).call("POST", path, json.dumps(content).encode(), headers)

    @property
    def orders(self) -> int:
        return count_rows(self.lab.connection()["database"], "orders", f"order_no = '{self.order}'")


def replays_the_answer(client: Client) -> None:
    first, second = client.post(), client.post()
    assert (first.status, second.status) == (201, 201)
    assert first.content == second.content
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert client.orders == 1


def replays_an_error(client: Client) -> None:
    first, second = client.post("pay-order"), client.post("pay-order")
    assert first.status == second.status == 404
    assert first.document == second.document
    assert second.headers["idempotent-replayed"] == "true"
    assert second.headers["content-type"] == "application/problem+json"


def needs_a_key(client: Client) -> None:
    told = client.post(key=None)
    assert told.status == 400
    assert told.headers["content-type"] == "application/problem+json"
    assert client.orders == 0


def refuses_another_payload(client: Client) -> None:
    client.post()
    told = client.post(quantity=2)
    assert told.status == (422 if client.variant == DRAFT else 400)
    assert told.document["type"].endswith("idempotency-key-reused")
    assert client.post().headers["idempotent-replayed"] == "true"  # the first payload is still known
    assert client.orders == 1


def keeps_nothing_of_what_was_never_valid(client: Client) -> None:
    assert client.post(quantity=-1).status == 400
    assert client.post().status == 201
    assert client.orders == 1


def refuses_a_key_that_is_too_long(client: Client) -> None:
    longest, longer = "k" * 255, "k" * 256
    quote = '"{}"' if client.variant == DRAFT else "{}"
    assert client.post(key=quote.format(longer)).status == 400
    assert client.orders == 0
    assert client.post(key=quote.format(longest)).status in {201, 422, 400}


def takes_a_bare_token(client: Client) -> None:
    bare = client.key.strip('"')
    assert client.post(key=bare).status == 201
    assert client.post(key=f'"{bare}"').headers["idempotent-replayed"] == "true"


def replays_for_a_day(client: Client) -> None:
    client.post()
    engine = sa.create_engine(str(client.lab.connection()["database"]).replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        record = connection.execute(sa.select(records).order_by(records.c.id.desc())).first()
        assert record is not None
        assert 24 * 3600 - 60 < record.expires_at - time.time() <= 24 * 3600
        connection.execute(records.update().where(records.c.id == record.id).values(expires_at=time.time() - 1))
    assert client.post().status == 201
    assert client.orders == 2  # the key was forgotten, so this is a new request
    engine.dispose()


def is_swept_after_its_time(client: Client) -> None:
    client.post()
    engine = sa.create_engine(str(client.lab.connection()["database"]).replace("postgresql:", "postgresql+psycopg:"))
    swept = threading.Event()
    with engine.begin() as connection:
        connection.execute(records.update().values(expires_at=time.time() - 1))

    def connect() -> sa.engine.Connection:
        if swept.is_set():
            raise sa.exc.InvalidRequestError
        swept.set()
        return engine.connect()

    sweeper = Sweeper(connect, every_s=3600)
    sweeper.start()
    assert swept.wait(10)
    sweeper.stop()
    with engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(records)) == 0
    engine.dispose()


BEHAVIOURS: tuple[tuple[str, Callable[[Client], None], tuple[str, ...]], ...] = (
    ("D 2.6 / S: the stored answer is sent again", replays_the_answer, (DRAFT, STRIPE)),
    ("D 2.6 'success or error' / S 'regardless of whether it succeeds or fails'", replays_an_error, (DRAFT, STRIPE)),
    ("D 2.7: key missing, 400 and a problem document", needs_a_key, (DRAFT, STRIPE)),
    ("D 2.7: another payload, 422 / S: 'errors if they're not the same'", refuses_another_payload, (DRAFT, STRIPE)),
    ("S: no result is saved if parameters fail validation", keeps_nothing_of_what_was_never_valid, (DRAFT, STRIPE)),
    ("S: up to 255 characters", refuses_a_key_that_is_too_long, (DRAFT, STRIPE)),
    ("D 2.1: a structured-field String; SDKs send bare tokens", takes_a_bare_token, (DRAFT,)),
    ("D 2.3 / S: kept for at least 24 hours", replays_for_a_day, (DRAFT, STRIPE)),
    ("D 2.3: what is over is removed", is_swept_after_its_time, (DRAFT,)),
)


@pytest.mark.parametrize(
    ("behaviour", "variant"),
    [
        pytest.param(check, variant, id=f"{source} ({variant})")
        for source, check, variants in BEHAVIOURS
        for variant in variants
    ],
)
def test_conformance(laboratory: Laboratory, behaviour: Callable[[Client], None], variant: str) -> None:
    behaviour(Client(laboratory, variant))


@pytest.mark.parametrize("variant", exhaustive_but([DRAFT, STRIPE], values(STRIPE)))
def test_in_flight_is_409_and_a_crash_frees_the_key_when_the_lease_is_over(
    laboratory: Laboratory, variant: str
) -> None:
    """D 2.7: 409 while the original runs; a client with Stripe's rules, the same key on 409 and 5xx, ends in one."""
    setup = Setup("idempotency-key", variant, lease_ms=8_000, faults=(parse_fault("crash@sql:UPDATE:before"),))
    intent = laboratory.intent(OperationKey.PLACE_ORDER)
    plan = Plan((intent,), 1, Source.RETRY, timeout_ms=20_000, retries=9, backoff_ms=50)
    report = laboratory.lab.start_run(setup, plan).wait(60)

    assert report.verdicts == {Verdict.EXACTLY_ONCE: 1}
    assert report.answers.get(Answer.BUSY, 0) > 0
    assert report.answers.get(Answer.CREATED, 0) + report.answers.get(Answer.REPLAYED, 0) == 1


@pytest.mark.parametrize("variant", [DRAFT, STRIPE])
def test_a_late_owner_overwrites_nothing(laboratory: Laboratory, variant: str) -> None:
    """The lease is shorter than the work: a retry takes over, and the first attempt finds the record no longer his."""
    setup = Setup("idempotency-key", variant, processing_delay_ms=900, lease_ms=200)
    intent = laboratory.intent(OperationKey.PLACE_ORDER)
    plan = Plan((intent,), 1, Source.RETRY, timeout_ms=400, retries=1, backoff_ms=50)
    report = laboratory.lab.start_run(setup, plan).wait(60)

    assert report.verdicts == {Verdict.EXACTLY_ONCE: 1}


@pytest.mark.parametrize(("value", "key"), [('"a b"', "a b"), (r'"a\"b\\c"', r'a"b\c'), ("bare-token", "bare-token")])
def test_keys_as_structured_fields(value: str, key: str) -> None:
    assert quoted_key(value) == key


@pytest.mark.parametrize("value", ['"open', "two words", '""', '"tab\there"', '"é"'])
def test_what_is_no_structured_field(value: str) -> None:
    with pytest.raises(KeySyntaxError):
        quoted_key(value)


@pytest.mark.parametrize("value", ["", "é", "a\tb", "k" * 256])
def test_what_is_no_plain_key(value: str) -> None:
    with pytest.raises(KeySyntaxError):
        plain_key(value)
