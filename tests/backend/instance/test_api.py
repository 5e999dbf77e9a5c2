"""The HTTP API of a running instance, attacked: whatever comes, a problem document and no row."""

from __future__ import annotations

import json
import string
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.model.vocabulary import Answer
from tests.backend.conftest import Laboratory, emptied
from tests.backend.http_caller import Caller, Told, caller_of, count_effects, count_rows
from tests.tables import exhaustive_but, values

PLACE = "/operations/place-order?strategy=none"
ATTACK = settings(
    max_examples=40, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def _emptied_once(_started_lab: Laboratory) -> Laboratory:
    """What is refused changes nothing, so most tests of this file need nothing emptied; others ask for `laboratory`."""
    return emptied(_started_lab)


@pytest.fixture
def caller(_emptied_once: Laboratory) -> Caller:
    return caller_of(_emptied_once.lab)


@pytest.fixture
def no_row(_emptied_once: Laboratory) -> Iterator[None]:
    """What the test does leaves no row."""
    database = _emptied_once.lab.connection()["database"]
    before = count_effects(database)
    yield
    assert count_effects(database) == before


def order(**changes: object) -> bytes:
    return json.dumps({"order_no": "A-1", "item": "pen", "quantity": 1} | changes).encode()


def check_problem(told: Told, *statuses: int) -> dict[str, Any]:
    """It is a complete problem document, of one of these statuses or of any below 500."""
    assert told.status in statuses if statuses else 400 <= told.status < 500
    assert told.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = told.document
    assert document.keys() == {"type", "title", "status", "detail", "answer", "code", "parts"}
    assert document["status"] == told.status
    assert document["type"].startswith("urn:submit-twice:problem:")
    assert document["title"]
    assert document["detail"].endswith(".")
    assert document["answer"] in set(Answer)
    return document


BODIES = {
    "nothing": b"",
    "broken": b'{"order_no": "A',
    "no object": b"[1, 2]",
    "null": b"null",
    "a number": b"7",
    "byte order mark": b"\xef\xbb\xbf" + order(),
    "no UTF-8": b'{"order_no": "\xff\xfe", "item": "pen", "quantity": 1}',
    "lone surrogate": b'{"order_no": "\\ud800", "item": "pen", "quantity": 1}',
    "lone low surrogate": b'{"order_no": "A", "item": "\\udfff", "quantity": 1}',
    "surrogate bytes": b'{"order_no": "\xed\xa0\x80", "item": "pen", "quantity": 1}',
    "NUL": order(order_no="A\0B"),
    "NUL in the item": order(item="\0"),
    "newline": order(order_no="A\n"),
    "C1 control": order(order_no="\x85"),
    "line separator": order(order_no="\u2028"),
    "empty number": order(order_no=""),
    "10 KB number": order(order_no="A" * 10_240),
    "65 characters": order(order_no="A" * 65),
    "number as order number": order(order_no=7),
    "zero": order(quantity=0),
    "negative": order(quantity=-1),
    "huge": order(quantity=10**30),
    "a million and one": order(quantity=1_000_001),
    "half": order(quantity=0.5),
    "text as quantity": order(quantity="1"),
    "true": order(quantity=True),
    "not a number": b'{"order_no": "A", "item": "pen", "quantity": NaN}',
    "beyond floats": b'{"order_no": "A", "item": "pen", "quantity": 1e999}',
    "no quantity": b'{"order_no": "A", "item": "pen"}',
    "unknown field": order(colour="red"),
    "negative version": order(version=-1),
    "token with NUL": order(token="\0"),
    "nested lists": b"[" * 30_000,
    "nested objects": b'{"order_no":' * 5_000,
    "nested in an unknown field": order()[:-1] + b', "x": ' + b"[" * 20_000 + b"]" * 20_000 + b"}",
}


@pytest.mark.parametrize(
    "body", exhaustive_but(BODIES.values(), values(*list(BODIES.values())[::2])), ids=BODIES.keys()
)
def test_a_body_that_is_not_understood_is_refused(caller: Caller, no_row: None, body: bytes) -> None:
    assert check_problem(caller.call("POST", PLACE, body), 400)["answer"] == "error"


TEXTS = st.text(st.characters(), max_size=70)
VALUES: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda children: st.lists(children, max_size=3) | st.dictionaries(TEXTS, children, max_size=3),
    max_leaves=5,
)


