"""The explorer's question: what cannot be asked here cannot be chosen, and says why."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from backend.explorer.question import Question
from backend.lab.lab import Lab
from backend.model.sentence import plain
from backend.model.vocabulary import EngineKind, OperationKey, Replication
from gui.explore.question_panel import QuestionPanel
from gui.settings import Settings
from gui.widgets.forms import KEY_ROLE
from gui.wording.catalogue import Catalogue

PLACE = OperationKey.PLACE_ORDER
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
    panel.show_question(Question(PLACE, "distributed-lock", "redis"))

    index = panel.variant.findData("zookeeper", KEY_ROLE)
    flags = panel.variant.model().flags(panel.variant.model().index(index, 0))
    assert bool(flags & Qt.ItemFlag.ItemIsEnabled) == (not missing)
    assert panel.variant.itemData(index, Qt.ItemDataRole.ToolTipRole) == missing


@pytest.mark.parametrize("replication", [Replication.ASYNCHRONOUS, Replication.SYNCHRONOUS])
def test_a_failover_of_the_database_is_asked_kept_and_asked_again(qtbot: QtBot, replication: Replication) -> None:
    asked = Question(PLACE, "none", "direct", database_failovers=1, replication=replication)
    panels = QuestionPanel(), QuestionPanel()
    for panel in panels:
        qtbot.addWidget(panel)
        panel.fill(Catalogue(tuple(Lab.strategies())))
    first, again = panels
    first.show_question(asked)
    assert first.question == asked

    settings = Settings()
    first.save(settings)
    again.restore(settings)
    assert again.question == asked
