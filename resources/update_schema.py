"""Writes the JSON Schema of the file that describes a service, for editors: ``python -m resources.update_schema``."""

from __future__ import annotations

import json
from pathlib import Path

from backend.service.description import json_schema

PLACE = Path(__file__).with_name("submit-twice.schema.json")


def render() -> str:
    """The text of the schema's file."""
    named = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A service under the lab"}
    return json.dumps(named | json_schema(), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write it."""
    PLACE.write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main()
