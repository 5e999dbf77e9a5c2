"""Headers by which the lab names a submission and sets its knobs."""

from __future__ import annotations

SUBMISSION_HEADER = "LAB-SUBMISSION"
DELAY_HEADER = "LAB-PROCESSING-DELAY"
LEASE_HEADER = "LAB-LEASE"
