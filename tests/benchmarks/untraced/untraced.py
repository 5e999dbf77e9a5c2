"""`none/direct` in a process that traces no step: what `bench_http` holds against one that does.

Whoever loads this folder loses its trace, which is why it is no option of the product. That something is being handled
is still told: it is no part of the trace, a verdict waits for it.
"""

from backend.strategies.none import direct
from backend.tap.observer import Call
from backend.tap.trace import Trace

__all__ = ["direct"]


def _ignore(_trace: Trace, _call: Call) -> None:
    """Not kept, not sent, not worded by anybody."""


Trace.before = Trace.after = _ignore  # type: ignore[method-assign, assignment]
