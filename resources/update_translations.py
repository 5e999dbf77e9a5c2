"""Gathers every text of the window and of the catalogue into the .ts files, and compiles them.

Run it after a text was added or changed, then translate what is marked unfinished (with Qt Linguist, or by hand), and
run it once more::

    uv run python -m resources.update_translations
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

from backend.comparison.exhibits import EXHIBITS

RESOURCES = Path(__file__).parent
TRANSLATIONS = RESOURCES / "translations"
ROOT = RESOURCES.parent
LANGUAGES = ("zh_CN", "en")


def main() -> int:
    """Update and compile; 1 if a text has no translation yet."""
    with tempfile.TemporaryDirectory() as folder:
        catalogue = Path(folder) / "catalogue.py"
        catalogue.write_text(catalogue_source(), "utf-8")
        sources = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "gui").rglob("*.py"))]
        for language in LANGUAGES:
            update(language, [*sources, str(catalogue)])
    write_english_plurals(TRANSLATIONS / "submit-twice_en.ts")
    for language in LANGUAGES:
        compile_texts(language)
    missing = unfinished(TRANSLATIONS / "submit-twice_zh_CN.ts")
    for text in missing:
        print("not translated:", text)  # noqa: T201  a tool for the command line
    return 1 if missing else 0


def catalogue_texts() -> list[str]:
    """Every text of the catalogue, each once, in its order."""
    texts: dict[str, None] = {}
    for exhibit in EXHIBITS:
        texts.update(dict.fromkeys((exhibit.title, exhibit.look, exhibit.lesson)))
    return [text for text in texts if text]


def catalogue_source() -> str:
    """The catalogue as calls that lupdate understands; it reads source code, not objects."""
    return "".join(f"QCoreApplication.translate('Catalogue', {text!r})\n" for text in catalogue_texts())


def update(language: str, sources: list[str]) -> None:
    """Bring a .ts file up to date; English needs only what has a plural."""
    plural = ["-pluralonly"] if language == "en" else []
    run(
        "pyside6-lupdate", "-silent", "-extensions", "py", "-locations", "none", "-no-obsolete", *plural,
        "-source-language", "en", "-target-language", language,
        *sources, "-ts", str(TRANSLATIONS / f"submit-twice_{language}.ts"),
    )  # fmt: skip


def write_english_plurals(path: Path) -> None:
    """English is the language of the sources; all it needs is one form without the ``(s)`` and one with the s."""
    tree = ET.parse(path)  # noqa: S314  our own file
    for message in tree.iter("message"):
        source, translation = message.findtext("source", ""), message.find("translation")
        if translation is not None:
            translation.attrib.pop("type", None)
            for form, ending in zip(translation.iter("numerusform"), ("", "s"), strict=True):
                form.text = source.replace("(s)", ending)
    tree.write(path, encoding="utf-8", xml_declaration=True)


def compile_texts(language: str) -> None:
    """Make the .qm file that the window loads: another file under its name, since one that is open is mapped."""
    name = TRANSLATIONS / f"submit-twice_{language}"
    made = name.with_suffix(".qm.new")
    run("pyside6-lrelease", "-silent", f"{name}.ts", "-qm", str(made))
    made.replace(name.with_suffix(".qm"))


def unfinished(path: Path) -> list[str]:
    """The texts of a .ts file that have no translation."""
    return [
        message.findtext("source", "")
        for message in ET.parse(path).iter("message")  # noqa: S314  our own file
        if message.find("translation[@type='unfinished']") is not None
    ]


def run(tool: str, *arguments: str) -> None:
    """Run one of Qt's tools, which lie beside the interpreter."""
    subprocess.run([str(Path(sys.executable).with_name(tool)), *arguments], check=True, cwd=ROOT)


if __name__ == "__main__":
    sys.exit(main())
