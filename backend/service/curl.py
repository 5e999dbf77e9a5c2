"""Reading a curl command, as browsers and API tools copy it."""

from __future__ import annotations

import argparse
import base64
import re
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence

_FORM = "application/x-www-form-urlencoded"
_FROM_FILE = "a body from a file (@) cannot be taken over; write it into the file itself"
_METHOD = re.compile("[A-Za-z]+")
_BOUNDARY = "submit-twice-form"
_CONTINUED = re.compile(r"[\\^]\r?\n")
_CARET = re.compile(r"\^(.)", re.DOTALL)
_NOT_TAKEN = frozenset({"accept-encoding"})
"""An answer that is packed is read by nobody here."""
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


class _AsItIs(str):
    """Nothing in it has a meaning of its own."""

    __slots__ = ()


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        raise ValueError(message)


def read_curl(line: str) -> CurlRequest:
    """Read a command such as ``curl -X POST http://localhost:3000/orders -H 'A: b' -d '{}'``.

    Raises:
        ValueError: the text is no curl command, or uses an option that cannot be taken over; the error says which.
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
    headers = _headers(known.header)
    body = _form(known.form, headers) if known.form else _body(known, headers)
    _complete(headers, known, url)
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    if known.get and body:
        path, body = path + ("&" if url.query else "?") + body, ""
    method = known.request or ("GET" if known.get or not (body or known.sends) else "POST")
    if not _METHOD.fullmatch(method):
        raise ValueError(f"“{method}” is no method")
    return CurlRequest(method.upper(), path, body, f"{url.scheme}://{url.netloc.rpartition('@')[2]}", headers)


def _arguments(line: str) -> list[str]:
    text = _CONTINUED.sub(" ", line).replace("\r\n", "\n")
    if '^"' in text:  # as browsers copy it for the command prompt of Windows
        text = _CARET.sub(r"\1", text)
    try:
        words = shlex.split(_ANSI.sub(_plain_quotes, text))
    except ValueError as error:
        raise ValueError(f"its quotes do not match ({error})") from None
    words = words[1:] if words[:1] == ["$"] else words
    if not words or words[0] not in {"curl", "curl.exe"}:
        raise ValueError("it does not begin with “curl”")
    return [word for word in words[1:] if word != "--"]


def _complete(headers: dict[str, str], known: argparse.Namespace, url: SplitResult) -> None:
    """Headers that options and the URL stand for."""
    login = known.user
    if not login and url.username is not None:
        login = f"{unquote(url.username)}:{unquote(url.password or '')}"
    if login:
        headers["Authorization"] = "Basic " + base64.b64encode(login.encode()).decode()
    if known.oauth2_bearer:
        headers["Authorization"] = f"Bearer {known.oauth2_bearer}"
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
    parser.add_argument("-d", "--data", "--data-ascii", "--data-binary", dest="data", action="append", default=[])
    parser.add_argument("--data-raw", dest="data", action="append", type=_AsItIs)
    parser.add_argument("--data-urlencode", action="append", default=[])
    parser.add_argument("-F", "--form", dest="form", action="append", default=[])
    parser.add_argument("--form-string", dest="form", action="append", type=_AsItIs)
    parser.add_argument("--json", default=None)
    parser.add_argument("-u", "--user", default="")
    parser.add_argument("-b", "--cookie", action="append", default=[])
    parser.add_argument("-A", "--user-agent", default="")
    parser.add_argument("-e", "--referer", default="")
    parser.add_argument("--oauth2-bearer", default="")
    for ignored in ("-m", "--max-time", "--connect-timeout", "--retry", "-o", "--output", "-w", "--write-out"):
        parser.add_argument(ignored, dest="ignored_value", default=None)
    parser.add_argument("--url", action="append", default=[])
    parser.add_argument("-G", "--get", action="store_true")
    for flag in ("-s", "-S", "-i", "-v", "-k", "-L", "-f", "-g", "-N", "-sS", "-sSL", "-sL"):
        parser.add_argument(flag, dest="ignored", action="store_true")
    for flag in ("--silent", "--show-error", "--include", "--verbose", "--insecure", "--location", "--fail",
                 "--compressed", "--http1.1", "--http2", "--globoff", "--no-buffer"):  # fmt: skip
        parser.add_argument(flag, dest="ignored", action="store_true")
    return parser


def _headers(texts: Sequence[str]) -> dict[str, str]:
    """All of them but those that are to be left out: ``Accept:`` takes away what curl would send by itself."""
    return {
        name: value
        for text in texts
        for name, value in [_header(text)]
        if name.lower() not in _NOT_TAKEN and (value or text.endswith(";"))
    }


def _header(text: str) -> tuple[str, str]:
    """A header; one with a semicolon in place of the colon is sent empty."""
    name, colon, value = text.partition(":")
    if not colon and text.endswith(";"):
        name, colon, value = text[:-1], ":", ""
    if not colon or not text.isprintable():
        raise ValueError(f"“{text}” is no header")
    return name.strip(), value.strip()


def _body(known: argparse.Namespace, headers: dict[str, str]) -> str:
    names = {name.lower() for name in headers}
    known.sends = bool(known.data or known.data_urlencode or known.json is not None)
    if any(_is_file(text) for text in [*known.data, *known.data_urlencode, known.json or ""]):
        raise ValueError(_FROM_FILE)
    if known.json is not None:
        for name in ("Content-Type", "Accept"):
            if name.lower() not in names:
                headers[name] = "application/json"
        return str(known.json)
    encoded = [_encoded(text) for text in known.data_urlencode]
    if known.sends and "content-type" not in names:
        headers["Content-Type"] = _FORM
    return "&".join([*known.data, *encoded])


def _is_file(text: str, signs: str = "@") -> bool:
    return text[:1] in signs and text != "" and not isinstance(text, _AsItIs)


def _field(text: str) -> tuple[str, str]:
    """A field of a form, without what may be said of its type."""
    name, equals, value = text.partition("=")
    if not equals or not name or '"' in name:
        raise ValueError(f"“{text}” is no field of a form")
    if isinstance(text, _AsItIs):
        return name, value
    if _is_file(value, "@<"):
        raise ValueError(_FROM_FILE)
    return name, value.partition(";type=")[0]


def _form(texts: Sequence[str], headers: dict[str, str]) -> str:
    """A body of several parts (RFC 7578)."""
    for name in [name for name in headers if name.lower() == "content-type"]:
        del headers[name]
    headers["Content-Type"] = f"multipart/form-data; boundary={_BOUNDARY}"
    head = 'Content-Disposition: form-data; name="'
    parts = [f'--{_BOUNDARY}\r\n{head}{name}"\r\n\r\n{value}\r\n' for name, value in map(_field, texts)]
    return "".join([*parts, f"--{_BOUNDARY}--\r\n"])


def _encoded(text: str) -> str:
    name, equals, value = text.partition("=")
    return urlencode({name: value}) if equals and name else urlencode({"": value or name})[1:]
