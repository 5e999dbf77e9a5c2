"""Boxes for knobs whose values are words: after what a caller sends again, what Valkey keeps, which servers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QComboBox

from backend.model.plan import USUAL_RETRY_CAUSES
from backend.model.vocabulary import EngineKind, RedisPersistence, RedisTopology, RetryCause
from gui.widgets.forms import KEY_ROLE, add_item, choose_key, combo, current_key
from gui.wording.live import put

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backend.model.observed import EngineStatus

_WEBHOOK = frozenset(RetryCause)
_TIMEOUT = frozenset({RetryCause.TIMEOUT})
_UNANSWERED = _TIMEOUT | {RetryCause.CONNECTION}


class RetryCauses(QObject):
    """What makes a caller send again; a set that is not among the usual ones becomes a choice of its own."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.box = combo("retryOnCombo")
        for causes, text in (
            (USUAL_RETRY_CAUSES, lambda: self.tr("Any failure")),
            (_TIMEOUT, lambda: self.tr("Time-outs only")),
            (_UNANSWERED, lambda: self.tr("No answer")),
            (_WEBHOOK, lambda: self.tr("Anything but 2xx")),
        ):
            add_item(self.box, text, key_of(causes))

    @property
    def causes(self) -> frozenset[RetryCause]:
        """Those that are chosen."""
        return read_causes(current_key(self.box))

    def show_causes(self, causes: frozenset[RetryCause]) -> None:
        """Choose these."""
        key = key_of(causes)
        if self.box.findData(key, KEY_ROLE) < 0:
            self.box.addItem(", ".join(cause.value for cause in RetryCause if cause in causes), key)
        choose_key(self.box, key)


class PersistenceBox(QObject):
    """What the private Redis-protocol server writes to disk."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.box: QComboBox = combo("redisPersistenceCombo")
        for key, text in (
            ("", lambda: self.tr("As it was started")),
            (RedisPersistence.NONE.value, lambda: self.tr("Nothing written")),
            (RedisPersistence.EVERYSEC.value, lambda: self.tr("Synced each second")),
            (RedisPersistence.ALWAYS.value, lambda: self.tr("Synced each write")),
        ):
            add_item(self.box, text, key)

    @property
    def mode(self) -> RedisPersistence | None:
        """What is chosen; None for as it was started."""
        key = current_key(self.box)
        return RedisPersistence(key) if key else None

    def show_mode(self, mode: RedisPersistence | None) -> None:
        """Choose this."""
        choose_key(self.box, mode.value if mode else "")


class TopologyBox(QObject):
    """Which Redis-protocol servers of ours there are."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_ours = True
        self.box: QComboBox = combo("redisTopologyCombo")
        for key, text in (
            ("", lambda: self.tr("As it was started")),
            (RedisTopology.SINGLE.value, lambda: self.tr("One server")),
            (RedisTopology.SENTINEL.value, lambda: self.tr("Replica, sentinels")),
            (RedisTopology.THREE.value, lambda: self.tr("Three independent")),
            (RedisTopology.FIVE.value, lambda: self.tr("Five independent")),
        ):
            add_item(self.box, text, key)

    @property
    def topology(self) -> RedisTopology | None:
        """What is chosen; None for as it was started, and where the server is not ours."""
        key = current_key(self.box)
        return RedisTopology(key) if key and self._is_ours else None

    def show_topology(self, topology: RedisTopology | None) -> None:
        """Choose this."""
        choose_key(self.box, topology.value if topology else "")

    def note_engines(self, engines: Sequence[EngineStatus]) -> None:
        """There is a choice only where we start the servers."""
        found = next((engine for engine in engines if engine.kind is EngineKind.REDIS), None)
        self._is_ours = found is None or found.embedded
        self.box.setEnabled(self._is_ours)
        put(self.box.setToolTip, partial(self._about, "" if found is None or self._is_ours else found.name))

    def _about(self, foreign: str) -> str:
        """What is chosen here, or why nothing can be, as the server of this name is not ours."""
        if foreign:
            text = self.tr("%1 was not started here, so how its servers are set up is not ours to choose")
            return text.replace("%1", foreign)
        return self.tr("Which servers hold tokens, locks and messages, and whether another one takes over")


def key_of(causes: frozenset[RetryCause]) -> str:
    """As on the command line."""
    return ",".join(cause.value for cause in RetryCause if cause in causes)


def read_causes(key: str) -> frozenset[RetryCause]:
    """Of a key that somebody may have written into the settings by hand: what is none is left out."""
    found = frozenset(RetryCause(name) for name in key.split(",") if name in set(RetryCause))
    return found or USUAL_RETRY_CAUSES
