"""What is said about the gateway."""

from __future__ import annotations

from backend.model.sentence import Code


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
    NOT_THIS_MACHINE = "gateway.not_this_machine"
    NO_TOKEN = "gateway.no_token"  # noqa: S105  a sentence, not a secret
    NO_METHOD = "gateway.no_method"
    NO_RESOURCE = "gateway.no_resource"
    BODY_NOT_ACCEPTED = "gateway.body_not_accepted"
    BAD_KEY = "gateway.bad_key"
    KEY_REUSED = "gateway.key_reused"
    TOO_MANY_UNFINISHED = "gateway.too_many_unfinished"
    TOO_LARGE = "gateway.too_large"
    RUN_ENDED = "gateway.run_ended"
    NOT_UNDERSTOOD = "gateway.not_understood"
