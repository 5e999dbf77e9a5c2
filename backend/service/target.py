"""Where a service runs that was not started by us, and whether it may be tested."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from backend.model.errors import SubmitTwiceError
from backend.model.sentence import say
from backend.service.exchange import Host
from backend.service.says import ServiceCode

if TYPE_CHECKING:
    from collections.abc import Collection

_LOCAL = "localhost"
_HIGHEST_PORT = 65535


def target_of(url: str) -> Host:
    """What a URL names.

    Raises:
        ValueError: the text is no URL of HTTP, or has more than host, port and path.
    """
    parsed = urlsplit(url)
    if parsed.scheme not in {"http", "https"} or not parsed.hostname:
        raise ValueError("no http:// or https:// URL")
    if parsed.query or parsed.fragment or "@" in parsed.netloc or any(char.isspace() for char in url):
        raise ValueError("more than host, port and path")
    tls = parsed.scheme == "https"
    port = parsed.port if parsed.port is not None else 443 if tls else 80  # a ValueError where it is too high
    if not 0 < port <= _HIGHEST_PORT:
        raise ValueError("no port")
    return Host(parsed.hostname, port, parsed.path.rstrip("/"), tls)


def allowed_target(url: str, allowed: Collection[str]) -> Host:
    """The same, if it is this machine or was named by whoever gave the command.

    Raises:
        SubmitTwiceError: the text is no URL of HTTP, or its host is neither this machine nor one that was named.
    """
    try:
        host = target_of(url)
    except ValueError:
        raise SubmitTwiceError(say(ServiceCode.BAD_URL, table="service", key="url", url=url)) from None
    if not is_this_machine(host.name) and host.name not in {name.lower().strip("[]") for name in allowed}:
        raise SubmitTwiceError(say(ServiceCode.NOT_ALLOWED, host=host.name))
    return host


def is_this_machine(name: str) -> bool:
    """Whether a name or an address is the loopback by definition (RFC 6761, RFC 1122): nobody's server decides it."""
    if name == _LOCAL or name.endswith(f".{_LOCAL}"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
