"""What is written about policies and about one product, cut into passages that can be quoted. No shopper, no model."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property, lru_cache

from assistant.untrusted import sound
from index.catalogue import ARRANGEMENT, Product
from index.embedding import Vectors
from index.passages import Passage, Ranked, embed, rank
from index.policies import in_translation, split_policy
from index.search import Search
from index.shop import Shop
from index.words import lexicon

ASKED = 64  # questions of policies whose passages are kept ranked
BEST = 5  # stars
KEPT = 256  # products whose passages' vectors are kept, by what they say: prices and reviews change
# "How bright is it and how long does it last?"
_PARTS = re.compile(
    r",?\s+and\s+(?=(?:how|what|which|where|when|who|is|are|does|do|can|will|would|has|have|what's)\b)|"
    r",\s+(?=(?:how|what|what's|which|where|when|who)\b)|\s*(?:^|\s)\d\)\s*|\?\s+(?=\w)",
    re.I,
)
_FITS = re.compile(
    r"\b(?:runs?|fits?|comes? up|sits?)\s+(?=(?:a bit |very |too |quite )?"
    r"(?:wide|narrow|small|large|big|tight|loose|short|long|true)\b)",
    re.I,
)


def parts_of(text: str) -> list[str]:
    """The questions that a text asks one after another."""
    return [part for part in _PARTS.split(text) if part and part.strip(" ?.!")] or [text]


class Evidence:
    """Ranks a shop's own passages for a question."""

    def __init__(self, shop: Shop, search: Search) -> None:
        self._shop = shop
        self._search = search
        self._encoder = encoder = search.encoder
        self._vectors = lru_cache(maxsize=KEPT)(lambda passages: embed(passages, encoder))
        self._ranked = lru_cache(maxsize=ASKED)(self._rank_policies)

    def over(self, search: Search) -> Evidence:
        """The same over another version of the index; what was embedded stays known."""
        other = copy(self)
        other._search = search
        other._ranked = lru_cache(maxsize=ASKED)(other._rank_policies)
        return other

    def policy(self, question: str) -> Sequence[Ranked]:
        """Policy passages for one question, best first. A turn asks the same several times, so the last ones are kept."""
        return self._ranked(question)

    def _rank_policies(self, question: str) -> Sequence[Ranked]:
        return rank(question, self.policies, self._encoder, self._nouns, self._policy_vectors)

    def product(self, question: str, product: Product) -> list[Ranked]:
        """What is known of a product, ranked for a question, best first; each of several questions in one counts."""
        passages = self.passages(product)
        vectors = self._vectors(tuple(passages))
        best: dict[Passage, Ranked] = {}
        for part in parts_of(_FITS.sub("", question)):
            for row in rank(part, passages, self._encoder, product.title, vectors):
                if (held := best.get(row.passage)) is None or (held.supported, held.score) < (row.supported, row.score):
                    best[row.passage] = row
        return sorted(best.values(), key=lambda row: -row.score)

    def offer(self, product: Product) -> list[Passage]:
        """What a product costs and whether it is there."""
        feed = f"products:{product.id}"
        return [
            Passage(feed, f"Price: {product.current_price}", "how much does it cost"),
            Passage(feed, f"Availability: {product.offered.replace('_', ' ')}", "in stock available"),
        ]

    def critical(self, product: Product) -> list[Passage]:
        """Its reviews of less than five stars, those of the fewest first."""
        reviews = self._search.catalogue.reviews.get(product.group_id, ())
        return [
            Passage(f"reviews:{product.group_id}", text, "customers say review")
            for review in sorted(reviews, key=lambda review: review.rating)
            if review.rating < BEST and (text := sound(review.text))
        ]

    def stated(self, product: Product) -> str:
        """All that is known of a product, as one text."""
        known = ". ".join(passage.text for passage in self.passages(product))
        return ". ".join([product.title, product.product_type or "", *product.gender, known])

    def prepare(self) -> None:
        """Embed the policies, and what they are not about, now and not at the first question."""
        if self._policy_vectors is not None:
            self._encoder.encode([self._nouns])  # it keeps single texts

    def passages(self, product: Product) -> list[Passage]:
        """A product's facts, attributes, description and reviews; `source` says which it is."""
        group = self._search.catalogue.groups[product.group_id]
        feed = f"products:{product.id}"
        found = self.offer(product)
        for label, values, words in (
            ("Colours", [v.color for v in group.variants], "which colour color colors"),
            ("Sizes", [v.size for v in group.variants], "which size sizes"),
        ):
            listed = list(dict.fromkeys(value for value in values if value))
            if listed:
                found.append(Passage(feed, f"{label}: {', '.join(listed)}", words))
        if product.material:
            found.append(Passage(feed, f"Material: {', '.join(product.material)}", "made of fabric"))
        if product.brand:
            found.append(Passage(feed, f"Brand: {product.brand}", "who makes it maker"))
        if product.rating is not None:
            text = f"Rating: {product.rating} of 5 from {product.review_count} reviews"
            found.append(Passage(feed, text, "what customers say rated"))
        for name, held in product.attributes.items():
            if name not in ("material", *ARRANGEMENT):
                found.append(Passage(feed, f"{name.replace('_', ' ').capitalize()}: {', '.join(held)}"))
        for sentence in re.split(r"(?<=[.!?])\s+|\s*•\s*", sound(product.description)):
            if len(sentence) > 3:
                found.append(Passage(feed, sentence))
        found += [
            Passage(f"reviews:{product.group_id}", text, "customers say review")
            for review in self._search.catalogue.reviews.get(product.group_id, ())
            if (text := sound(review.text))
        ]
        return found

    @cached_property
    def policies(self) -> list[Passage]:
        """What the policies say, cut into passages."""
        found = [p for policy in self._shop.policies for p in split_policy(policy.source, policy.text)]
        return [replace(p, text=text) for p in found if (text := sound(p.text, own=True))]

    def in_language(self, passage: Passage, language: str) -> str | None:
        """What the shop's own translation of a policy says in the place of a passage; None where it has none."""
        return self._translations.get((language, passage.source), {}).get(passage.text)

    @cached_property
    def _translations(self) -> Mapping[tuple[str, str], Mapping[str, str]]:
        """(language, policy file) → passage → its translation."""
        return {
            (language, policy.source): {
                sound(ours, own=True): said
                for ours, theirs in in_translation(policy.text, text).items()
                if (said := sound(theirs, own=True))
            }
            for policy in self._shop.policies
            for language, text in policy.translations.items()
        }

    @cached_property
    def _policy_vectors(self) -> Vectors | None:
        return embed(self.policies, self._encoder) if self.policies else None

    @cached_property
    def _nouns(self) -> str:
        """Product words: in a question about a policy they are no evidence."""
        types = " ".join(self._search.catalogue.facets.get("product_type", {}))
        return f"{types} {' '.join(lexicon()['synonyms']['en'])}"
