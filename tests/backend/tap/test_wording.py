"""How a step reads."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.model.vocabulary import OrderStatus
from backend.tap.wording import (
    answer_text,
    command_text,
    error_text,
    literal,
    plain_answer,
    plain_parameters,
    shorten,
)


@pytest.mark.parametrize(
    ("command", "parameters", "text"),
    [
        (
            "INSERT INTO orders (order_no, n) VALUES (%(no)s::VARCHAR, %(n)s::INTEGER)",
            {"no": "O'Neil", "n": 3},
            "INSERT INTO orders (order_no, n) VALUES ('O''Neil', 3)",
        ),
        ("SELECT 1 WHERE a = ?\n  AND b = ?", ("x", None), "SELECT 1 WHERE a = 'x' AND b = NULL"),
        ("SELECT %s, %s", (1.5, "订单"), "SELECT 1.5, '订单'"),
        ("SELECT ?, ?", (1,), "SELECT 1, ?"),
        ("SELECT %(missing)s", {}, "SELECT %(missing)s"),
        ("COMMIT", (), "COMMIT"),
    ],
)
def test_sql_has_its_parameters_in_place(command: str, parameters: object, text: str) -> None:
    assert command_text(command, parameters, is_sql=True) == text  # type: ignore[arg-type]


def test_a_redis_command_is_written_as_it_was_sent() -> None:
    assert command_text("SET", ("key", "value", "NX", "PX", 100), is_sql=False) == "SET key value NX PX 100"


@given(
    pieces=st.lists(
        st.sampled_from(["%(a)s", "%(b)s::VARCHAR", "%(gone)s", " ", "\n", "x", "%", "(", "é"]), max_size=9
    ),
    value=st.text(max_size=5),
)
def test_named_parameters_stand_where_they_stood(pieces: list[str], value: str) -> None:
    text = "".join(pieces)
    put = re.sub(r"%\((a|b)\)s(?:::\w+)?", lambda _: literal(value), text)
    assert command_text(text, {"a": value, "b": value}, is_sql=True) == " ".join(put.split())


VALUES = [None, True, 7, 1.5, "O'Neil", OrderStatus.PAID, Decimal("1.10"), datetime(2026, 1, 2, tzinfo=UTC), b"x", (1,)]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_what_is_sent_reads_the_same(value: object) -> None:
    for parameters, text in (({"a": value}, "VALUES (%(a)s)"), ([value], "VALUES (?)")):
        sent = msgspec.msgpack.decode(msgspec.msgpack.encode(plain_parameters(parameters)))
        assert command_text(text, sent, is_sql=True) == command_text(text, parameters, is_sql=True)
        assert command_text("SET", list(sent), is_sql=False) == command_text("SET", list(parameters), is_sql=False)
    for answer, is_sql in (
        (value, True),
        (value, False),
        ([(value, 1)], True),
        ([value], False),
        ([], True),
        ([], False),
    ):
        sent = msgspec.msgpack.decode(msgspec.msgpack.encode(plain_answer(answer, is_sql=is_sql)))
        assert answer_text(sent, is_sql=is_sql) == answer_text(answer, is_sql=is_sql)


@given(st.text(st.characters(exclude_characters="'")))
def test_a_text_is_quoted(text: str) -> None:
    assert literal(text) == f"'{text}'"


@given(st.text())
def test_a_quote_never_ends_a_literal(text: str) -> None:
    assert literal(text)[1:-1].replace("''", "").count("'") == 0


@pytest.mark.parametrize(
    ("answer", "sql", "text"),
    [
        (1, True, "1 row"),
        (0, True, "0 rows"),
        (7, True, "7 rows"),
        ([], True, "no row"),
        ([(1, "a"), (2, None)], True, "1, a | 2, None"),
        (None, True, ""),
        (None, False, "(nil)"),
        (True, False, "OK"),
        (1, False, "1"),
        ("created", False, "created"),
    ],
)
def test_an_answer_is_one_line(answer: object, text: str, *, sql: bool) -> None:
    assert answer_text(answer, is_sql=sql) == text


class ForeignError(Exception):
    """As SQLAlchemy wraps a driver's."""

    orig: object = None


def test_an_error_shows_the_state_and_the_first_line() -> None:
    error = ForeignError("wrapped")

    class DriverError(Exception):
        sqlstate = "23505"

    error.orig = DriverError("duplicate key\nDETAIL: …")
    assert error_text(error) == "23505 duplicate key"
    assert error_text(ValueError("one\ntwo")) == "one"
    assert error_text(ValueError()) == "ValueError"


@given(st.text(max_size=1_000))
def test_a_shortened_text_is_one_line_of_400_characters(text: str) -> None:
    line = shorten(text)
    assert len(line) <= 400
    assert len(line.splitlines()) <= 1
    assert line == shorten(line)
