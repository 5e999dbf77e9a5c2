"""Who may come in over the loopback: whoever shows the token and names this machine, so that no web page can."""

from __future__ import annotations

import hmac
import re

IDLE_MS = 24 * 3600 * 1000
"""How long a connection may be open without a whole request on it: the server's own 30 s are hung up on unread ones.

A process that stood still when that time ran out hangs up when it goes on, and has not looked then at what has come.
A connection without a request keeps no thread, and no caller of ours has more than it wants.
"""
_OWN_HOST = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?", re.IGNORECASE)


def names_this_machine(host: str) -> bool:
    """Whether a Host header names this machine's loopback."""
    return _OWN_HOST.fullmatch(host) is not None


def shows_token(authorization: str, token: str) -> bool:
    """Whether an Authorization header holds the bearer token."""
    return hmac.compare_digest(authorization.encode(errors="replace"), f"Bearer {token}".encode())
