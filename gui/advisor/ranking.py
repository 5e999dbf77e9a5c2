"""The ranking as one text with links: laid out at once, however many places it has."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtWidgets import QTextBrowser, QWidget

from backend.comparison.guidance.advice import Advice, Guidance
from backend.comparison.guidance.says import GuideCode
from backend.model.sentence import say
from gui.advisor.words import explored_text, measured_text
from gui.theme import GRID, VERDICT_GLYPHS
from gui.wording.catalogue import Catalogue
from gui.wording.live import put
from gui.wording.punctuation import narrowed, one_after_the_other
from gui.wording.speech import speak
from gui.wording.terms import verdict_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from backend.comparison.guidance.advice import Rejection, Risk
    from backend.comparison.records import Line
    from backend.explorer.survey import SurveyCell
    from gui.theme import Theme

LAB, COMPARE, EXPLORE, WAY_OUT = "lab", "compare", "explore", "way-out"


class RankingView(QTextBrowser):
    """What fits, why, and where to see it; then what does not.

    Signals:
        lab_asked: an Advice that somebody wants to try.
        compare_asked: an Advice to be measured.
        explore_asked: an Advice to be proved.
        way_out_asked: the Needs with which something fits.
    """

    lab_asked = Signal(object)
    compare_asked = Signal(object)
    explore_asked = Signal(object)
    way_out_asked = Signal(object)

    def __init__(self, theme: Theme, catalogue: Catalogue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("guidanceRanking")
        put(self.setAccessibleName, lambda: self.tr("Ranking"))
        self.setOpenLinks(False)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self.document().setDocumentMargin(2 * GRID)
        self._theme = theme
        self._catalogue = catalogue
        self._guidance = Guidance((), ())
        self.anchorClicked.connect(self._follow)

    def show_guidance(self, guidance: Guidance, lines: Sequence[Line], cells: Sequence[SurveyCell]) -> None:
        """Show this, with what runs have said so far."""
        self._guidance = guidance
        parts = [self._advice(rank, advice, lines, cells) for rank, advice in enumerate(guidance.ranking)]
        if guidance.headline is not None:
            parts.insert(0, f"<p><b>{escape(speak(guidance.headline))}</b></p>")
        if guidance.way_out is not None:
            out, link = escape(speak(say(GuideCode.WAY_OUT))), escape(speak(say(GuideCode.TAKE_WAY_OUT)))
            parts.append(f"<p>{out} <a href='{WAY_OUT}:0'>{link}</a></p>")
        rejected = "".join(self._rejection(each) for each in guidance.rejected)
        heading = escape(self.tr("Not for this"))
        self.setHtml(f"{''.join(parts)}<hr><p><b>{heading}</b></p><table cellspacing='0'>{rejected}</table>")

    def _advice(self, rank: int, advice: Advice, lines: Sequence[Line], cells: Sequence[SurveyCell]) -> str:
        muted = self._theme.colours.muted
        title = escape(self._title(advice.strategy, advice.variant))
        evidence = one_after_the_other((measured_text(advice, lines), explored_text(advice, cells)))
        rows = [
            f"<span style='font-size: large'><b>{rank + 1}.&nbsp; {title}</b></span>",
            escape(one_after_the_other(map(speak, advice.reasons))),
            *(self._risk(risk) for risk in advice.risks),
            *(escape(speak(note)) for note in advice.notes),
            f"<span style='color: {muted}'>{escape(evidence)}</span>",
            "&nbsp;&nbsp; ".join(self._links(rank, advice)),
        ]
        return f"<p style='margin: 6px 0 14px 0; line-height: 125%'>{'<br>'.join(rows)}</p>"

    def _risk(self, risk: Risk) -> str:
        word = f"{VERDICT_GLYPHS[risk.verdict]} {verdict_word(risk.verdict)}"
        tint = self._theme.colours.verdict_tint(risk.verdict).name()
        sentence = escape(speak(risk.sentence))
        return f"<b><span style='background-color: {tint}'>&nbsp;{escape(word)}&nbsp;</span></b> {sentence}"

    def _links(self, rank: int, advice: Advice) -> Iterator[str]:
        info = self._catalogue.variant(advice.strategy, advice.variant)
        if info and info.missing:
            yield escape(speak(info.missing))
            return
        texts = ((LAB, self.tr("Try in the Lab")), (COMPARE, self.tr("Measure")), (EXPLORE, self.tr("Prove")))
        for where, text in texts:
            yield f"<a href='{where}:{rank}'>{escape(text)}</a>"

    def _rejection(self, each: Rejection) -> str:
        cell = "style='padding: 2px 16px 4px 0'"
        return (
            f"<tr><td {cell}>{escape(self._title(each.strategy, each.variant))}</td>"
            f"<td {cell}>{escape(_reason(each))}</td></tr>"
        )

    def _title(self, strategy: str, variant: str) -> str:
        titles = {info.key: info.title for info in self._catalogue.strategies}
        info = self._catalogue.variant(strategy, variant)
        return narrowed(speak(titles[strategy]), speak(info.prose.title) if info else variant)

    @Slot(QUrl)
    def _follow(self, link: QUrl) -> None:
        if link.scheme() == WAY_OUT:
            self.way_out_asked.emit(self._guidance.way_out)
            return
        advice = self._guidance.ranking[int(link.path())]
        asked = {LAB: self.lab_asked, COMPARE: self.compare_asked, EXPLORE: self.explore_asked}
        asked[link.scheme()].emit(advice)


def _reason(each: Rejection) -> str:
    return speak(each.reason)