def is_quantity(value: object) -> bool:
    """As `in range` would say, which compares with each number of a range where it gets anything but an integer."""
    return isinstance(value, int | float) and 1 <= value <= 1_000_000 and value == int(value)


WRONG_BODIES: st.SearchStrategy[dict[str, object]] = st.dictionaries(
    st.sampled_from(["order_no", "item", "quantity", "version", "x"]), VALUES
).filter(lambda body: not is_quantity(body.get("quantity")))


@ATTACK
@given(body=WRONG_BODIES)
def test_any_json_that_is_no_order_is_refused(caller: Caller, no_row: None, body: dict[str, object]) -> None:
    check_problem(caller.call("POST", PLACE, json.dumps(body).encode()), 400)


@ATTACK
@given(body=st.binary(max_size=300))
def test_any_bytes_are_refused(caller: Caller, no_row: None, body: bytes) -> None:
    check_problem(caller.call("POST", PLACE, body), 400)


@ATTACK
@given(operation=TEXTS, strategy=TEXTS, variant=TEXTS)
def test_unknown_names_are_refused(caller: Caller, no_row: None, operation: str, strategy: str, variant: str) -> None:
    def quoted(text: str) -> str:
        return quote(text.encode(errors="surrogatepass"), safe="")

    body = order()
    check_problem(caller.call("POST", f"/operations/x{quoted(operation)}?strategy=none", body), 404)
    check_problem(caller.call("POST", f"/operations/place-order?strategy=x{quoted(strategy)}", body), 400)
    query = f"strategy=none&variant=x{quoted(variant)}"
    check_problem(caller.call("POST", f"/operations/place-order?{query}", body), 400)


HEADER_VALUES = st.text(string.digits + string.ascii_letters + "-+_. \x80\xe9\xff", max_size=12).map(str.strip)


@ATTACK
@given(delay=HEADER_VALUES.filter(lambda v: not v.isdigit()), lease=HEADER_VALUES.filter(lambda v: not v.isdigit()))
def test_knobs_that_are_no_numbers_are_refused(caller: Caller, no_row: None, delay: str, lease: str) -> None:
    check_problem(caller.call("POST", PLACE, order(), {"LAB-PROCESSING-DELAY": delay}), 400)
    check_problem(caller.call("POST", PLACE, order(), {"LAB-LEASE": lease}), 400)


@pytest.mark.parametrize("name", ["LAB-PROCESSING-DELAY", "LAB-LEASE"])
@pytest.mark.parametrize("value", ["-1", "99999999", "9" * 5_000, "1.5", ""])
def test_knobs_out_of_bounds_are_refused(caller: Caller, no_row: None, name: str, value: str) -> None:
    check_problem(caller.call("POST", PLACE, order(), {name: value}), 400)


@pytest.mark.parametrize("name", ["", "é", "x" * 300, "a\tb"])
def test_a_submission_without_a_usable_name_gets_one(laboratory: Laboratory, caller: Caller, name: str) -> None:
    assert caller.call("POST", PLACE, order(), {"LAB-SUBMISSION": name}).status == 201
    assert count_rows(laboratory.lab.connection()["database"], "orders", "length(submission_id) = 32") == 1


@pytest.mark.parametrize("kind", [None, "", "text/plain", "application/x-www-form-urlencoded", "text/json", "é"])
def test_another_content_type_is_refused(caller: Caller, no_row: None, kind: str | None) -> None:
    check_problem(caller.call("POST", PLACE, order(), {"Content-Type": kind}), 415)


def test_a_content_type_with_a_charset_is_accepted(caller: Caller) -> None:
    told = caller.call("POST", PLACE, order(), {"Content-Type": "Application/JSON; charset=utf-8"})
    assert (told.status, told.document["answer"]) == (201, "created")


@pytest.mark.parametrize("size", [65_537, 100_000, 1_000_000])
@pytest.mark.parametrize("chunked", [False, True], ids=["with its size", "in chunks"])
def test_a_body_over_64_kib_is_refused(caller: Caller, no_row: None, size: int, *, chunked: bool) -> None:
    body = order() + b" " * (size - len(order()))
    check_problem(caller.call("POST", PLACE, iter([body]) if chunked else body), 413)


