"""Sentences about a policy, small talk, and others that speak of no product."""

from __future__ import annotations

import re

from assistant.grounding.evidence import Evidence
from assistant.grounding.record import stems_of
from index.words import content, fold, lexicon, stem, stopwords, words

_NO = re.compile(r"\b(?:not|no|cannot|never|none|nor|without|unless|only|\w+n't)\b")
_CAPITAL = re.compile(r"(?<![.!?。:]\s)(?<!^)\b[A-Z][\w'’™®-]+")
_SOLD = re.compile(r"\bwe (?:do |also )?(?:sell|have|offer|carry|stock)\b([^.,;]*)", re.I)


def policy(sentence: str, evidence: Evidence) -> str | None:
    """A sentence about a policy must be the policy's: mostly its words, more than the question's own, and as it decides.

    A bare "yes" cannot be checked by words, so it is not said. What a passage denies is not granted, and the other way.
    """
    if evidence.kind != "policy" or not sentence.isascii():
        return None
    said = {stem(w) for w in content(sentence)} - {"yes", "polici", "shop"}
    stated = evidence.read.stems
    fresh = (said - stems_of(fold(evidence.message))) & stated
    if not fresh or len(said & stated) < 0.6 * len(said):
        return "policy: not in its words"
    parts = [part for part in re.split(r"(?<=[.!?;|])\s+", evidence.read.text) if part.strip()]
    if parts:
        near = max(parts, key=lambda part: len(said & stems_of(part)) / (1 + 0.02 * len(part)))
        if bool(_NO.search(fold(sentence))) and not any(_NO.search(part) for part in parts if said & stems_of(part)):
            return "policy: denied"
        if _NO.search(near) and not _NO.search(fold(sentence)) and len(said & stems_of(near)) >= 0.6 * len(said):
            return "policy: granted"
    return None


def small_talk(sentence: str, evidence: Evidence) -> str | None:
    """Small talk is short and states nothing."""
    if evidence.kind != "chat":
        return None
    long = len(sentence.split()) > 24 or re.search(r":(?!\))", sentence)
    return "chat: more than small talk" if long else None


def names(sentence: str, evidence: Evidence) -> str | None:
    """Products that were not shown, capitalised words that nobody said, and kinds of things that are not there."""
    row = re.findall(r"[\w'’®™-]+", sentence)
    if found := _title(row, evidence):
        return f"name: {found}"
    if evidence.products:
        return None
    known = stopwords() | set(lexicon()["capitals"]["en"])
    for match in _CAPITAL.finditer(sentence):
        strange = [w for w in words(match[0]) if w not in known and not w.isdigit()]
        if any(not evidence.heard.has(word) and not evidence.read.has(word) for word in strange):
            return f"name: {match[0]}"
    if (sold := _SOLD.search(fold(sentence))) and evidence.kind != "policy":
        types = stems_of(" ".join(evidence.catalogue.facets.get("product_type", {})).lower())
        things = {stem(word) for word in content(sold[1])} & evidence.properties
        if things - types - evidence.heard.stems:
            return f"sold: {sold[0]}"
    if evidence.kind in ("chat", "policy", "order"):
        return _property(sentence, evidence)
    return None


def _property(sentence: str, evidence: Evidence) -> str | None:
    """A property is claimed of products only where products were read."""
    if evidence.kind != "chat":
        return None
    for word in words(sentence):
        if stem(word) in evidence.properties and not evidence.heard.has(word):
            return f"not stated: {word}"
    return None


def _title(row: list[str], evidence: Evidence) -> str | None:
    """The title of a product that is not among those read, as a name: with capitals."""
    titles = evidence.catalogue.folded_titles
    own = [fold(product.title) for product in evidence.products]
    folded = [fold(word).strip("'-") for word in row]
    said = fold(evidence.message)
    for start in range(len(row)):
        for stop in range(start + 2, min(start + 10, len(row)) + 1):
            name = " ".join(folded[start:stop])
            if name in titles and not any(name in title for title in own) and name not in said:
                if (
                    all(word[:1].isupper() or word[:1].isdigit() or len(word) < 4 for word in row[start:stop])
                    or not own
                ):
                    return name
    return None
