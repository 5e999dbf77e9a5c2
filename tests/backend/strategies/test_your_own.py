"""Somebody's own strategies, in a folder: known everywhere, and told in one sentence what is wrong with them."""

from __future__ import annotations

import json
import sqlite3
import threading
from pathlib import Path

import pytest

from backend.comparison.guidance.advice import recommend
from backend.comparison.guidance.questions import Needs
from backend.explorer.explore import Explorer
from backend.explorer.question import Question
from backend.lab.lab import Lab
from backend.model.errors import StrategyFileError
from backend.model.options import LabOptions
from backend.model.sentence import LANGUAGES, words
from backend.model.vocabulary import OperationKey
from backend.shop.schema import metadata
from backend.strategies import all_strategies, find, use_folder
from main import main
from tests.backend.http_caller import caller_of
from tests.backend.own_lab import own_lab
from tests.tables import exhaustive_but, values
from tests.your_own import CODE, DATA, ONE, SQLITE, asked, folder, write, yours

__all__ = ["folder", "yours"]


# It is there wherever strategies are


@pytest.mark.parametrize("source", exhaustive_but(["clicks", "retry", "redelivery"], values("redelivery")))
def test_it_runs_however_duplicates_arrive(folder: Path, source: str) -> None:
    found = asked(folder, "run", *ONE, *SQLITE, "--submissions", "3", "--source", source, "--instances", "2")
    assert found["verdicts"] == {"exactly_once": 1}
    assert found["contradictions"] == []


def test_it_is_explored_and_what_breaks_it_is_found(folder: Path) -> None:
    sound = asked(folder, "explore", *ONE)
    assert (sound["exhaustive"], sound["outcomes"]) == (True, {"exactly_once": 6})
    broken = asked(folder, "explore", *ONE, "--variant", "before-the-effect", "--requests", "1", "--crashes", "1")
    assert broken["counterexample"]["verdict"] == "lost"  # type: ignore[index]


def test_its_rows_keys_and_lines_stand_beside_each_event(yours: Path) -> None:
    from backend.engines.bare import bare_engines

    for variant, statement in (("with-the-effect", "INSERT INTO claims"), ("before-the-effect", "SET ")):
        question = Question(OperationKey.PLACE_ORDER, "claim", variant, requests=1, crashes=1)
        with bare_engines(LabOptions()) as engines, Explorer(engines.database, engines.redis) as explorer:
            found = explorer.explore(question, lambda _: None, threading.Event())
            played = explorer.replay(next(iter(found.examples.values())))
        event = next(event for event in played.events if event.command.startswith(statement))
        assert event.place.file == "strategies/claim.py"
        last = played.events[-1].after
        assert last is not None
        if variant == "with-the-effect":
            assert [table.rows for table in last.tables if table.name == "claims"] == [(("place-order:key-1",),)]
        else:
            assert [key.name for key in last.keys] == ["submit-twice:claim:place-order:key-1"]


def test_it_is_compared(folder: Path) -> None:
    found = asked(
        folder, "compare", *SQLITE, "--strategy", "claim", "--situations", "clicks", "crash", "--quick", "--no-cost"
    )
    told = json.dumps(found)
    assert "claim/with-the-effect" in told or '"with-the-effect"' in told
    assert "before-the-effect" in told


def test_it_is_recommended_where_it_fits(yours: Path) -> None:
    names = [advice.name for advice in recommend(Needs(), Lab.strategies()).ranking]
    assert "claim/with-the-effect" in names
    rejected = recommend(Needs(), Lab.strategies()).rejected
    (reason,) = [str(one.reason) for one in rejected if one.strategy == "claim"]
    assert reason.startswith("A crash after SET")


def test_the_api_has_it(yours: Path) -> None:
    with own_lab(LabOptions(database="sqlite")) as laboratory:
        caller = caller_of(laboratory.lab)
        order = json.dumps({"order_no": "A-1", "item": "book", "quantity": 1}).encode()
        path = "/operations/place-order?strategy=claim"
        assert [caller.call("POST", path, order, {}).status for _ in range(2)] == [201, 409]
        message = json.dumps({"request_no": "M-1", "item": "book", "quantity": 1}).encode()
        refused = caller.call("POST", "/operations/send-message?strategy=claim", message, {})
        assert (refused.status, refused.document["detail"]) == (422, "No transaction covers a message.")
        described = json.dumps(caller.call("GET", "/openapi.json").document)
        assert "- `claim`: Claim" in described
        assert "- `with-the-effect`: A row under a unique index" in described