@pytest.mark.parametrize("chunked", [False, True], ids=["with its size", "in chunks"])
def test_a_body_of_64_kib_is_accepted(caller: Caller, *, chunked: bool) -> None:
    body = order() + b" " * (65_536 - len(order()))
    assert caller.call("POST", PLACE, iter([body[:100], body[100:]]) if chunked else body).status == 201


def test_a_body_that_is_announced_as_huge_is_refused_before_it_comes(caller: Caller, no_row: None) -> None:
    head = f"POST {PLACE} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {caller.token}\r\n"
    told = caller.raw(f"{head}Content-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n{{".encode())
    assert told.startswith(b"HTTP/1.1 413 ")
    assert b"application/problem+json" in told


@pytest.mark.parametrize("length", ["-5", "abc", "1e3", ""])
def test_a_length_that_is_none_is_refused(caller: Caller, no_row: None, length: str) -> None:
    head = f"POST {PLACE} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {caller.token}\r\n"
    told = caller.raw(f"{head}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n".encode())
    assert told.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    "shown",
    exhaustive_but(
        [None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic eA==", "Bearer é\xff", "{token}", "bearer"],
        values(None, "Bearer wrong", "{token}"),
    ),
)
@pytest.mark.parametrize(("method", "path"), [("POST", PLACE), ("POST", "/tokens"), ("GET", "/health"), ("GET", "/x")])
def test_nothing_without_the_token(caller: Caller, no_row: None, method: str, path: str, shown: str | None) -> None:
    if shown == "{token}":
        shown = caller.token  # without “Bearer”
    check_problem(caller.call(method, path, order(), {"Authorization": shown}), 401)


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "127.0.0.1.evil.example", "localhost.", "127.0.0.1:abc", "[::1", "127.0.0.1:1:2", "10.0.0.1"],
)
def test_a_page_of_another_host_cannot_reach_it(caller: Caller, no_row: None, host: str) -> None:
    check_problem(caller.call("POST", PLACE, order(), {"Host": host}), 403)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]", "127.0.0.1:1", "localhost:65535"])
def test_the_names_of_this_machine_are_let_in(caller: Caller, host: str) -> None:
    assert caller.call("GET", "/health", None, {"Host": host}).status == 200


@pytest.mark.parametrize("path", ["/", "/x", "/operations", "/health/x", "/orders", "/%00", "//"])
def test_there_is_nothing_elsewhere(caller: Caller, path: str) -> None:
    check_problem(caller.call("GET", path), 404)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", PLACE), ("DELETE", PLACE), ("PUT", "/orders/x"), ("GET", "/tokens"), ("POST", "/health"), ("TRACE", "/x")],
)
def test_another_method_is_refused(caller: Caller, no_row: None, method: str, path: str) -> None:
    check_problem(caller.call(method, path), 404 if path == "/x" else 405)


@pytest.mark.parametrize("method", ["TRACE", "DELETE", "CONNECT", "GET"])
def test_a_method_that_is_refused_is_told_which_are_not(caller: Caller, no_row: None, method: str) -> None:
    told = caller.call(method, "/operations/place-order")
    assert (told.status, told.headers.get("allow")) == (405, "POST, OPTIONS")


def test_a_strategy_that_does_not_apply_says_why(caller: Caller, no_row: None) -> None:
    document = check_problem(
        caller.submit("place-order", "pessimistic-lock", order_no="A", item="pen", quantity=1), 422
    )
    assert "row" in document["detail"]


@pytest.mark.parametrize(("strategy", "missing"), [("token", "token"), ("optimistic-lock", "version")])
def test_what_a_strategy_needs_is_asked_for(caller: Caller, no_row: None, strategy: str, missing: str) -> None:
    document = check_problem(caller.submit("pay-order", strategy, order_no="A"), 400)
    assert f"“{missing}”" in document["detail"]


def test_a_query_without_a_strategy_is_refused(caller: Caller, no_row: None) -> None:
    assert "strategy" in check_problem(caller.call("POST", "/operations/place-order", order()), 400)["detail"]


@pytest.mark.parametrize("strategy", ["none", "unique-index", "pessimistic-lock", "state-machine", "distributed-lock"])
def test_paying_an_order_that_is_not_there_is_refused(caller: Caller, no_row: None, strategy: str) -> None:
    check_problem(caller.submit("pay-order", strategy, order_no="nobody's"), 404, 409)


