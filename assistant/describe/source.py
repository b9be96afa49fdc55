"""What a description may rest on: a group's attributes and reviews, and not the description that it has now."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from assistant.grounding import Evidence
from index.catalogue import Catalogue, Group, Product, Review
from index.words import is_chinese

SHOWN_REVIEWS = 5
REVIEW_LENGTH, VALUE_LENGTH = 200, 80  # characters
VALUES = 12  # of one attribute

# A text that speaks to whoever writes, sells or sends somewhere is no opinion of the product: it is left out whole.
_NO_OPINION = re.compile(
    r"https?:|www\.|\b[\w.-]+\.(?:com|net|org|io|shop|store|info|biz|cn|de|ru|example)\b|@\w|\+?\d[\d\s().-]{6,}\d|"
    r"[<>{}\[\]`\\]|\b(?:ignore|disregard|override|instructions?|prompts?|system|assistant|chatbot|ai|llm|developer|"
    r"discount|coupon|voucher|promo|refund(?:ed)?|free shipping|price|cheaper|\d+\s*%)\b|"
    r"(?:^|[.!?,:;—-]\s*|\b(?:please|must|should|now|then|to|just|always|and)\s+)"
    r"(?:write|state|output|print|repeat|say|tell|claim|respond|answer|append|mention|include|add|describe)\b[^.!?]{0,20}"
    r"(?:\b(?:that|this|the|it|every|customers?|shoppers?|title|description|following|all|everyone)\b|[\"“':])|"
    r"忽略|无视|指令|提示词|系统|人工智能|助手|输出|折扣|优惠|退款|加微信|微信|请(?:写|说|回复|输出)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Fact:
    """An attribute of a group.

    Args:
        varies: its values are those of different variants; else they hold for all of them.
    """

    label: str
    values: tuple[str, ...]
    varies: bool = False

    @property
    def text(self) -> str:
        return f"{self.label}{' (one each)' if self.varies else ''}: {', '.join(self.values)}"


@dataclass(frozen=True)
class Source:
    """What is known of one group.

    Args:
        evidence: for the audit of what is stated; without the reviews.
        opinions: for the audit of what is said to be the customers'; with the reviews.
        left_out: reviews and values that are no statement about the product, with the reason.
    """

    group: Group
    facts: tuple[Fact, ...]
    reviews: tuple[str, ...]
    evidence: Evidence
    opinions: Evidence
    left_out: tuple[str, ...]

    @property
    def hash(self) -> str:
        """Changes when the facts, the reviews that are used or the title change: 16 hex digits."""
        told = [self.group.title, [(fact.text, fact.varies) for fact in self.facts], self.reviews]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()[:16]


class Sources:
    """Reads the sources of a catalogue's groups.

    Args:
        names: the shop's and the assistant's, which any sentence may have.
        language: of the descriptions: reviews in another cannot be quoted.
    """

    def __init__(self, catalogue: Catalogue, names: str, language: str) -> None:
        self._catalogue = catalogue
        self._names = names
        self._language = language
        self._left_out: dict[str, list[str]] = {}
        # The audit reads a product's record from the catalogue it is given: here one without descriptions.
        self._bare = bare = Catalogue.of(replace(p, description="") for p in catalogue.products.values())
        reviews = {key: self._opinions(key, held) for key, held in catalogue.reviews.items()}
        self._reviewed = Catalogue(bare.products, bare.groups, reviews, bare.titles, bare.facets, bare.currency)

    def of(self, key: str) -> Source:
        """The source of a group.

        Raises:
            KeyError: there is no such group.
        """
        group = self._bare.groups[key]
        facts, odd = _facts(group)
        reviews = self._reviewed.reviews.get(key, ())
        return Source(
            group,
            facts,
            tuple(review.text for review in reviews),
            self._evidence(self._bare, group, facts),
            self._evidence(self._reviewed, group, facts),
            (*odd, *self._left_out.get(key, ())),
        )

    def _opinions(self, key: str, reviews: Iterable[Review]) -> tuple[Review, ...]:
        """The reviews of a group that can be used, cut to length; why others cannot is kept."""
        kept: list[Review] = []
        for review in reviews:
            if match := _NO_OPINION.search(review.text):
                reason = f"review by {review.author or 'nobody named'}: no opinion of the product ({match[0].strip()!r})"
                self._left_out.setdefault(key, []).append(reason)
            elif review.text and is_chinese(review.text) == (self._language == "zh"):
                kept.append(replace(review, title="", text=_cut(review.text)))
        return tuple(kept[:SHOWN_REVIEWS])

    def _evidence(self, catalogue: Catalogue, group: Group, facts: Iterable[Fact]) -> Evidence:
        """What the audit checks sentences about a group against. The one place that makes it."""
        product = group.variants[0]
        reviews = (review.text for review in catalogue.reviews.get(group.id, ()))
        return Evidence(
            catalogue=catalogue,
            products=[product],
            texts={product.id: ". ".join([group.title, *(fact.text for fact in facts), *reviews])},
            names=self._names,
            kind="question",
            subject=product,
        )


def _facts(group: Group) -> tuple[tuple[Fact, ...], list[str]]:
    """A group's attributes, those that all variants share first, and what was left out.

    Price, stock and rating change daily: a description that states them is soon false.
    """
    shared: list[Fact] = []
    varying: list[Fact] = []
    left_out: list[str] = []
    for name in dict.fromkeys(name for variant in group.variants for name in variant.facet_names):
        held = [_values(variant, name) for variant in group.variants]
        each = dict.fromkeys(value for values in held for value in values)
        label = _label(name)
        for value in [value for value in each if _NO_OPINION.search(value)]:
            left_out.append(f"{label}: no property ({value[:VALUE_LENGTH]!r})")
            del each[value]
        common = tuple(value for value in each if all(value in values for values in held))
        other = tuple(value for value in each if value not in common)
        if common:
            shared.append(Fact(label, common[:VALUES]))
        if other:
            varying.append(Fact(label, other[:VALUES], varies=True))
    return (*shared, *varying), left_out


def _values(product: Product, name: str) -> tuple[str, ...]:
    """An attribute's values that describe: not "No", not the shop's own shelves ("Promotions > Pants"), not essays."""
    values = product.path[-1:] if name == "product_type" else product.values(name)
    return tuple(
        value
        for value in values
        if value.lower() not in ("no", "none", "n/a", "") and " > " not in value and len(value) <= VALUE_LENGTH
    )


def _label(name: str) -> str:
    return {"product_type": "Type", "gender": "For"}.get(name, name.replace("_", " ").capitalize())


def _cut(text: str) -> str:
    """A text up to the last sentence that fits."""
    text = " ".join(text.split())
    if len(text) <= REVIEW_LENGTH:
        return text
    whole = re.match(rf".{{1,{REVIEW_LENGTH}}}(?:[.!?](?=\s)|[。！？])", text)
    return whole[0] if whole else text[:REVIEW_LENGTH].rsplit(" ", 1)[0]
