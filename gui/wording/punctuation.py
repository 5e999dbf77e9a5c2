"""What stands between words: each language has marks of its own."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from collections.abc import Iterable


def narrowed(what: str, closer: str) -> str:
    """Something, and which of its kind: ``Form token: Delete first``."""
    return _put(QCoreApplication.translate("Punctuation", "%1: %2"), what, closer)


def in_a_row(texts: Iterable[str]) -> str:
    """Texts one after the other: ``2 created, 1 duplicate``."""
    pattern = QCoreApplication.translate("Punctuation", "%1, %2")
    return reduce(lambda before, text: _put(pattern, before, text), texts) if (texts := list(texts)) else ""


def one_after_the_other(sentences: Iterable[str]) -> str:
    """Whole sentences, each of which ends with a mark: Chinese has no space behind one."""
    pattern = QCoreApplication.translate("Punctuation", "%1 %2")
    told = [sentence for sentence in sentences if sentence]
    return reduce(lambda before, text: _put(pattern, before, text), told) if told else ""


def _put(pattern: str, first: str, second: str) -> str:
    before, _, rest = pattern.partition("%1")
    between, _, after = rest.partition("%2")
    return f"{before}{first}{between}{second}{after}"
