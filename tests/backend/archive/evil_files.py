"""Files that somebody who means harm, or a broken disk, might hand over: one for each number."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from backend.archive.documents import to_json
from backend.archive.files import MEMBER, to_file
from tests.backend.archive.samples import every_entry

_STRANGE: tuple[Any, ...] = (
    None, True, -1, 0, 2**31, 2**63, 10**40, -(10**40), 1e308, -1e308, 5e-324, "", "\0", "\u202e", "x" * 5000, "../..",
    [], {}, [[]], [None], {"": None}, {"code": "plain.text", "parts": []}, {"code": "api.no_such", "parts": [["a"]]},
    [["text", {"code": "plain.text", "parts": [["text", 1]]}]], "place-order", "duplicated",
)  # fmt: skip
_WHOLE = tuple((to_file(entry), json.loads(to_json(entry))) for entry in every_entry())


def evil_file(chance: random.Random) -> bytes:
    """A file that is wrong in one way or several."""
    return chance.choice(_WAYS)(chance)


def _flipped(chance: random.Random) -> bytes:
    data = bytearray(chance.choice(_WHOLE)[0])
    for _ in range(chance.choice((1, 2, 8, 64))):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


def _cut(chance: random.Random) -> bytes:
    data = chance.choice(_WHOLE)[0]
    return data[: chance.randrange(len(data))]


def _noise(chance: random.Random) -> bytes:
    return chance.choice((b"", b"PK\x03\x04", b"PK\x05\x06")) + chance.randbytes(chance.randrange(400))


def _changed(chance: random.Random) -> bytes:
    document = json.loads(json.dumps(chance.choice(_WHOLE)[1]))
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        place, key = chance.choice(list(_places(document)))
        if chance.random() < 0.2:
            del place[key]
        else:
            place[key] = deepcopy(chance.choice(_STRANGE))
    return _packed(MEMBER, json.dumps(document).encode(errors="replace"))


def _cut_document(chance: random.Random) -> bytes:
    text = json.dumps(chance.choice(_WHOLE)[1]).encode()
    return _packed(MEMBER, text[: chance.randrange(len(text))])


def _nested(chance: random.Random) -> bytes:
    depth = chance.choice((10, 1000, 100_000))
    opening, closing = chance.choice(((b"[", b"]"), (b'{"a":', b"}")))
    inner = opening * depth + b"0" + closing * depth
    return _packed(MEMBER, b'{"version":1,"kind":"run","began":1,"content":' + inner + b"}")


def _named(chance: random.Random) -> bytes:
    name = chance.choice(("../../entry.json", "/entry.json", "entry.json\0", "ENTRY.JSON", "a/entry.json", "\ud800x"))
    return _packed(name.encode(errors="replace").decode(), chance.choice(_WHOLE)[0])


def _several(chance: random.Random) -> bytes:
    data = io.BytesIO(chance.choice(_WHOLE)[0])
    with zipfile.ZipFile(data, "a") as packed:
        for number in range(chance.randrange(1, 4)):
            packed.writestr(f"more-{number}", chance.randbytes(20))
    return data.getvalue()


def _lying(chance: random.Random) -> bytes:
    """Lengths, methods and flags in the headers are not what they are."""
    data = bytearray(chance.choice(_WHOLE)[0])
    central = data.rindex(b"PK\x01\x02")
    for start in (0, central):
        data[start + chance.randrange(4, 30)] = chance.randrange(256)
    return bytes(data)


_WAYS: tuple[Callable[[random.Random], bytes], ...] = (
    _flipped, _cut, _noise, _changed, _changed, _changed, _changed, _cut_document, _nested, _named, _several, _lying,
)  # fmt: skip


def _places(value: object) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, dict | list):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from _places(value[key])


def _packed(name: str, content: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, content)
    return data.getvalue()
