"""The grid of a survey: a row for each variant, a column for each operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from backend.explorer.survey import CellState, Scope, SurveyCell
from backend.model.sentence import to_document
from backend.model.vocabulary import OperationKey, Verdict
from gui.theme import LIGHT
from gui.widgets.forms import KEY_ROLE
from gui.wording.punctuation import in_a_row, narrowed
from gui.wording.speech import speak
from gui.wording.survey import CHANGED, RUNNING, cell_sentences, cell_text, change_sentence, short_operation
from gui.wording.terms import variant_title

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from backend.explorer.survey import Combination
    from backend.explorer.survey_changes import Change
    from backend.model.catalogue import StrategyInfo, VariantInfo
    from gui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()


class SurveyModel(QAbstractTableModel):
    """What is known of each pair; nothing yet where no cell came.

    Args:
        theme: the colours.
        pairs: show these only; None for all.
    """

    def __init__(
        self, theme: Theme, parent: QObject | None = None, pairs: Collection[Combination] | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pairs = pairs
        self._variants: list[tuple[StrategyInfo, VariantInfo]] = []
        self._operations: list[OperationKey] = []
        self._places: dict[Combination, tuple[int, int]] = {}
        self._cells: dict[Combination, SurveyCell] = {}
        self._changes: dict[Combination, Change] = {}
        self._running: Combination | None = None
        self.scope = Scope()
        """What was allowed to happen."""
        theme.changed.connect(self._repaint)

    # Feeding

    def fill(self, strategies: Sequence[StrategyInfo]) -> None:
        """Lay the grid out, empty but for what is not guarded."""
        self.beginResetModel()
        wanted = [
            (strategy, variant, operation)
            for strategy in strategies
            for variant in strategy.variants
            for operation in OperationKey
            if self._pairs is None or (operation, strategy.key, variant.key) in self._pairs
        ]
        self._operations = [key for key in OperationKey if any(operation is key for *_, operation in wanted)]
        rows = {(strategy.key, variant.key): (strategy, variant) for strategy, variant, _ in wanted}
        self._variants = list(rows.values())
        numbers = {key: number for number, key in enumerate(rows)}
        self._places = {
            (operation, strategy.key, variant.key): (
                numbers[strategy.key, variant.key],
                self._operations.index(operation),
            )
            for strategy, variant, operation in wanted
        }
        self._forget()
        self.endResetModel()

    def clear(self, scope: Scope) -> None:
        """Another exploration of everything begins."""
        self.scope = scope
        self._forget()
        self._repaint()

    def _forget(self) -> None:
        self._changes, self._running = {}, None
        self._cells = {
            (operation, strategy.key, variant.key): SurveyCell(
                operation,
                strategy.key,
                variant.key,
                variant.sound,
                CellState.NOT_GUARDED,
                sentence=str(reason),
                why=to_document(reason),
            )
            for strategy, variant in self._variants
            for operation, reason in variant.refusals.items()
        }

    def mark_running(self, pair: Combination | None) -> None:
        """The question under way; None when it is over."""
        before, self._running = self._running, pair
        for one in {before, pair} - {None}:
            self._changed(one)

    def put(self, cell: SurveyCell) -> None:
        """A finding."""
        self._cells[cell.pair] = cell
        if self._running == cell.pair:
            self._running = None
        self._changed(cell.pair)

    def show_changes(self, changes: Sequence[Change]) -> None:
        """Mark the cells that differ from an earlier survey."""
        self._changes = {change.pair: change for change in changes}
        self._repaint()

    def _changed(self, pair: Combination | None) -> None:
        if pair in self._places:
            index = self.index(*self._places[pair])
            self.dataChanged.emit(index, index)

    def _repaint(self) -> None:
        if self._places:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._variants) - 1, len(self._operations) - 1))

    # Asking

    def pair_at(self, index: Index) -> Combination | None:
        """The place in the grid; None outside of it or where nothing is asked."""
        if not index.isValid():
            return None
        strategy, variant = self._variants[index.row()]
        pair = (self._operations[index.column()], strategy.key, variant.key)
        return pair if pair in self._places else None

    def operation_at(self, column: int) -> OperationKey:
        """What a column is about."""
        return self._operations[column]

    def cell_at(self, index: Index) -> SurveyCell | None:
        """What is known there."""
        pair = self.pair_at(index)
        return None if pair is None else self._cells.get(pair)

    def index_of(self, pair: Combination) -> QModelIndex:
        """Where a pair is."""
        return self.index(*self._places[pair])

    def is_guarded(self, pair: Combination) -> bool:
        """Whether the variant guards the operation."""
        strategy_variant = self._variants[self._places[pair][0]]
        return pair[0] in strategy_variant[1].guards

    def text(self, index: Index) -> str:
        """What stands in a cell."""
        pair = self.pair_at(index)
        if pair is None:
            return ""
        if pair == self._running:
            return RUNNING
        cell = self._cells.get(pair)
        mark = f" {CHANGED}" if pair in self._changes else ""
        return f"{cell_text(cell)}{mark}" if cell else mark

    def explanation(self, index: Index) -> str:
        """Everything there is to say about a cell, for the tool tip and for the line below the grid."""
        pair = self.pair_at(index)
        if pair is None:
            return ""
        said = []
        if pair in self._changes:
            said.append(change_sentence(self._changes[pair]))
        if cell := self._cells.get(pair):
            breaks = self._variants[index.row()][1].prose.breaks
            said.extend(cell_sentences(cell, self.scope, breaks))
        if not said:
            said.append(QCoreApplication.translate("SurveyModel", "Nothing was asked yet."))
        return "\n".join(said)

    def title(self, row: int) -> str:
        """A variant with its strategy, and whether it is declared broken."""
        strategy, variant = self._variants[row]
        return narrowed(speak(strategy.title), variant_title(variant))

    def title_of(self, pair: Combination) -> str:
        """What a question is about."""
        return in_a_row([self.title(self._places[pair][0]), short_operation(pair[0])])

    # What Qt asks

    def rowCount(self, parent: Index = ROOT) -> int:  # noqa: N802
        """Number of variants."""
        return 0 if parent.isValid() else len(self._variants)

    def columnCount(self, parent: Index = ROOT) -> int:  # noqa: N802
        """Number of operations."""
        return 0 if parent.isValid() else len(self._operations)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, explanation and colours of a cell; its pair as the key."""
        if not index.isValid():
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.text(index)
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleDescriptionRole:
                return self.explanation(index)
            case Qt.ItemDataRole.AccessibleTextRole:
                operation = short_operation(self._operations[index.column()])
                return narrowed(in_a_row([self.title(index.row()), operation]), self.text(index))
            case Qt.ItemDataRole.BackgroundRole:
                return self._background(self.cell_at(index))
            case Qt.ItemDataRole.ForegroundRole:
                return self._foreground(self.cell_at(index))
            case Qt.ItemDataRole.FontRole:
                return self._font(index)
            case _:
                return self.pair_at(index) if role == KEY_ROLE else None

    def _background(self, cell: SurveyCell | None) -> QColor | None:
        colours = self._theme.colours
        if cell is None or not cell.schedules:
            return QColor(colours.duplicated_tint) if cell and cell.state is CellState.FAILED else None
        if cell.contradicts:
            return colours.verdict(cell.worst)
        if cell.state is CellState.NOT_FINISHED or cell.unrefuted:
            return colours.verdict_tint(Verdict.UNDECIDED)
        return colours.verdict_tint(cell.worst)

    def _foreground(self, cell: SurveyCell | None) -> QColor:
        colours = self._theme.colours
        if cell is not None and cell.state in {CellState.NOT_GUARDED, CellState.NOT_ASKED}:
            return QColor(colours.muted)
        if cell is not None and cell.contradicts:
            return QColor(LIGHT.text)  # the strong colours are light ones in both themes
        return QColor(colours.text)

    def _font(self, index: Index) -> QFont | None:
        cell = self.cell_at(index)
        if cell is None or not (cell.contradicts or self.pair_at(index) in self._changes):
            return None
        font = QFont()
        font.setBold(True)
        return font

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Operations across, variants down."""
        if orientation is Qt.Orientation.Horizontal and 0 <= section < len(self._operations):
            return short_operation(self._operations[section]) if role == Qt.ItemDataRole.DisplayRole else None
        if orientation is Qt.Orientation.Vertical and 0 <= section < len(self._variants):
            if role == Qt.ItemDataRole.DisplayRole:
                return self.title(section)
            if role == Qt.ItemDataRole.ToolTipRole:
                return speak(self._variants[section][1].prose.summary)
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None
