"""Writing a service's file, from answers to a few questions or from a pasted curl command."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backend.service.curl import CurlRequest, read_curl

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEY_NAMES = re.compile(
    r"(order|request|payment|invoice|message|event|transaction|idempotency)[-_]?(no|nr|number|id|key)?|^id$|^key$",
    re.IGNORECASE,
)
_DATABASE_URL = '# url = "postgresql://user:password@localhost:5432/shop" # of the service; it is only read'
_FIELD = re.compile(
    r"(?:^|(?<=&))(?P<name>[^=&\s]+)=(?P<value>[^&\s]*)"
    r'|form-data; name="(?P<part>[^"]+)"\r\n\r\n(?P<part_value>[^\r\n]*)\r\n'
)
"""One of a form: ``name=value``, or a part of several."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What is known of a service."""

    command: str = ""
    """As typed into a shell; empty for a service that runs already."""
    url: str = ""
    curl: str = ""
    method: str = "POST"
    path: str = "/orders"
    body: str = '{"order_no": "{key}"}'
    database: str = "postgresql"
    """``postgresql``, ``mariadb`` or ``none``."""
    redis: bool = False
    setup: str = ""
    effects: str = "SELECT count(*) FROM orders WHERE order_no = {key}"


def render(answers: Answers) -> str:
    """The text of a file."""
    return "\n".join([*_service(answers), *_engines(answers), *_request(answers), *_effects(answers)]) + "\n"


def _service(answers: Answers) -> list[str]:
    if not answers.command:
        return ["[service]", f"url = {_text(answers.url or _base(answers))}", ""]
    command = json.dumps(_words(answers.command), ensure_ascii=False)
    lines = ["[service]", f"command = {command}", 'directory = "."', ""]
    lines += ["[service.environment]", 'PORT = "{port}"']
    if answers.database != "none":
        lines.append(f'DATABASE_URL = "{{{answers.database}}}"')
    if answers.redis:
        lines.append('REDIS_URL = "{redis}"')
    return [*lines, ""]


def _engines(answers: Answers) -> list[str]:
    if answers.database == "none":
        return []
    if not answers.command:
        return ["[database]", _DATABASE_URL, ""]
    lines = ["[database]", f"kind = {_text(answers.database)}"]
    if answers.setup:
        lines.append(f"setup = {_text(answers.setup)}")
    return [*lines, ""]


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:
        return command.split()


def _request(answers: Answers) -> list[str]:
    asked = _read(answers)
    lines = ["[request]", f"method = {_text(asked.method)}", f"path = {_text(asked.path)}"]
    headers = {name: value for name, value in asked.headers.items() if name.lower() not in _NOT_KEPT}
    if headers:
        lines.append(f"headers = {{ {', '.join(f'{_key(k)} = {_text(v)}' for k, v in headers.items())} }}")
    if asked.body:
        lines.append(f"body = {_text(asked.body)}")
    return [*lines, ""]


_NOT_KEPT = frozenset({"host", "content-length", "connection", "user-agent", "accept-encoding"})


def _effects(answers: Answers) -> list[str]:
    return ["[effects]", f"sql = {_text(answers.effects)}"]


def _read(answers: Answers) -> CurlRequest:
    if not answers.curl:
        return CurlRequest(answers.method, answers.path, answers.body)
    found = read_curl(answers.curl)
    return CurlRequest(found.method, found.path, _with_key(found.body), found.host, _with_key_header(found.headers))


def _base(answers: Answers) -> str:
    return read_curl(answers.curl).host if answers.curl else "http://127.0.0.1:8000"


def _with_key(body: str) -> str:
    """The body with the value that looks like the intent's key made a placeholder: of JSON or of a form."""
    if "{key}" in body:
        return body
    try:
        content = json.loads(body)
    except ValueError:
        return _with_key_in_form(body)
    return json.dumps(content, ensure_ascii=False) if _put_key(content) else body


def _put_key(content: object) -> bool:
    """Make the first such value in JSON a placeholder, the outermost ones first; whether there is one."""
    if isinstance(content, list):
        return any(map(_put_key, content))
    if not isinstance(content, dict):
        return False
    for name, value in content.items():
        if isinstance(value, str) and _KEY_NAMES.search(name):
            content[name] = "{key}"
            return True
    return any(map(_put_key, content.values()))


def _with_key_in_form(body: str) -> str:
    for found in _FIELD.finditer(body):
        if _KEY_NAMES.search(found["name"] or found["part"]):
            place = found.span("value" if found["name"] else "part_value")
            return f"{body[: place[0]]}{{key}}{body[place[1] :]}"
    return body


def _with_key_header(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: "{key}" if name.lower() == "idempotency-key" else value for name, value in headers.items()}


def _text(value: str) -> str:
    """A TOML string."""
    if "\n" in value and "\r" not in value and "'''" not in value:
        return f"'''\n{value}'''"
    if '"' in value and "'" not in value and "\n" not in value:
        return f"'{value}'"
    return json.dumps(value, ensure_ascii=False)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name)
