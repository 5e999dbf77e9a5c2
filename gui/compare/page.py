"""The Compare page."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from gui.empty_page import EmptyPage


def make_compare_page() -> EmptyPage:
    """Says what is coming."""
    return EmptyPage(
        "comparePage",
        QCoreApplication.translate("ComparePage", "Compare"),
        QCoreApplication.translate(
            "ComparePage",
            "Not there yet. Every strategy will run the same load here, beside the unprotected baseline: "
            "what it let through, and what it cost.",
        ),
    )
