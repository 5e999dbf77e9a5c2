"""What the environment of this process says to client libraries, and must not.

libpq takes every parameter that a URL does not give from a variable (PostgreSQL documentation, 33.15), so that
``PGCLIENTENCODING``, ``PGOPTIONS``, ``PGSERVICE`` or ``PGHOSTADDR`` of somebody's shell would decide how a lab reads
its own database, or which one. The URL alone decides, for servers of ours and for those that are named. Other client
libraries here read no variables, and servers and backend processes of ours are started with an environment of their
own, so that neither Java's options nor Python's reach them.
"""

from __future__ import annotations

import os
import re

_OF_LIBPQ = re.compile(r"PG[A-Z]+")


def forget_foreign_settings() -> None:
    """Take libpq's variables out of the environment of this process, and so of all that it starts."""
    for name in [name for name in os.environ if _OF_LIBPQ.fullmatch(name)]:
        del os.environ[name]
