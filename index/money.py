"""Money: integer minor units and a currency, as the Google Merchant feed writes it ("45.00 USD")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

_PATTERN = re.compile(r"\s*(\d{1,9}(?:\.\d{1,4})?)\s*([A-Z]{3})\s*")
_NO_MINOR_UNIT = frozenset({"JPY", "KRW", "VND", "CLP", "ISK", "HUF"})  # ISO 4217, exponent 0 (HUF by use)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (cents) of an ISO 4217 currency."""

    minor: int
    currency: str

    @classmethod
    def parse(cls, text: str) -> Money:
        """Read "45.00 USD".

        Raises:
            ValueError: no such format, a fraction of a minor unit, or an unknown form of currency.
        """
        match = _PATTERN.fullmatch(str(text))
        if not match:
            raise ValueError(f'{text!r} is no price; write it like "45.00 USD"')
        return cls.of(Decimal(match[1]), match[2])

    @classmethod
    def of(cls, amount: Decimal, currency: str) -> Money:
        """From a decimal amount in major units."""
        try:
            minor = amount * (1 if currency in _NO_MINOR_UNIT else 100)
            if minor != minor.to_integral_value():
                raise ValueError(f"{amount} {currency} is finer than the currency's smallest unit")
        except InvalidOperation as error:
            raise ValueError(f"{amount} is no amount") from error
        return cls(int(minor), currency)

    @property
    def amount(self) -> Decimal:
        """In major units."""
        if self.currency in _NO_MINOR_UNIT:
            return Decimal(self.minor)
        return Decimal(self.minor) / 100

    def times(self, quantity: int) -> Money:
        return Money(self.minor * quantity, self.currency)

    @classmethod
    def total(cls, prices: Sequence[Money]) -> Money:
        """The sum of one or more prices of one currency."""
        return cls(sum(price.minor for price in prices), prices[0].currency)

    def __str__(self) -> str:
        places = 0 if self.currency in _NO_MINOR_UNIT else 2
        return f"{self.amount:.{places}f} {self.currency}"
