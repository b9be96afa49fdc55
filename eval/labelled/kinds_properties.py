"""Claims about what a product is, for whom, and for what."""

from __future__ import annotations

import re

from eval.labelled.draw import Draw, Drawn, Kind, terms
from eval.labelled.wording import count_zh, number_en


def _of_attribute(draw: Draw, attribute: str, table: str) -> Drawn | None:
    """A value of one of luma's attributes, in words; made false by one that nothing hints at."""
    held, words = draw.item.values(attribute), terms()[table]
    named = [value for value in held if value in words]
    foreign = [
        value
        for value, term in words.items()
        if value not in held and not set(term.get("near", ())) & set(held) and not draw.item.says(term["touched"])
    ]
    if not named or not foreign:
        return None

    def said(value: str) -> str:
        forms = words[value][draw.language]
        return forms if isinstance(forms, str) else str(draw.rng.choice(forms))

    return Drawn({"what": said(draw.rng.choice(named))}, [("attribute", {"what": said(draw.rng.choice(foreign))})])


def climate(draw: Draw) -> Drawn | None:
    return _of_attribute(draw, "climate", "climates")


def activity(draw: Draw) -> Drawn | None:
    return _of_attribute(draw, "activity", "activities")


def pattern(draw: Draw) -> Drawn | None:
    return _of_attribute(draw, "pattern", "patterns")


def eco(draw: Draw) -> Drawn | None:
    """It belongs to the eco collection; its opposite says that it does not. The shop states both."""
    held = draw.item.values("eco_collection")
    if not held or (held == ("No",) and draw.item.says("eco|sustain|recycl")):
        return None
    return Drawn({}) if held == ("Yes",) else Drawn(None, [("attribute", {})])


def gender(draw: Draw) -> Drawn | None:
    held = draw.item.first.gender
    if held not in (("Men",), ("Women",)):
        return None
    other = "Women" if held == ("Men",) else "Men"
    if draw.item.says(terms()["genders"][other]["touched"]):
        return None
    said = {name: terms()["genders"][name][draw.language] for name in (held[0], other)}
    return Drawn({"gender": said[held[0]]}, [("attribute", {"gender": said[other]})])


def _types() -> dict[str, list[str]]:
    held: dict[str, list[str]] = terms()["types"]
    return held


def product_type(draw: Draw) -> Drawn | None:
    """What kind of thing it is; made false by another kind."""
    words = _types()
    if draw.item.leaf not in words or not re.search(words[draw.item.leaf][3], draw.item.title.lower()):
        return None
    foreign = [leaf for leaf, row in words.items() if not draw.item.says(row[3])]
    place = 0 if draw.language == "en" else 2
    if not foreign:
        return None
    return Drawn(
        {"type": words[draw.item.leaf][place]}, [("attribute", {"type": words[draw.rng.choice(foreign)][place]})]
    )


def types_shared(draw: Draw) -> Drawn | None:
    words = _types()
    leaf = draw.item.leaf
    if leaf not in words or any(item.leaf != leaf for item in draw.subjects):
        return None
    foreign = [name for name, row in words.items() if not any(item.says(row[3]) for item in draw.subjects)]
    count = number_en(len(draw.subjects)) if draw.language == "en" else count_zh(len(draw.subjects))
    place = 1 if draw.language == "en" else 2
    if not foreign:
        return None
    right = {"types": words[leaf][place], "count": count}
    return Drawn(right, [("attribute", right | {"types": words[draw.rng.choice(foreign)][place]})])


def brand(draw: Draw) -> Drawn:
    others = ("Nike", "Adidas", "Puma", "Under Armour", "Patagonia", "Reebok")
    return Drawn({"brand": draw.item.first.brand}, [("name", {"brand": draw.rng.choice(others)})])


def title_color(draw: Draw) -> Drawn | None:
    """The colour of a product without variants, where its title and its description agree on it."""
    title, text = draw.item.title.lower(), draw.item.first.description.lower()
    held = [
        c for c in terms()["colors"] if re.search(rf"\b{c.lower()}\b", title) and re.search(rf"\b{c.lower()}\b", text)
    ]
    absent = [c for c, term in terms()["colors"].items() if c != "Lavender" and not draw.item.says(term["touched"])]
    if len(held) != 1 or not absent or draw.item.top in ("groceries", "salty snacks", "books"):
        return None  # blue cheese is not blue

    def named(color: str) -> str:
        return str(terms()["colors"][color]["zh"]) if draw.language == "zh" else color.lower()

    return Drawn({"color": named(held[0])}, [("color", {"color": named(draw.rng.choice(absent))})])


_LUMA, _STORE = ("luma",), ("outfitters",)
KINDS: dict[str, Kind] = {
    "climate": Kind(climate, shops=_LUMA),
    "activity": Kind(activity, shops=_LUMA),
    "pattern": Kind(pattern, shops=_LUMA),
    "eco": Kind(eco, closed=True, shops=_LUMA),
    "gender": Kind(gender),
    "product_type": Kind(product_type),
    "types_shared": Kind(types_shared, (2, 4)),
    "brand": Kind(brand, shops=_LUMA),
    "title_color": Kind(title_color, shops=_STORE),
}
