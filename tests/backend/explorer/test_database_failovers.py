"""A failover of the database as an event: what the promoted standby lacks, and who sends again."""

from __future__ import annotations

import threading
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa

from backend.engines.running import RunningEngine
from backend.explorer.counterexample import load, save
from backend.explorer.explore import Explorer
from backend.explorer.mermaid import mermaid
from backend.explorer.mistake import mistake_sentence
from backend.explorer.observer import Watcher
from backend.explorer.question import Choice, Counterexample, EventKind, Question, exploration_document
from backend.explorer.sandbox import Sandbox
from backend.model.errors import NotApplicableError
from backend.model.vocabulary import EngineKind, OperationKey, Replication, Verdict
from backend.shop.schema import goods, metadata, order_deletions, orders, stock_changes
from tests.backend.explorer import codes
from tests.backend.explorer.conftest import Bench, needs_mariadb

PLACE, SEND = OperationKey.PLACE_ORDER, OperationKey.SEND_MESSAGE
ONCE, TWICE, LOST = Verdict.EXACTLY_ONCE, Verdict.DUPLICATED, Verdict.LOST
ASYNCHRONOUS, SYNCHRONOUS = Replication.ASYNCHRONOUS, Replication.SYNCHRONOUS


def asked(
    strategy: str,
    variant: str,
    replication: Replication = ASYNCHRONOUS,
    *,
    requests: int = 2,
    failovers: int = 1,
    operation: OperationKey = PLACE,
) -> Question:
    return Question(operation, strategy, variant, requests, database_failovers=failovers, replication=replication)


def steps(actor: str, count: int) -> tuple[Choice, ...]:
    return (Choice(EventKind.STEP, actor),) * count


def answers(example: Counterexample) -> list[str]:
    return [event.answer for event in example.events if event.command == "reply"]


class Model:
    """All that can become of requests that INSERT and COMMIT, whoever asks: without engines, and without footprints.

    A request is new, open (before its COMMIT), broken (the same, with a connection that has gone) or over.
    """

    def __init__(self, requests: int, failovers: int, *, may_lose: bool) -> None:
        self._may_lose = may_lose
        self.outcomes: Counter[Verdict] = Counter()
        self._go(("new",) * requests, 0, failovers, told=False)

    def _go(self, requests: tuple[str, ...], rows: int, failovers: int, *, told: bool) -> None:
        lost = range(1, rows + 1) if failovers and self._may_lose else ()
        live = [one for one in range(len(requests)) if requests[one] != "over"]
        if not live:
            self._end(rows, told=told)
        for one in live:
            match requests[one]:
                case "new":
                    self._go(_with(requests, one, "open"), rows, failovers, told=told)
                case "open":
                    self._go(_with(requests, one, "over"), rows + 1, failovers, told=True)
                    if failovers:  # the standby has its commit, and it has no answer
                        broken = _broken(_with(requests, one, "over"))
                        self._go((*broken, "new"), rows + 1, failovers - 1, told=told)
                case _:
                    self._go((*_with(requests, one, "over"), "new"), rows, failovers, told=told)
        if failovers and any(requests[one] != "new" for one in live):
            self._go(_broken(requests), rows, failovers - 1, told=told)
        for commits in lost:
            self._go(_broken(requests), rows - commits, failovers - 1, told=told)

    def _end(self, rows: int, *, told: bool) -> None:
        nothing = LOST if told else Verdict.UNDECIDED
        self.outcomes[TWICE if rows > 1 else ONCE if rows else nothing] += 1


def _with(requests: tuple[str, ...], one: int, state: str) -> tuple[str, ...]:
    return (*requests[:one], state, *requests[one + 1 :])


