"""What cells and proofs are called. Apart from the codes, which the records of a comparison know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.comparison.says import about_key

if TYPE_CHECKING:
    from backend.comparison.records import CellState, Proof
    from backend.model.sentence import Sentence


def state_term(state: CellState) -> Sentence:
    """The state of a cell in a word or two."""
    return about_key("state", state)


def missed(proof: Proof) -> Sentence:
    """What was not seen, so that the situation does not count as reached."""
    return about_key("missed", proof)
