"""The JSON schema of a scripted dialogue, for editors: completion and checks while a dialogue is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from eval.dialogues import Dialogue

FILE = Path(__file__).with_name("dialogues") / "schema.json"
_NULL = {"type": "null"}


def schema() -> dict[str, Any]:
    """The schema of one document, from the models that read it: both spellings where two are read, and no null."""
    made = Dialogue.model_json_schema(by_alias=True, mode="validation")
    told: dict[str, Any] = _plain(made)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **told, "title": "A scripted dialogue"}


def schema_text() -> str:
    """`schema` as `dialogues/schema.json` holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _plain(part: Any) -> Any:
    """Without generated titles, and without null: a key that says nothing is refused."""
    if isinstance(part, list):
        return [_plain(item) for item in part]
    if not isinstance(part, dict):
        return part
    kept = {
        name: {key: _plain(item) for key, item in value.items()} if name in ("properties", "$defs") else _plain(value)
        for name, value in part.items()
        if not (name == "title" and isinstance(value, str)) and not (name == "default" and value in (None, [], {}))
    }
    choices = [choice for choice in kept.get("anyOf", ()) if choice != _NULL]
    if len(choices) == 1:
        del kept["anyOf"]
        return choices[0] | kept
    return kept | ({"anyOf": choices} if choices else {})
