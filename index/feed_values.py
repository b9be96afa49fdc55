"""The spellings feeds use for one value: availability, counts, ratings, genders, product types, addresses.

Each function takes cleaned text and raises ValueError, saying what to write, where it cannot be read. None guesses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from index.cleaning import quoted

AVAILABILITY = ("in_stock", "out_of_stock", "preorder", "backorder")
_AVAILABLE = {  # letters only → ours; schema.org's names among them
    **dict.fromkeys(("instock", "available", "limited", "limitedavailability", "limitedstock", "lowstock", "onlineonly",
                     "yes", "true"), "in_stock"),
    **dict.fromkeys(("outofstock", "notinstock", "soldout", "unavailable", "notavailable", "discontinued", "no", "false"),
                    "out_of_stock"),
    **dict.fromkeys(("preorder", "presale"), "preorder"),
    **dict.fromkeys(("backorder", "backordered", "onbackorder", "availablefororder", "madetoorder"), "backorder"),
}  # fmt: skip
_GENDERS = {
    **dict.fromkeys(("men", "male", "man", "mens", "herren"), "Men"),
    **dict.fromkeys(("women", "female", "woman", "womens", "ladies", "damen"), "Women"),
    **dict.fromkeys(("boys", "boy"), "Boys"),
    **dict.fromkeys(("girls", "girl"), "Girls"),
    "unisex": "Unisex",
}
_COUNT = re.compile(r"([0-9]{1,3}(?:[ ,'’][0-9]{3})+|[0-9]+)(?:\.0*)?")
_RATING = re.compile(r"([0-9]{1,3}(?:[.,][0-9]{1,30})?)(?: ?(?:/|out of) ?(5|10|100))?(?: stars?)?", re.I)
_SCHEME = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]*:", re.I)


@lru_cache(maxsize=4096)
def availability(text: str) -> str:
    """ "In Stock", "http://schema.org/InStock" → "in_stock"."""
    found = _AVAILABLE.get(re.sub(r"[^a-z]", "", re.split(r"[/:#]", text.lower())[-1]))
    if not found:
        raise ValueError(f"availability {quoted(text)} is none of {', '.join(AVAILABILITY)}")
    return found


def count(text: str) -> int:
    """ "12", "12.0", "1,000". "12.000" may be twelve or twelve thousand, and is refused."""
    match = _COUNT.fullmatch(text)
    if not match or re.fullmatch(r"[1-9][0-9]{0,2}\.000", text):
        raise ValueError(f"{quoted(text)} is not a whole number; write it like 12")
    digits = re.sub(r"[^0-9]", "", match[1])
    if len(digits) > 9:
        raise ValueError(f"{quoted(text)} is out of range")
    return int(digits)


def rating(text: str) -> Decimal | None:
    """Stars of 5, to two decimals: "4.5", "4,5", "4.5/5", "9/10". 0 means that nobody has rated."""
    match = _RATING.fullmatch(text)
    if not match:
        raise ValueError(f"{quoted(text)} is not a number from 0 to 5")
    stars = Decimal(match[1].replace(",", ".")) * 5 / int(match[2] or 5)
    if stars > 5:
        raise ValueError(f"{quoted(text)} is not between 0 and 5")
    return stars if stars.as_tuple().exponent >= -2 else stars.quantize(Decimal("0.01"))  # type: ignore[operator]


def genders(values: Iterable[str], product_type: str | None) -> tuple[str, ...]:
    """Normalized genders; where none is stated, the product type's own words decide ("Men > Tops")."""
    found = [_GENDERS.get(_letters(value), value) for value in values]
    if not found:
        found = [_GENDERS[name] for name in map(_letters, (product_type or "").split(" > ")) if name in _GENDERS]
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=4096)
def product_type(text: str) -> str | None:
    """ "Home &gt; Kitchen" (cleaned), "Home>Kitchen", "Home / Kitchen" → "Home > Kitchen". A category's number is no type."""
    text = re.sub(r"^[0-9]+(?: - |$)", "", text)  # "2271 - Apparel > Dresses"
    parts = re.split(r"[>»›]", text)
    if len(parts) == 1:
        parts = re.split(r" [/|] ", text)
    return " > ".join(part.strip() for part in parts if part.strip()) or None


def address(text: str) -> str | None:
    """A web address, or a path in the shop's folder. One that would run something is refused."""
    if _SCHEME.match(text):
        raise ValueError(f"{quoted(text)} is no web address; begin it with https://")
    return text.replace("&amp;", "&") or None


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.lower())
