"""Claims about ratings and reviews."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal

from eval.labelled.draw import Draw, Drawn, Kind, Slots
from eval.labelled.items import Item
from eval.labelled.wording import count_zh, number_en

_QUOTE = re.compile(r"[A-Z][^.!?\"]{14,70}[.!]")
_COMMON = frozenset(
    [
        "this",
        "that",
        "have",
        "with",
        "they",
        "were",
        "them",
        "just",
        "very",
        "really",
        "your",
        "when",
        "what",
        "from",
        "been",
        "would",
        "could",
        "these",
        "those",
        "about",
        "great",
        "good",
        "love",
        "nice",
        "like",
    ]
)


def _count(value: int, draw: Draw) -> str:
    if draw.rng.random() < 0.5:
        return str(value)
    return number_en(value) if draw.language == "en" else count_zh(value)


def rating(draw: Draw) -> Drawn | None:
    held = draw.item.rating
    if held is None:
        return None
    steps = [Decimal(n) / 10 for n in (-15, -12, -8, -5, 4, 6, 9, 12)]
    near = [held + step for step in steps if 1 <= held + step <= 5]
    right = {"rating": str(held), "reviews": _count(draw.item.first.review_count, draw)}
    false: list[tuple[str, Slots]] = [("rating", right | {"rating": str(draw.rng.choice(near))})]
    false += [("product", right | {"rating": str(o.rating)}) for o in draw.others if o.rating not in (None, held)]
    return Drawn(right, false)


def review_count(draw: Draw) -> Drawn | None:
    held = draw.item.first.review_count
    if held < 2:
        return None
    wrong = draw.rng.choice([n for n in (2, 3, 4, 5, 7, 12, 20) if n != held])
    return Drawn({"reviews": _count(held, draw)}, [("review count", {"reviews": _count(wrong, draw)})])


def unrated(draw: Draw) -> Drawn:
    """No reviews yet; its opposite says that there are."""
    return Drawn(None, [("review count", {})]) if draw.item.reviews else Drawn({})


def rating_bound(draw: Draw) -> Drawn | None:
    held = draw.item.rating
    if held is None:
        return None
    bounds = [Decimal(n) / 2 for n in range(4, 10)]
    below, above = [b for b in bounds if b < held], [b for b in bounds if b > held]
    if not below or not above:
        return None
    return Drawn({"bound": f"{below[-1].normalize():f}"}, [("rating", {"bound": f"{above[0].normalize():f}"})])


def rating_compare(draw: Draw) -> Drawn | None:
    first, second = (item.rating for item in draw.subjects)
    if first is None or second is None or first == second:
        return None
    order = (0, 1) if first > second else (1, 0)
    return Drawn({"order": order}, [("direction", {"order": order[::-1]})])


def rating_extreme(draw: Draw) -> Drawn | None:
    held = [item.rating or Decimal(0) for item in draw.subjects]
    if Decimal(0) in held or len(set(held)) < len(held):
        return None
    ranked = sorted(range(len(held)), key=lambda place: -held[place])
    count = number_en(len(held)) if draw.language == "en" else count_zh(len(held))
    right = {"order": (ranked[0],), "count": count}
    return Drawn(right, [("superlative", right | {"order": (place,)}) for place in ranked[1:]])


def review_stars(draw: Draw) -> Drawn | None:
    """What a customer, by name, gave."""
    authors = Counter(review.author for review in draw.item.reviews)
    single = [review for review in draw.item.reviews if authors[review.author] == 1 and review.author.isalpha()]
    if not single:
        return None
    chosen = draw.rng.choice(single)
    stars = _count(chosen.rating, draw)
    wrong = _count(draw.rng.choice([n for n in range(1, 6) if n != chosen.rating]), draw)
    plural = "s" if chosen.rating > 1 or draw.language == "zh" else ""
    right = {"author": chosen.author, "stars": f"{stars} star{plural}" if draw.language == "en" else stars}
    others = ("Bea", "Tobias", "Marguerite", "Quentin", "Saskia")
    stranger = draw.rng.choice([name for name in others if name not in authors])
    wrong_stars = f"{wrong} star{'' if wrong in ('1', 'one') else 's'}" if draw.language == "en" else wrong
    return Drawn(right, [("rating", right | {"stars": wrong_stars}), ("name", right | {"author": stranger})])


def _quotes(item: Item) -> list[str]:
    found = []
    for review in item.reviews:
        whole = [s for s in re.split(r"(?<=[.!?])\s+", review.text) if _QUOTE.fullmatch(s)]
        found += [sentence.rstrip(".!") for sentence in whole if "(" not in sentence]
    return found


def review_quote(draw: Draw) -> Drawn | None:
    """A customer's own words; made false by a customer's words on another product."""
    own = _quotes(draw.item)
    if not own:
        return None
    false: list[tuple[str, Slots]] = []
    for other in draw.others:
        for quote in _quotes(other):
            telling = {w for w in re.findall(r"[a-z]{4,}", quote.lower()) if w not in _COMMON}
            if telling and sum(word in draw.item.text for word in telling) <= len(telling) / 4:
                false.append(("product", {"quote": quote}))
    if draw.others and not false:
        return None
    return Drawn({"quote": draw.rng.choice(own)}, false[:3])


_LUMA = ("luma",)
KINDS = {
    "rating": Kind(rating, shops=_LUMA),
    "review_count": Kind(review_count, shops=_LUMA),
    "unrated": Kind(unrated, closed=True, shops=_LUMA),
    "rating_bound": Kind(rating_bound, flip="direction", shops=_LUMA),
    "rating_compare": Kind(rating_compare, (2, 2), flip="direction", closed=True, shops=_LUMA),
    "rating_extreme": Kind(rating_extreme, (3, 4), flip="direction", shops=_LUMA),
    "review_stars": Kind(review_stars, shops=_LUMA),
    "review_quote": Kind(review_quote, shops=_LUMA),
}
