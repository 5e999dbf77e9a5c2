"""Keeps what is done in the window, and reads it back, on a thread of its own."""

from __future__ import annotations

import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

from backend.archive.entries import CheckRecord, Entry, ExplorationRecord, RunSettings
from backend.archive.run_book import RunBook
from backend.explorer.question import Exploration
from backend.model.errors import SubmitTwiceError
from gui.history.unfinished import report_until_now
from gui.link.worker import Worker
from gui.wording.speech import speak

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backend.archive.history import History
    from backend.comparison.records import Comparison
    from backend.model.judgement import Judgement, Report
    from backend.model.observed import EngineStatus
    from backend.model.plan import Setup
    from backend.model.sentence import Sentence
    from backend.service.asked import Checked
    from gui.link.bridge import LabBridge
    from gui.link.pending_run import PendingRun


class _Asked:
    """A run that is under way: what is not in its report."""

    def __init__(self, setup: Setup, database: str, book: RunBook) -> None:
        self.setup = setup
        self.database = database
        self.book = book
        """What was seen since the tables were empty; rows that are gone by its end are in it all the same."""
        self.began = time.time()


class HistoryKeeper(QObject):
    """Listens to the bridge and to the pages, and makes entries.

    Args:
        bridge: to the lab.
        parent: as for any QObject.
        instances: how many backend processes there are.

    Signals:
        changed: an entry was kept, or some were removed.
        listed: the entries that were asked for, a tuple of Summary.
        opened: entries that were asked for, a tuple of Entry.
        filed: the number of an entry that came from a file, whether it was kept before or is from now on.
        failed: one sentence about what could not be kept, read or written.
        closed: nothing is being written any more.
    """

    changed = Signal()
    listed = Signal(object)
    opened = Signal(object)
    filed = Signal(int)
    failed = Signal(object)
    closed = Signal()

    _told = Signal(object, object)

    def __init__(
        self, bridge: LabBridge, parent: QObject | None = None, instances: Callable[[], int] = lambda: 1
    ) -> None:
        super().__init__(parent)
        self._instances = instances
        self._judged: Judgement | None = None
        """The latest run, as the lab judged it last."""
        self._worker = Worker("history")
        self._history: History | None = None
        self._closing = False
        self._complained: Sentence | None = None
        self._book = RunBook()
        self._asked: dict[PendingRun, _Asked] = {}
        self._database = "postgresql"
        self._told.connect(self._pass_on, Qt.ConnectionType.QueuedConnection)
        bridge.events.engines_changed.connect(self._note_engines)
        bridge.events.rows_added.connect(self._add_rows)
        bridge.events.rows_gone.connect(self._remove_rows)
        bridge.events.rows_renumbered.connect(self._renumber_rows)
        bridge.events.rows_cleared.connect(self._begin_anew)
        bridge.events.replies_received.connect(self._add_replies)
        bridge.events.steps_added.connect(self._add_steps)
        bridge.events.waits_seen.connect(self._add_waits)
        bridge.events.run_asked.connect(self._note_run)
        bridge.events.run_over.connect(self._keep_run)
        bridge.events.judged.connect(self._note_judgement)

    # What the bridge tells

    @Slot(object)
    def _note_engines(self, engines: Sequence[EngineStatus]) -> None:
        self._database = next((engine.kind.value for engine in engines if engine.kind.is_database), self._database)

    @Slot(object)
    def _add_rows(self, rows: object) -> None:
        self._book.add_rows(rows)  # type: ignore[arg-type]  # of a signal

    @Slot(object)
    def _remove_rows(self, rows: object) -> None:
        self._book.remove_rows(rows)  # type: ignore[arg-type]

    @Slot(object)
    def _renumber_rows(self, rows: object) -> None:
        self._book.renumber_rows(rows)  # type: ignore[arg-type]

    @Slot(object)
    def _add_replies(self, replies: object) -> None:
        self._book.add_replies(replies)  # type: ignore[arg-type]

    @Slot(object)
    def _add_steps(self, steps: object) -> None:
        self._book.add_steps(steps)  # type: ignore[arg-type]

    @Slot(object)
    def _add_waits(self, waits: object) -> None:
        self._book.add_waits(waits)  # type: ignore[arg-type]

    @Slot()
    def _begin_anew(self) -> None:
        """The tables are empty; a run that is under way keeps what was seen of it."""
        self._book = RunBook()

    @Slot(object, object)
    def _note_run(self, pending: PendingRun, setup: Setup) -> None:
        self._book.begin_run()
        self._asked[pending] = _Asked(setup, self._database, self._book)

    @Slot(object)
    def _note_judgement(self, judgement: Judgement) -> None:
        self._judged = judgement.run

    @Slot(object)
    def _keep_run(self, pending: PendingRun) -> None:
        asked, report = self._asked.pop(pending, None), pending.report
        if asked is not None and report is not None and report.verdicts:
            self._keep_report(pending, asked, report)

    def _keep_unfinished(self) -> None:
        """Runs that end with the window are kept as far as they had come."""
        judged = self._judged
        for pending, asked in self._asked.items():
            keys = {intent.key for intent in pending.plan.intents}
            if judged is not None and pending.begun and keys <= {key for _, key in judged.wanted}:
                seconds = time.time() - asked.began
                report = report_until_now(asked.setup, pending.plan, judged, self._instances(), seconds)
                self._keep_report(pending, asked, report)

    def _keep_report(self, pending: PendingRun, asked: _Asked, report: Report) -> None:
        plan = pending.plan
        settings = RunSettings(
            report.operation, asked.setup, plan, len(plan.intents), plan.intents[0].item, plan.intents[0].quantity,
            report.instances, asked.database,
        )  # fmt: skip

        def made() -> Entry:
            from backend.lab.lab import Lab  # noqa: PLC0415, RUF100  (its import takes longer than the first paint may)

            code = Lab.source_code(report.setup.strategy, report.setup.variant)
            return asked.book.entry(asked.began, settings, plan.intents, report, asked.book.steps_of, code)

        self.keep(made)

    # What pages tell

    @Slot(object)
    def keep_comparison(self, found: Comparison) -> None:
        """A comparison is over."""
        from backend.archive.urls import kept_comparison  # noqa: PLC0415, RUF100  (not needed for the first paint)

        self.keep(lambda: Entry(found.surroundings.began, kept_comparison(found)))

    @Slot(object)
    def keep_exploration(self, found: Exploration) -> None:
        """An exploration is over."""
        if found.schedules:
            self.keep(lambda: Entry(time.time() - found.seconds, ExplorationRecord(found)))

    @Slot(object)
    def keep_checked(self, found: Checked | Exploration) -> None:
        """A service was checked or explored."""
        if isinstance(found, Exploration):
            self.keep_exploration(found)
            return
        check = CheckRecord(found.plan, (), found.check)
        self.keep(lambda: Entry(time.time() - found.check.seconds, check))

    def keep(self, made: Callable[[], Entry]) -> None:
        """Keep an entry that is made on the thread of the history."""

        def keep() -> None:
            self._opened_history().add(made())
            self._tell(self.changed)

        self._do(keep)

    # What the page asks

    def ask_list(self, search: str = "") -> None:
        """Fetch what has these words; it arrives with `listed`."""
        self._do(lambda: self._tell(self.listed, self._opened_history().entries(search)))

    def ask_entries(self, numbers: Sequence[int]) -> None:
        """Fetch entries; they arrive together with `opened`, where all of them are still there."""

        def fetch() -> None:
            found = [self._opened_history().entry(number) for number in numbers]
            if all(found):
                self._tell(self.opened, tuple(found))

        self._do(fetch)

    def ask_file(self, path: Path) -> None:
        """Read an entry from a file; it arrives with `opened`, and is kept from then on."""

        def read() -> None:
            from backend.archive.files import load  # noqa: PLC0415, RUF100  (not needed for the first paint)

            entry = load(path)
            self._tell(self.opened, (entry,))
            self._do(partial(self._file, entry))  # that it cannot be kept is said as of any other

        self._do(read, always=True)

    def save_file(self, entry: Entry, path: Path) -> None:
        """Write an entry to a file."""
        from backend.archive.files import save  # noqa: PLC0415, RUF100  (not needed for the first paint)

        self._do(partial(save, entry, path), always=True)

    def save_page(self, entry: Entry, path: Path, language: str) -> None:
        """Write an entry as a page that can be mailed."""

        def write() -> None:
            from backend.archive.web_page import entry_html  # noqa: PLC0415, RUF100  (not for the first paint)
            from backend.files.output import write_document  # noqa: PLC0415, RUF100

            write_document(path, entry_html(entry, language))

        self._do(write, always=True)

    def remove(self, numbers: Sequence[int]) -> None:
        """Forget entries."""

        def remove() -> None:
            for number in numbers:
                self._opened_history().remove(number)
            self._tell(self.changed)

        self._do(remove, always=True)

    def empty(self) -> None:
        """Forget all entries."""

        def empty() -> None:
            self._opened_history().empty()
            self._tell(self.changed)

        self._do(empty, always=True)

    # The end

    def close(self) -> None:
        """Write what is still to be written; `closed` is emitted then. Returns at once."""
        if not self._closing:
            self._keep_unfinished()
            self._closing = True
            self._worker.submit(self._say_closed)

    def wait_until_closed(self, seconds: float) -> bool:
        """Wait for the end without an event loop; False if it takes longer."""
        return self._worker.join(seconds)

    def _say_closed(self) -> None:
        self._worker.stop()
        with suppress(RuntimeError):  # a window that lost its patience is gone already
            self.closed.emit()

    # On the thread of the history

    def _opened_history(self) -> History:
        from backend.archive.history import History  # noqa: PLC0415, RUF100  (not needed for the first paint)

        if self._history is None:
            self._history = History()
        return self._history

    def _file(self, entry: Entry) -> None:
        """Keep an entry from a file, unless it is known."""
        history = self._opened_history()
        number = history.number_of(entry)
        if number is None:
            number = history.add(entry).number
            self._tell(self.changed)
        self._tell(self.filed, number)

    def _do(self, job: Callable[[], object], *, always: bool = False) -> None:
        """Carry a job out later. What cannot be kept is said once: everything else works without a history."""

        def carry_out() -> None:
            try:
                job()
            except SubmitTwiceError as error:
                if always or error.sentence != self._complained:
                    self._complained = error.sentence
                    self._tell(self.failed, partial(speak, error.sentence))

        self._worker.submit(carry_out)

    def _tell(self, signal: object, *news: object) -> None:
        if not self._closing:
            self._told.emit(signal, news)

    @Slot(object, object)
    def _pass_on(self, signal: object, news: tuple[object, ...]) -> None:
        signal.emit(*news)  # type: ignore[attr-defined]  # one of ours
