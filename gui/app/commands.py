"""The table of commands: whatever the window can be told to do is one entry here.

Menus and shortcuts (`menus.py`), the list of keys (`shortcuts.py`) and the palette (`palette.py`) are made from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from backend.comparison.exhibits import EXHIBITS, Cause
from gui.app.overlays import overlay_keys
from gui.theme import ThemeMode
from gui.widgets.command import Command, Menu
from gui.widgets.find_bar import find_keys
from gui.widgets.forms import plain, plainly
from gui.widgets.view_keys import ViewKey
from gui.wording.catalogue import catalogue_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gui.app.commanded_window import CommandedWindow


LANGUAGES = (("", ""), ("en", "English"), ("zh_CN", "简体中文"))
"""Names of languages are the same in every language; without one it is the system's."""


@dataclass(frozen=True, slots=True)
class KeysOfView:
    """Keys that a view obeys by itself, and what it is called."""

    title: str
    keys: tuple[ViewKey, ...]


class CommandTable(QObject):
    """Every command of a window.

    Args:
        window: what the commands act on; its pages are there already.
    """

    def __init__(self, window: CommandedWindow) -> None:
        super().__init__(window.pages)
        self._window = window
        self._tabs = window.pages
        self.commands: tuple[Command, ...] = (
            *self._of_lab(), *self._of_compare(), *self._of_explore(), *self._of_survey(), *self._of_service(),
            *self._of_history(), *self._of_stage(), *self._exhibits(), *self._themes(), *self._languages(),
            *self._pages(), *self._of_window(),
        )  # fmt: skip

    def _of_lab(self) -> Iterator[Command]:
        lab = self._window.lab
        form = lab.form
        yield Command(
            "lab-submit", lambda: self.tr("&Submit"), Menu.RUN, form.submit, "Ctrl+Return", lab, lab.why_not_send
        )
        yield Command(
            "lab-submit-often", lambda: self.tr("S&ubmit several times"), Menu.RUN, form.spam, "Ctrl+Shift+Return", lab,
            lab.why_not_send,
        )  # fmt: skip
        yield Command(
            "lab-new-intent",
            lambda: self.tr("&New intent"),
            Menu.RUN,
            form.new_intent,
            "Ctrl+N",
            lab,
            lab.why_not_ready,
        )
        yield Command("lab-cancel", lambda: self.tr("&Cancel"), Menu.RUN, form.cancel, "Esc", lab, self._nothing_runs)
        yield Command(
            "lab-reset", lambda: self.tr("&Reset"), Menu.RUN, form.reset, "Ctrl+R", lab, lab.why_not_ready, apart=True
        )
        yield Command(
            "lab-knobs", lambda: self.tr("&Knobs as at the first start"), Menu.RUN, lab.turn_knobs_back, "", lab,
            lab.why_not_ready,
        )  # fmt: skip

    def _of_compare(self) -> Iterator[Command]:
        page = self._window.compare
        yield Command(
            "compare-start",
            lambda: self.tr("&Compare"),
            Menu.RUN,
            page.start,
            "Ctrl+Return",
            page,
            self._cannot_compare,
        )
        yield Command(
            "compare-costs",
            lambda: self.tr("Measure costs &again"),
            Menu.RUN,
            page.again,
            "",
            page,
            self._no_noisy_costs,
        )
        yield Command(
            "compare-cancel", lambda: self.tr("Ca&ncel"), Menu.RUN, page.cancel, "Esc", page, self._nothing_runs
        )

    def _of_explore(self) -> Iterator[Command]:
        page = self._window.explore
        one = page.views.widget(0)
        yield Command(
            "explore-start", lambda: self.tr("&Explore"), Menu.RUN, page.start, "Ctrl+Return", one, self._cannot_explore
        )
        yield Command(
            "explore-cancel", lambda: self.tr("Ca&ncel"), Menu.RUN, page.cancel, "Esc", one, self._nothing_runs
        )

    def _of_survey(self) -> Iterator[Command]:
        pane = self._window.explore.survey
        yield Command(
            "survey-start",
            lambda: self.tr("&Explore all"),
            Menu.RUN,
            pane.start,
            "Ctrl+Return",
            pane,
            self._cannot_explore,
        )
        yield Command(
            "survey-cancel", lambda: self.tr("Ca&ncel"), Menu.RUN, pane.cancel, "Esc", pane, self._nothing_runs
        )
        yield Command(
            "survey-save", lambda: self.tr("&Save the grid…"), Menu.FILE, pane.files.keep, "", pane, self._no_grid
        )
        yield Command(
            "survey-changes", lambda: self.tr("&Compare with an earlier grid…"), Menu.FILE, pane.files.compare, "",
            pane,
            self._no_grid,
        )  # fmt: skip

    def _of_service(self) -> Iterator[Command]:
        page = self._window.service
        file = page.open_file
        yield Command("service-open", lambda: self.tr("&Open the file of a service…"), Menu.FILE,
                      file.button.ask_for_file, "",
                      page)  # fmt: skip
        yield Command("service-save", lambda: self.tr("&Save the file of the service"), Menu.FILE, file.save, "", page)
        yield Command(
            "service-start", lambda: self.tr("&Start"), Menu.RUN, page.start_what_is_shown, "Ctrl+Return", page,
            self._cannot_start,
        )  # fmt: skip
        yield Command(
            "service-check", lambda: self.tr("Chec&k"), Menu.RUN, page.check_button, "", page, self._cannot_check
        )
        yield Command(
            "service-explore", lambda: self.tr("&Explore"), Menu.RUN, page.explore_button, "", page, self._cannot_check
        )
        yield Command(
            "service-cancel", lambda: self.tr("Ca&ncel"), Menu.RUN, page.cancel, "Esc", page, self._nothing_runs
        )

    def _of_history(self) -> Iterator[Command]:
        desk, lab = self._window.desk, self._window.lab
        page = desk.page
        yield Command("history-open", lambda: self.tr("Open a saved &entry…"), Menu.FILE, page.ask_for_file, "Ctrl+O")
        yield Command("history-save", lambda: self.tr("&Save the entry as…"), Menu.FILE, page.save, "Ctrl+S", page,
                      self._no_entry)  # fmt: skip
        yield Command(
            "history-report", lambda: self.tr("&HTML report…"), Menu.FILE, page.report, "", page, self._no_entry
        )
        yield Command(
            "history-again", lambda: self.tr("&Run again"), Menu.RUN, page.again, "Ctrl+Return", page, self._no_entry
        )
        yield Command(
            "history-copy", lambda: self.tr("&Copy command line"), Menu.RUN, page.copy, "", page, self._no_entry
        )
        yield Command(
            "undo-reset", lambda: self.tr("Sho&w what was reset"), Menu.RUN, desk.show_what_was_reset, "Ctrl+Z", lab
        )
        yield Command(
            "copy-steps", lambda: self.tr("Copy the s&teps as SQL and redis-cli"), Menu.RUN, desk.copy_steps, "", lab,
            desk.why_no_steps,
        )  # fmt: skip
        yield Command(
            "copy-database", lambda: self.tr("Copy a client's command for the &database"), Menu.RUN, desk.copy_database,
            why_not=desk.why_no_connection,
        )  # fmt: skip
        yield Command(
            "copy-redis", lambda: self.tr("Copy the command of redis-c&li"), Menu.RUN, desk.copy_redis,
            why_not=desk.why_no_connection,
        )  # fmt: skip

    def _of_stage(self) -> Iterator[Command]:
        stage = self._window.stage
        yield Command("next-exhibit", lambda: self.tr("Next e&xhibit"), Menu.EXHIBITS, stage.next_exhibit, "F8",
                      why_not=self._window.lab.why_not_ready)  # fmt: skip
        yield Command("previous-exhibit", lambda: self.tr("Previous exhi&bit"), Menu.EXHIBITS, stage.previous, "F7",
                      why_not=self._window.lab.why_not_ready)  # fmt: skip
        yield Command("predict", lambda: self.tr("Predict before each r&un"), Menu.EXHIBITS, stage.prediction.toggle,
                      "F9",
                      is_chosen=stage.prediction.is_chosen)  # fmt: skip
        yield Command("stage", lambda: self.tr("On &stage (full screen)"), Menu.VIEW, stage.toggle, "F11", apart=True)
        yield Command(
            "stage-larger", lambda: self.tr("La&rger type"), Menu.VIEW, stage.larger, "Ctrl++", why_not=stage.why_not
        )
        yield Command("stage-smaller", lambda: self.tr("Smaller t&ype"), Menu.VIEW, stage.smaller, "Ctrl+-",
                      why_not=stage.why_not)  # fmt: skip

    def _no_entry(self) -> str:
        return self.tr("Choose an entry of the history first.")

    def _exhibits(self) -> Iterator[Command]:
        titles = {
            Cause.CLICKS: lambda: self.tr("&Clicks"),
            Cause.RETRIES: lambda: self.tr("&Retries"),
            Cause.MESSAGES: lambda: self.tr("&Messages"),
            Cause.LOCKS: lambda: self.tr("&Locks"),
            Cause.ISOLATION: lambda: self.tr("&Isolation"),
            Cause.REPLICATION: lambda: self.tr("Re&plication"),
            Cause.KEYS: lambda: self.tr("Idempotency &keys"),
            Cause.OUTSIDE: lambda: self.tr("Effects &outside"),
        }
        yield Command("incidents", lambda: self.tr("I&ncidents…"), Menu.EXHIBITS, self._window.incidents.open, "F3")
        for cause, exhibit in [(cause, each) for cause in Cause for each in EXHIBITS if each.cause is cause]:
            yield Command(
                f"exhibit-{exhibit.key}", partial(catalogue_text, exhibit.title), Menu.EXHIBITS,
                partial(self._window.show_exhibit, exhibit), why_not=self._window.lab.why_not_ready,
                group=titles[cause],
            )  # fmt: skip

    def _themes(self) -> Iterator[Command]:
        titles = {
            ThemeMode.SYSTEM: lambda: self.tr("&System"),
            ThemeMode.LIGHT: lambda: self.tr("&Light"),
            ThemeMode.DARK: lambda: self.tr("&Dark"),
        }
        for mode, title in titles.items():
            yield Command(
                f"theme-{mode.value}", title, Menu.THEME, partial(self._window.use_theme, mode),
                is_chosen=partial(self._window.uses_theme, mode),
            )  # fmt: skip

    def _languages(self) -> Iterator[Command]:
        for language, title in LANGUAGES:
            yield Command(
                f"language-{language or 'system'}", title or (lambda: self.tr("&System")), Menu.LANGUAGE,
                partial(self._window.use_language, language),
                is_chosen=partial(self._window.uses_language, language),
            )  # fmt: skip

    def _pages(self) -> Iterator[Command]:
        tabs = self._tabs
        for number in range(tabs.count()):
            yield Command(
                f"page-{number + 1}", plainly(partial(tabs.tabText, number)), Menu.VIEW,
                partial(tabs.setCurrentIndex, number),
                f"Ctrl+{number + 1}", apart=number == 0,
            )  # fmt: skip

    def _of_window(self) -> Iterator[Command]:
        window = self._window
        yield Command("quit", lambda: self.tr("&Quit"), Menu.FILE, window.close, "Ctrl+Q", apart=True)
        yield Command(
            "find", lambda: self.tr("F&ind in this page…"), Menu.VIEW, window.find_in_page, "Ctrl+F", apart=True
        )
        yield Command("palette", lambda: self.tr("&Find a command…"), Menu.VIEW, window.open_palette, "Ctrl+K")
        yield Command("messages", lambda: self.tr("&Messages"), Menu.VIEW, window.open_messages, "Ctrl+M",
                      why_not=self._no_messages)  # fmt: skip
        yield Command("guide", lambda: self.tr("&Which one for me?"), Menu.HELP, window.guide.open, "F2",
                      why_not=self._no_strategies)  # fmt: skip
        yield Command("tour", lambda: self.tr("The &tour"), Menu.HELP, window.tour.begin, place=window.lab)
        yield Command("shortcuts", lambda: self.tr("&Keyboard shortcuts"), Menu.HELP, window.open_shortcuts, "F1")
        yield Command("about", lambda: self.tr("&About Submit Twice"), Menu.HELP, window.show_about)

    def keys_of_views(self) -> tuple[KeysOfView, ...]:
        """Keys that views obey by themselves while they have the focus."""
        window = self._window
        return (
            KeysOfView(self.tr("While nothing runs"), overlay_keys()),
            KeysOfView(self.tr("In a table"), window.lab.results.rows_table.keys()),
            KeysOfView(self.tr("While finding"), find_keys()),
            KeysOfView(self.tr("In the timeline"), window.lab.timeline.view.keys()),
            KeysOfView(self.tr("In a sequence diagram"), window.explore.story.diagram.keys()),
            KeysOfView(self.tr("In the table of the comparison"), window.compare.table.keys()),
            KeysOfView(self.tr("In the grid of all questions"), window.explore.survey.table.keys()),
        )

    @property
    def page_titles(self) -> tuple[str, ...]:
        """What the pages are called, in their order."""
        return tuple(plain(self._tabs.tabText(number)) for number in range(self._tabs.count()))

    def page_of(self, command: Command) -> str:
        """The title of the page that a command belongs to; empty where it belongs to none."""
        titles = enumerate(self.page_titles)
        return next((title for number, title in titles if command.belongs_to(self._tabs.widget(number))), "")

    def title_of(self, command: Command) -> str:
        """What it is called where it stands in no menu: a choice of several says of what."""
        match command.menu:
            case Menu.EXHIBITS if command.key.startswith("exhibit-"):
                pattern = self.tr("Exhibit: %1")
            case Menu.THEME:
                pattern = self.tr("Theme: %1")
            case Menu.LANGUAGE:
                pattern = self.tr("Language: %1")
            case _ if command.key.startswith("page-"):
                pattern = self.tr("Page: %1")
            case _:
                pattern = "%1"
        return pattern.replace("%1", command.title)

    # Why not

    def _nothing_runs(self) -> str:
        return self.tr("Nothing is under way.")

    def _cannot_compare(self) -> str:
        if self._window.compare.comparer.busy:
            return self.tr("A comparison is under way.")
        return self._no_strategies() or self.tr("Choose a situation or the costs first.")

    def _no_noisy_costs(self) -> str:
        return self.tr("No costs were measured that are too noisy for a ratio.")

    def _cannot_explore(self) -> str:
        return self._no_strategies() or self.tr("An exploration is under way.")

    def _no_grid(self) -> str:
        return self.tr("Nothing was explored yet, or an exploration is under way.")

    def _cannot_start(self) -> str:
        return "" if self._window.service.start.isEnabled() else self._cannot_check()

    def _cannot_check(self) -> str:
        page = self._window.service
        if page.examiner.busy:
            return self.tr("A check or an exploration is under way.")
        return self.tr("Open the file of a service first, and choose a situation.")

    def _no_messages(self) -> str:
        return self.tr("Nothing was said yet.") if self._window.log.is_empty() else ""

    def _no_strategies(self) -> str:
        return "" if self._window.guide.is_filled else self.tr("The engines are not running yet.")
