"""What runs have said of an advice so far, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from backend.comparison.cost_records import Finding
from backend.model.vocabulary import GatewayKeys
from gui.wording.comparison import situation_word
from gui.wording.survey import cell_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backend.comparison.guidance.advice import Advice
    from backend.comparison.records import Line
    from backend.explorer.survey import SurveyCell


def measured_text(advice: Advice, lines: Iterable[Line]) -> str:
    """What the comparison on the Compare page says; that it says nothing yet, if so."""
    asked = advice.operation, advice.name
    line = next((line for line in lines if (line.subject.operation, line.subject.name) == asked), None)
    if line is None or not line.cells:
        return QCoreApplication.translate("Guidance", "Not measured yet.")
    text = QCoreApplication.translate("Guidance", "Measured: survives %1 of %2 situations")
    text = text.replace("%1", str(line.survived)).replace("%2", str(line.reached))
    if line.cost and line.cost.finding is Finding.RATIO:
        price = QCoreApplication.translate("Guidance", "%1 of the throughput without protection")
        text = f"{text}, {price.replace('%1', f'{line.cost.ratio:.2f}')}"
    elif line.cost and line.cost.finding is Finding.NO_DIFFERENCE:
        price = QCoreApplication.translate("Guidance", "throughput: no difference seen")
        text = f"{text}, {price}"
    if advice.contradicted_by:
        against = ", ".join(situation_word(key).lower() for key in advice.contradicted_by)
        against_text = QCoreApplication.translate("Guidance", "This contradicts the advice: %1").replace("%1", against)
        return f"{text}. {against_text}."
    return f"{text}."


def explored_text(advice: Advice, cells: Iterable[SurveyCell]) -> str:
    """What the grid of Explore all says; that it says nothing yet, if so."""
    if advice.gateway_keys is not GatewayKeys.NONE:
        return ""  # the grid's gateway honours nothing
    asked = advice.operation, advice.strategy, advice.variant
    cell = next((cell for cell in cells if cell.pair == asked), None)
    if cell is None or not cell.schedules:
        return QCoreApplication.translate("Guidance", "Not explored yet.")
    return QCoreApplication.translate("Guidance", "Explored: %1.").replace("%1", cell_text(cell).replace("\n", ", "))
