"""Errors of drivers and of the operating system, as one clear sentence each."""

from __future__ import annotations

import re
import sqlite3

import psycopg
import redis
import redis.exceptions
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from backend.engines.says import EngineCode
from backend.model.sentence import Sentence, plain, say
from backend.shop.conflicts import error_number

_BY_SQLSTATE = {
    "28P01": EngineCode.WRONG_PASSWORD,
    "28000": EngineCode.MAY_NOT_LOG_IN,
    "3D000": EngineCode.NO_DATABASE,
    "42501": EngineCode.NO_PERMISSION,
    "53100": EngineCode.DEVICE_FULL,
    "53200": EngineCode.OUT_OF_MEMORY,
    "53300": EngineCode.FULL,
    "57P01": EngineCode.SHUTTING_DOWN,
    "57P02": EngineCode.CRASHED,
    "57P03": EngineCode.NOT_READY,
}

_BY_NUMBER = {
    1040: EngineCode.FULL,
    1044: EngineCode.MAY_NOT_USE_DATABASE,
    1045: EngineCode.WRONG_PASSWORD,
    1049: EngineCode.NO_DATABASE,
    1053: EngineCode.SHUTTING_DOWN,
    1130: EngineCode.NOT_FROM_HERE,
    1142: EngineCode.NO_PERMISSION,
    1203: EngineCode.FULL,
    1698: EngineCode.WRONG_PASSWORD,
    1927: EngineCode.HUNG_UP,
    2006: EngineCode.HUNG_UP,
    2013: EngineCode.HUNG_UP,
    4151: EngineCode.ACCOUNT_LOCKED,
}
"""Of MariaDB, and of the driver where it says 20.."""

_BY_TEXT = (
    (r"password authentication failed|invalid username.password|wrongpass", EngineCode.WRONG_PASSWORD),
    (r"no password supplied|noauth|authentication required|without any password configured", EngineCode.NO_PASSWORD),
    (r"no pg_hba.conf entry", EngineCode.NOT_FROM_HERE_FOR_USER),
    (r"database .* does not exist", EngineCode.NO_DATABASE),
    (r"role .* does not exist", EngineCode.WRONG_PASSWORD),
    (r"too many clients|too many connections|max number of clients|remaining connection slots|max_user_connections",
     EngineCode.FULL),
    (r"connection refused|error 111|error 61 ", EngineCode.REFUSED),
    (r"name or service not known|could not translate host|failed to resolve", EngineCode.NO_HOST),
    (r"nodename nor servname|temporary failure in name|no address associated", EngineCode.NO_HOST),
    (r"timeout expired|timed out|timeout connecting|timeout reading", EngineCode.TIMED_OUT),
    (r"no route to host|network is unreachable", EngineCode.NO_NETWORK),
    (r"no space left|disk is full|disk full", EngineCode.DEVICE_FULL),
    (r"is starting up|is shutting down|not yet accepting|loading the dataset",
     EngineCode.NOT_READY),
    (r"terminating connection due to administrator", EngineCode.SHUTTING_DOWN),
    (r"closed the connection|connection closed|connection (is )?closed|connection reset", EngineCode.HUNG_UP),
    (r"broken pipe|connection is lost|consuming input failed", EngineCode.HUNG_UP),
    (r"unable to open database file", EngineCode.FILE_NOT_OPENED),
    (r"file is not a database", EngineCode.NOT_SQLITE),
    (r"readonly database", EngineCode.FILE_READ_ONLY),
    (r"database is locked", EngineCode.LOCKED_TOO_LONG),
    (r"protocol error|invalid response|ssl negotiation|invalid http|expected authentication request",
     EngineCode.OTHER_PROTOCOL),
    (r"no such file or directory", EngineCode.NO_SUCH_SOCKET),
    (r"unsupported_protocol|wrong_version_number|does not support ssl", EngineCode.NO_TLS),
    (r"oom command not allowed", EngineCode.OUT_OF_MEMORY),
)  # fmt: skip

_LONGEST = 200
_AWAY = frozenset({
    EngineCode.REFUSED, EngineCode.NO_SUCH_SOCKET, EngineCode.HUNG_UP,
    EngineCode.SHUTTING_DOWN, EngineCode.CRASHED, EngineCode.NOT_READY,
})  # fmt: skip


def is_away(error: BaseException) -> bool:
    """Whether it means that the server has gone or is coming back, and nothing that it was asked."""
    return reason_of(error).code in _AWAY


def one_sentence(error: BaseException, what: Sentence | str) -> Sentence:
    """Say in one sentence, without secrets, what went wrong.

    Args:
        error: of a driver (psycopg, sqlite3, redis), of SQLAlchemy or of the operating system.
        what: what was tried or talked to, such as ``PostgreSQL at db.example:5432``; the sentence begins with it.
    """
    return say(EngineCode.BECAUSE, what=what, reason=reason_of(error))


def reason_of(error: BaseException) -> Sentence:
    """What an error means, without what it happened to."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        error = error.orig
    if isinstance(error, psycopg.Error) and error.sqlstate in _BY_SQLSTATE:
        return say(_BY_SQLSTATE[error.sqlstate or ""])
    if (number := error_number(error)) in _BY_NUMBER:
        return say(_BY_NUMBER[number])
    if isinstance(error, PoolTimeoutError):
        return say(EngineCode.POOL_IN_USE)
    if isinstance(error, ArgumentError | NoSuchModuleError):
        return say(EngineCode.BAD_URL)
    if isinstance(error, redis.exceptions.ReadOnlyError):
        return say(EngineCode.READ_ONLY_REPLICA)
    if isinstance(error, OSError) and error.filename is not None:
        reason = (error.strerror or type(error).__name__).lower()
        return say(EngineCode.FILE_FAILED, reason=reason, file=str(error.filename))
    text = str(error)
    for pattern, code in _BY_TEXT:
        if re.search(pattern, text, re.IGNORECASE):
            return say(code)
    return plain(_own_words(error, text))


def _own_words(error: BaseException, text: str) -> str:
    """The driver's last line, without prefixes, for what we have no words for."""
    lines = [line.strip() for line in without_passwords(text).splitlines() if line.strip()]
    if not lines:
        return type(error).__name__
    line = lines[0] if isinstance(error, psycopg.Error | sqlite3.Error) else lines[-1]
    return re.sub(r"^.*(?:FATAL|ERROR|PANIC):\s*", "", line)[:_LONGEST]


def without_passwords(text: str) -> str:
    """The text with every password of a URL in it replaced by dots."""
    return re.sub(r"(?<=://)([^\s/@:]*):[^\s@]*@|(password=)[^\s&]*", r"\1\2...", text)
