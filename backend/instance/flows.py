"""What the headers of a submission say about how it is to be handled, over HTTP and on the queue alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from backend.instance.headers import DELAY_HEADER, LEASE_HEADER
from backend.instance.problems import bad_request
from backend.tap.observer import Flow

if TYPE_CHECKING:
    from backend.strategies.base import Services

LONGEST_DELAY_MS = 60_000
LONGEST_LEASE_MS = 3_600_000

GetHeader = Callable[[str], str | None]
"""The value of a header, or None where it was not sent."""


def flow_of(header: GetHeader, submission_id: str) -> Flow:
    """The flow of a submission, with its knobs.

    Raises:
        Problem: a header is not what it should be.
    """
    return Flow(submission_id, number(header, DELAY_HEADER, 0, LONGEST_DELAY_MS))


def services_of(services: Services, header: GetHeader) -> Services:
    """The services as a submission asks for them.

    Raises:
        Problem: a header is not what it should be.
    """
    return replace(services, lease_ms=number(header, LEASE_HEADER, services.lease_ms, LONGEST_LEASE_MS, least=1))


def number(header: GetHeader, name: str, default: int, most: int, *, least: int = 0) -> int:
    """A number in a header, within its bounds.

    Raises:
        Problem: it is not one.
    """
    given = header(name)
    if given is None:
        return default
    if not (given.isascii() and given.isdigit() and len(given) < 10 and least <= int(given) <= most):
        raise bad_request(f"The header {name} takes a whole number from {least} to {most}.")
    return int(given)
