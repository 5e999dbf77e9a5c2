"""The timeline as a file: SVG for print, PNG for a chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QRect
from PySide6.QtGui import QImage, QPainter

if TYPE_CHECKING:
    from pathlib import Path

    from gui.widgets.timeline.view import TimelineView

PNG_SCALE = 2


def export(view: TimelineView, path: Path) -> bool:
    """Write what is in sight, by the ending of the name; False where it cannot be written."""
    return _export_svg(view, path) if path.suffix.lower() == ".svg" else _export_png(view, path)


def _export_svg(view: TimelineView, path: Path) -> bool:
    from PySide6.QtSvg import QSvgGenerator  # noqa: PLC0415, RUF100  (few need it, and it is a library of its own)

    generator = QSvgGenerator()
    generator.setFileName(str(path))
    generator.setSize(view.size())
    generator.setViewBox(QRect(0, 0, view.width(), view.height()))
    generator.setTitle(QCoreApplication.translate("Timeline", "Submit Twice: timeline"))
    painter = QPainter()
    if not painter.begin(generator):
        return False
    view.paint_whole(painter)
    return painter.end()


def _export_png(view: TimelineView, path: Path) -> bool:
    image = QImage(view.size() * PNG_SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(PNG_SCALE)
    painter = QPainter(image)
    view.paint_whole(painter)
    painter.end()
    return image.save(str(path))