def test_without_the_folder_it_is_not_there(yours: Path) -> None:
    assert find("claim")[1].key == "with-the-effect"
    assert "claims" in metadata.tables
    use_folder(None)
    assert "claim" not in {strategy.key for strategy in all_strategies()}
    assert "claims" not in metadata.tables


# Its tables


def test_its_table_bears_our_mark_and_is_emptied_with_the_rest(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "kept.sqlite3"
    place = ["--database", f"sqlite:///{file}"]
    run = ["run", *ONE, *place, "--strategies", str(folder), "--json", str(tmp_path / "run.json")]
    assert main(run) == 0
    with sqlite3.connect(file) as database:
        ((made,),) = database.execute("SELECT sql FROM sqlite_master WHERE name = 'claims'")
        assert "made by submit-twice: lab " in made
        (first,) = database.execute("SELECT * FROM claims")
    use_folder(None)
    assert main(["run", "--operation", "place-order", "--strategy", "none", *place, "--json", "-"]) == 0
    with sqlite3.connect(file) as database:
        assert list(database.execute("SELECT * FROM claims")) == [first], "kept by who knows nothing of it"
    assert main([*run, "--reset"]) == 0
    with sqlite3.connect(file) as database:
        (second,) = database.execute("SELECT * FROM claims")
    database.close()
    assert second != first


def test_a_table_of_its_name_that_is_not_ours_is_left_alone(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "theirs.sqlite3"
    database = sqlite3.connect(file)
    database.execute("CREATE TABLE claims (intent TEXT)")
    database.execute("INSERT INTO claims VALUES ('theirs')")
    database.commit()
    database.close()
    assert main(["run", *ONE, "--database", f"sqlite:///{file}", "--strategies", str(folder)]) == 1
    assert "claims" in capsys.readouterr().err
    database = sqlite3.connect(file)
    assert list(database.execute("SELECT * FROM claims")) == [("theirs",)]
    assert list(database.execute("SELECT name FROM sqlite_master")) == [("claims",)]
    database.close()


# What is wrong with the files


VARIANT = "[variants.with-the-effect]\n"
WRONG_FILES = {
    "no TOML": (CODE, "title = ", "claim.toml is no TOML"),
    "a key twice": (CODE, f'title = "Twice"\n{DATA}', "claim.toml is no TOML: Cannot overwrite a value (at line 2"),
    "a variant twice": (CODE, DATA + VARIANT, "Cannot declare ('variants', 'with-the-effect') twice"),
    "no title": (CODE, DATA.replace('title = "Claim"\n', ""), "the key “title” is missing."),
    "no summary": (
        CODE,
        DATA.replace('summary = "SET NX, then act."\n', ""),
        "the key “summary” is missing in [variants.before-the-effect].",
    ),
    "an unknown key": (
        CODE,
        DATA.replace("sound = false", "sounds = 1\nsound = false"),
        "nobody knows the key “sounds”",
    ),
    "an unknown situation": (
        CODE,
        DATA.replace("sound = true", 'sound = true\nadmits = ["lightning"]'),
        "“lightning” is no possible value of “admits” in [variants.with-the-effect]; possible are clicks, one-after",
    ),
    "an unknown operation": (CODE, DATA.replace("refuses.send-message", "refuses.send-letter"), "“send-letter” is no"),
    "an unknown answer": (CODE, DATA.replace("place = 25", 'place = 25\nfirst-for = ["me"]'), "“me” is no possible"),
    "a word for a flag": (CODE, DATA.replace("sound = true", 'sound = "yes"'), "“sound” in [variants.with-the-effect]"),
    "a flag for a number": (CODE, DATA.replace("place = 25", "place = true"), "has to be a whole number"),
    "a text in no language": (
        CODE,
        DATA.replace('title = "Claim"', 'title.fr = "Claim"'),
        "has to be a text, or a table",
    ),
    "several needs": (
        CODE,
        DATA.replace("sound = true", 'sound = true\nneeds = ["token", "version"]'),
        "needs several",
    ),
    "no variants": (CODE, 'title = "Claim"', "needs at least one variant"),
    "a bad name": (CODE, DATA.replace("[variants.before-the-effect]", "[variants.Before]"), "“Before” cannot be"),
    "every operation refused": (
        CODE,
        DATA + "\n[variants.before-the-effect.refuses]\n" + "".join(f'{key} = "no"\n' for key in OperationKey),
        "refuses every operation",
    ),
    "no such function": (CODE.replace("def before_", "def after_"), DATA, "there is no function before_the_effect"),
    "wrong arguments": (
        CODE.replace("before_the_effect(request, services)", "before_the_effect(request)"),
        DATA,
        "two",
    ),
    "a syntax error": (CODE.replace("def before_", "def before "), DATA, "claim.py, line 19: SyntaxError"),
    "an error at the top": (CODE.replace("TABLES = [claims]", "TABLES = [claim]"), DATA, "claim.py, line 7: NameError"),
    "a module that is not there": (f"import no_such_thing\n{CODE}", DATA, "claim.py, line 1: ModuleNotFoundError"),
    "a wish to quit": (f"raise SystemExit\n{CODE}", DATA, "claim.py, line 1: SystemExit"),
    "no tables": (CODE.replace("TABLES = [claims]", "TABLES = claims"), DATA, "TABLES has to be a tuple"),
    "a table of ours": (CODE.replace('"claims"', '"orders"'), DATA, "there is one of that name already"),
    "a table with a shout": (CODE.replace('"claims"', '"Claims"'), DATA, "those of table Claims that are not: Claims"),
    "a foreign key": (
        CODE.replace("primary_key=True)", "sa.ForeignKey('orders.id'), primary_key=True)"),
        DATA,
        "has a foreign key",
    ),
}


@pytest.mark.parametrize(("code", "data", "said"), WRONG_FILES.values(), ids=WRONG_FILES)
def test_what_is_wrong_with_a_file_is_one_sentence(folder: Path, code: str, data: str, said: str) -> None:
    write(folder, code=code, data=data)
    with pytest.raises(StrategyFileError) as error:
        use_folder(folder)
    assert said in str(error.value)
    assert len({words(error.value.sentence, language) for language in LANGUAGES}) == len(LANGUAGES)
    assert "claim" not in {strategy.key for strategy in all_strategies()}
    assert "claims" not in metadata.tables


def test_files_that_are_missing_are_named(tmp_path: Path) -> None:
    wrong = {
        "there is no folder": tmp_path / "none",
        "no strategy is in": tmp_path / "empty",
        "claim.py has no data file claim.toml": write(tmp_path / "no-data"),
        "claim.toml has no code beside it": write(tmp_path / "no-code"),
        "There is a strategy “token” already": write(tmp_path / "known", name="token"),
        "“claim now.toml” cannot be": write(tmp_path / "spaces", name="claim now"),
    }
    (tmp_path / "empty").mkdir()
    (tmp_path / "no-data" / "claim.toml").unlink()
    (tmp_path / "no-code" / "claim.py").unlink()
    for said, place in wrong.items():
        with pytest.raises(StrategyFileError, match=said):
            use_folder(place)


def test_two_strategies_with_a_table_of_one_name_are_refused_both(folder: Path) -> None:
    write(folder, name="other")
    with pytest.raises(StrategyFileError, match="The strategy “other” has a table claims"):
        use_folder(folder)
    assert "claims" not in metadata.tables


def test_a_file_whose_name_begins_with_a_line_is_a_helper(folder: Path) -> None:
    (folder / "_tables.py").write_text(CODE.partition("\n\n\ndef")[0], "utf-8")
    head, _, rest = CODE.partition("\n\n\ndef")
    imports = head.partition("claims = ")[0]
    write(folder, code=f"{imports}from ._tables import TABLES, claims\n\n\ndef{rest}")
    use_folder(folder)
    assert find("claim", "before-the-effect")


def test_a_command_says_it_in_one_line_and_in_the_language_that_was_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = ["run", *ONE, "--strategies", str(tmp_path / "none")]
    assert main(chosen) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert main([*chosen, "--language", "zh_CN"]) == 2
    assert "没有文件夹" in capsys.readouterr().err
