"""Reading a curl command, as browsers and API tools copy it."""

from __future__ import annotations

import argparse
import base64
import shlex
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

_FORM = "application/x-www-form-urlencoded"


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
    try:
        words = shlex.split(line.replace("\\\n", " ").replace("^\n", " "))
    except ValueError as error:
        raise ValueError(f"its quotes do not match ({error})") from None
    if not words or words[0] not in {"curl", "curl.exe"}:
        raise ValueError("it does not begin with “curl”")
    known, unknown = _parser().parse_known_args(words[1:])
    addresses = [word for word in [*known.url, *unknown] if not word.startswith("-")]
    options = [word for word in unknown if word.startswith("-")]
    if options:
        raise ValueError(f"the option {options[0]} is not understood")
    if len(addresses) != 1:
        raise ValueError("it must have one URL")
    address = addresses[0] if "://" in addresses[0] else f"http://{addresses[0]}"
    url = urlsplit(address)
    headers = dict(_header(text) for text in known.header)
    body = _body(known, headers)
    if known.user:
        headers["Authorization"] = "Basic " + base64.b64encode(known.user.encode()).decode()
    if known.cookie:
        headers["Cookie"] = known.cookie
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    if known.get and body:
        path, body = path + ("&" if url.query else "?") + body, ""
    method = known.request or ("GET" if known.get or not (body or known.sends) else "POST")
    return CurlRequest(method.upper(), path, body, f"{url.scheme}://{url.netloc}", headers)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(add_help=False, allow_abbrev=False, prog="curl")
    parser.add_argument("-X", "--request", default="")
    parser.add_argument("-H", "--header", action="append", default=[])
    parser.add_argument("-d", "--data", "--data-ascii", "--data-raw", "--data-binary", action="append", default=[])
    parser.add_argument("--data-urlencode", action="append", default=[])
    parser.add_argument("--json", default=None)
    parser.add_argument("-u", "--user", default="")
    parser.add_argument("-b", "--cookie", default="")
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
    if not colon:
        raise ValueError(f"“{text}” is no header")
    return name.strip(), value.strip()


def _body(known: argparse.Namespace, headers: dict[str, str]) -> str:
    names = {name.lower() for name in headers}
    known.sends = bool(known.data or known.data_urlencode or known.json is not None)
    if any(text.startswith("@") for text in known.data):
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
