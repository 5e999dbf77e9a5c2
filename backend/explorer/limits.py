"""How long the explorer waits for what should come at once."""

from __future__ import annotations

PATIENCE_S = 30.0
"""A statement that is neither answered nor waits for one of ours for so long is a fault of the harness."""
TRIALS = 20
"""How often a schedule is played that did not come along the same way."""