@pytest.mark.parametrize("strategy", ["none", "unique-index", "pessimistic-lock", "local-lock"])
def test_counting_goods_that_are_not_there_is_refused(caller: Caller, no_row: None, strategy: str) -> None:
    check_problem(caller.submit("add-stock", strategy, request_no="S-1", item="nothing", quantity=1), 404)


@pytest.mark.usefixtures("laboratory")
@pytest.mark.parametrize("path", ["/orders/x", "/orders/%FF", "/orders/%ED%A0%80", "/goods/x", "/goods/a%2Fb"])
def test_what_is_not_there_is_not_found(caller: Caller, path: str) -> None:
    check_problem(caller.call("GET", path), 404)


@pytest.mark.parametrize("key", ["%00", "%0A", "%C2%85", "x" * 65, "x" * 3_000, ""])
def test_what_cannot_be_a_key_is_refused(caller: Caller, key: str) -> None:
    check_problem(caller.call("GET", f"/orders/{key}"), 400, 404)
    check_problem(caller.call("GET", f"/goods/{key}"), 400, 404)


KEYS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=64)


@ATTACK
@given(key=KEYS, item=KEYS)
def test_any_other_text_is_a_key_from_end_to_end(laboratory: Laboratory, key: str, item: str) -> None:
    caller = caller_of(laboratory.lab)
    placed = caller.submit("place-order", "none", order_no=key, item=item, quantity=3)
    assert (placed.status, placed.document["order_no"]) == (201, key)
    shown = caller.call("GET", f"/orders/{quote(key, safe='')}").document
    assert (shown["order_no"], shown["quantity"], shown["version"]) == (key, 3, 1)


@pytest.mark.parametrize("key", ["订单-0001", "a/b?c#d", "..", "%20", "'; DROP TABLE orders; --", "🛒", "é", " "])
def test_a_version_from_the_form_guards_any_key(laboratory: Laboratory, caller: Caller, key: str) -> None:
    caller.submit("place-order", "unique-index", order_no=key, item="苹果", quantity=1)
    version = caller.call("GET", f"/orders/{quote(key, safe='')}").document["version"]
    pay = {"order_no": key, "version": version}
    answers = [caller.submit("pay-order", "optimistic-lock", "version-from-form", **pay) for _ in range(2)]
    assert [told.status for told in answers] == [201, 409]
    assert answers[1].document["answer"] == "conflict"
    assert count_rows(laboratory.lab.connection()["database"], "payments") == 1


def test_a_token_is_good_for_one_submission(laboratory: Laboratory, caller: Caller) -> None:
    token = caller.call("POST", "/tokens").document["token"]
    body = {"order_no": "A-1", "item": "pen", "quantity": 1, "token": token}
    statuses = [caller.submit("place-order", "token", **body).status for _ in range(2)]
    assert statuses == [201, 409]
    assert count_effects(laboratory.lab.connection()["database"]) == 1


def test_stock_beyond_what_the_column_holds_is_refused(laboratory: Laboratory, caller: Caller) -> None:
    from backend.model.vocabulary import OperationKey

    laboratory.run(OperationKey.ADD_STOCK, "none", submissions=1)
    database = laboratory.lab.connection()["database"]
    import psycopg

    with psycopg.connect(str(database)) as connection:
        connection.execute("UPDATE goods SET count = 2147483647 WHERE item = 'item 1'")
    before = count_effects(database)
    check_problem(caller.submit("add-stock", "none", request_no="S", item="item 1", quantity=1), 400)
    assert count_effects(database) == before


def test_the_description_is_coherent(caller: Caller) -> None:
    document = caller.call("GET", "/openapi.json").document
    assert document["openapi"].startswith("3.1")
    for reference in references(document):
        assert reference.startswith("#/components/schemas/")
        assert reference.rsplit("/", 1)[1] in document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            assert {"400", "401", "403"} <= described["responses"].keys()
            told = caller.call(method.upper(), path.replace("{", "").replace("}", ""))
            assert str(told.status) in described["responses"], (method, path, told)


def references(part: object) -> Iterator[str]:
    """All references in a document."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def test_health_counts_what_is_under_way(caller: Caller) -> None:
    assert caller.call("GET", "/health").document == {"instance": 1, "in_flight": 0}
