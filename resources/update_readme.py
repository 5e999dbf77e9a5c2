"""Writes the table of strategies into the README, from their data files.

Run it after one of them was changed::

    uv run python -m resources.update_readme
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
BEGIN, END = "<!-- strategies:begin -->\n", "<!-- strategies:end -->"


def main() -> None:
    """Write it."""
    README.write_text(with_table(README.read_text("utf-8")), "utf-8")


def with_table(readme: str) -> str:
    """The README with the table as it is to be."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{table()}{END}{after}"


def table() -> str:
    """What each variant comes to, and what breaks it."""
    files = [
        (path, tomllib.loads(path.read_text("utf-8"))) for path in (ROOT / "backend" / "strategies").glob("*.toml")
    ]
    lines = ["| strategy | variant | s | c | what breaks it |", "| --- | --- | --- | --- | --- |"]
    for path, data in sorted(files, key=lambda file: file[1]["position"]):
        lines += _rows(path.stem.replace("_", "-"), data)
    return "".join(f"{line}\n" for line in lines)


def _rows(strategy: str, data: dict[str, Any]) -> Iterator[str]:
    name = f"`{strategy}` {data.get('mark', '')}".rstrip()
    for variant, about in data["variants"].items():
        row = about["table"]
        shown = f"`{variant}` {row.get('mark', '')}".rstrip()
        yield f"| {name} | {shown} | {row['one-by-one']} | {row['at-once']} | {row['breaks']} |".replace("|  |", "| |")
        name = ""


if __name__ == "__main__":
    main()
