"""Days of the week in a text, spans written out: "Tuesday to Saturday" is five of them."""

from __future__ import annotations

import re

_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HAN = {sign: place for place, signs in enumerate(("一", "二", "三", "四", "五", "六", "日天")) for sign in signs}
_WHOLE = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
_SHORT = r"(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)"
_SETS = re.compile(
    r"\b(?:every day|daily|seven days|all week)\b|(?P<work>\bweekdays?\b|工作日)|(?P<end>\bweekends?\b|周末)|每天|每日",
    re.I,
)


def _span(short: str) -> re.Pattern[str]:
    day = rf"(?:\b((?i:{_WHOLE})|{short}\b\.?)|(?:周|星期|礼拜)([一二三四五六日天]))"
    return re.compile(rf"{day}(?:\s*(?:to|until|through|[-–至到])\s*{day})?")


_IN_PROSE = _span(_SHORT)  # short ones with a capital alone: the sun is no day
_IN_HOURS = _span(rf"(?i:{_SHORT})")


def days_in(text: str) -> frozenset[int]:
    """The days that prose names, Monday being 0."""
    return _read(_IN_PROSE, text)[0]


def days_stated(text: str) -> tuple[frozenset[int], str]:
    """(the days that opening hours name, Monday being 0; what else the text says)."""
    return _read(_IN_HOURS, text)


def _read(span: re.Pattern[str], text: str) -> tuple[frozenset[int], str]:
    found: set[int] = set()

    def named(match: re.Match[str]) -> str:
        first, last = _place(match[1], match[2]), _place(match[3], match[4])
        assert first is not None
        found.update({first} if last is None else {day % 7 for day in range(first, last + (8 if last < first else 1))})
        return ""

    def together(match: re.Match[str]) -> str:
        found.update(range(5) if match["work"] else range(5, 7) if match["end"] else range(7))
        return ""

    rest = _SETS.sub(together, span.sub(named, text))
    return frozenset(found), rest


def _place(name: str | None, sign: str | None) -> int | None:
    if name:
        return _NAMES.index(name[:3].lower())
    return _HAN[sign] if sign else None