def _broken(requests: tuple[str, ...]) -> tuple[str, ...]:
    return tuple("broken" if state == "open" else state for state in requests)


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("requests", "failovers", "replication"),
    [
        (1, 1, ASYNCHRONOUS),
        (1, 1, SYNCHRONOUS),
        (1, 2, ASYNCHRONOUS),
        (2, 1, ASYNCHRONOUS),
        pytest.param(2, 1, SYNCHRONOUS, marks=pytest.mark.exhaustive),
        pytest.param(2, 2, SYNCHRONOUS, marks=pytest.mark.exhaustive),
        pytest.param(2, 2, ASYNCHRONOUS, marks=pytest.mark.exhaustive),
    ],
)
def test_the_explorer_comes_to_all_that_a_model_without_engines_comes_to(
    bench: Bench, requests: int, failovers: int, replication: Replication
) -> None:
    found = bench.ask(asked("none", "direct", replication, requests=requests, failovers=failovers))

    assert found.exhaustive
    assert found.outcomes == Model(requests, failovers, may_lose=replication is ASYNCHRONOUS).outcomes


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("strategy", "variant"),
    [
        ("unique-index", "catch-violation"),
        pytest.param("unique-index", "on-conflict", marks=pytest.mark.exhaustive),
        pytest.param("unique-index", "deferred", marks=pytest.mark.exhaustive),
        pytest.param("serializable", "retry", marks=pytest.mark.exhaustive),
        pytest.param("advisory-lock", "transaction", marks=pytest.mark.exhaustive),
    ],
)
def test_an_acknowledged_order_is_lost_unless_commits_wait_for_the_standby(
    bench: Bench, strategy: str, variant: str
) -> None:
    lost = bench.ask(asked(strategy, variant, ASYNCHRONOUS))
    kept = bench.ask(asked(strategy, variant, SYNCHRONOUS))

    assert lost.exhaustive
    assert lost.outcomes.keys() == {ONCE, LOST}
    assert kept.exhaustive
    assert kept.outcomes.keys() == {ONCE}


def test_the_event_is_told_kept_and_played_again(bench: Bench, tmp_path: Path) -> None:
    exploration = bench.ask(asked("unique-index", "catch-violation", requests=1))
    found = exploration.counterexample
    assert found is not None
    assert found.verdict is LOST
    assert found.choices[-1] == Choice(EventKind.PROMOTE, lost=1)
    assert answers(found) == ["created"]
    failover = found.events[found.mistake]
    assert (failover.kind, failover.engine, failover.actor) == (EventKind.PROMOTE, EngineKind.POSTGRESQL, "")
    before = found.events[found.mistake - 1]
    assert before.after is not None
    assert failover.after is not None
    assert (before.after.effects, failover.after.effects) == (1, 0)
    assert "what callers were told is done is gone" in str(mistake_sentence(found))
    assert "the standby that is promoted lacks the last 1 commit" in mermaid(found)
    assert "被提升的备库缺少最后 1 次提交" in mermaid(found, "zh_CN")

    document = exploration_document(exploration)
    assert (document["database_failovers"], document["replication"]) == (1, "asynchronous")
    assert "at most 1 failover of the database to a standby that may lack" in str(exploration.finding)

    save(found, tmp_path / "schedule.json")
    assert bench.explorer.replay(load(tmp_path / "schedule.json")) == found


def test_a_commit_without_an_answer_is_there_and_its_caller_sends_again(bench: Bench) -> None:
    step, unanswered = Choice(EventKind.STEP, "A"), Choice(EventKind.PROMOTE, "A")
    again = (Choice(EventKind.STEP, "A'"),)
    found = bench.ask(asked("unique-index", "catch-violation", SYNCHRONOUS, requests=1))
    example = found.examples[ONCE]
    played = bench.explorer.replay(Counterexample(example.question, ONCE, 0, (step, unanswered, *again), ()))

    commit = next(event for event in played.events if event.command == "COMMIT")
    assert "server closed the connection unexpectedly" in commit.answer
    told = [(event.actor, event.answer) for event in played.events if event.command == "reply"]
    assert told == [("A", "error"), ("A'", "duplicate")]
    assert "before it has answered the COMMIT of A" in mermaid(played)


def test_nobody_is_answered_because_another_connection_was_cut_before(bench: Bench) -> None:
    """B waits for A's row. Had A's connection been cut first, B might be answered just before its own is."""
    choices = (*steps("A", 1), *steps("B", 1), Choice(EventKind.PROMOTE), *steps("A", 1), *steps("A'", 2))
    question = asked("unique-index", "on-conflict", SYNCHRONOUS)
    schedule = Counterexample(question, ONCE, 2, (*choices, *steps("B'", 2)), ())

    for _ in range(20):
        assert sorted(answers(bench.explorer.replay(schedule))) == ["created", "duplicate", "error", "error"]


