"""When the shop's people are there, read from `opening_hours` of `shop.yaml`. What cannot be read is no guess: None.

Read are days with times, in English and Chinese, as one text or day by day: "Monday to Friday: 9:00-18:00",
"Mon-Thu 9-17:30; Fri 9am-2pm", "周一至周五 9:00-18:00", "daily 10-20", "Sunday: closed", "24/7". Holidays are not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

DAY = 24 * 60  # minutes
WEEK = 7 * DAY
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ZH_DAYS = {name: place for place, names in enumerate(("一", "二", "三", "四", "五", "六", "日天")) for name in names}
_SETS = {"daily": range(7), "every day": range(7), "每天": range(7), "每日": range(7), "weekdays": range(5)} | {
    "工作日": range(5), "weekends": range(5, 7), "weekend": range(5, 7), "周末": range(5, 7),
}  # fmt: skip
_DAY = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?|(?:周|星期|礼拜)([一二三四五六日天])")
_TIME = r"(\d{1,2})(?:[:.](\d{2}))?\s*([ap]\.?m\.?)?"
_SPAN = re.compile(rf"{_TIME}\s*(?:-|to|until|至|到)\s*{_TIME}")
_CLOSED = re.compile(r"closed|休息|不营业")
_BETWEEN = re.compile(r"[\s,;&、，]|and\b|和")


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when somebody is there, in minutes since Monday 0:00; it may reach into the next week."""

    opens: int
    closes: int
    written: str  # the opening time as the shop writes it


@dataclass(frozen=True, slots=True)
class Hours:
    """The spans of a week."""

    spans: tuple[Span, ...]

    def is_open(self, at: datetime) -> bool:
        """Whether somebody is there, at a time by the shop's clock."""
        now = _minute(at)
        return any(span.opens <= moment < span.closes for span in self.spans for moment in (now, now + WEEK))

    def next_opening(self, at: datetime) -> tuple[int, str]:
        """(weekday from 0 for Monday, the time as the shop writes it) when somebody is there next."""
        now = _minute(at)
        first = min(self.spans, key=lambda span: (span.opens - now) % WEEK)
        return first.opens // DAY, first.written


def read_hours(stated: str | Mapping[str, str] | None) -> Hours | None:
    """The hours as stated; None where nothing is stated, or something that is not understood."""
    if not stated:
        return None
    try:
        found = [(_days(days), times) for days, times in _entries(stated)]
        spans = [span for days, times in found for span in _spans(days, times)]
    except ValueError:
        return None
    closed = {day for days, times in found if not _SPAN.search(times) for day in days}  # "Mon-Fri 9-18, Wed closed"
    kept = tuple(span for span in spans if span.opens // DAY not in closed)
    return Hours(kept) if kept else None


def _minute(at: datetime) -> int:
    return at.weekday() * DAY + at.hour * 60 + at.minute


def _entries(stated: str | Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(days, times), in plain lower case."""
    if not isinstance(stated, str):
        for days, times in stated.items():
            yield _plain(days), _plain(str(times))
        return
    before = ""
    for part in re.split(r"[;；\n]|[,，](?=\s*[^\d\s])", _plain(stated)):
        part = part.strip()
        times = match[0] if (match := re.search(r"\d.*$|closed$|休息$|不营业$", part, re.S)) else ""
        days = part.removesuffix(times)
        if times:
            yield f"{before},{days}", times
        before = "" if times else f"{before},{days}"
    if before.strip(" ,"):
        raise ValueError(before)


def _plain(text: str) -> str:
    text = re.sub(r"[–—−~]", "-", text.lower()).replace("：", ":")
    return re.sub(r"24/7|24 hours", "0:00-24:00", text)


def _days(text: str) -> set[int]:
    """The weekdays that a text names; every one where it names none."""
    rest, found = text.strip(" ,:"), set()
    for name, days in _SETS.items():
        if re.search(rf"(?<![a-z]){name}(?![a-z])", rest):
            found |= set(days)
            rest = rest.replace(name, "")
    named = [(match.start(), match.end(), _weekday(match)) for match in _DAY.finditer(rest)]
    gaps = [rest[a[1] : b[0]].strip() for a, b in pairwise(named)]
    for place, (_, _, day) in enumerate(named):
        found.add(day)
        if place < len(gaps) and gaps[place] in ("-", "to", "through", "until", "至", "到"):
            found |= {(day + step) % 7 for step in range((named[place + 1][2] - day) % 7)}
        elif place < len(gaps) and _BETWEEN.sub("", gaps[place]):
            raise ValueError(text)
    around = rest[: named[0][0]] + rest[named[-1][1] :] if named else rest
    if _BETWEEN.sub("", around).strip(" :"):
        raise ValueError(text)
    return found or set(range(7))


def _weekday(match: re.Match[str]) -> int:
    return _DAYS.index(match[1]) if match[1] else _ZH_DAYS[match[2]]


def _spans(days: set[int], times: str) -> Iterator[Span]:
    """The spans of some days.

    Raises:
        ValueError: the times are no times.
    """
    left = _BETWEEN.sub("", _SPAN.sub("", _CLOSED.sub("", times)))
    if left:
        raise ValueError(times)
    for match in _SPAN.finditer(times):
        first, last = _first_and_last(match.groups()[:3], match.groups()[3:])
        written = re.split(r"\s*(?:-|to|until|至|到)", match[0], maxsplit=1)[0].strip()
        for day in sorted(days):
            opens = day * DAY + first
            yield Span(opens, day * DAY + last + (DAY if last <= first else 0), written)


def _first_and_last(opens: Sequence[str | None], closes: Sequence[str | None]) -> tuple[int, int]:
    """When it opens and closes, in minutes of the day.

    Raises:
        ValueError: they are no times, or may be meant before noon or after: "9-5", "2-6pm".
    """
    first, last = _of_day(*opens), _of_day(*closes)
    noon = 12 * 60
    if closes[2] is None and last <= first and 0 < last <= noon and (opens[2] is not None or 0 < first <= noon):
        raise ValueError(opens)
    if opens[2] is None and (closes[2] or "").startswith("p") and 0 < first < noon and first + noon < last:
        raise ValueError(opens)
    return first, last


def _of_day(hour: str | None, minute: str | None, half: str | None) -> int:
    assert hour is not None  # the pattern has one
    hours = int(hour) % 12 + (12 if half[0] == "p" else 0) if half else int(hour)
    found = hours * 60 + int(minute or 0)
    if found > DAY or int(minute or 0) > 59:
        raise ValueError(hour)
    return found
