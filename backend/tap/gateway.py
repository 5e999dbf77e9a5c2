"""The tap on the gateway's client."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from backend.engines.gateway.ledger import GatewayMessage
from backend.model.vocabulary import EngineKind, GatewayKeys

if TYPE_CHECKING:
    from backend.engines.gateway.client import GatewayClient
    from backend.shop.operations import Request
    from backend.tap.observer import Tap


class TappedGateway:
    """The gateway as operations call it; each call is a step.

    Args:
        client: over HTTP.
        tap: where steps pass.
        keys: what becomes of the Idempotency-Key.
    """

    def __init__(self, client: GatewayClient, tap: Tap, keys: GatewayKeys = GatewayKeys.NONE) -> None:
        self._client = client
        self._tap = tap
        self._keys = keys

    def with_keys(self, keys: GatewayKeys) -> TappedGateway:
        """The same gateway, with another habit about keys."""
        return TappedGateway(self._client, self._tap, keys)

    def send(self, request: Request, idempotency_key: str) -> bool:
        """Have the message of a request sent; False where it was sent before under this key."""
        message = GatewayMessage(request.key, request.item, request.quantity, request.submission_id)
        key = "" if self._keys is GatewayKeys.NONE else idempotency_key
        content = {"request_no": message.request_no, "item": message.item, "quantity": message.quantity}
        shown = [json.dumps(content, ensure_ascii=False)]
        return self._tap.run(
            EngineKind.GATEWAY,
            "POST /messages",
            [*shown, f"Idempotency-Key: {key}"] if key else shown,
            lambda: self._client.send(message, key, honoured=self._keys is GatewayKeys.HONOURED),
            lambda sent: "201 sent" if sent else "200 sent before (Idempotent-Replayed: true)",
        )
