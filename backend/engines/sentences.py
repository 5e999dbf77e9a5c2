"""Errors of drivers and of the operating system, as one clear sentence each."""

from __future__ import annotations

import re
import sqlite3

import psycopg
import redis
import redis.exceptions
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

_FULL = "it accepts no more connections (too many clients)"

_BY_SQLSTATE = {
    "28P01": "the user or the password is wrong",
    "28000": "this user may not log in from here",
    "3D000": "there is no database of that name",
    "42501": "this user lacks the permission",
    "53100": "no space is left on its device",
    "53200": "it is out of memory",
    "53300": _FULL,
    "57P01": "it is shutting down",
    "57P02": "it crashed",
    "57P03": "it is starting or stopping and accepts no connection yet",
}

_BY_NUMBER = {
    1040: _FULL,
    1044: "this user may not use that database",
    1045: "the user or the password is wrong",
    1049: "there is no database of that name",
    1053: "it is shutting down",
    1130: "it allows no connection from here",
    1142: "this user lacks the permission",
    1203: _FULL,
    1698: "the user or the password is wrong",
    1927: "it closed the connection",
    2006: "it closed the connection",
    2013: "it closed the connection",
    4151: "this account is locked",
}
"""Of MariaDB, and of the driver where it says 20.."""

_BY_TEXT = (
    (r"password authentication failed|invalid username.password|wrongpass", "the user or the password is wrong"),
    (r"no password supplied|noauth|authentication required|without any password configured", "the password is missing"),
    (r"no pg_hba.conf entry", "it allows no connection from here for this user and database"),
    (r"database .* does not exist", "there is no database of that name"),
    (r"role .* does not exist", "the user or the password is wrong"),
    (r"too many clients|too many connections|max number of clients|remaining connection slots", _FULL),
    (r"connection refused|error 111|error 61 ", "nothing listens there (connection refused)"),
    (r"name or service not known|could not translate host|failed to resolve", "there is no host of that name"),
    (r"nodename nor servname|temporary failure in name|no address associated", "there is no host of that name"),
    (r"timeout expired|timed out|timeout connecting|timeout reading", "it did not answer in time"),
    (r"no route to host|network is unreachable", "its network cannot be reached"),
    (r"no space left|disk is full|disk full", "no space is left on its device"),
    (r"is starting up|is shutting down|not yet accepting|loading the dataset",
     "it is starting or stopping and accepts no connection yet"),
    (r"terminating connection due to administrator", "it is shutting down"),
    (r"closed the connection|connection closed|connection (is )?closed|connection reset", "it closed the connection"),
    (r"broken pipe|connection is lost|consuming input failed", "it closed the connection"),
    (r"unable to open database file", "the file cannot be opened (does its folder exist, and may we write there?)"),
    (r"file is not a database", "the file is not a SQLite database"),
    (r"readonly database", "the file may not be written"),
    (r"database is locked", "another process kept the database locked for too long"),
    (r"protocol error|invalid response|ssl negotiation|invalid http|expected authentication request",
     "what listens there speaks another protocol"),
    (r"no such file or directory", "nothing listens there (no such socket)"),
    (r"unsupported_protocol|wrong_version_number|does not support ssl", "it does not offer TLS as the URL asks for"),
    (r"oom command not allowed", "it is out of memory"),
)  # fmt: skip

_LONGEST = 200


def one_sentence(error: BaseException, what: str) -> str:
    """Say in one sentence, without secrets, what went wrong.

    Args:
        error: of a driver (psycopg, sqlite3, redis), of SQLAlchemy or of the operating system.
        what: what was tried or talked to, such as ``PostgreSQL at db.example:5432``; the sentence begins with it.
    """
    return f"{what}: {_reason(error)}"


def _reason(error: BaseException) -> str:
    if isinstance(error, DBAPIError) and error.orig is not None:
        error = error.orig
    if isinstance(error, psycopg.Error) and error.sqlstate in _BY_SQLSTATE:
        return _BY_SQLSTATE[error.sqlstate or ""]
    if (number := error_number(error)) in _BY_NUMBER:
        return _BY_NUMBER[number]
    if isinstance(error, PoolTimeoutError):
        return "all connections of the pool are in use"
    if isinstance(error, ArgumentError | NoSuchModuleError):
        return "the URL cannot be understood"
    if isinstance(error, redis.exceptions.ReadOnlyError):
        return "it is a read-only replica"
    if isinstance(error, OSError) and error.filename is not None:
        return f"{(error.strerror or type(error).__name__).lower()} ({error.filename})"
    text = str(error)
    for pattern, reason in _BY_TEXT:
        if re.search(pattern, text, re.IGNORECASE):
            return reason
    return _own_words(error, text)


def _own_words(error: BaseException, text: str) -> str:
    """The driver's last line, without prefixes, for what we have no words for."""
    lines = [line.strip() for line in without_passwords(text).splitlines() if line.strip()]
    if not lines:
        return type(error).__name__
    line = lines[0] if isinstance(error, psycopg.Error | sqlite3.Error) else lines[-1]
    return re.sub(r"^.*(?:FATAL|ERROR|PANIC):\s*", "", line)[:_LONGEST]


def error_number(error: BaseException | None) -> int:
    """The server's number of an error of PyMySQL, which need not be imported for that; 0 for any other error."""
    ours = type(error).__module__.partition(".")[0] == "pymysql"
    number = error.args[0] if ours and error is not None and error.args else 0
    return number if isinstance(number, int) else 0


def without_passwords(text: str) -> str:
    """The text with every password of a URL in it replaced by dots."""
    return re.sub(r"(?<=://)([^\s/@:]*):[^\s@]*@|(password=)[^\s&]*", r"\1\2...", text)
