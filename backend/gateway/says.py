"""What is said about the gateway."""

from __future__ import annotations

from backend.sentence import Code


class GatewayCode(Code):
    """About the gateway and calls to it."""

    NOT_RUNNING = "gateway.not_running"
    REFUSED = "gateway.refused"
    NOBODY_LISTENS = "gateway.nobody_listens"
    TIMED_OUT = "gateway.timed_out"
    HUNG_UP = "gateway.hung_up"
    NOTHING_SENT = "gateway.nothing_sent"
    RESTARTING = "gateway.restarting"
    BACK = "gateway.back"
    GIVEN_UP = "gateway.given_up"
