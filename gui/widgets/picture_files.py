"""What a widget paints, as a file: SVG for print, PNG for a chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtCore import QSize
    from PySide6.QtGui import QPaintDevice

PNG_SCALE = 2
"""A PNG is so many times as large as what is on the screen, so that it can be read on paper."""


def write_picture(path: Path, size: QSize, title: str, paint: Callable[[QPainter], object]) -> None:
    """Write a picture in the form that the ending of its name says: SVG, or else PNG.

    Args:
        path: the file.
        size: of the picture, in pixels of the screen.
        title: what an SVG is called inside.
        paint: paints it with a painter that begins at its upper left corner.

    Raises:
        OSError: the file cannot be written.
    """
    if path.suffix.lower() == ".svg":
        _write_svg(path, size, title, paint)
    else:
        _write_png(path, size, paint)


def _write_svg(path: Path, size: QSize, title: str, paint: Callable[[QPainter], object]) -> None:
    from PySide6.QtSvg import QSvgGenerator  # noqa: PLC0415, RUF100  few need it, and it is a library of its own

    path.touch()  # Qt would complain on standard error
    generator = QSvgGenerator()
    generator.setFileName(str(path))
    generator.setSize(size)
    generator.setViewBox(QRect(0, 0, size.width(), size.height()))
    generator.setTitle(title)
    _paint(generator, path, paint)


def _write_png(path: Path, size: QSize, paint: Callable[[QPainter], object]) -> None:
    image = QImage(size * PNG_SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(PNG_SCALE)
    _paint(image, path, paint)
    if not image.save(str(path)):
        raise OSError(f"cannot write {path.name}")


def _paint(device: QPaintDevice, path: Path, paint: Callable[[QPainter], object]) -> None:
    painter = QPainter()
    if not painter.begin(device):
        raise OSError(f"cannot write {path.name}")
    paint(painter)
    painter.end()
