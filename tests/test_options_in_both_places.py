"""Options of every command may stand before it and after it, the later one wins; and the language of complaints."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.cli.argument_types import WrongArgumentsError
from backend.cli.arguments import language_of, read_arguments
from backend.model.sentence import words

VALUES = {
    "--database": ["postgresql", "mariadb", "sqlite", "sqlite:///a", "postgresql://u@h/d"],
    "--redis": ["redis://h:1/0", "unix:///run/r"],
    "--zookeeper": ["a:1", "a:1,b:2", "[::1]:2181/path"],
    "--data-dir": ["/a", "/b/c"],
    "--language": ["en", "zh_CN"],
}
DEFAULTS = {"database": "postgresql", "redis": None, "zookeeper": None, "data_dir": None, "language": None}
COMMANDS = {
    "run": ["--operation", "place-order", "--strategy", "none", "--submissions", "7"],
    "explore": ["--all"],
    "compare": ["--quick"],
    "serve": ["--port", "4000"],
}
OPTION = st.sampled_from(sorted(VALUES)).flatmap(lambda name: st.tuples(st.just(name), st.sampled_from(VALUES[name])))
SPELT = st.tuples(OPTION, st.booleans())


def spelt(options: list[tuple[tuple[str, str], bool]]) -> list[str]:
    """As one word with an equals sign, or as two."""
    found = []
    for (name, value), joined in options:
        found += [f"{name}={value}"] if joined else [name, value]
    return found


@settings(deadline=None)  # the first --redis imports its client
@given(
    command=st.sampled_from([*COMMANDS, ""]),
    before=st.lists(SPELT, max_size=5),
    between=st.lists(SPELT, max_size=5),
    after=st.lists(SPELT, max_size=5),
)
def test_the_later_one_wins_wherever_it_stands(
    command: str,
    before: list[tuple[tuple[str, str], bool]],
    between: list[tuple[tuple[str, str], bool]],
    after: list[tuple[tuple[str, str], bool]],
) -> None:
    own = COMMANDS.get(command, [])
    line = [*spelt(before), *([command] if command else []), *spelt(between), *own, *spelt(after)]
    chosen = read_arguments(line)
    expected: dict[str, object] = dict(DEFAULTS)
    for (name, value), _ in [*before, *between, *after]:
        expected[name[2:].replace("-", "_")] = Path(value) if name == "--data-dir" else value
    assert {key: getattr(chosen, key) for key in DEFAULTS} == expected
    assert chosen.command == (command or "window")
    assert language_of(line) == (expected["language"] or "en")


@settings(deadline=None)  # the first --redis imports its client
@given(before=st.booleans(), joined=st.booleans(), option=OPTION)
def test_nothing_of_a_command_is_lost_beside_them(before: bool, joined: bool, option: tuple[str, str]) -> None:
    common = spelt([(option, joined)])
    own = COMMANDS["run"]
    chosen = read_arguments([*common, "run", *own] if before else ["run", *own, *common])
    assert (chosen.operation, chosen.strategy, chosen.submissions, chosen.intents) == ("place-order", "none", 7, 1)


ANY_WORD = st.text(max_size=12) | st.sampled_from(
    ["--intents", "--json", "--fault", "--reload", "--source=retry", "--data-dir=", "--redis", "-3", "7", "none", "--"]
)


@settings(deadline=None)  # the first --redis imports its client
@given(st.lists(ANY_WORD, max_size=6))
def test_any_words_are_read_or_refused_in_one_sentence(given_words: list[str]) -> None:
    try:
        read_arguments(["run", *given_words])
    except WrongArgumentsError as error:
        assert str(error).strip()  # noqa: PT017  whether there is one depends on the words
    except SystemExit as end:  # --help
        assert not end.code  # noqa: PT017  as above


@pytest.mark.parametrize(("language", "word"), [("en", "whole number"), ("zh_CN", "整数")])
@pytest.mark.parametrize("before", [True, False])
def test_complaints_are_in_the_language_that_is_named(language: str, word: str, before: bool) -> None:
    named = ["--language", language]
    line = [*named, "run", "--intents", "0"] if before else ["run", "--intents", "0", *named]
    with pytest.raises(WrongArgumentsError) as caught:
        read_arguments(line)
    assert word in words(caught.value.sentence, language_of(line))
