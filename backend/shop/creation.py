"""The statements that make our tables and triggers, with the mark of a lab in each.

They are worked out once for each kind of database: a process that starts many labs makes the same tables again and
again, of which nothing but the number of the lab differs.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine.mock import MockConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateTable

from backend.shop.ownership.mark import Mark, new_lab
from backend.shop.schema import added_tables, metadata
from backend.shop.witnesses import WITNESSES

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Dialect

_SOME_LAB = new_lab()
"""Stands for the number of the lab in what has been worked out: drawn, so that nobody has written it anywhere."""
_WITNESSING = sa.text("""
SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = current_schema() AND NOT t.tgisinternal AND t.tgenabled <> 'D'
""")
"""On PostgreSQL, the triggers at work: a function outlives its table and its trigger, and says nothing of them."""
_DOUBLE_PERCENT = {"format", "pyformat"}
"""How parameters are written where a percent sign is written twice, which the driver undoes if there are any."""

_OPTIONS_OF_ADDED = {
    f"{dialect}_{option}": value
    for dialect in ("mysql", "mariadb")
    for option, value in (
        ("engine", "InnoDB"),
        ("charset", "utf8mb4"),
        ("collate", "utf8mb4_nopad_bin"),
    )
}
"""Keys are compared byte by byte, as elsewhere: by default MariaDB takes ``a`` for ``A``, and ``a`` for ``a `` too."""
_OPTIONS = {"sqlite_autoincrement": True} | _OPTIONS_OF_ADDED
"""Numbers of our rows never come again."""


@compiles(CreateTable, "sqlite")
def _with_comment(element: CreateTable, compiler: Any, **options: Any) -> str:  # noqa: ANN401  as SQLAlchemy calls it
    """SQLite keeps the text of the statement, so the comment stands in it."""
    text: str = compiler.visit_create_table(element, **options)
    comment = element.element.comment
    return text.replace("(", f"( /* {comment} */", 1) if comment else text


def make_missing(
    connection: Connection, present: Collection[str], lab: str, place: str, layout_of: Callable[[str], str]
) -> None:
    """Make the tables, with their indexes, and the triggers that are not there. The caller commits.

    Args:
        connection: to the database.
        present: the names of those that are there.
        lab: the number that the mark of each is to have.
        place: a qualified schema with its dot, where names depend on who looks.
        layout_of: says the layout that the mark of a table or a trigger is to have, by its name.
    """
    dialect = connection.dialect
    tables = tuple(metadata.tables.values())
    missing = tuple(table.name not in present for table in tables)
    prepared = _prepared(_Kind(dialect), tables, tuple(layout_of(table.name) for table in tables), missing)
    statements = [statement.replace(_SOME_LAB, lab) for statement in prepared]
    witnessing = present if dialect.name != "postgresql" else connection.scalars(_WITNESSING).all()
    for witness in WITNESSES:
        if witness.name not in witnessing:
            mark = Mark(lab, layout_of(witness.name), witness.name).text
            statements += witness.creation(dialect.name, place, mark)
    if dialect.name == "postgresql":  # takes several at a time, which saves as many round trips
        statements = [";\n".join(statements)] if statements else []
    for statement in statements:
        connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


class _Kind:
    """A dialect, equal to any other in which the same statements are written."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self._told = (dialect.name, getattr(dialect, "is_mariadb", None), dialect.server_version_info)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Kind) and self._told == other._told

    def __hash__(self) -> int:
        return hash(self._told)


@functools.lru_cache(8)
def _prepared(
    kind: _Kind, tables: tuple[sa.Table, ...], layouts: tuple[str, ...], missing: tuple[bool, ...]
) -> tuple[str, ...]:
    """What makes the tables that are missing, with their indexes, as the server is to read it; marked by `_SOME_LAB`.

    All at once, since a type that a column brings along is made once for all of them.
    """
    if not any(missing):
        return ()
    marked = sa.MetaData()
    for table, layout in zip(tables, layouts, strict=True):
        copy = table.to_metadata(marked)
        copy.comment = Mark(_SOME_LAB, layout, table.name).text
        copy.kwargs.update(_OPTIONS_OF_ADDED if table in added_tables() else _OPTIONS)
    doubles = kind.dialect.paramstyle in _DOUBLE_PERCENT
    statements: list[str] = []

    def note(element: Any, *_: object, **__: object) -> None:  # noqa: ANN401  as SQLAlchemy calls it
        text = str(element.compile(dialect=kind.dialect))
        statements.append(text.replace("%%", "%") if doubles else text)

    wanted = [marked.tables[table.name] for table, is_missing in zip(tables, missing, strict=True) if is_missing]
    marked.create_all(MockConnection(kind.dialect, note), tables=wanted, checkfirst=False)
    return tuple(statements)
