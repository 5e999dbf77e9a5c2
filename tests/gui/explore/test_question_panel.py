"""The explorer's question: what cannot be asked here cannot be chosen, and says why."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from backend.explorer.question import Question
from backend.lab.lab import Lab
from backend.model.sentence import plain
from backend.model.vocabulary import EngineKind, OperationKey
from gui.explore.question_panel import QuestionPanel
from gui.widgets.forms import KEY_ROLE
from gui.wording.catalogue import Catalogue

SENTENCE = "Not here: install it."


@pytest.mark.parametrize("missing", ["", SENTENCE])
def test_zookeeper_can_be_chosen_where_it_is_installed(qtbot: QtBot, missing: str) -> None:
    what = plain(missing) if missing else None
    infos = [
        replace(info, variants=tuple(replace(v, missing=what if EngineKind.ZOOKEEPER in v.engines else None)
                                     for v in info.variants))
        for info in Lab.strategies()
    ]  # fmt: skip
    panel = QuestionPanel()
    qtbot.addWidget(panel)
    panel.fill(Catalogue(tuple(infos)))
    panel.show_question(Question(OperationKey.PLACE_ORDER, "distributed-lock", "redis"))

    index = panel.variant.findData("zookeeper", KEY_ROLE)
    flags = panel.variant.model().flags(panel.variant.model().index(index, 0))
    assert bool(flags & Qt.ItemFlag.ItemIsEnabled) == (not missing)
    assert panel.variant.itemData(index, Qt.ItemDataRole.ToolTipRole) == missing
