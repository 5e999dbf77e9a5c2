"""An incident as one text: what happened, and side by side what came of it without its cure and with it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTextBrowser, QWidget

from backend.comparison.incidents import IncidentCode
from backend.model.sentence import plain_list, say
from backend.model.terms import answer_term
from gui.theme import GRID, VERDICT_GLYPHS
from gui.wording.catalogue import catalogue_text
from gui.wording.exploration import worst_of
from gui.wording.live import put
from gui.wording.punctuation import in_a_row, narrowed, one_after_the_other
from gui.wording.speech import speak
from gui.wording.terms import answer_word, verdict_word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backend.comparison.exhibit import Exhibit
    from backend.comparison.incidents import Incident
    from backend.explorer.question import Exploration, Question
    from backend.model.judgement import Report
    from backend.model.vocabulary import Verdict
    from gui.theme import Theme
    from gui.wording.catalogue import Catalogue


class IncidentView(QTextBrowser):
    """Shows one incident.

    Args:
        theme: its colours.
        catalogue: the strategies.
        reports: what runs of exhibits came to, by their keys; it may grow.
        findings: what explorations came to, by their questions; it may grow.
    """

    def __init__(
        self,
        theme: Theme,
        catalogue: Catalogue,
        reports: Mapping[str, Report],
        findings: Mapping[Question, Exploration],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("incidentView")
        put(self.setAccessibleName, lambda: self.tr("Incident"))
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.document().setDocumentMargin(2 * GRID)
        self._theme, self._catalogue = theme, catalogue
        self._reports, self._findings = reports, findings

    def show_incident(self, incident: Incident | None) -> None:
        """Show this, with what is known of it by now; None where nothing was found."""
        if incident is None:
            self.setPlainText(self.tr("No incident has these words."))
            return
        self.setHtml("".join(self._parts(incident)))

    def _parts(self, incident: Incident) -> tuple[str, ...]:
        known = say(IncidentCode.REPORTS, reports=plain_list(incident.reports))
        where = known if incident.reports else say(IncidentCode.NO_REPORTS)
        muted = self._theme.colours.muted
        cure = say(IncidentCode.CURE, cure=incident.cure)
        return (
            f"<p><span style='font-size: large'><b>{escape(speak(incident.title))}</b></span></p>",
            f"<p>{escape(speak(incident.story))}</p><p>{escape(speak(cure))}</p>",
            f"<p>{escape(speak(incident.on_mariadb))}</p>" if incident.on_mariadb else "",
            f"<p><span style='color: {muted}'>{escape(speak(where))}</span></p>",
            "<table width='100%' cellspacing='0'><tr>",
            self._side(self.tr("Without the cure"), incident.damage, incident.proof, incident),
            self._side(self.tr("With the cure"), incident.cured, incident.proof_of_cure, None),
            "</tr></table>",
        )

    def _side(self, heading: str, exhibit: Exhibit, question: Question, damaged: Incident | None) -> str:
        colours = self._theme.colours
        run, explorer = self.tr("Run"), self.tr("Explorer")
        lines = [
            f"<b>{escape(heading)}</b>",
            f"<span style='color: {colours.muted}'>{escape(self._subject(exhibit))}</span>",
            escape(catalogue_text(exhibit.look)),
            f"<b>{escape(run)}:</b> {self._outcome(exhibit)}",
        ]
        report = self._reports.get(exhibit.key)
        if damaged is not None and damaged.tells is not None and report is not None and damaged.tells in report.answers:
            lines.append(escape(speak(say(IncidentCode.TOLD, answer=answer_term(damaged.tells)))))
        lines.append(f"<b>{escape(explorer)}:</b> {self._finding(question)}")
        texts = "".join(f"<p style='margin: 4px 0'>{line}</p>" for line in lines)
        return f"<td width='50%' style='padding: 4px 16px 4px 0; vertical-align: top'>{texts}</td>"

    def _subject(self, exhibit: Exhibit) -> str:
        setup = exhibit.setup
        info = self._catalogue.variant(setup.strategy, setup.variant)
        title = speak(info.prose.title) if info else setup.variant
        return f"{title} ({setup.strategy}/{setup.variant})"

    def _outcome(self, exhibit: Exhibit) -> str:
        report = self._reports.get(exhibit.key)
        if report is None or not report.verdicts:
            return escape(self.tr("not run yet"))
        worst = max(report.verdicts, key=lambda verdict: verdict.severity)
        told = in_a_row(narrowed(answer_word(answer), str(count)) for answer, count in report.answers.items())
        effects = self.tr("effects: %1").replace("%1", str(report.effects))
        return f"{self._word(worst)} {escape(effects)}. {escape(told)}"

    def _finding(self, question: Question) -> str:
        found = self._findings.get(question)
        worst = worst_of(found.outcomes) if found else None
        if found is None or worst is None:
            return escape(self.tr("not explored yet"))
        said = one_after_the_other(map(speak, (found.finding, *found.notes)))
        return f"{self._word(worst)} {escape(said)}"

    def _word(self, verdict: Verdict) -> str:
        tint = self._theme.colours.verdict_tint(verdict).name()
        word = escape(f"{VERDICT_GLYPHS[verdict]} {verdict_word(verdict)}")
        return f"<b><span style='background-color: {tint}'>&nbsp;{word}&nbsp;</span></b>"
