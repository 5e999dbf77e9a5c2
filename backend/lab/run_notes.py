"""What a command notes of its run while it goes on: reasons, incidents as they happen, and which intent fared worst."""

from __future__ import annotations

import math
import re
import sys
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from tqdm import tqdm

from backend.engines.says import ProcessCode
from backend.files.printable import printable
from backend.lab.intent_notes import AnswerNotes, EffectNotes
from backend.lab.listener import NullListener
from backend.lab.name_set import NameSet
from backend.model.sentence import Code, say, words
from backend.model.verdict import Facts, judge
from backend.model.vocabulary import Answer, Verdict
from backend.shop.operations import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence

    from backend.model.judgement import Report
    from backend.model.observed import GoneRow, Reply, Row, Step
    from backend.model.plan import Intent
    from backend.model.sentence import Sentence

_PROGRESS_SECONDS = 0.1
_MOST_SUBMISSIONS = 4
"""How many submissions of an intent are shown step by step."""
_MOST_NAMES = 2 * _MOST_SUBMISSIONS
"""So many of those that are to be shown first are known by name."""
_MOST_REASONS = 1_000
"""Further reasons are counted as one."""


class NoteCode(Code):
    """What the progress bar of a run says."""

    BAR_UNIT = "run.bar_unit"


@dataclass(frozen=True, slots=True)
class Shown:
    """The intent that fared worst, and how."""

    key_field: str
    """Name of the business key."""
    key: str
    verdict: Verdict
    steps: tuple[Step, ...]
    """Of some of its submissions, in the order in which they began."""
    left_out: int
    """Its submissions that are not shown."""


