"""Comparisons of a sentence, recomputed where they are of prices and dropped where they cannot be."""

from __future__ import annotations

import re

from assistant.grounding.claims import UNSTATED
from assistant.grounding.evidence import Evidence, about
from index.catalogue import Product
from index.words import fold, words

_LOWER = "cheaper|cheapest|less expensive|least expensive|more affordable|most affordable|lowest[- ]priced?"
_PRICES = re.compile(rf"\b(?:({_LOWER})|more expensive|most expensive|pricier|priciest)\b", re.I)
_OTHERS = re.compile(
    r"\b(?:lighte(?:r|st)|heavie(?:r|st)|warme(?:r|st)|better|best|large(?:r|st)|bigge(?:r|st)|smalle(?:r|st)|"
    r"stronge(?:r|st)|softe(?:r|st)|faste(?:r|st)|longe(?:r|st)|thicker|thinner|roomier|most popular|"
    r"best[- ]selling|top[- ]rated|highest[- ]rated)\b",
    re.I,
)
_UNFIT = re.compile(
    r"\b(?:not|isn't|aren't) (?:a |an |the )?(?:\w+ )?(?:suitable|fit|match|choice|option|recommended|ideal)|"
    r"\b(?:does|do)(?: not|n't) (?:meet|fit|match|suit)|不适合|不符合",
    re.I,
)
_BOUND = re.compile(
    r"\b(not |n't )?(?:(under|below|less than|within|up to|cheaper than)|over|above|more than|more expensive than) "
    r"(?:the |your )?(?:budget of )?[$€£]?(\d+(?:[.,]\d+)?)",
    re.I,
)
_LISTS = ("search", "recommend", "compare")


def comparisons(sentence: str, evidence: Evidence) -> str | None:
    """Cheaper and dearer are recomputed; other comparisons pass only in words that were read."""
    if (match := _PRICES.search(sentence)) and not _BOUND.search(sentence):
        named = about(sentence, evidence.products)
        if len(evidence.products) < 2 or not named:
            return f"comparison: {match[0]}"
        subject = min(named, key=lambda p: _place(sentence, p))
        others = [p.current_price for p in (named if len(named) > 1 else evidence.products) if p is not subject]
        own = subject.current_price.minor
        if not all(own < o.minor if match[1] else own > o.minor for o in others):
            return f"comparison: {match[0]}"
    match = _OTHERS.search(sentence)
    return f"comparison: {match[0]}" if match and fold(match[0]) not in evidence.folded else None


def bounds(sentence: str, evidence: Evidence) -> str | None:
    """What is shown meets what was asked: nothing shown is called unfit, and a price lies where it is said to."""
    if evidence.kind not in _LISTS or not evidence.products:
        return None
    if match := _UNFIT.search(sentence):
        return f"unfit: {match[0]}"
    if match := _BOUND.search(sentence):
        limit = float(match[3].replace(",", "."))
        prices = [float(p.current_price.amount) for p in evidence.meant(sentence) or evidence.products]
        if match[1] or not all(p <= limit if match[2] else p >= limit for p in prices):
            return f"bound: {match[0]}"
    return None


def references(sentence: str, evidence: Evidence) -> str | None:
    """ "It" without a name where several are shown; "the only one" of several; "not stated" where nobody asked."""
    if evidence.kind not in _LISTS or not evidence.products:
        return None
    if evidence.lost(sentence):
        return "it: of several"
    if len(evidence.products) > 1 and re.search(r"\bthe only\b|唯一", sentence, re.I):
        return "the only one"
    return "not stated: not asked" if UNSTATED.search(sentence) else None


def _place(sentence: str, product: Product) -> int:
    """Where a sentence first names a product."""
    folded = fold(sentence)
    places = [folded.find(fold(product.title)), *(folded.find(w) for w in words(product.title) if len(w) > 3)]
    return min((place for place in places if place >= 0), default=len(folded))
