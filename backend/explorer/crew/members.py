"""Those who explore together, and what they tell whoever gives them their tasks."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from backend.explorer.job import Job, Part, Player
from backend.explorer.question import Counterexample
from backend.explorer.says import ExplorerCode
from backend.model.errors import SubmitTwiceError
from backend.model.sentence import Sentence, say

log = logging.getLogger(__name__)

Task = Job | Counterexample
"""Explore a part, or play this schedule again."""
Report = Part | Counterexample | Sentence | None
"""What was done; a sentence why it failed, or why somebody could not begin."""
Opening = Callable[[], AbstractContextManager[Player]]
"""Opens a player. For another process or machine it must be possible to send it there."""


class Tidings(Enum):
    """What somebody has to tell."""

    READY = auto()
    """It may be given a task."""
    DONE = auto()
    FAILED = auto()
    """The task cannot be done; it may be given another one."""
    GONE = auto()
    """It will do nothing any more."""


@dataclass(frozen=True, slots=True)
class News:
    """What somebody tells."""

    member: Member
    tidings: Tidings
    value: Report = None


class Member(Protocol):
    """Somebody who explores."""

    was_ready: bool
    """Whether it could ever be given a task."""

    def give(self, task: Task) -> None:
        """Have a task done; it has none. The end of it is news."""

    def close(self) -> None:
        """Let it go. Returns when nothing of it is left."""


class Crew(Protocol):
    """All who explore together."""

    news: queue.Queue[News]

    @property
    def members(self) -> Collection[Member]:
        """Those that are there, or on their way."""

    @property
    def may_grow(self) -> bool:
        """Whether there may be more of them."""

    def tend(self) -> None:
        """Do what is due: call others in, also for those who are gone."""

    def lose(self, member: Member) -> None:
        """It is gone."""


def carry_out(player: Player, task: Task, cancelled: threading.Event) -> Part | Counterexample:
    """Do a task.

    Raises:
        SubmitTwiceError: it cannot be done.
    """
    return player.play(task, cancelled) if isinstance(task, Job) else player.replay(task)


def work(
    opening: Opening,
    next_task: Callable[[], Task | None],
    tell: Callable[[Tidings, Report], None],
    cancelled: threading.Event,
) -> None:
    """Do tasks until there is none any more, in this thread. After one that failed everything is opened anew.

    Args:
        opening: opens the player.
        next_task: waits for a task; None to end.
        tell: tells news.
        cancelled: set it from anywhere, and a task ends soon.
    """
    failure: Sentence | None = None
    try:
        while True:
            with opening() as player:
                tell(Tidings.FAILED if failure else Tidings.READY, failure)
                failure = _work_on(player, next_task, tell, cancelled)
            if failure is None:
                return
    except SubmitTwiceError as error:
        tell(Tidings.GONE, error.sentence)
    except Exception as error:  # whatever it is, nobody must wait for it
        log.exception("One of those who explore broke off")
        tell(Tidings.GONE, say(ExplorerCode.WORKER_BROKE_OFF, what=type(error).__name__))


def _work_on(
    player: Player,
    next_task: Callable[[], Task | None],
    tell: Callable[[Tidings, Report], None],
    cancelled: threading.Event,
) -> Sentence | None:
    """Do tasks until one fails: why; or until there is none any more: None."""
    while task := next_task():
        try:
            done = carry_out(player, task, cancelled)
        except SubmitTwiceError as error:
            return error.sentence
        except Exception as error:  # a mistake in one question must not cost the answers to the others
            log.exception("A part of an exploration broke off")
            return say(ExplorerCode.WORKER_BROKE_OFF, what=type(error).__name__)
        tell(Tidings.DONE, done)
    return None


class ThreadMember:
    """Explores in a thread of this process.

    Args:
        opening: opens the player, in the thread.
        news: where it tells.
        cancelled: set it from anywhere, and a task ends soon.
    """

    def __init__(self, opening: Opening, news: queue.Queue[News], cancelled: threading.Event) -> None:
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._news = news
        self.was_ready = False
        """Whether it could ever be given a task."""
        arguments = (opening, self._tasks.get, self._tell, cancelled)
        self._thread = threading.Thread(target=work, args=arguments, name="explores", daemon=True)
        self._thread.start()

    def give(self, task: Task) -> None:
        """See `Member`."""
        self._tasks.put(task)

    def close(self) -> None:
        """See `Member`."""
        self._tasks.put(None)
        self._thread.join()

    def _tell(self, tidings: Tidings, value: Report) -> None:
        self.was_ready = self.was_ready or tidings is Tidings.READY
        self._news.put(News(self, tidings, value))
