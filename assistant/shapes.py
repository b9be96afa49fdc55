"""Arguments in the form that a tool takes. A model may pass anything: numbers as text, lists, nothing, the whole world.

What can be read as what is wanted is; the rest is left out. What the arguments mean is judged in the tools.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from assistant.untrusted import received

LONGEST, MOST = 300, 8  # characters of a text, items of a list
EMPTY: Mapping[str, Any] = {"string": "", "integer": 0, "number": 0, "boolean": False, "array": [], "object": {}}


def shaped(parameters: Mapping[str, Any], given: object) -> dict[str, Any]:
    """The arguments of a call, each of the type that the tool declares; required ones that are missing are empty.

    Of an enumeration, a missing or unknown value becomes the first of its values.

    Args:
        parameters: the tool's, as JSON schema.
    """
    properties: Mapping[str, Any] = parameters.get("properties") or {}
    values = given if isinstance(given, Mapping) else {}
    found: dict[str, Any] = {}
    for name, schema in properties.items():
        value = _as(schema, values.get(name))
        if value is None and name in parameters.get("required", ()):
            value = schema["enum"][0] if "enum" in schema else EMPTY[schema.get("type", "string")]
        if value is not None:
            found[name] = value
    return found


def _as(schema: Mapping[str, Any], value: object) -> Any:
    """A value in the form of a schema; None where it has none."""
    if value is None:
        return None
    if "anyOf" in schema:
        forms = [form for form in schema["anyOf"] if form.get("type") != "null"]
        lists = [form for form in forms if form.get("type") == "array"]
        chosen = lists or forms if isinstance(value, (list, tuple, set)) else forms
        return next((read for form in chosen if (read := _as(form, value)) is not None), None)
    if "enum" in schema or "const" in schema:
        options = schema.get("enum") or [schema["const"]]
        said = _text(value)
        return next((option for option in options if str(option).lower() == (said or "").strip().lower()), None)
    kind = schema.get("type")
    if kind == "string":
        return _text(value)
    if kind in ("integer", "number"):
        return _number(value, whole=kind == "integer")
    if kind == "boolean":
        return _truth(value)
    if kind == "array":
        listed = list(value) if isinstance(value, (list, tuple, set)) else [value]
        read = [_as(schema.get("items") or {"type": "string"}, item) for item in listed[:MOST]]
        return [item for item in read if item is not None]
    if kind == "object":
        if not isinstance(value, Mapping):
            return None
        inside = schema.get("additionalProperties")
        form = inside if isinstance(inside, Mapping) else {"type": "string"}
        pairs = {str(key)[:LONGEST]: _as(form, held) for key, held in list(value.items())[:MOST]}
        return {key: held for key, held in pairs.items() if held is not None}
    return _text(value)


def _text(value: object) -> str | None:
    """A text; of a list the first; of anything nested nothing."""
    if isinstance(value, (list, tuple)):
        return _text(value[0]) if value else None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)) and (not isinstance(value, int) or value.bit_length() < 256):
        return received(str(value)[:LONGEST])
    return None


def _number(value: object, *, whole: bool) -> int | float | None:
    if isinstance(value, (list, tuple)):
        return _number(value[0], whole=whole) if value else None
    if isinstance(value, str):
        plain = value.strip().replace(",", ".", 1)
        if not re.fullmatch(r"[+-]?\d{1,12}(?:\.\d{1,6})?", plain, re.ASCII):
            return None
        value = float(plain)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if (isinstance(value, float) and not math.isfinite(value)) or abs(value) > 10**12:
        return None
    if whole:
        return int(value) if float(value).is_integer() else None
    return value


def _truth(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    said = (_text(value) or "").strip().lower()
    return True if said in ("true", "yes", "1", "on") else False if said in ("false", "no", "0", "off") else None
