from __future__ import annotations

import threading

import pytest
from pytestqt.qtbot import QtBot

from backend.lab import Lab, LabOptions, Listener
from backend.model import Judgement, Reply, Row
from gui import relay
from gui.bridge import LabBridge
from gui.relay import PIECE
from tests.gui.records import reply, rows, step


def test_the_listener_is_what_a_lab_calls(bridge: LabBridge) -> None:
    listener: Listener = bridge._listener
    Lab(LabOptions(), listener)


def test_nothing_is_lost_and_the_order_is_kept_when_a_thread_floods_the_bridge(bridge: LabBridge, qtbot: QtBot) -> None:
    seen: list[Row] = []
    pieces: list[int] = []
    answers: list[Reply] = []
    bridge.rows_added.connect(seen.extend)
    bridge.rows_added.connect(lambda batch: pieces.append(len(batch)))
    bridge.replies_received.connect(answers.extend)
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
    bridge.rows_added.connect(shown.extend)
    bridge.rows_cleared.connect(shown.clear)
    with qtbot.waitSignal(bridge.judged):
        bridge._listener.rows_added(rows(1_000))
        bridge._listener.rows_cleared()
        bridge._listener.rows_added(rows(3, first=2_000))
        bridge._listener.judged(Judgement())
    assert shown == rows(3, first=2_000)


def test_of_judgements_in_a_row_only_the_latest_is_shown(bridge: LabBridge, qtbot: QtBot) -> None:
    shown: list[Judgement] = []
    bridge.judged.connect(shown.append)
    with qtbot.waitSignal(bridge.judged):
        for effects in range(5):
            bridge._listener.judged(Judgement(intents=1, effects=effects))
    assert [judgement.effects for judgement in shown] == [4]


def test_a_judgement_is_not_shown_before_the_rows_it_speaks_of(bridge: LabBridge, qtbot: QtBot) -> None:
    told: list[str] = []
    bridge.rows_added.connect(lambda batch: told.append(f"{len(batch)} rows"))
    bridge.judged.connect(lambda judgement: told.append(f"judged {judgement.effects}"))
    with qtbot.waitSignal(bridge.judged):
        bridge._listener.rows_added(rows(2))
        bridge._listener.judged(Judgement(intents=1, effects=2))
    assert told == ["2 rows", "judged 2"]


def test_a_tick_ends_when_its_time_is_up_and_the_next_goes_on(
    bridge: LabBridge, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "SLICE_SECONDS", 0.0)
    pieces: list[int] = []
    bridge.rows_added.connect(lambda batch: pieces.append(len(batch)))
    bridge._listener.rows_added(rows(3 * PIECE))
    bridge._relay.flush()
    assert pieces == [PIECE]
    qtbot.waitUntil(lambda: sum(pieces) == 3 * PIECE)


def test_only_steps_of_the_watched_submission_wake_the_steps_pane(bridge: LabBridge, qtbot: QtBot) -> None:
    bridge.watched = "1.1"
    with qtbot.waitSignal(bridge.watched_steps_changed):
        bridge._listener.steps_recorded([step(0)])
    bridge.watched = "1.2"
    with qtbot.assertNotEmitted(bridge.watched_steps_changed), qtbot.waitSignal(bridge.steps_added):
        bridge._listener.steps_recorded([step(1)])


def test_a_command_without_a_lab_fails_with_a_sentence(bridge: LabBridge, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bridge.failed) as failed:
        bridge.reset()
    assert failed.args == ["The lab is not running."]


def test_working_is_told_once_for_commands_that_queue(bridge: LabBridge, qtbot: QtBot) -> None:
    told: list[bool] = []
    bridge.working_changed.connect(told.append)
    bridge.reset()
    bridge.set_instances(2)
    qtbot.waitUntil(lambda: told == [True, False])


def test_after_closing_nothing_is_told_but_the_end(bridge: LabBridge, qtbot: QtBot) -> None:
    told: list[object] = []
    bridge.rows_added.connect(told.append)
    bridge._listener.rows_added(rows(1))
    with qtbot.waitSignal(bridge.closed):
        bridge.close()
    bridge._listener.rows_added(rows(1))
    assert not told
    assert bridge._relay.empty


def test_a_wrong_address_fails_with_one_sentence_and_leaves_nothing(qtbot: QtBot) -> None:
    bridge = LabBridge(LabOptions(redis="redis://127.0.0.1:1/0"))
    with qtbot.waitSignal(bridge.start_failed, timeout=20_000) as failed:
        bridge.start()
    sentence = failed.args[0]
    assert "\n" not in sentence
    assert "Traceback" not in sentence
    assert "127.0.0.1:1" in sentence
    bridge.close()
    assert bridge.wait_until_closed(5)
