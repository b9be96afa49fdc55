"""When the shop's people are there, read from `opening_hours` of `shop.yaml`. What cannot be read is no guess: None.

Read are days with times, in English and Chinese, as one text or day by day: "Monday to Friday: 9:00-18:00",
"Mon-Thu 9-17:30; Fri 9am-2pm", "周一至周五 9:00-18:00", "daily 10-20", "Sunday: closed", "24/7". On `holidays` nobody is there.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from assistant.days import days_stated

DAY = 24 * 60  # minutes
WEEK = 7 * DAY
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
    """The spans of a week, but on `holidays`: days as "2026-12-24", and as "12-25" of every year."""

    spans: tuple[Span, ...]
    holidays: frozenset[str] = frozenset()

    def is_open(self, at: datetime) -> bool:
        """Whether somebody is there, at a time by the shop's clock."""
        now = _minute(at)
        return any(
            span.opens <= moment < span.closes and self._is_working(at.date(), span.opens // DAY - moment // DAY)
            for span in self.spans
            for moment in (now, now + WEEK)
        )

    def next_opening(self, at: datetime) -> tuple[date, str] | None:
        """(day, the time as the shop writes it) when somebody is there next; None where nobody is for a year."""
        now = _minute(at)
        for week in range(53):
            for span in sorted(self.spans, key=lambda span: (span.opens - now) % WEEK):
                days = ((span.opens - now) % WEEK + now % DAY) // DAY + 7 * week
                if self._is_working(at.date(), days):
                    return at.date() + timedelta(days), span.written
        return None

    def _is_working(self, day: date, later: int) -> bool:
        """Whether the day so many days after another is no holiday."""
        stated = (day + timedelta(later)).isoformat()
        return stated not in self.holidays and stated[5:] not in self.holidays


def read_hours(stated: str | Mapping[str, str] | None, holidays: Collection[str] = ()) -> Hours | None:
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
    return Hours(kept, frozenset(holidays)) if kept else None


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


def _days(text: str) -> frozenset[int]:
    """The weekdays that a text names; every one where it names none.

    Raises:
        ValueError: it says something else.
    """
    found, rest = days_stated(text)
    if _BETWEEN.sub("", rest).strip(" :"):
        raise ValueError(text)
    return found or frozenset(range(7))


def _spans(days: Collection[int], times: str) -> Iterator[Span]:
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
