"""How each engine is, and what happened to it: who is away just now, and one sentence about each incident."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from backend.model.observed import EngineStatus
from backend.model.vocabulary import EngineKind, Health

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backend.model.sentence import Sentence


class HealthBoard:
    """What is away and why. Thread-safe.

    Args:
        on_change: called when an engine went away or came back.
        on_incident: called with one sentence when something was killed, stopped or started again.
    """

    def __init__(self, on_change: Callable[[], None], on_incident: Callable[[Sentence], None]) -> None:
        self._on_change = on_change
        self._on_incident = on_incident
        self._troubles: dict[EngineKind, Sentence] = {}
        self._down: set[int] = set()
        self._explained: set[int] = set()
        self._guard = threading.Lock()
        self._lost: Sentence | None = None
        self._closed = False

    def lose(self, sentence: Sentence) -> None:
        """All engines and processes are gone at once; nothing else is worth saying from now on."""
        with self._guard:
            if self._closed:
                return
            self._lost = sentence
            self._closed = True
        self._on_incident(sentence)
        self._on_change()

    @property
    def lost(self) -> Sentence | None:
        """Why all is gone; None if it is not."""
        return self._lost

    def close(self) -> None:
        """What ends from now on was asked to."""
        self._closed = True

    def trouble(self, kind: EngineKind) -> Sentence | None:
        """Why an engine is away; None if it is not."""
        return self._lost or self._troubles.get(kind)

    def changed(self) -> None:
        """An engine came, went or plays another part."""
        if not self._closed:
            self._on_change()

    def set_trouble(self, kind: EngineKind, sentence: Sentence | None) -> None:
        """An engine is away, or without a sentence: it is back."""
        with self._guard:
            if self._closed or self._troubles.get(kind) == sentence:
                return
            if sentence is None:
                del self._troubles[kind]
            else:
                self._troubles[kind] = sentence
        self._on_change()

    def tell(self, sentence: Sentence) -> None:
        """Something was killed, stopped or started again."""
        if not self._closed:
            self._on_incident(sentence)

    # Backend processes

    def process_killed(self, number: int, sentence: Sentence) -> None:
        """A backend process killed itself on purpose; its end needs no other sentence.

        It is away from now on: that it has ended is heard from who started it, and on a busy machine seconds later.
        """
        self._explained.add(number)
        self._down.add(number)
        self.set_trouble(EngineKind.HTTP, sentence)
        self.tell(sentence)

    def process_ended(self, number: int, sentence: Sentence) -> None:
        """A backend process ended without being asked to; `explain_end` is to follow."""
        self._down.add(number)
        self.set_trouble(EngineKind.HTTP, sentence)

    def explain_end(self, number: int, sentence: Sentence) -> None:
        """All is known of a backend process that ended: it did so on purpose and that was told, or this tells it."""
        if number not in self._explained:
            self.tell(sentence)

    def process_ready(self, number: int) -> None:
        """A backend process began to work."""
        self.process_unwanted(number)

    def process_unwanted(self, number: int) -> None:
        """Nobody waits for a backend process any more."""
        self._explained.discard(number)
        self._down.discard(number)
        if not self._down:
            self.set_trouble(EngineKind.HTTP, None)

    def only_wanted(self, is_wanted: Callable[[int], bool]) -> None:
        """Nobody waits any more for those of the processes that are away of which this is not true."""
        for number in [number for number in self._down if not is_wanted(number)]:
            self.process_unwanted(number)


def backend_status(ports: Sequence[int], trouble: Sentence | None) -> EngineStatus:
    """All backend instances as one line of the status strip."""
    count = len(ports)
    return EngineStatus(
        EngineKind.HTTP,
        "Backend",
        f"{count} instances" if count > 1 else "1 instance",
        f"127.0.0.1:{', '.join(map(str, ports))}",
        embedded=True,
        health=Health.DOWN if trouble else Health.UP,
        note=trouble,
    )
