"""A password as PostgreSQL checks it, with SCRAM-SHA-256 (RFC 5802, RFC 7677): what the server keeps, and two keys.

Whoever logs in with the password has to hash it thousands of times first, 2 ms of computing for each connection. Who
has hashed it before has the keys that come of it, and logs in with those: libpq takes them since version 18.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from base64 import b64encode
from dataclasses import dataclass

_ITERATIONS = 4096
"""The fewest that RFC 7677 wants, and that drivers such as pgjdbc accept."""
LOGIN_KEYS = ("scram_client_key", "scram_server_key")
"""What libpq calls the keys in a URL. Others, and libpq before version 18, do not know them."""


@dataclass(frozen=True, slots=True)
class Scram:
    """What comes of a password. The keys are as secret as it is; nothing here is shown by `repr`."""

    client_key: str
    server_key: str
    verifier: str
    """What the server keeps, in the form that ``ALTER ROLE ... PASSWORD`` takes."""

    def __repr__(self) -> str:
        return "Scram()"


def scram(password: str) -> Scram:
    """Hash a password of ASCII characters; others would have to be normalised first."""
    salt = os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, _ITERATIONS)
    client, server = (hmac.digest(salted, name, "sha256") for name in (b"Client Key", b"Server Key"))
    stored = hashlib.sha256(client).digest()
    verifier = f"SCRAM-SHA-256${_ITERATIONS}:{_text(salt)}${_text(stored)}:{_text(server)}"
    return Scram(_text(client), _text(server), verifier)


def _text(data: bytes) -> str:
    return b64encode(data).decode("ascii")
