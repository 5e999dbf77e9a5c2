"""Addresses of servers, without what opens them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from backend.archive.entries import ComparisonRecord

if TYPE_CHECKING:
    from backend.comparison.records import Comparison

_SECRET = ("password", "passwd", "sslpassword")
"""Options that hold one."""


def without_password(url: str) -> str:
    """A URL, or several with commas between them, that may be kept; a key such as ``postgresql`` stays as it is."""
    return ",".join(map(_one, url.split(","))) if url.count("://") > 1 else _one(url)


def _one(url: str) -> str:
    if "://" not in url:
        return url
    from sqlalchemy.engine import URL, make_url  # which takes its time, and a key needs none of it
    from sqlalchemy.exc import ArgumentError

    try:
        parts = make_url(url)
        open_to_all = URL.create(
            parts.drivername, parts.username, None, parts.host, parts.port, parts.database, parts.query
        )
        return open_to_all.difference_update_query(_SECRET).render_as_string(hide_password=True)
    except (ArgumentError, ValueError):
        return f"{url.partition('://')[0]}://"


def kept_comparison(found: Comparison) -> ComparisonRecord:
    """A comparison as it may be kept."""
    databases = tuple(map(without_password, found.asked.databases))
    return ComparisonRecord(replace(found, asked=replace(found.asked, databases=databases)))
