"""An address as somebody writes it in a message: "Hauptstrasse 5, 45127 Essen, Germany". Parts only; nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.tools.acting.words import country_in
from index.numbers import order_ids

NEEDED = ("address1", "zip", "city", "country")
_PARTS = re.compile(r"[,;\n，；、]|\s+\bin\b\s+(?=[^\W\d])")
_STREET = re.compile(
    r"(?:\d+\w?(?:[-/]\d+\w?)? [^\W\d][\w.'’ -]{2,50}|[^\W\d][\w.'’ -]{2,50}? \d+ ?[a-z]?(?:[-/]\d+\w?)?|[\u3400-\u9fff]{2,20}\d+号?)$",
    re.I,
)
_ZIP = re.compile(
    r"(?<![\w-])(\d{4}-\d{3}|\d{5}-\d{4}|\d{3} \d{2}|\d{4} ?[A-Z]{2}|\d{4,6}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})(?![\w-])"
)
_STATE = re.compile(r"(?<!\w)[A-Z]{2}(?!\w)")
_BEFORE = re.compile(
    r"^.*(?:\b(?:to|at|is|be|address|into|for)\b|:|：|地址|改成|改为|寄到|送到|发到|邮编)\s*(?:my (?:new |other )?(?:address|home|office|place)[, ]*)?",
    re.I | re.S,
)
_FLOOR = re.compile(r"\b(?:apt|apartment|suite|unit|floor|flat|c/o)\b|#\s*\d|[楼室层]", re.I)


def address_in(text: str, *, answer: bool) -> Mapping[str, str]:
    """The parts of an address that a message says, as in `Address`; empty where it says none.

    Args:
        answer: it answers the question for the address, so that "45127 Essen" alone is part of one.
    """
    for key in order_ids(text):
        text = re.sub(rf"#?\b{re.escape(key)}(?!\w)", " ", text, flags=re.I)
    found: dict[str, str] = {}
    for raw in _PARTS.split(text):
        part = raw.strip(" .!。")
        if not answer and not found and (not any(char.isdigit() for char in part) or not part):
            continue  # "to my office instead" is no town
        if "address1" not in found:
            short = _BEFORE.sub("", part).strip()
            part = short or part
        _take(part, found, answer or bool(found))
    return found


def missing(address: Mapping[str, str]) -> list[str]:
    """What of an address is still to be said."""
    return [name for name in NEEDED if not address.get(name)]


def _take(part: str, found: dict[str, str], within: bool) -> None:
    if country := country_in(part):
        found["country"] = country
        part = part.replace(country, "").strip(" ,.")
    if not part:
        return
    if "address1" not in found and _STREET.match(part) and not _only_code(part):
        found["address1"] = part
    elif within and "address1" in found and _FLOOR.search(part):
        found["address2"] = part
    elif within and "zip" not in found and (code := _ZIP.search(part)):
        found["zip"] = code[1]
        rest = part.replace(code[1], " ").strip(" ,.")
        if state := _STATE.search(rest):
            found["state"] = state[0]
            rest = rest.replace(state[0], " ")
        if city := " ".join(rest.split()):
            found.setdefault("city", city)
    elif within and "city" not in found and not any(char.isdigit() for char in part) and len(part.split()) <= 4:
        found["city"] = part


def _only_code(part: str) -> bool:
    """ "45127 Essen" is a postal code and its town, and no house 45127 of a street."""
    match = _ZIP.match(part)
    return match is not None and match.end() < len(part) and len(re.findall(r"\d+", part)) == 1 and len(match[1]) >= 4
