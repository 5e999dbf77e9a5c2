"""Messages between processes: MessagePack in frames, each behind its length in four bytes."""

from __future__ import annotations

from typing import IO

import msgspec

LENGTH_BYTES = 4


def framed(message: object) -> bytes:
    """A message as it goes over a socket."""
    content = msgspec.msgpack.encode(message)
    return len(content).to_bytes(LENGTH_BYTES) + content


def read_frame(stream: IO[bytes]) -> bytes:
    """The content of the next frame; nothing at the end, which may be in the middle of one."""
    try:
        head = stream.read(LENGTH_BYTES)
        length = int.from_bytes(head) if len(head) == LENGTH_BYTES else 0
        content = stream.read(length)
    except OSError:
        return b""
    return content if len(content) == length else b""


def take_frames(buffer: bytearray) -> list[bytes]:
    """Take the frames that are whole off a buffer; their contents."""
    frames = []
    start = 0
    while len(buffer) - start >= LENGTH_BYTES:
        end = start + LENGTH_BYTES + int.from_bytes(buffer[start : start + LENGTH_BYTES])
        if end > len(buffer):
            break
        frames.append(bytes(buffer[start + LENGTH_BYTES : end]))
        start = end
    del buffer[:start]
    return frames
