"""The parts of a submission's id: lab, run and number, as in ``0f3a9c1e-2.17``; of a service, its intent and number.

A repeated attempt has its own mark after the number.
"""

from __future__ import annotations

import re

_OF_A_LAB = re.compile(r"[0-9a-f]{8}-(\d+\.\w+)")


def run_of(submission: str) -> str:
    """What it is numbered in: the name of its run, or the key of its intent."""
    return submission.rpartition(".")[0]


def number_of(submission: str) -> str:
    """Its number there, with the mark of the attempt."""
    return submission.rpartition(".")[2]


def is_of_a_lab(submission: str) -> bool:
    """Whether a run of a lab has submitted it, and not somebody else."""
    return _OF_A_LAB.fullmatch(submission) is not None


def without_lab(text: str) -> str:
    """A text in which submissions are named by run and number, as where no other lab's are shown."""
    return _OF_A_LAB.sub(r"\1", text)
