"""Tables of which a plain run goes through some rows, and `-m exhaustive` through the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from _pytest.mark.structures import ParameterSet

Row = Any
"""A `pytest.param`, a tuple of values, or the only value."""


def exhaustive_but(rows: Iterable[Row], stays: Callable[..., bool]) -> list[ParameterSet]:
    """Rows for `parametrize`; those of which `stays` says no are exhaustive.

    Args:
        rows: of the table.
        stays: gets the values of a row.
    """
    return [row if stays(*row.values) else _exhaustive(row) for row in map(_param, rows)]


def first_of_each(kind: Callable[..., object]) -> Callable[..., bool]:
    """For `exhaustive_but`: of each kind the first row stays.

    Args:
        kind: gets the values of a row; None where it shall not stay.
    """
    seen: set[object] = {None}

    def stays(*values: object) -> bool:
        found = kind(*values)
        if found in seen:
            return False
        seen.add(found)
        return True

    return stays


def values(*chosen: object) -> Callable[..., bool]:
    """For `exhaustive_but`: rows stay that begin with one of these."""
    return lambda first, *_: first in chosen


def never(*left_out: object) -> Callable[..., bool]:
    """For `exhaustive_but`: rows stay that do not begin with one of these."""
    return lambda first, *_: first not in left_out


def _param(row: Row) -> ParameterSet:
    if isinstance(row, ParameterSet):
        return row
    return pytest.param(*row) if isinstance(row, tuple) else pytest.param(row)


def _exhaustive(row: ParameterSet) -> ParameterSet:
    return pytest.param(*row.values, id=row.id, marks=(*row.marks, pytest.mark.exhaustive))
