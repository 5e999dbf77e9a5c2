"""What TOML lets pass and cannot stand where it stands: told before anything is started, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.model.sentence import LANGUAGES, words
from backend.service.curl import read_curl
from backend.service.description import ServiceFileError, load, parse
from backend.service.exchange import Host, build
from backend.service.validate import mistakes

FILE = """
[service]
command = ["true"]
[request]
path = "/{key}"
[effects]
gateway = true
[service.environment]
GATEWAY = "{gateway}"
PORT = "{port}"
"""
COUNTED = "[effects.request]\npath = '/count'\n"
POSTGRESQL = "[database]\nkind = 'postgresql'\n"


def changed(old: str, new: str) -> str:
    assert old in FILE
    return FILE.replace(old, new)


def request(line: str) -> str:
    return changed("path =", f"{line}\npath =")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (request('headers = {"A\\r\\nB" = "x"}'), "is no header"),
        (request('headers = {A = "x\\r\\nB: {key}"}'), "is no header"),
        (request('headers = {A = "日本"}'), "is no header"),
        (request('headers = {"Ä" = "x"}'), "is no header"),
        (request('headers = {"" = "x"}'), "is no header"),
        (changed("/{key}", "{key}"), "is no path"),
        (changed("/{key}", "/a b{key}"), "is no path"),
        (changed("/{key}", "/a\\r\\nX: {key}"), "is no path"),
        (changed("/{key}", "http://x/{key}"), "is no path"),
        (changed("command", "ready = 'health'\ncommand"), "is no path"),
        (request("json = {d = 2020-01-01}"), "JSON does not know"),
        (request("json = {d = 10:00:00}"), "JSON does not know"),
        (request("json = {d = nan}"), "JSON does not know"),
        (request("json = [-inf]"), "JSON does not know"),
        (FILE + "[answers]\ncreated = [409]\n", "cannot mean both"),
        (FILE + "[database]\nurl = 'sqlite:///x'\n", "none of PostgreSQL"),
        (FILE + "[database]\nurl = 'x'\n", "none of PostgreSQL"),
        (FILE + "[database]\nurl = 'postgresql://h:99999/x'\n", "none of PostgreSQL"),
        (FILE + "[redis]\nurl = 'http://x'\n", "no redis:// URL"),
        (FILE + "[redis]\nurl = 'redis://h:abc'\n", "no redis:// URL"),
        (FILE + "[redis]\nurl = 'rediss://h'\n", "no redis:// URL"),
        (FILE + '[before]\nredis = "SET \'x {key}"\n', "quotes do not match"),
        (changed("gateway = true", "sql = 'DELETE FROM x WHERE a = {key}'") + POSTGRESQL, "must be a SELECT"),
        (changed("gateway = true", "sql = 'SELECT count(*) FROM x'") + POSTGRESQL, "whose effects it counts"),
        (FILE + "'A=B' = '1'\n", "no environment variable"),
        (FILE + 'A = "x\\u0000y"\n', "no environment variable"),
        (changed("command", f"directory = '{'a' * 5000}'\ncommand"), "is not there"),
        (changed("command", "ready = '/health/{key}'\ncommand"), "[service] ready: nothing stands for the placeholder"),
        (changed('["true"]', '[""]'), "[service] command holds an empty name"),
        (changed("command", 'setup = [["true", "\\u0000"]]\ncommand'), "[service] setup holds an empty name"),
        (changed('PORT = "{port}"', ""), "must tell the service its port"),
        (changed("[effects]\ngateway = true", COUNTED), "[effects.request] must carry {key}"),
        (FILE + "[redis]\nurl = 'redis://h/first'\n", "no redis:// URL"),
        (FILE + "[before]\nredis = 'SET token:{key} 1'\n", "before.redis needs an engine"),
    ],
)
def test_it_is_one_sentence_each(text: str, sentence: str) -> None:
    found = mistakes(parse(text), Path())
    assert any(sentence in str(mistake) for mistake in found), list(map(str, found))
    assert all(words(mistake, language) for mistake in found for language in LANGUAGES)


@pytest.mark.parametrize(
    "text",
    [
        FILE,
        request('headers = {"X-{key}" = "Grüße {key}"}'),
        request("json = {a = [1, 2.5, true, {b = '{key}'}]}"),
        changed("/{key}", "/ü/{key}?a={uuid}"),
        changed("gateway = true", "sql = '(SELECT count(*) FROM x WHERE a = {uuid})'") + POSTGRESQL,
        FILE + "[redis]\nurl = 'unix:///run/redis.sock'\n",
        FILE + "[redis]\nurl = 'redis://h/7'\n[before]\nredis = 'SET token:{key} 1'\n",
        changed("[effects]\ngateway = true", COUNTED.replace("/count", "/count/{id}"))
        + "[before.request]\nsave = {id = '$.id'}\n",
    ],
)
def test_what_can_stand_there_is_let_pass(text: str) -> None:
    assert mistakes(parse(text), Path()) == ()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (FILE + "HOST = 1\n", r"\[service.environment\] HOST: expected `str`"),
        (request("headers = {A = 'x', B = 2}"), r"\[request.headers\] B: expected `str`"),
        (
            request("curl = 'curl http://localhost/orders -d order_no={key}'"),
            r"\[request\] cannot have both curl and path",
        ),
    ],
)
def test_what_cannot_be_read_is_named_with_its_table_and_key(text: str, sentence: str) -> None:
    with pytest.raises(ServiceFileError, match=sentence):
        parse(text)


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "submit-twice.toml"
    path.write_text(FILE, encoding="utf-8-sig")
    assert load(path).service.command == ["true"]


def test_a_file_that_nests_without_an_end_is_told() -> None:
    with pytest.raises(ServiceFileError, match="nests too deeply"):
        parse(request("json = " + "[" * 5000 + "]" * 5000))


def test_a_path_goes_out_in_ascii_and_the_length_is_ours() -> None:
    description = parse(
        changed("/{key}", "/ü/{key}").replace("path =", "headers = {content-length = '5'}\nbody = 'a={key}'\npath =")
    )
    sent = build(description.request, Host("localhost", 80), {"key": "k1"})
    head, _, body = sent.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /%C3%BC/k1 HTTP/1.1\r\n")
    assert head.lower().count(b"content-length") == 1
    assert f"Content-Length: {len(body)}".encode() in head


@pytest.mark.parametrize(
    "line",
    [
        "curl http://x:99999/",
        "curl ftp://x",
        "curl -X 'PO ST' http://x",
        "curl -H 'A: b\nC: d' http://x",
        "curl --json @file http://x",
        "curl --data-urlencode @file http://x",
        "curl -F order_no=1 -F photo=@file http://x",
        "curl -F order_no http://x",
        "curl -T file http://x",
    ],
)
def test_a_curl_command_that_cannot_be_taken_over(line: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  the sentence is the caller's
        read_curl(line)


@pytest.mark.parametrize(
    ("line", "body", "headers"),
    [
        (r"curl http://x --data-raw $'a\nb\'\u0021'", "a\nb'!", {"Content-Type": "application/x-www-form-urlencoded"}),
        ("curl -b a=b -b c=d http://x", "", {"Cookie": "a=b; c=d"}),
        ("curl http://user:p%20w@x/", "", {"Authorization": "Basic dXNlcjpwIHc="}),
        ("curl -A agent -e from http://x", "", {"User-Agent": "agent", "Referer": "from"}),
        ("$ curl http://x", "", {}),
        ("curl http://x --data-raw @home -H 'Content-Type: text/plain'", "@home", {"Content-Type": "text/plain"}),
        ("curl -H 'Accept:' -H 'X-None;' -H 'Accept-Encoding: gzip' http://x", "", {"X-None": ""}),
        ("curl --oauth2-bearer token -w '%{http_code}' -- http://x", "", {"Authorization": "Bearer token"}),
        ("curl \\\r\n  -H 'A: b' \\\r\n  http://x\r\n", "", {"A": "b"}),
        (
            'curl ^"http://x/^" ^\n  -H ^"A: ^\\^"b^\\^"^" ^\n  --json ^"^{^\\^"c^\\^":1^}^"',
            '{"c":1}',
            {"A": '"b"', "Content-Type": "application/json", "Accept": "application/json"},
        ),
        (
            "curl -F a=b --form-string c=@d http://x",
            (
                '--submit-twice-form\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n'
                '--submit-twice-form\r\nContent-Disposition: form-data; name="c"\r\n\r\n@d\r\n'
                "--submit-twice-form--\r\n"
            ),
            {"Content-Type": "multipart/form-data; boundary=submit-twice-form"},
        ),
    ],
)
def test_a_curl_command_as_it_is_copied(line: str, body: str, headers: dict[str, str]) -> None:
    found = read_curl(line)
    assert (found.body, found.headers, found.host) == (body, headers, "http://x")
