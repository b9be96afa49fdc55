"""Prices as shops write them: read exactly, or refused with what to write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.money import Money


@pytest.mark.parametrize(
    ("text", "shop", "read"),
    [
        ("45.00 USD", None, "45.00 USD"),
        ("USD 45.00", None, "45.00 USD"),
        ("45EUR", None, "45.00 EUR"),
        ("45", "EUR", "45.00 EUR"),
        ("45,5", "EUR", "45.50 EUR"),
        ("45,00 €", None, "45.00 EUR"),
        ("£7.99", None, "7.99 GBP"),
        ("$45", None, "45.00 USD"),
        ("$45", "CAD", "45.00 CAD"),
        ("$45", "EUR", "45.00 USD"),
        ("$45.00 CAD", None, "45.00 CAD"),
        ("US$ 45", "CAD", "45.00 USD"),
        ("HK$ 5", None, "5.00 HKD"),
        ("A$5.5", None, "5.50 AUD"),
        ("¥1200", None, "1200 JPY"),
        ("¥1200", "CNY", "1200.00 CNY"),
        ("₹1,23,456.00", None, "123456.00 INR"),
        ("1.234,56 EUR", None, "1234.56 EUR"),
        ("1,234.56 USD", None, "1234.56 USD"),
        ("1.234.567 EUR", None, "1234567.00 EUR"),
        ("1 234,56 kr", "SEK", "1234.56 SEK"),
        ("1\u202f234,56 €", None, "1234.56 EUR"),
        ("CHF 1'234.50", None, "1234.50 CHF"),
        ("CHF 45.–", None, "45.00 CHF"),
        ("45,- €", None, "45.00 EUR"),
        ("1,234 USD", None, "1234.00 USD"),
        ("1.500 JPY", None, "1500 JPY"),
        ("1.234 KWD", None, "1.234 KWD"),
        ("45.0000 USD", None, "45.00 USD"),
        ("0.500 USD", None, "0.50 USD"),
    ],
)
def test_a_price_is_read_as_shops_write_it(text, shop, read):
    assert str(Money.parse(text, shop)) == read


@pytest.mark.parametrize(
    ("text", "shop", "why"),
    [
        ("", "USD", "write it like"),
        ("45", None, "currency"),
        ("12 kr", "EUR", "currency"),
        ("€45 USD", None, "currency"),
        ("€45 £", None, "currency"),
        ("-1.00 USD", None, "no price"),
        ("1O.00 USD", None, "no price"),
        ("1e5 USD", None, "no price"),
        ("NaN", "USD", "no price"),
        ("Infinity", "USD", "no price"),
        ("from $5", None, "no price"),
        ("$5 - $10", None, "no price"),
        ("١٢ USD", None, "no price"),
        ("9" * 5000, "USD", "no price"),
        ("99999999999 USD", None, "no amount"),
        ("12.345 EUR", None, "two ways"),
        ("1,23,4 USD", None, "two ways"),
        ("12.3456 EUR", None, "finer"),
        ("1.5 JPY", None, "finer"),
    ],
)
def test_what_is_no_price_or_two_is_refused_with_a_short_reason(text, shop, why):
    with pytest.raises(ValueError, match=why) as refused:
        Money.parse(text, shop)
    assert len(str(refused.value)) < 200


@given(st.integers(0, 10**10 - 1), st.sampled_from(["USD", "EUR", "JPY", "KWD", "INR"]))
def test_what_money_prints_it_reads(minor, currency):
    assert Money.parse(str(Money(minor, currency))) == Money(minor, currency)


@given(st.integers(0, 10**9), st.integers(0, 99))
def test_thousands_are_read_in_every_way_of_grouping(whole, cents):
    for grouped, mark in (
        (f"{whole:,}", "."),
        (f"{whole:,}".replace(",", "."), ","),
        (f"{whole:_}".replace("_", " "), ","),
    ):
        assert Money.parse(f"{grouped}{mark}{cents:02d}", "EUR").minor == whole * 100 + cents


@given(st.text(alphabet="0123456789.,'$€kr USDEURJPY-–eENaI", max_size=20) | st.text(max_size=120))
def test_any_text_is_a_price_or_a_reason(text):
    try:
        money = Money.parse(text, "EUR")
    except ValueError as error:
        assert str(error)
    else:
        assert money.minor >= 0 and Money.parse(str(money)) == money
