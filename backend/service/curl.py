"""Reading a curl command, as browsers and API tools copy it."""

from __future__ import annotations

import argparse
import base64
import re
import shlex
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlencode, urlsplit

_FORM = "application/x-www-form-urlencoded"
_METHOD = re.compile("[A-Za-z]+")
_ANSI = re.compile(r"\$'((?:[^'\\]|\\.)*)'", re.DOTALL)
_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{1,4}|.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class CurlRequest:
    """What a curl command asks for."""

    method: str
    path: str
    """Path and query."""
    body: str
    host: str = ""
    """Host and port of the URL, with its scheme."""
    headers: dict[str, str] = field(default_factory=dict)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        raise ValueError(message)


def read_curl(line: str) -> CurlRequest:
    """Read a command such as ``curl -X POST http://localhost:3000/orders -H 'A: b' -d '{}'``.

    Raises:
        ValueError: it is none, or uses something that cannot be taken over; the text says what.
    """
    known, unknown = _parser().parse_known_args(_arguments(line))
    addresses = [word for word in [*known.url, *unknown] if not word.startswith("-")]
    options = [word for word in unknown if word.startswith("-")]
    if options:
        raise ValueError(f"the option {options[0]} is not understood")
    if len(addresses) != 1:
        raise ValueError("it must have one URL")
    address = addresses[0] if "://" in addresses[0] else f"http://{addresses[0]}"
    url = urlsplit(address)
    if url.scheme not in {"http", "https"} or url.port == 0:  # a ValueError where it is too high
        raise ValueError("its URL must be one of http or https")
    headers = dict(_header(text) for text in known.header)
    body = _body(known, headers)
    _complete(headers, known, url)
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    if known.get and body:
        path, body = path + ("&" if url.query else "?") + body, ""
    method = known.request or ("GET" if known.get or not (body or known.sends) else "POST")
    if not _METHOD.fullmatch(method):
        raise ValueError(f"“{method}” is no method")
    return CurlRequest(method.upper(), path, body, f"{url.scheme}://{url.netloc.rpartition('@')[2]}", headers)


def _arguments(line: str) -> list[str]:
    try:
        words = shlex.split(_ANSI.sub(_plain_quotes, line.replace("\\\n", " ").replace("^\n", " ")))
    except ValueError as error:
        raise ValueError(f"its quotes do not match ({error})") from None
    words = words[1:] if words[:1] == ["$"] else words
    if not words or words[0] not in {"curl", "curl.exe"}:
        raise ValueError("it does not begin with “curl”")
    return words[1:]


def _complete(headers: dict[str, str], known: argparse.Namespace, url: SplitResult) -> None:
    """Headers that options and the URL stand for."""
    login = known.user
    if not login and url.username is not None:
        login = f"{unquote(url.username)}:{unquote(url.password or '')}"
    if login:
        headers["Authorization"] = "Basic " + base64.b64encode(login.encode()).decode()
    texts = (("Cookie", "; ".join(known.cookie)), ("User-Agent", known.user_agent), ("Referer", known.referer))
    for name, value in texts:
        if value:
            headers.setdefault(name, value)


def _plain_quotes(found: re.Match[str]) -> str:
    """What a shell makes of ``$'…'``, as browsers copy bodies with line breaks."""
    return shlex.quote(_ESCAPE.sub(lambda escape: _escaped(escape[1]), found[1]))


def _escaped(text: str) -> str:
    if text[0] in "xu":
        return chr(int(text[1:], 16))
    return {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}.get(text, text)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(add_help=False, allow_abbrev=False, prog="curl")
    parser.add_argument("-X", "--request", default="")
    parser.add_argument("-H", "--header", action="append", default=[])
    parser.add_argument("-d", "--data", "--data-ascii", "--data-raw", "--data-binary", action="append", default=[])
    parser.add_argument("--data-urlencode", action="append", default=[])
    parser.add_argument("--json", default=None)
    parser.add_argument("-u", "--user", default="")
    parser.add_argument("-b", "--cookie", action="append", default=[])
    parser.add_argument("-A", "--user-agent", default="")
    parser.add_argument("-e", "--referer", default="")
    parser.add_argument("-m", "--max-time", "--connect-timeout", "--retry", "-o", "--output", default=None)
    parser.add_argument("--url", action="append", default=[])
    parser.add_argument("-G", "--get", action="store_true")
    for flag in ("-s", "-S", "-i", "-v", "-k", "-L", "-f", "-g", "-N", "-sS", "-sSL", "-sL"):
        parser.add_argument(flag, dest="ignored", action="store_true")
    for flag in ("--silent", "--show-error", "--include", "--verbose", "--insecure", "--location", "--fail",
                 "--compressed", "--http1.1", "--http2", "--globoff", "--no-buffer"):  # fmt: skip
        parser.add_argument(flag, dest="ignored", action="store_true")
    return parser


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not text.isprintable():
        raise ValueError(f"“{text}” is no header")
    return name.strip(), value.strip()


def _body(known: argparse.Namespace, headers: dict[str, str]) -> str:
    names = {name.lower() for name in headers}
    known.sends = bool(known.data or known.data_urlencode or known.json is not None)
    if any(text.startswith("@") for text in [*known.data, *known.data_urlencode, known.json or ""]):
        raise ValueError("a body from a file (@) cannot be taken over; write it into the file itself")
    if known.json is not None:
        for name in ("Content-Type", "Accept"):
            if name.lower() not in names:
                headers[name] = "application/json"
        return str(known.json)
    encoded = [_encoded(text) for text in known.data_urlencode]
    if known.sends and "content-type" not in names:
        headers["Content-Type"] = _FORM
    return "&".join([*known.data, *encoded])


def _encoded(text: str) -> str:
    name, equals, value = text.partition("=")
    return urlencode({name: value}) if equals and name else urlencode({"": value or name})[1:]
