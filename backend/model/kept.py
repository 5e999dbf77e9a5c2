"""How much of runs is kept, whatever they come to.

Verdicts, counters, percentiles and contradictions are of all submissions: what they need of one is a bit or a few
numbers, and an intent, of which it is some more, stays known until somebody presses Reset. What is there to be looked
at is kept of so many, and whatever is not kept any more is counted and named.
"""

from __future__ import annotations

MOST_TRACED = 20_000
"""Submissions whose steps are kept: the latest, and some that never make room."""
MOST_REMARKABLE = 4_000
"""Of those, so many never make room: the first ones, and those that made a duplicate or contradict the rows."""
FIRST_ONES = 1_000
MOST_SHOWN = 100_000
"""Rows, and answers, that a table shows; the oldest make room."""
AT_A_TIME, MORE_AT_A_TIME = 10_000, 500
"""Submissions that the sender is given before it begins, and then as often as it has few left."""
