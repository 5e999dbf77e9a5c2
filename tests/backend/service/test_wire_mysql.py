"""The MySQL protocol through a proxy, with a real driver and a real server; prepared statements by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import pymysql
import pytest
import sqlalchemy as sa
from pymysql.constants import CLIENT

from backend.engines.sql import sqlalchemy_url
from tests.backend.service.proxies import Proxy, proxy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backend.service.reach import Reach

Driver: TypeAlias = Any
"""PyMySQL's connection, whose packets, which have no types, carry ours."""
_PREPARE, _EXECUTE, _CLOSE = 0x16, 0x17, 0x19


@pytest.fixture
def door(mariadb: Reach) -> Iterator[Proxy]:
    with proxy(mariadb) as opened:
        yield opened


@pytest.fixture
def connection(door: Proxy) -> Iterator[Driver]:
    with pymysql.connect(
        host="127.0.0.1",
        port=door.port,
        user=door.at.user,
        password=door.at.password,
        database=door.at.database,
        client_flag=CLIENT.MULTI_STATEMENTS,
    ) as connected:
        with connected.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE things (id int, name longtext)")
        yield connected


def after(door: Proxy, count: int) -> list[str]:
    """Commands behind the making of the table, as soon as there are so many."""
    return [step.command for step in door.wait_for(count + 1)[1:]]


def test_a_statement_is_a_step_with_its_answer(door: Proxy, connection: Driver) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO things VALUES (%s, %s)", (1, "it's"))
        cursor.execute("SELECT name FROM things WHERE id = %s", (1,))
        assert cursor.fetchall() == (("it's",),)
    connection.commit()
    insert, select, commit = door.wait_for(4)[1:]
    assert insert.command.startswith("INSERT INTO things VALUES (1, 'it")
    assert "it's" in select.answer
    assert commit.command == "COMMIT"
    assert insert.server_pid == connection.thread_id()


def test_an_error_and_what_follows_it(door: Proxy, connection: Driver) -> None:
    with connection.cursor() as cursor:
        with pytest.raises(pymysql.err.ProgrammingError):
            cursor.execute("SELECT * FROM nowhere_at_all")
        cursor.execute("SELECT count(*) FROM things")
        assert cursor.fetchone() == (0,)
    assert "1146" in door.wait_for(3)[1].error


def test_several_results_of_one_text(door: Proxy, connection: Driver) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO things VALUES (1, 'a'); SELECT id FROM things; UPDATE things SET id = 2")
        assert cursor.nextset()
        assert cursor.fetchall() == ((1,),)
        assert cursor.nextset()
        assert not cursor.nextset()
    assert len(after(door, 1)) == 1


def test_rows_of_several_megabytes(door: Proxy, connection: Driver) -> None:
    text = "z" * (1 << 20)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO things VALUES (1, %s)", (text,))
        for _ in range(4):
            cursor.execute("INSERT INTO things VALUES (2, %s)", (text,))
        cursor.execute("SELECT name FROM things")
        assert [len(name) for (name,) in cursor.fetchall()] == [1 << 20] * 5
    assert len(after(door, 6)) == 6


def test_prepared_statements_show_their_parameters(door: Proxy, connection: Driver) -> None:
    """As mysql2 and Connector/J send them; PyMySQL's own packets carry them here."""
    number = prepare(connection, "SELECT id, name FROM things WHERE name = ? OR id = ?")
    types = b"\x01" + b"\xfd\x00" + b"\x08\x00"
    execute(connection, number, b"\x00" + types + b"\x04it's" + (7).to_bytes(8, "little"))
    execute(connection, number, b"\x01\x00" + (8).to_bytes(8, "little"))
    assert after(door, 2) == [
        "SELECT id, name FROM things WHERE name = 'it''s' OR id = 7",
        "SELECT id, name FROM things WHERE name = NULL OR id = 8",
    ]
    connection._execute_command(_CLOSE, number.to_bytes(4, "little"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT 5 FROM things")
    assert not any(link.awaiting for link in door.hub.links)


def test_a_statement_is_executed_before_the_server_has_said_its_number(door: Proxy, connection: Driver) -> None:
    """MariaDB's connectors do not wait: -1 stands for what was prepared last."""
    prepare(connection, "SELECT 1")
    connection._execute_command(_PREPARE, "INSERT INTO things (name) VALUES (?)")
    connection._result = None
    parameters = b"\x00" + b"\x01\xfd\x00" + b"\x04it's"
    connection._execute_command(_EXECUTE, b"\xff\xff\xff\xff" + b"\x00\x01\x00\x00\x00" + parameters)
    for _ in range(3):
        connection._read_packet()
    connection._next_seq_id = 1
    assert connection._read_packet().is_ok_packet()
    assert after(door, 1) == ["INSERT INTO things (name) VALUES ('it''s')"]


def prepare(connection: Driver, sql: str) -> int:
    connection._execute_command(_PREPARE, sql)
    head = connection._read_packet().get_all_data()
    number = int.from_bytes(head[1:5], "little")
    columns, parameters = int.from_bytes(head[5:7], "little"), int.from_bytes(head[7:9], "little")
    for group in (parameters, columns):
        for _ in range(group + (group > 0)):
            connection._read_packet()
    return number


def execute(connection: Driver, number: int, parameters: bytes) -> None:
    connection._execute_command(_EXECUTE, number.to_bytes(4, "little") + b"\x00\x01\x00\x00\x00" + parameters)
    columns = connection._read_packet().get_all_data()[0]
    for _ in range(columns + 1):
        connection._read_packet()
    while not connection._read_packet().is_eof_packet():
        pass


def test_sqlalchemy(door: Proxy) -> None:
    engine = sa.create_engine(sqlalchemy_url(door.url))
    with engine.begin() as connected:
        connected.execute(sa.text("CREATE TEMPORARY TABLE seen (id int)"))
        connected.execute(sa.text("INSERT INTO seen VALUES (:id)"), {"id": 3})
        assert connected.scalar(sa.text("SELECT id FROM seen")) == 3
    engine.dispose()
    assert [step.command for step in door.steps][-2:] == ["SELECT id FROM seen", "COMMIT"]


def test_tls_is_not_offered(door: Proxy, connection: Driver) -> None:
    assert not connection.server_capabilities & CLIENT.SSL
    assert not connection.server_capabilities & CLIENT.COMPRESS


def test_another_user_and_a_ping(door: Proxy, connection: Driver) -> None:
    connection.ping(reconnect=False)
    connection.select_db(door.at.database)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM things")
    assert after(door, 1) == ["SELECT count(*) FROM things"]
