"""What the headers of a submission say about how it is to be handled, over HTTP and on the queue alike."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from backend.instance.headers import CALLER_PORT_HEADER, DELAY_HEADER, FAULTS_HEADER, GATEWAY_HEADER, LEASE_HEADER
from backend.instance.problems import bad_request
from backend.instance.says import ApiCode
from backend.model.errors import UnknownKeyError
from backend.model.faults import at_steps, parse_fault
from backend.model.sentence import plain_list, say
from backend.model.vocabulary import GatewayKeys
from backend.tap.connections import hang_up
from backend.tap.observer import Flow

if TYPE_CHECKING:
    from backend.model.plan import Fault
    from backend.strategies.base import Services

LONGEST_DELAY_MS = 60_000
LONGEST_LEASE_MS = 3_600_000
_HIGHEST_PORT = 65_535
_MOST_FAULTS = 16
_MOST_KEPT = 64
_SCOPE = re.compile(r"[A-Za-z0-9.-]{1,64}")

GetHeader = Callable[[str], str | None]
"""The value of a header, or None where it was not sent."""


def flow_of(header: GetHeader, submission_id: str) -> Flow:
    """The flow of a submission, with its knobs and faults.

    Raises:
        Problem: a header is not what it should be.
    """
    scope, faults = _faults(header(FAULTS_HEADER))
    flow = Flow(submission_id, number(header, DELAY_HEADER, 0, LONGEST_DELAY_MS), faults=faults, scope=scope)
    if faults and (port := number(header, CALLER_PORT_HEADER, 0, _HIGHEST_PORT)):
        flow.hang_up = lambda: hang_up(port)
    return flow


class ServicesAsWished:
    """The services as submissions ask for them. Most ask for the same.

    Args:
        services: for those that ask for nothing.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._made: dict[tuple[int, GatewayKeys], Services] = {}

    def of(self, header: GetHeader) -> Services:
        """For a submission with these headers.

        Raises:
            Problem: a header is not what it should be.
        """
        lease_ms = number(header, LEASE_HEADER, self._services.lease_ms, LONGEST_LEASE_MS, least=1)
        keys = _gateway_keys(header(GATEWAY_HEADER))
        made = self._made.get((lease_ms, keys))
        if made is None:
            made = replace(self._services, lease_ms=lease_ms, gateway=self._services.gateway.with_keys(keys))
            if len(self._made) < _MOST_KEPT:
                self._made[lease_ms, keys] = made
        return made


def _gateway_keys(header: str | None) -> GatewayKeys:
    try:
        return GatewayKeys(header or GatewayKeys.NONE)
    except ValueError:
        raise bad_request(say(ApiCode.HEADER_CHOICE, header=GATEWAY_HEADER, known=plain_list(GatewayKeys))) from None


def number(header: GetHeader, name: str, default: int, most: int, *, least: int = 0) -> int:
    """A number in a header, within its bounds.

    Raises:
        Problem: it is not one.
    """
    given = header(name)
    if given is None:
        return default
    if not (given.isascii() and given.isdigit() and len(given) < 10 and least <= int(given) <= most):
        raise bad_request(say(ApiCode.HEADER_NUMBER, header=name, least=least, most=most))
    return int(given)


def _faults(header: str | None) -> tuple[str, tuple[Fault, ...]]:
    if not header:
        return "", ()
    scope, *texts = header.split()
    try:
        faults = tuple(map(parse_fault, texts))
    except UnknownKeyError as error:
        raise bad_request(error.sentence) from None
    if not _SCOPE.fullmatch(scope) or at_steps(faults) != faults or len(faults) > _MOST_FAULTS:
        raise bad_request(say(ApiCode.HEADER_FAULTS, header=FAULTS_HEADER, most=_MOST_FAULTS))
    return scope, faults
