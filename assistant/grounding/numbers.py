"""Amounts of money and other numbers of a sentence, against those of the products that it speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.grounding.evidence import Evidence, without_titles

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_CURRENCIES = {
    "USD": r"usd|us\$|\$|dollars?|bucks|美元|美金",
    "EUR": r"eur|€|euros?|欧元",
    "GBP": r"gbp|£|pounds?|英镑",
    "CNY": r"cny|rmb|¥|yuan|元|块",
}
_WORDS = {code: re.compile(rf"({forms})\s*({_NUMBER.pattern})|({_NUMBER.pattern})\s*({forms})(?![a-z])", re.I)
          for code, forms in _CURRENCIES.items()}  # fmt: skip
_SPELLED = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_QUANTITY = re.compile(rf"\b({'|'.join(_SPELLED)}|dozen|hundred|half|double|twice)\b")


def amounts(sentence: str, evidence: Evidence) -> str | None:
    """An amount of money is a price of a product that the sentence speaks of, or was said or read as it stands."""
    text = without_titles(sentence, evidence)
    own = evidence.catalogue.currency
    products = evidence.meant(sentence) or evidence.products
    prices = numbers_in(str(price) for p in products for price in (p.price, p.current_price))
    prices |= numbers_in([evidence.general, evidence.message])
    for code, pattern in _WORDS.items():
        for match in pattern.finditer(text):
            if code != own and match[0] not in evidence.read:  # none is converted, whatever the shopper counts in
                return f"currency: {match[0]}"
            if not numbers_in([match[0]]) <= prices:
                return f"amount: {match[0]}"
    return None


def counts(sentence: str, evidence: Evidence) -> str | None:
    """Any other number is stated of a product that the sentence speaks of, was said, or counts what is shown."""
    text = without_titles(sentence, evidence)
    products = evidence.meant(sentence) or evidence.products
    allowed = numbers_in([*(evidence.texts.get(p.id, "") for p in products), evidence.general, evidence.message])
    shown = len(evidence.products)
    allowed |= {str(count) for count in range(1, shown + 1)}
    if strange := numbers_in([text]) - allowed:
        return f"number: {min(strange)}"
    for word in _QUANTITY.findall(text):
        if word not in evidence.folded and not _SPELLED.get(word, 99) <= shown:
            return f"number: {word}"
    return None


def numbers_in(texts: Iterable[str]) -> set[str]:
    """Numbers in one form: "42.00" and "42" are the same."""
    found: set[str] = set()
    for text in texts:
        for number in _NUMBER.findall(text):
            thousands = re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", number)
            plain = number.replace(",", "" if thousands else ".")
            found.add(plain.rstrip("0").rstrip(".") if plain.count(".") == 1 else plain)
    return found
