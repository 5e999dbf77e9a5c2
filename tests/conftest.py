"""What all tests share."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

_OF_PYTEST_QT = ("qt_api", "qt_log_level_fail")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the same configuration serve where pytest-qt is not installed: the backend's tests run there too."""
    if find_spec("pytestqt") is None:
        for name in _OF_PYTEST_QT:
            parser.addini(name, "used by pytest-qt")
