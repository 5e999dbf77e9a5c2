"""Triggers that write down what happened to a row of ours, where no strategy does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Witness:
    """A trigger that writes down what happened to a row."""

    name: str
    event: str
    """With the columns that it is about, where the database can tell."""
    table: str
    into: str
    statement: str
    """What is inserted there."""

    def insert(self, place: str = "") -> str:
        """What it carries out.

        Args:
            place: a qualified schema with its dot, where names depend on who looks.
        """
        return f"INSERT INTO {place}{self.into} {self.statement}"

    def creation(self, dialect: str, place: str, mark: str) -> tuple[str, ...]:
        """The statements that make it."""
        name = self.name
        match dialect:
            case "postgresql":
                body = f"$$ BEGIN {self.insert(place)}; RETURN NULL; END $$"
                when = f"AFTER {self.event} ON {place}{self.table}"
                return (
                    f"CREATE OR REPLACE FUNCTION {place}{name}() RETURNS trigger LANGUAGE plpgsql AS {body}",
                    f"COMMENT ON FUNCTION {place}{name}() IS '{mark}'",
                    f"CREATE OR REPLACE TRIGGER {name} {when} FOR EACH ROW EXECUTE FUNCTION {place}{name}()",
                )
            case "sqlite":
                return (f"CREATE TRIGGER {name} AFTER {self.event} ON {self.table} BEGIN {self.insert()}; END",)
            case _:
                event = self.event.partition(" ")[0]
                return (f"CREATE TRIGGER {name} AFTER {event} ON {self.table} FOR EACH ROW {self.insert()}",)


WITNESSES = (
    _Witness(
        "witness_stock",
        "UPDATE OF count",
        "goods",
        "stock_changes",
        "(request_no, item, quantity, submission_id) "
        "VALUES (NEW.last_request_no, NEW.item, NEW.count - OLD.count, NEW.last_submission_id)",
    ),
    _Witness(
        "witness_deletion",
        "DELETE",
        "orders",
        "order_deletions",
        "(order_no, item, quantity) VALUES (OLD.order_no, OLD.item, OLD.quantity)",
    ),
)

WRITTEN_BY_TRIGGERS = {witness.table: frozenset({witness.into}) for witness in WITNESSES}
"""For each table that has triggers, the tables that they write to."""
