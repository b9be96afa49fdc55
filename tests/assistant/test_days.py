import pytest

from assistant.days import days_in, days_stated


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("We are open Tuesday to Saturday.", {1, 2, 3, 4, 5}),
        ("Fri–Mon", {4, 5, 6, 0}),
        ("Are you there on Mondays and Thursdays?", {0, 3}),
        ("on weekdays, and at weekends", {0, 1, 2, 3, 4, 5, 6}),
        ("周一至周三和星期日", {0, 1, 2, 6}),
        ("工作日", {0, 1, 2, 3, 4}),
        ("keep out of the sun", set()),
        ("they sat there and wed", set()),
    ],
)
def test_days_of_prose(text, days):
    assert days_in(text) == days


@pytest.mark.parametrize(
    ("text", "days", "rest"),
    [
        ("mon-fri", {0, 1, 2, 3, 4}, ""),
        ("sat, sun", {5, 6}, ", "),
        ("every day", {0, 1, 2, 3, 4, 5, 6}, ""),
        ("mon to wed but for holidays", {0, 1, 2}, " but for holidays"),
        ("by appointment", set(), "by appointment"),
    ],
)
def test_days_of_opening_hours_and_what_else_is_said(text, days, rest):
    assert days_stated(text) == (days, rest)