class Notes(NullListener):
    """A listener with a progress bar on a terminal, and none in a pipe.

    Args:
        submissions: how many are asked for.
        language: of what is said meanwhile.
    """

    def __init__(self, submissions: int, language: str) -> None:
        self.reasons: Counter[tuple[Answer, str]] = Counter()
        """How often callers got each answer, and why."""
        self._language = language
        self._effects, self._answers = EffectNotes(_MOST_NAMES), AnswerNotes()
        self._told, self._made, self._in_vain = NameSet(), NameSet(), NameSet()
        """Submissions that were answered, that made an effect, and whose callers gave up."""
        self._guard = threading.Lock()
        """Answers and rows are told by different threads, and each counts what the other one has not."""
        unit = words(say(NoteCode.BAR_UNIT), language)
        self._bar = tqdm(total=submissions, unit=unit, disable=None, mininterval=_PROGRESS_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def replies_received(self, replies: Sequence[Reply]) -> None:
        """Some more are answered."""
        with self._guard:
            for reply in replies:
                if not reply.held_back:
                    self._count_reason(reply)
                    self._hear(reply)
        self._bar.update(sum(not reply.retry_of for reply in replies))

    def _count_reason(self, reply: Reply) -> None:
        reason = reply.answer, self._reason(reply)
        if reason not in self.reasons and len(self.reasons) >= _MOST_REASONS:
            reason = reply.answer, "…"
        self.reasons[reason] += 1

    def _hear(self, reply: Reply) -> None:
        intent, name = self._answers.number(reply.intent_key), reply.submission_id
        self._answers.tell(intent, reply.answer)
        if reply.answer is Answer.TIMEOUT:
            self._in_vain.add(name)
        if self._told.add(name):
            self._answers.count(intent, name not in self._made)
            heard = self._answers.heard(intent)
            if len(heard) < _MOST_NAMES or self._place(name) < self._place(heard[-1]):
                self._answers.put_heard(intent, sorted((*heard, name), key=self._place)[:_MOST_NAMES])

    def rows_added(self, rows: Sequence[Row]) -> None:
        """Some more effects."""
        with self._guard:
            for row in rows:
                self._note_effect(row)

    def _note_effect(self, row: Row) -> None:
        self._effects.add((row.table, row.key), row.submission_id)
        if row.submission_id and self._made.add(row.submission_id) and row.submission_id not in self._told:
            self._answers.count(self._answers.number(row.key), 1)

    def rows_gone(self, rows: Sequence[GoneRow]) -> None:
        """Some effects less."""
        with self._guard:
            for row in rows:
                self._note_gone(row)

    def _note_gone(self, row: GoneRow) -> None:
        self._effects.remove((row.table, row.key), row.submission_id)
        if self._made.discard(row.submission_id) and row.submission_id not in self._told:
            self._answers.count(self._answers.number(row.key), -1)

    def incident(self, sentence: Sentence) -> None:
        """Say at once, on standard error, what was killed, stopped or started again.

        That the supervisor has ended is not said here: whatever the command is at ends with it, and says why.
        """
        if sentence.code is ProcessCode.SUPERVISOR_ENDED:
            return
        said = printable(words(sentence, self._language))
        with suppress(OSError, ValueError):
            tqdm.write(said, file=sys.stderr)

    def worst_intent(
        self, intents: Sequence[Intent], report: Report, steps_of: Callable[[str], Sequence[Step]]
    ) -> Shown | None:
        """The first of those intents that fared worst, with its steps; None where nothing is known of any."""
        worst = max(report.verdicts, key=lambda verdict: verdict.severity, default=Verdict.EXACTLY_ONCE)
        at_work = {one.intent_key for one in report.at_work}
        chosen = self._closest(intents, worst, at_work)
        if chosen is None:
            return None
        working = [one.submission_id for one in report.at_work if one.intent_key == chosen.key]
        shown = list(dict.fromkeys([*self._submissions_of(chosen), *working]))[:_MOST_SUBMISSIONS]
        steps = sorted((step for name in shown for step in steps_of(name)), key=lambda step: step.started_ns)
        known = self._answers.submissions(chosen.key)
        known += sum(name not in self._told and name not in self._made for name in set(working))
        if len(intents) == 1 and report.working > len(report.at_work):  # only those that have taken longest have names
            known = min(report.sent, known + report.working - len(report.at_work))
        left_out = max(0, known - len(shown))  # one that is shown may count as another intent's: somebody moved its row
        return Shown(chosen.operation.key_field, chosen.key, worst, tuple(steps), left_out)

    def _closest(self, intents: Sequence[Intent], worst: Verdict, at_work: Container[str]) -> Intent | None:
        """The first with this verdict; where none is known to have it, the first of the worst others."""
        closest, least = None, math.inf
        for intent in intents:
            distance = self._distance(intent, worst, at_work)
            if distance < least:
                closest, least = intent, distance
            if not least:
                break
        return closest

    def _distance(self, intent: Intent, worst: Verdict, at_work: Container[str]) -> int:
        """0 for an intent with this verdict. What bars an intent is not known here: it stands behind the others."""
        effects, told = self._effects.count(_entry(intent)), self._answers.told(intent.key)
        verdict = judge(Facts(effects, told, at_work=intent.key in at_work))
        return 0 if verdict is worst else 9 - verdict.severity

    def _submissions_of(self, intent: Intent) -> list[str]:
        """Those that made its effects, then those that were answered, then those that were not; the first of each."""
        heard = self._answers.heard(self._answers.number(intent.key))
        return list(dict.fromkeys([*self._effects.makers(_entry(intent)), *heard]))

    def _place(self, name: str) -> tuple[bool, tuple[int, ...]]:
        """Where it stands among those that were answered."""
        return name in self._in_vain, _number(name)

    def _reason(self, reply: Reply) -> str:
        """In words that are the same for all intents."""
        if reply.detail is None:
            return ""
        return words(reply.detail, self._language).replace(reply.intent_key, "…")


def _entry(intent: Intent) -> tuple[str, str]:
    return OPERATIONS[intent.operation].effects.name, intent.key


def _number(submission_id: str) -> tuple[int, ...]:
    """``1.20`` after ``1.3``; an attempt or a delivery, as in ``1.3-2``, after the one before."""
    return tuple(int(part) for part in re.findall(r"\d+", submission_id))
