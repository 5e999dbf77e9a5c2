"""Requests made from the file, and what their responses mean."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from backend.model.sentence import say
from backend.model.vocabulary import Answer
from backend.service.description import ServiceFileError
from backend.service.placeholders import fill, fill_header, fill_json, fill_json_text, fill_path
from backend.service.says import ServiceCode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from backend.lab.senders.http import Response
    from backend.service.description import Answers

_FORM = "application/x-www-form-urlencoded"
_SUCCESS = range(200, 300)
_OUR_OWN = frozenset({"host", "connection", "content-length", "transfer-encoding"})
"""Headers that follow from how a request is sent."""
_PLACE = re.compile(r"\.(?P<name>[^.\[\]]+)|\[(?P<index>\d+)\]")


class Asks(Protocol):
    """Any of the file's three kinds of request."""

    @property
    def method(self) -> str:
        """GET, POST and so on."""

    @property
    def path(self) -> str:
        """Path and query."""

    @property
    def headers(self) -> dict[str, str]:
        """By name."""

    @property
    def json(self) -> Any:  # noqa: ANN401  anything that TOML can hold
        """The body, to be sent as JSON."""

    @property
    def body(self) -> str:
        """The body as it is."""


@dataclass(frozen=True, slots=True)
class Host:
    """Where a service listens."""

    name: str
    port: int
    base: str = ""
    """The path of its URL, before every other path."""
    tls: bool = False

    @property
    def header(self) -> str:
        """Its Host header."""
        usual = 443 if self.tls else 80
        name = f"[{self.name}]" if ":" in self.name else self.name
        return name if self.port == usual else f"{name}:{self.port}"


def build(asks: Asks, host: Host, values: Mapping[str, str]) -> bytes:
    """The bytes of a request that keeps its connection open.

    Raises:
        UnknownPlaceholderError: nothing stands for a placeholder.
    """
    headers = {name: fill_header(value, values) for name, value in asks.headers.items()}
    lower = {name.lower(): value for name, value in headers.items()}
    body = _body(asks, lower.get("content-type", ""), values)
    if body and "content-type" not in lower:
        headers["Content-Type"] = "application/json" if _is_json(asks, "") else _FORM
    headers = {name: value for name, value in headers.items() if name.lower() not in _OUR_OWN}
    lines = [f"{asks.method} {host.base}{fill_path(asks.path, values)} HTTP/1.1", f"Host: {host.header}"]
    if body or asks.method in {"POST", "PUT", "PATCH"}:
        headers["Content-Length"] = str(len(body))
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + body


def _is_json(asks: Asks, content_type: str) -> bool:
    return asks.json is not None or "json" in content_type or asks.body.lstrip()[:1] in {"{", "["}


def _body(asks: Asks, content_type: str, values: Mapping[str, str]) -> bytes:
    if asks.json is not None:
        return json.dumps(fill_json(asks.json, values), ensure_ascii=False).encode()
    if _is_json(asks, content_type):
        return fill_json_text(asks.body, values).encode()
    if _FORM in content_type or not content_type:
        return fill(asks.body, values, lambda value: quote(value, safe="")).encode()
    return fill(asks.body, values).encode()


def answer_of(response: Response, meaning: Answers) -> Answer:
    """What a caller is told by a response.

    A body that names one of our answers under ``answer``, as the lab's own API does, says more than its status.
    """
    status = response.status
    if response.replayed and status in _SUCCESS:
        return Answer.REPLAYED
    if status not in _SUCCESS and (named := _named_answer(response.body)) is not None:
        return named
    for answer, statuses in (
        (Answer.REPLAYED, meaning.replayed),
        (Answer.DUPLICATE, meaning.duplicate),
        (Answer.BUSY, meaning.busy),
        (Answer.CONFLICT, meaning.conflict),
        (Answer.CREATED, meaning.created),
    ):
        if status in statuses:
            return answer
    return Answer.ERROR


def _named_answer(body: bytes) -> Answer | None:
    if b'"answer"' not in body:
        return None
    try:
        content = json.loads(body)
        return Answer(content["answer"])
    except (ValueError, KeyError, TypeError):
        return None


def value_at(content: object, path: str) -> object:
    """The value at a path such as ``$.items[0].id``.

    Raises:
        LookupError: nothing is at that path.
    """
    for found in _steps(path):
        if isinstance(found, int):
            if not isinstance(content, list) or found >= len(content):
                raise LookupError(path)
            content = content[found]
        else:
            if not isinstance(content, dict) or found not in content:
                raise LookupError(path)
            content = content[found]
    return content


def check_path(path: str, table: str, key: str) -> None:
    """See whether `value_at` understands a path.

    Raises:
        ServiceFileError: the path cannot be understood.
    """
    try:
        _steps(path)
    except ValueError:
        raise ServiceFileError(say(ServiceCode.BAD_PATH, table=table, key=key, path=path)) from None


def _steps(path: str) -> Sequence[str | int]:
    if not path.startswith("$"):
        raise ValueError(path)
    place, steps = 1, []
    while place < len(path):
        found = _PLACE.match(path, place)
        if found is None:
            raise ValueError(path)
        steps.append(found["name"] if found["name"] is not None else int(found["index"]))
        place = found.end()
    return steps
