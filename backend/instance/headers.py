"""Headers by which the lab names a submission and sets its knobs."""

from __future__ import annotations

SUBMISSION_HEADER = "LAB-SUBMISSION"
DELAY_HEADER = "LAB-PROCESSING-DELAY"
LEASE_HEADER = "LAB-LEASE"
GATEWAY_HEADER = "LAB-GATEWAY-KEYS"
FAULTS_HEADER = "LAB-FAULTS"
"""A name for the intent, then faults at steps: ``7-1 crash@redis:DEL delay@reply=200``."""
CALLER_PORT_HEADER = "LAB-CALLER-PORT"
"""The caller's end of the connection, so that the backend can find the connection to drop."""