def test_a_message_is_sent_again_when_the_failover_has_taken_its_mark(bench: Bench) -> None:
    """The gateway keeps what it was sent, whatever becomes of our database."""
    choices = (*steps("A", 3), Choice(EventKind.PROMOTE, lost=1), *steps("B", 3))
    question = asked("unique-index", "on-conflict", operation=SEND)
    played = bench.explorer.replay(Counterexample(question, TWICE, 1, choices, ()))

    assert played.verdict is TWICE
    assert answers(played) == ["created", "created"]


def test_a_lock_that_was_left_with_a_session_goes_with_it(bench: Bench) -> None:
    """Without a failover whoever comes over another connection waits for good."""
    code = codes.variant(codes.leaves_its_session_locked)
    question = Question(PLACE, "test", database_failovers=1, replication=SYNCHRONOUS)
    waits = (*steps("A", 4), *steps("B", 1))

    def play(*choices: Choice) -> list[str]:
        return answers(bench.explorer.replay(Counterexample(question, ONCE, 1, (*waits, *choices), ()), code))

    assert play(Choice(EventKind.END)) == ["created", "timeout"]
    assert play(Choice(EventKind.PROMOTE), *steps("B'", 3)) == ["created", "error", "duplicate"]


def test_what_the_standby_has_is_what_postgresql_showed_after_that_commit(
    postgresql: RunningEngine, valkey: RunningEngine
) -> None:
    """Rows that came are gone, those that went or were changed are back as they were, and no trigger notices."""
    with Sandbox(postgresql.url, valkey.url, Watcher()) as sandbox:
        past, own = sandbox.past_states(), sandbox.database.own

        def everything() -> dict[str, list[tuple[object, ...]]]:
            with own.connect() as connection:
                tables = metadata.sorted_tables
                return {t.name: sorted(map(tuple, connection.execute(sa.select(t))), key=repr) for t in tables}

        with own.begin() as connection:
            connection.execute(sa.insert(orders), [{"order_no": n, "item": "x", "quantity": 1} for n in "abc"])
            connection.execute(sa.insert(goods), {"item": "x"})
        past.begin()
        states = [everything()]
        for change in (
            sa.insert(orders).values(order_no="d", order_no_unique="d", item="x", quantity=1),
            sa.update(goods).values(count=5, last_request_no="d", last_submission_id="s"),
            sa.delete(orders).where(orders.c.order_no != "a"),
        ):
            with own.begin() as connection:
                connection.execute(change)
            past.committed()
            states.append(everything())
        assert (len(states[2]["stock_changes"]), len(states[3]["order_deletions"])) == (1, 3)

        assert past.commits == 3
        past.go_back(1)
        assert everything() == states[2]
        past.go_back(2)
        assert everything() == states[0]
        assert past.commits == 0
        with own.begin() as connection:
            connection.execute(sa.delete(orders))
            assert connection.scalar(sa.select(sa.func.count()).select_from(order_deletions)) == 3
            assert connection.scalar(sa.select(sa.func.count()).select_from(stock_changes)) == 0


@needs_mariadb
def test_mariadb_has_no_standby_here(mariadb: RunningEngine, valkey: RunningEngine) -> None:
    _is_refused(mariadb.url, valkey.url, "none", "direct", "explored on PostgreSQL")


def test_sqlite_has_no_standby_and_nobody_reads_from_one_that_takes_over(bench: Bench, valkey: RunningEngine) -> None:
    _is_refused("sqlite:///", valkey.url, "none", "direct", "explored on PostgreSQL")
    with pytest.raises(NotApplicableError, match="reads from a standby"):
        bench.ask(asked("none", "check-on-replica"))


def _is_refused(database: str, redis: str, strategy: str, variant: str, why: str) -> None:
    with Explorer(database, redis) as explorer, pytest.raises(NotApplicableError, match=why):
        explorer.explore(asked(strategy, variant), lambda _progress: None, threading.Event())
