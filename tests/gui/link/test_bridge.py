from __future__ import annotations

import threading

import pytest
import shiboken6
from pytestqt.qtbot import QtBot

from backend.lab.lab import Lab
from backend.lab.listener import Listener
from backend.model.errors import SubmitTwiceError
from backend.model.judgement import Judgement, Report
from backend.model.observed import Reply, Row
from backend.model.options import LabOptions
from backend.model.plan import Intent, Plan, Setup
from backend.model.sentence import plain
from backend.model.vocabulary import OperationKey
from gui.link import relay
from gui.link.bridge import LabBridge
from gui.link.pending_run import PendingRun
from gui.link.relay import PIECE
from gui.wording.live import in_words
from tests.gui.conftest import MakeBridge
from tests.gui.records import reply, rows, step


def test_the_listener_is_what_a_lab_calls(bridge: LabBridge) -> None:
    listener: Listener = bridge._listener
    Lab(LabOptions(), listener)


def test_nothing_is_lost_and_the_order_is_kept_when_a_thread_floods_the_bridge(bridge: LabBridge, qtbot: QtBot) -> None:
    seen: list[Row] = []
    pieces: list[int] = []
    answers: list[Reply] = []
    bridge.events.rows_added.connect(seen.extend)
    bridge.events.rows_added.connect(lambda batch: pieces.append(len(batch)))
    bridge.events.replies_received.connect(answers.extend)
    everything = rows(20_000)

    def flood() -> None:
        for first in range(0, 20_000, 5_000):
            bridge._listener.rows_added(everything[first : first + 5_000])
            bridge._listener.replies_received([reply(n) for n in range(first, first + 5_000)])

    thread = threading.Thread(target=flood)
    thread.start()
    qtbot.waitUntil(lambda: len(answers) == 20_000, timeout=10_000)
    thread.join()
    assert seen == everything
    assert [int(answer.submission_id[2:]) for answer in answers] == list(range(20_000))
    assert max(pieces) <= PIECE


def test_rows_before_and_after_a_reset_are_not_mixed(bridge: LabBridge, qtbot: QtBot) -> None:
    shown: list[Row] = []
    bridge.events.rows_added.connect(shown.extend)
    bridge.events.rows_cleared.connect(shown.clear)
    with qtbot.waitSignal(bridge.events.judged):
        bridge._listener.rows_added(rows(1_000))
        bridge._listener.rows_cleared()
        bridge._listener.rows_added(rows(3, first=2_000))
        bridge._listener.judged(Judgement())
    assert shown == rows(3, first=2_000)


def test_of_judgements_in_a_row_only_the_latest_is_shown(bridge: LabBridge, qtbot: QtBot) -> None:
    shown: list[Judgement] = []
    bridge.events.judged.connect(shown.append)
    with qtbot.waitSignal(bridge.events.judged):
        for effects in range(5):
            bridge._listener.judged(Judgement(intents=1, effects=effects))
    assert [judgement.effects for judgement in shown] == [4]


def test_a_judgement_is_not_shown_before_the_rows_it_speaks_of(bridge: LabBridge, qtbot: QtBot) -> None:
    told: list[str] = []
    bridge.events.rows_added.connect(lambda batch: told.append(f"{len(batch)} rows"))
    bridge.events.judged.connect(lambda judgement: told.append(f"judged {judgement.effects}"))
    with qtbot.waitSignal(bridge.events.judged):
        bridge._listener.rows_added(rows(2))
        bridge._listener.judged(Judgement(intents=1, effects=2))
    assert told == ["2 rows", "judged 2"]


def test_a_tick_ends_when_its_time_is_up_and_the_next_goes_on(
    bridge: LabBridge, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "SLICE_SECONDS", 0.0)
    pieces: list[int] = []
    bridge.events.rows_added.connect(lambda batch: pieces.append(len(batch)))
    bridge._listener.rows_added(rows(3 * PIECE))
    bridge.events.relay.flush()
    assert pieces == [PIECE]
    qtbot.waitUntil(lambda: sum(pieces) == 3 * PIECE)


def test_only_steps_of_the_watched_submission_wake_the_steps_pane(bridge: LabBridge, qtbot: QtBot) -> None:
    bridge.watch("1.1")
    with qtbot.waitSignal(bridge.events.watched_steps_changed):
        bridge._listener.steps_recorded([step(0)])
    bridge.watch("1.2")
    with qtbot.assertNotEmitted(bridge.events.watched_steps_changed), qtbot.waitSignal(bridge.events.steps_added):
        bridge._listener.steps_recorded([step(1)])


def test_a_command_without_a_lab_fails_with_a_sentence(bridge: LabBridge, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bridge.events.failed) as failed:
        bridge.reset()
    assert [in_words(each) for each in failed.args] == ["The lab is not running."]


def test_working_is_told_once_for_commands_that_queue(bridge: LabBridge, qtbot: QtBot) -> None:
    told: list[bool] = []
    bridge.events.working_changed.connect(told.append)
    bridge.reset()
    bridge.set_instances(2)
    qtbot.waitUntil(lambda: told == [True, False])


