"""What all tests share."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy machine")

_OF_PYTEST_QT = ("qt_api", "qt_log_level_fail")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the same configuration serve where pytest-qt is not installed: the backend's tests run there too."""
    if find_spec("pytestqt") is None:
        for name in _OF_PYTEST_QT:
            parser.addini(name, "used by pytest-qt")
