"""What is asked about a service: which situations, how often; or which interleavings."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from backend.explorer.question import MOST_REQUESTS
from backend.service.asked import CheckAsked, ExploreAsked
from backend.service.outside.model import CheckPlan, CheckSituation
from backend.service.outside.words import situation_term
from gui.settings import Group
from gui.theme import GRID
from gui.widgets.forms import Section, describe, spin
from gui.wording.live import put, worded
from gui.wording.speech import speak

if TYPE_CHECKING:
    from PySide6.QtWidgets import QSpinBox

    from backend.service.asked import ServiceFile
    from gui.settings import Settings

MOST_INTENTS, MOST_SUBMISSIONS, MOST_SCHEDULES = 1000, 50, 1_000_000
SHORTEST_MS, LONGEST_MS = 100, 120_000


class CheckPanel(QWidget):
    """The situations, and how often each is tried.

    Signals:
        changed: something else is asked.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        section = Section(lambda: self.tr("Situations"))
        self.situations = {key: self._check(key) for key in CheckSituation}
        for check in self.situations.values():
            section.add_wide(check)
            check.toggled.connect(self.changed)
        self.intents = spin("serviceIntentsSpin", 1, MOST_INTENTS, 10)
        section.add_field(
            lambda: self.tr("&Intents"), self.intents, lambda: self.tr("How many intents are tried in each situation")
        )
        self.submissions = spin("serviceSubmissionsSpin", 2, MOST_SUBMISSIONS, 5)
        section.add_field(
            lambda: self.tr("S&ubmissions"),
            self.submissions,
            lambda: self.tr("How many of each intent leave at the same moment"),
        )
        self.timeout = spin("serviceTimeoutSpin", SHORTEST_MS, LONGEST_MS, 10_000, lambda: self.tr("ms"))
        section.add_field(
            lambda: self.tr("&Time-out"), self.timeout, lambda: self.tr("How long a caller waits for a response")
        )
        self.host = QLineEdit()
        self.host.setObjectName("serviceHostEdit")
        section.add_field(
            lambda: self.tr("&Other host"),
            self.host,
            lambda: self.tr("A service on another machine is tested only if its host is named here once more"),
        )
        layout.addWidget(section)

    def _check(self, key: CheckSituation) -> QCheckBox:
        text = partial(speak, situation_term(key))
        check = worded(QCheckBox(), text)
        check.setObjectName(f"service-{key.value}")
        check.setChecked(True)
        describe(check, text, lambda: self.tr("Check in this situation"))
        put(check.setToolTip, text)
        return check

    @property
    def chosen(self) -> tuple[CheckSituation, ...]:
        """The situations that are ticked."""
        return tuple(key for key, check in self.situations.items() if check.isChecked())

    def asked(self, file: ServiceFile) -> CheckAsked:
        """What the fields ask about a service."""
        plan = CheckPlan(self.chosen, self.intents.value(), self.submissions.value(), self.timeout.value() / 1000)
        host = self.host.text().strip()
        return CheckAsked(file, plan, (host,) if host else ())

    def restore(self, settings: Settings) -> None:
        """Ask what was asked last."""
        for key, check in self.situations.items():
            check.setChecked(settings.flag(Group.SERVICE.key(key.value), default=True))
        _restore(settings, self._numbers)

    def save(self, settings: Settings) -> None:
        """Keep what is asked for the next session; the host is named anew each time."""
        for key, check in self.situations.items():
            settings.remember(Group.SERVICE.key(key.value), check.isChecked())
        _save(settings, self._numbers)

    @property
    def _numbers(self) -> dict[str, QSpinBox]:
        return {"intents": self.intents, "submissions": self.submissions, "timeout": self.timeout}


class ExplorePanel(QWidget):
    """What may happen in an interleaving, and how many are played."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        section = Section(lambda: self.tr("Interleavings"))
        self.requests = spin("serviceRequestsSpin", 2, MOST_REQUESTS, 2)
        section.add_field(
            lambda: self.tr("Re&quests"),
            self.requests,
            lambda: self.tr("How many submissions of the same intent run at once"),
        )
        self.crashes = spin("serviceCrashesSpin", 0, 1, 0)
        section.add_field(
            lambda: self.tr("Crash&es"),
            self.crashes,
            lambda: self.tr("Most crashes in an interleaving, each with a retry"),
        )
        self.expiries = spin("serviceExpiriesSpin", 0, 1, 0)
        section.add_field(
            lambda: self.tr("Le&ase expiries"),
            self.expiries,
            lambda: self.tr("Most times that a lease ends in an interleaving"),
        )
        self.limit = spin("serviceLimitSpin", 0, MOST_SCHEDULES, 0)
        put(self.limit.setSpecialValueText, lambda: self.tr("none"))
        section.add_field(
            lambda: self.tr("Li&mit"), self.limit, lambda: self.tr("Most interleavings that are played; none for all")
        )
        layout.addWidget(section)

    def asked(self, file: ServiceFile) -> ExploreAsked:
        """What the fields ask about a service."""
        return ExploreAsked(
            file, self.requests.value(), self.crashes.value(), self.expiries.value(), self.limit.value() or None
        )

    def restore(self, settings: Settings) -> None:
        """Ask what was asked last."""
        _restore(settings, self._numbers)

    def save(self, settings: Settings) -> None:
        """Keep what is asked for the next session."""
        _save(settings, self._numbers)

    @property
    def _numbers(self) -> dict[str, QSpinBox]:
        return {"requests": self.requests, "crashes": self.crashes, "expiries": self.expiries, "limit": self.limit}


def _restore(settings: Settings, fields: dict[str, QSpinBox]) -> None:
    for name, field in fields.items():
        field.setValue(settings.number(Group.SERVICE.key(name), field.value()))


def _save(settings: Settings, fields: dict[str, QSpinBox]) -> None:
    for name, field in fields.items():
        settings.remember(Group.SERVICE.key(name), field.value())