def test_after_closing_nothing_is_told_but_the_end(bridge: LabBridge, qtbot: QtBot) -> None:
    told: list[object] = []
    bridge.events.rows_added.connect(told.append)
    bridge._listener.rows_added(rows(1))
    with qtbot.waitSignal(bridge.events.closed):
        bridge.close()
    bridge._listener.rows_added(rows(1))
    assert not told
    assert bridge.events.relay.empty


def test_a_wrong_address_fails_with_one_sentence_and_leaves_nothing(make_bridge: MakeBridge, qtbot: QtBot) -> None:
    bridge = make_bridge(LabOptions(redis="redis://127.0.0.1:1/0"))
    with qtbot.waitSignal(bridge.events.start_failed, timeout=20_000) as failed:
        bridge.start()
    sentence = in_words(failed.args[0])
    assert "\n" not in sentence
    assert "Traceback" not in sentence
    assert "127.0.0.1:1" in sentence
    bridge.close()
    assert bridge.wait_until_closed(5)


class SlowRun:
    """A run whose cancellation takes as long as a full socket does, and whose end is told before it is known."""

    def __init__(self) -> None:
        self.may_cancel, self.was_cancelled, self.told = threading.Event(), threading.Event(), threading.Event()
        self.ended = False
        self.failure: SubmitTwiceError | None = None

    def cancel(self) -> None:
        assert self.may_cancel.wait(10)
        self.was_cancelled.set()

    def wait(self, timeout: float | None = None) -> Report:
        if not self.told.wait(timeout):
            raise TimeoutError
        if self.failure:
            raise self.failure
        return REPORT


REPORT = Report(
    operation=OperationKey.PLACE_ORDER, setup=Setup(), source=Plan((), 1).source, intents=1, submissions=1, sent=1,
    instances=1, effects=1, verdicts={}, answers={}, p50_ms=None, p99_ms=None, steps_per_submission={},
    contradictions=(), seconds=1.0,
)  # fmt: skip
PLAN = Plan((Intent(OperationKey.PLACE_ORDER, "A-1", "book", 1),), 1)


def under_way(bridge: LabBridge, run: SlowRun) -> PendingRun:
    pending = PendingRun(PLAN)
    pending.begin(run)
    bridge.runs.add(pending)
    return pending


def test_cancelling_never_waits_for_the_sender(bridge: LabBridge, qtbot: QtBot) -> None:
    run = SlowRun()
    pending = under_way(bridge, run)
    bridge.runs.cancel()
    assert pending.cancelled
    assert not run.was_cancelled.is_set()
    run.may_cancel.set()
    qtbot.waitUntil(run.was_cancelled.is_set)


def test_closing_never_waits_for_the_sender(bridge: LabBridge, qtbot: QtBot) -> None:
    run = SlowRun()
    under_way(bridge, run)
    with qtbot.waitSignal(bridge.events.closed):
        bridge.close()
        assert not run.was_cancelled.is_set()
        run.may_cancel.set()
    qtbot.waitUntil(run.was_cancelled.is_set)


def test_the_end_of_a_run_is_seen_also_where_it_is_known_only_after_it_was_told(
    bridge: LabBridge, qtbot: QtBot
) -> None:
    run = SlowRun()
    pending = under_way(bridge, run)
    run.ended = True
    over: list[PendingRun] = []
    bridge.events.run_over.connect(over.append)
    bridge._listener.run_finished(REPORT)
    reader_is_through = threading.Event()
    bridge._reader.submit(reader_is_through.set)
    threading.Timer(0.2, run.told.set).start()
    qtbot.waitUntil(lambda: over == [pending])
    assert pending.report is REPORT
    assert bridge.runs.pending == ()


def test_a_run_that_failed_is_over_too_and_has_no_report(bridge: LabBridge, qtbot: QtBot) -> None:
    run = SlowRun()
    pending = under_way(bridge, run)
    run.ended, run.failure = True, SubmitTwiceError(plain("it broke"))
    run.told.set()
    with qtbot.waitSignal(bridge.events.run_over):
        bridge._listener.run_failed(plain("it broke"))
    assert pending.report is None


def test_a_window_that_is_gone_already_is_told_nothing(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    escaped: list[object] = []
    monkeypatch.setattr(threading, "excepthook", escaped.append)
    bridge = LabBridge(LabOptions())
    listener, begun, go_on = bridge._listener, threading.Event(), threading.Event()

    def stuck() -> None:
        begun.set()
        go_on.wait(10)

    bridge._commands.submit(stuck)
    assert begun.wait(30)
    bridge.close()
    shiboken6.delete(bridge)
    go_on.set()
    for worker in (bridge._commands, bridge._reader):
        assert worker.join(5)

    def talk() -> None:
        listener.rows_added(rows(2))
        listener.run_finished(REPORT)

    talker = threading.Thread(target=talk)
    talker.start()
    talker.join()
    assert not escaped


def test_an_error_is_told_in_the_language_of_the_window(
    bridge: LabBridge, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.wording.speech.language", lambda: "zh_CN")
    monkeypatch.setattr("gui.wording.speech.words", lambda sentence, language: f"{language}: {sentence}")

    def fail() -> None:
        raise SubmitTwiceError(plain("it broke"))

    with qtbot.waitSignal(bridge.events.failed) as failed:
        bridge._work(fail)
    assert [in_words(each) for each in failed.args] == ["zh_CN: it broke"]
