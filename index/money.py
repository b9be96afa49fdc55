"""Money: integer minor units and a currency, read in the ways feeds write prices. Nothing is converted.

How a number is read:

- Both "." and "," occur: the last one is the decimal mark, the other groups thousands ("1.234,56", "1,234.56").
- One of them occurs more than once, or spaces or apostrophes do: they group ("1.234.567", "1 234,56", "1'234.50").
- A single comma before exactly three digits groups thousands: "1,234 USD" is 1234.00 USD.
- A single point before exactly three digits does so in a currency that has no minor unit ("1.500 JPY"). Elsewhere it
  may be a German thousand or a database's third decimal, a factor of 1000 apart, and is refused.
- Any other single mark is the decimal mark ("45,5 EUR", "45.0000 USD").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from index.cleaning import plain, quoted

_LARGEST = 10**10  # major units; dearer is a slip
_EXPONENTS = {  # ISO 4217 decimals where they are not 2 (HUF: by use)
    **dict.fromkeys(("JPY", "KRW", "VND", "CLP", "ISK", "HUF", "PYG", "UGX", "XAF", "XOF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
_SYMBOLS = {
    "€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₫": "VND", "₪": "ILS", "฿": "THB",
    "₴": "UAH", "₱": "PHP", "₦": "NGN", "zł": "PLN", "Kč": "CZK", "Ft": "HUF", "lei": "RON", "Rs": "INR", "Rs.": "INR",
    "Fr.": "CHF", "US$": "USD", "HK$": "HKD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "NZ$": "NZD",
    "S$": "SGD", "NT$": "TWD", "R$": "BRL", "MX$": "MXN", "CN¥": "CNY", "JP¥": "JPY", "元": "CNY", "円": "JPY",
}  # fmt: skip
_SHARED = {  # symbols of several currencies: the first where nothing else is known; "" is none
    "$": ("USD", "AUD", "CAD", "CLP", "COP", "HKD", "MXN", "NZD", "SGD", "TWD", "ARS"),
    "¥": ("JPY", "CNY"),
    "kr": ("", "SEK", "NOK", "DKK", "ISK"),
}
_SHARED |= {"￥": _SHARED["¥"], "kr.": _SHARED["kr"], "Kr": _SHARED["kr"]}
_NAME = "|".join(re.escape(name) for name in sorted([*_SYMBOLS, *_SHARED], key=len, reverse=True)) + "|[A-Z]{3}"
_PRICE = re.compile(rf"({_NAME})? ?({_NAME})? ?([0-9][0-9.,'’ ]*?)(?:[.,][-–—]+)? ?({_NAME})? ?({_NAME})?")
_GROUPS = re.compile(r"[0-9]{1,3}(?=([.,'’ ]))(?:\1[0-9]{2,3})*\1[0-9]{3}")  # two digits between: Indian lakhs


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (cents) of an ISO 4217 currency."""

    minor: int
    currency: str

    @classmethod
    def parse(cls, text: str, currency: str | None = None) -> Money:
        """Read "45.00 USD", "USD 45.00", "$45", "1.234,56 €" or, in a shop's `currency`, "45".

        "$", "¥" and "kr" mean the shop's currency where it is one of that name, else USD, JPY and nothing.

        Raises:
            ValueError: no such format, no currency, a fraction of a minor unit, too large; the message says what to write.
        """
        price = plain(text)
        match = _PRICE.fullmatch(price) if len(price) < 100 else None
        if not match:
            raise ValueError(f'{quoted(text)} is no price; write it like "45.00 USD"')
        names = [name for name in match.group(1, 2, 4, 5) if name]
        found = _currency(names, currency)
        if not found:
            raise ValueError(
                f'{quoted(text)} does not say its currency; write it like "45.00 USD" or set currency in shop.yaml'
            )
        amount = _amount(match[3], _EXPONENTS.get(found, 2))
        if amount is None:
            raise ValueError(f'{quoted(text)} can be read in two ways or none; write it like "1234.50 {found}"')
        return cls.of(amount, found)

    @classmethod
    def of(cls, amount: Decimal, currency: str) -> Money:
        """From a decimal amount in major units.

        Raises:
            ValueError: finer than the smallest unit, negative, too large or not a number.
        """
        if not amount.is_finite() or not 0 <= amount < _LARGEST:
            raise ValueError(f"{quoted(amount)} is no amount from 0 to {_LARGEST}")
        try:
            minor = amount.scaleb(_EXPONENTS.get(currency, 2))
        except InvalidOperation as error:
            raise ValueError(f"{quoted(amount)} is no amount") from error
        if minor != minor.to_integral_value():
            raise ValueError(f"{amount} {currency} is finer than the currency's smallest unit")
        return cls(int(minor), currency)

    @property
    def amount(self) -> Decimal:
        """In major units."""
        return Decimal(self.minor).scaleb(-_EXPONENTS.get(self.currency, 2))

    def times(self, quantity: int) -> Money:
        return Money(self.minor * quantity, self.currency)

    @classmethod
    def total(cls, prices: Sequence[Money]) -> Money:
        """The sum of one or more prices of one currency."""
        return cls(sum(price.minor for price in prices), prices[0].currency)

    def __str__(self) -> str:
        return f"{self.amount:.{_EXPONENTS.get(self.currency, 2)}f} {self.currency}"


def names_of(currency: str) -> tuple[str, ...]:
    """By what a text may name a currency: its ISO code and the symbols that can mean it, the longest first."""
    shared = [symbol for symbol, meanings in _SHARED.items() if currency in meanings]
    own = [symbol for symbol, code in _SYMBOLS.items() if code == currency]
    return tuple(sorted({currency, *own, *shared}, key=len, reverse=True))


def _currency(names: list[str], shop: str | None) -> str | None:
    """The one currency that all names can mean; None where there is none or they contradict each other."""
    exact = {_SYMBOLS.get(name, name) for name in names if name not in _SHARED}
    if len(exact) > 1:
        return None
    known = next(iter(exact), shop)
    for name in names:
        meanings = _SHARED.get(name)
        if meanings and known not in meanings:
            if exact:
                return None
            known = meanings[0]
    return known or None


def _amount(text: str, decimals: int) -> Decimal | None:
    """The number by the rules at the top of this module; None where they do not say."""
    text = text.strip()
    mark = max(text.rfind("."), text.rfind(","))
    whole, fraction = (text, "") if mark < 0 else (text[:mark], text[mark + 1 :])
    if mark >= 0 and text[mark] in whole:
        whole, fraction = text, ""
    elif mark >= 0 and len(fraction) == 3 and re.fullmatch(r"[1-9][0-9]{0,2}", whole):
        if text[mark] == "," or decimals == 0:
            whole, fraction = text, ""
        elif decimals == 2:
            return None
    if fraction and not fraction.isdigit():
        return None
    if not whole.isdigit():
        if not _GROUPS.fullmatch(whole):
            return None
        whole = re.sub(r"[^0-9]", "", whole)
    return Decimal(f"{whole}.{fraction}" if fraction else whole)
