"""The tap on redis-py: a client whose commands pass it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import redis

from backend.model.vocabulary import EngineKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.tap.observer import Tap


class TappedRedis(redis.Redis):
    """A ``redis.Redis`` whose commands pass a tap, once it has one."""

    tap: Tap | None = None
    number: int = 0
    """Which of several servers it is; 0 where there is no need to say."""

    def execute_command(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401  as in redis-py
        """Run one command as a step."""
        execute: Callable[..., Any] = super().execute_command
        tap = self.tap
        if tap is None or tap.current is None:  # outside of a flow nobody wants to know
            return execute(*args, **options)
        return tap.run(EngineKind.REDIS, str(args[0]), args[1:], lambda: execute(*args, **options), server=self.number)

    def pipeline(self, transaction: bool = True, shard_hint: Any = None) -> TappedPipeline:  # noqa: ANN401, FBT001, FBT002, RUF100  as in redis-py
        """Several commands that are sent at once; they are one step."""
        pipeline = TappedPipeline(self.connection_pool, self.response_callbacks, transaction, shard_hint)
        pipeline.tap = self.tap
        return pipeline


class TappedPipeline(redis.client.Pipeline):
    """A pipeline that passes a tap when it is carried out, and with each command that it sends before that."""

    tap: Tap | None = None

    def execute(self, raise_on_error: bool = True) -> Any:  # noqa: ANN401, FBT001, FBT002, RUF100  as in redis-py
        """Send all commands as a step."""
        execute: Callable[..., Any] = super().execute
        if self.tap is None or not self.command_stack:
            return execute(raise_on_error)
        commands = [" ".join(map(str, command[0])) for command in self.command_stack]
        is_atomic = vars(self)["transaction"] or self.explicit_transaction
        name = "MULTI" if is_atomic else "PIPELINE"
        return self.tap.run(EngineKind.REDIS, name, commands, lambda: execute(raise_on_error))

    def immediate_execute_command(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401  as in redis-py
        """Send a command at once, as after WATCH, as a step."""
        execute: Callable[..., Any] = super().immediate_execute_command
        if self.tap is None:
            return execute(*args, **options)
        return self.tap.run(EngineKind.REDIS, str(args[0]), args[1:], lambda: execute(*args, **options))
