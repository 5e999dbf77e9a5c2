"""The Explore page."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from gui.empty_page import EmptyPage


def make_explore_page() -> EmptyPage:
    """Says what is coming."""
    return EmptyPage(
        "explorePage",
        QCoreApplication.translate("ExplorePage", "Explore"),
        QCoreApplication.translate(
            "ExplorePage",
            "Not there yet. Every order in which two requests can run will be tried here on the real engines, "
            "with the shortest counterexample as a sequence diagram.",
        ),
    )
