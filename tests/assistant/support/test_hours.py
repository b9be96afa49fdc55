"""Opening hours: what shops write is read, what is not understood is no guess, and the next opening is right."""

from datetime import date, datetime, timedelta

import pytest

from assistant.support.hours import read_hours

MONDAY = datetime(2026, 11, 2)
DEMO = {"Monday to Friday": "9:00-18:00", "Saturday": "10:00-16:00"}


def at(day: int, clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


@pytest.mark.parametrize(
    ("day", "clock", "expected"),
    [
        (0, "9:00", None), (0, "17:59", None), (0, "18:00", (1, "9:00")), (0, "8:59", (0, "9:00")),
        (4, "18:00", (5, "10:00")), (5, "10:00", None), (5, "16:00", (0, "9:00")), (6, "12:00", (0, "9:00")),
    ],
)  # fmt: skip
def test_the_demo_shops_week(day, clock, expected):
    hours = read_hours(DEMO)
    assert hours.is_open(at(day, clock)) == (expected is None)
    if expected:
        opens, time = hours.next_opening(at(day, clock))
        assert (opens.weekday(), time) == expected and 0 <= (opens - at(day, clock).date()).days < 7


@pytest.mark.parametrize(
    ("stated", "is_open", "is_closed"),
    [
        ("Mon-Fri 9-17:30, Sat 10am-2pm", [(0, "9:00"), (4, "17:29"), (5, "13:59")], [(4, "17:30"), (5, "14:00"), (6, "12:00")]),
        ("Mon, Wed and Fri: 9.30–12.00 and 13:00–18:00", [(2, "9:30"), (4, "17:00")], [(2, "12:30"), (1, "10:00")]),
        ("周一至周五 9:00-18:00；周六 10:00-16:00", [(3, "10:00"), (5, "15:00")], [(6, "10:00")]),
        ({"Daily": "10-20"}, [(6, "19:59")], [(6, "20:00")]),
        ({"Weekdays": "8 am to 5 pm", "Sunday": "closed"}, [(0, "16:59")], [(0, "17:00"), (6, "10:00")]),
        ("Fri-Mon 20:00-2:00", [(6, "23:00"), (1, "1:59"), (5, "1:00")], [(1, "2:00"), (3, "21:00")]),
        ("24/7", [(0, "0:00"), (6, "23:59")], []),
        ("9:00-18:00", [(6, "12:00")], [(6, "18:00")]),
        ({"Mon-Fri": "9-18", "Wednesday": "closed"}, [(1, "12:00"), (3, "12:00")], [(2, "12:00")]),
        ("daily 10-20, Sun closed", [(5, "12:00")], [(6, "12:00")]),
        ("Mon-Fri 9-5pm", [(0, "16:59")], [(0, "17:00"), (1, "3:00")]),
        ("Mon 8pm-2am", [(0, "23:00"), (1, "1:59")], [(0, "19:59"), (1, "2:00")]),
    ],
)  # fmt: skip
def test_what_shops_write_is_read(stated, is_open, is_closed):
    hours = read_hours(stated)
    assert [hours.is_open(at(*moment)) for moment in is_open] == [True] * len(is_open)
    assert [hours.is_open(at(*moment)) for moment in is_closed] == [False] * len(is_closed)


@pytest.mark.parametrize(
    "stated",
    [None, "", {}, "by appointment", "Mon-Fri", "Mon-Fri 9:00-18:00 except holidays", {"Summer": "9-17"}, "9:75-18:00",
     {"Monday": "closed"}, "Mon-Fri 9-5", "daily 9am-5", "Mon-Fri 2-6pm", "Mon-Fri 9:00-18:00 by phone, Sat on request"],
)  # fmt: skip
def test_what_is_not_understood_is_no_guess(stated):
    assert read_hours(stated) is None


def test_nobody_is_there_on_holidays():
    hours = read_hours(DEMO, ["2026-11-03", "11-04"])
    assert hours.is_open(at(0, "10:00")) and not hours.is_open(at(1, "10:00")) and not hours.is_open(at(2, "10:00"))
    assert hours.next_opening(at(0, "19:00")) == (date(2026, 11, 5), "9:00")
    assert not hours.is_open(at(2 + 7 * 52 + 1, "10:00"))  # 2027-11-04, a Thursday
    assert hours.is_open(at(1 + 7 * 52 + 1, "10:00"))  # 2027-11-03: a day of one year only


def test_a_night_belongs_to_the_day_it_began_on():
    hours = read_hours("Fri-Mon 20:00-2:00", ["2026-11-08"])
    assert hours.is_open(at(6, "1:00")), "Saturday's night"
    assert not hours.is_open(at(6, "21:00")) and not hours.is_open(at(7, "1:00"))


def test_a_shop_may_be_away_for_weeks_but_not_for_ever():
    away = [(MONDAY + timedelta(days)).date().isoformat() for days in range(12)]
    assert read_hours(DEMO, away).next_opening(at(0, "10:00")) == (date(2026, 11, 14), "10:00")
    always = [f"{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 32)]
    assert read_hours(DEMO, always).next_opening(at(0, "10:00")) is None
