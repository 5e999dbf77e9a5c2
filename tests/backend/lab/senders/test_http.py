"""Requests and responses, byte for byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.lab.senders.http import MalformedResponseError, Response, ResponseReader, build_request

CREATED = b'HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\n{"a"'
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nIdempotent-Replayed: true\r\n\r\n"
    b"4\r\nWiki\r\n6;name=value\r\npedia \r\nA\r\nin chunks.\r\n0\r\nTrailer: yes\r\n\r\n"
)


def read(raw: bytes) -> Response | None:
    return ResponseReader().feed(raw)


def test_a_request_has_its_line_headers_and_body() -> None:
    built = build_request(
        "POST", "/operations/x?strategy=none", host="127.0.0.1", port=8000, token="t", headers={"X-A": "1"}, body=b"{}"
    )
    assert built == (
        b"POST /operations/x?strategy=none HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nAuthorization: Bearer t\r\n"
        b"Content-Type: application/json\r\nContent-Length: 2\r\nX-A: 1\r\n\r\n{}"
    )


def test_a_post_without_a_body_says_so_and_a_get_says_nothing() -> None:
    post = build_request("POST", "/tokens", host="h", port=1, token="t", headers={}, body=None)
    get = build_request("GET", "/health", host="h", port=1, token="t", headers={}, body=None)
    assert b"Content-Length: 0\r\n" in post
    assert b"Content-Length" not in get


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "a\rb"])
def test_a_header_cannot_be_smuggled_in(value: str) -> None:
    with pytest.raises(ValueError, match="line break"):
        build_request("GET", "/", host="h", port=1, token="t", headers={"X-A": value}, body=None)


@given(st.lists(st.integers(1, 200), max_size=30), st.sampled_from([CREATED, CHUNKED]))
def test_it_does_not_matter_how_a_response_is_cut(sizes: list[int], raw: bytes) -> None:
    reader = ResponseReader()
    answers = []
    rest = raw
    for size in sizes:
        piece, rest = rest[:size], rest[size:]
        if piece:
            answers.append(reader.feed(piece))
    if rest:
        answers.append(reader.feed(rest))
    assert answers[:-1] == [None] * (len(answers) - 1)
    assert answers[-1] == read(raw)
    assert reader.is_between_responses


def test_a_response_with_a_length() -> None:
    assert read(CREATED) == Response(201, b'{"a"', keep_alive=True, replayed=False)


def test_a_chunked_response() -> None:
    assert read(CHUNKED) == Response(200, b"Wikipedia in chunks.", keep_alive=True, replayed=True)


def test_responses_follow_each_other_on_one_connection() -> None:
    reader = ResponseReader()
    found = [reader.feed(CREATED), reader.feed(CHUNKED), reader.feed(CREATED)]
    assert [response and response.status for response in found] == [201, 200, 201]


def test_bytes_that_nobody_asked_for_end_the_connection() -> None:
    response = read(CREATED + CREATED)
    assert response is not None
    assert response.status == 201
    assert not response.keep_alive


@pytest.mark.parametrize("value", [b"close", b"Close", b"keep-alive, close"])
def test_connection_close_is_heard(value: bytes) -> None:
    response = read(b"HTTP/1.1 200 OK\r\nConnection: " + value + b"\r\nContent-Length: 0\r\n\r\n")
    assert response == Response(200, b"", keep_alive=False, replayed=False)


def test_a_response_without_a_length_ends_with_its_connection() -> None:
    reader = ResponseReader()
    assert reader.feed(b"HTTP/1.1 200 OK\r\n\r\nall ") is None
    assert reader.feed(b"of it") is None
    assert reader.end() == Response(200, b"all of it", keep_alive=False, replayed=False)


@pytest.mark.parametrize("raw", [CREATED[:-1], CHUNKED[:-2], b"HTTP/1.1 200", b""])
def test_a_response_that_breaks_off_is_none(raw: bytes) -> None:
    reader = ResponseReader()
    assert reader.feed(raw) is None
    assert reader.end() is None


def test_interim_responses_are_passed_over() -> None:
    assert read(b"HTTP/1.1 100 Continue\r\n\r\n" + CREATED) == read(CREATED)


@pytest.mark.parametrize("status", [204, 304])
def test_some_statuses_have_no_body(status: int) -> None:
    response = read(f"HTTP/1.1 {status} Whatever\r\n\r\n".encode())
    assert response == Response(status, b"", keep_alive=True, replayed=False)


@pytest.mark.parametrize(
    "raw",
    [
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 900 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1_0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n",
        b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 40_000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"5" * 5_000,
    ],
)
def test_nonsense_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedResponseError):
        read(raw)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    for begin in (b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"):
        reader = ResponseReader()
        try:
            reader.feed(begin + raw)
        except MalformedResponseError:
            continue
        reader.end()
