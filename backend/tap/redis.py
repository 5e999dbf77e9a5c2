"""The tap on redis-py: a client whose commands pass it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import redis

from backend.model import EngineKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.tap.observer import Tap


class TappedRedis(redis.Redis):
    """A ``redis.Redis`` whose commands pass a tap, once it has one."""

    tap: Tap | None = None

    def execute_command(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401  as in redis-py
        """Run one command as a step."""
        execute: Callable[..., Any] = super().execute_command
        if self.tap is None:
            return execute(*args, **options)
        return self.tap.run(EngineKind.REDIS, str(args[0]), args[1:], lambda: execute(*args, **options))
