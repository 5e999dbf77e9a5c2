"""The check: either all objects with our names bear one mark, or the database is left alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backend.model.errors import EngineError
from backend.model.sentence import say
from backend.shop.ownership.inspection import Found, Names, inspect
from backend.shop.ownership.mark import MARKER
from backend.shop.ownership.says import KindCode, OwnershipCode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Connection


Layout = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Owned:
    """What of ours is there."""

    lab: str = ""
    """The number in the marks; empty where there is nothing of ours."""
    present: frozenset[str] = frozenset()
    """Names of the tables, indexes, triggers and functions."""


def owned(connection: Connection, names: Names, layout: Layout, *, with_triggers: bool = False) -> Owned:
    """Find out what is ours. Reads the catalogue and nothing else.

    Args:
        connection: to the database.
        names: that our objects have.
        layout: that an object of ours has today, by its name.
        with_triggers: whether somebody else's triggers on our tables are all right.

    Raises:
        EngineError: an object with one of our names is not ours, or something of somebody else hangs on one of ours;
            the sentence names it.
    """
    return judge(inspect(connection, names), layout, with_triggers=with_triggers)


def judge(objects: Iterable[Found], layout: Layout, *, with_triggers: bool = False) -> Owned:
    """What of these objects is ours.

    Raises:
        EngineError: as `owned`.
    """
    found = list(objects)
    marks = {each.name: each.mark for each in found if each.mark and each.mark.name == each.name}
    if any(each.name == MARKER and each.kind is KindCode.TABLE and each.mark is None for each in found):
        raise EngineError(say(OwnershipCode.EARLIER_VERSION))
    for each in found:
        if not (each.name in marks or (each.part_of and each.part_of in marks)):
            raise EngineError(say(OwnershipCode.NOT_OURS, kind=say(each.kind), name=each.shown))
    if not found:
        return Owned()
    labs = {mark.lab for mark in marks.values()}
    if len(labs) != 1 or MARKER not in marks:
        raise EngineError(say(OwnershipCode.MIXED, name=min(each.shown for each in found if each.name != MARKER)))
    if any(mark.layout != layout(name) for name, mark in marks.items()):
        raise EngineError(say(OwnershipCode.OTHER_VERSION))
    for each in found:
        if each.attached and not (with_triggers and each.attached.kind is KindCode.TRIGGER):
            kind = say(each.attached.kind)
            raise EngineError(say(OwnershipCode.ATTACHED, kind=kind, name=each.attached.name, table=each.shown))
    return Owned(labs.pop(), frozenset(each.name for each in found))
