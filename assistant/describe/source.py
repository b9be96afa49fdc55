"""What a description may rest on: what all variants of a group share, their colours and sizes, and the reviews.

Not the description that the group has now, nor what changes daily: price, stock and rating.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from assistant.grounding import Evidence
from index.catalogue import Catalogue, Group, Product, Review
from index.words import is_chinese

SHOWN_REVIEWS = 5
REVIEW_LENGTH, VALUE_LENGTH = 200, 80  # characters
VALUES = 12  # of one attribute
CHOICES = ("color", "size")  # what variants may differ in and a description may still state
_ABSENT = ("no", "none", "n/a", "")

# A text that speaks to whoever writes or reads, or of something else than the product, is no opinion of the product. The
# whole of it is left out: what else it says is not to be trusted.
_NO_OPINION = re.compile(
    r"https?:|www\.|\b[\w-]+\.(?:com|net|org|io|shop|store|info|biz|example)\b|@\w|\+?\d[\d\s().-]{7,}\d|[<{}\[\]`\\|]|"
    r"\b(?:ignore|disregard|override|instructions?|prompts?|system prompt|assistant|chatbot|ai|llm|developer|"
    r"end of (?:facts|reviews)|prices?|priced|cheaper|discount|coupon|voucher|promo|refund(?:ed)?|free shipping|\d+\s*%|"
    r"shops?|stores?|sellers?|retailers?|compan(?:y|ies)|website|customer service|amazon|ebay|scams?|fraud|fakes?|"
    r"counterfeits?|lawyers?|lawsuits?|cure[sd]?|heal(?:s|ed|ing)?|medical|doctors?)\b|"
    r"(?:^|[.!?,:;—-]\s*|\b(?:please|must|should|now|then|to|just|always|and)\s+)"
    r"(?:write|state|output|print|repeat|say|tell|claim|respond|answer|append|mention|include|add|describe)\b[^.!?]{0,20}"
    r"(?:\b(?:that|this|the|it|every|customers?|shoppers?|title|description|following|all|everyone)\b|[\"“':])|"
    r"忽略|无视|指令|提示词|系统|人工智能|助手|输出|价格|折扣|优惠|退款|微信|请(?:写|说|回复|输出)|店|卖家|客服|假货|骗|治疗|医生",
    re.I | re.M,
)


@dataclass(frozen=True, slots=True)
class Fact:
    """An attribute of a group.

    Args:
        choice: its values are those of different variants; else each holds for all of them.
    """

    label: str
    values: tuple[str, ...]
    choice: bool = False

    @property
    def text(self) -> str:
        return f"{self.label}{' (to choose from)' if self.choice else ''}: {', '.join(self.values)}"


@dataclass(frozen=True)
class Source:
    """What is known of one group.

    Args:
        evidence: for the audit of what is stated; without the reviews.
        opinions: for the audit of what is told as the customers'; with the reviews.
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
        """Changes when the title, the facts or the reviews that are used change: 16 hex digits."""
        told = [self.group.title, *(fact.text for fact in self.facts), *self.reviews]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()[:16]


class Sources:
    """The sources of a catalogue's groups, for descriptions in one language.

    Args:
        names: the shop's and the assistant's, which are no product's.
        language: reviews in another one cannot be quoted, and are not used.
    """

    def __init__(self, catalogue: Catalogue, names: tuple[str, ...], language: str) -> None:
        self._names = names
        self._language = language
        self._left_out: dict[str, list[str]] = {}
        # The audit reads a product's record from a catalogue: from these two, which state nothing else.
        self._bare = bare = Catalogue.of(p for group in catalogue.groups.values() for p in self._lasting(group))
        reviews = {key: self._opinions(key, held) for key, held in catalogue.reviews.items()}
        self._reviewed = Catalogue(bare.products, bare.groups, reviews, bare.titles, bare.facets, bare.currency)

    @property
    def titles(self) -> Mapping[str, str]:
        """Group id → title, of the whole catalogue."""
        return self._bare.titles

    def of(self, key: str) -> Source:
        """The source of a group.

        Raises:
            KeyError: there is no such group.
        """
        group = self._bare.groups[key]
        return Source(
            group,
            _facts(group),
            tuple(review.text for review in self._reviewed.reviews.get(key, ())),
            self._evidence(self._bare, group),
            self._evidence(self._reviewed, group),
            tuple(self._left_out.get(key, ())),
        )

    def _evidence(self, catalogue: Catalogue, group: Group) -> Evidence:
        """What the audit checks sentences about a group against. The one place that makes it."""
        product = group.variants[0]
        return Evidence(catalogue, [product], names=self._names, kind="question", subjects=[product])

    def _lasting(self, group: Group) -> Iterable[Product]:
        """A group's variants with nothing but what they share, their colours and sizes."""
        shared = _shared(group)
        for name, values in shared.items():
            for value in [value for value in values if _NO_OPINION.search(value)]:
                self._leave_out(group.id, f"{_label(name)}: no property ({value!r})")
                shared[name] = tuple(kept for kept in shared[name] if kept != value)
        attributes = {name: shared.get(name, ()) for name in group.variants[0].attributes if shared.get(name)}
        for variant in group.variants:
            yield replace(
                variant,
                description="",
                brand=next(iter(shared.get("brand", ())), None),
                product_type=next(iter(shared.get("product_type", ())), None),
                material=shared.get("material", ()),
                gender=shared.get("gender", ()),
                attributes=attributes,
                rating=None,
                review_count=0,
                sale_price=None,
            )

    def _opinions(self, key: str, reviews: Iterable[Review]) -> tuple[Review, ...]:
        """The reviews of a group that can be used, cut to length."""
        kept: list[Review] = []
        for review in reviews:
            if match := _NO_OPINION.search(f"{review.title}\n{review.text}"):
                self._leave_out(key, f"review by {review.author or 'nobody named'}: no opinion ({match[0].strip()!r})")
            elif review.text and is_chinese(review.text) == (self._language == "zh"):
                kept.append(replace(review, title="", text=_cut(review.text)))
        return tuple(kept[:SHOWN_REVIEWS])

    def _leave_out(self, key: str, what: str) -> None:
        self._left_out.setdefault(key, []).append(what)


def _shared(group: Group) -> dict[str, tuple[str, ...]]:
    """Attribute → the values that all variants have, in the order of the first."""
    first, *others = group.variants
    found: dict[str, tuple[str, ...]] = {}
    for name in first.facet_names:
        held = [set(other.values(name)) for other in others]
        found[name] = tuple(value for value in first.values(name) if all(value in values for values in held))
    return found


def _facts(group: Group) -> tuple[Fact, ...]:
    """A group's attributes as they are told: not "No", not the shop's own shelves ("Promotions > Pants"), not essays."""
    product = group.variants[0]
    found: list[Fact] = []
    for name in product.facet_names:
        values = product.path[-1:] if name == "product_type" else product.values(name)
        if name in CHOICES:
            values = tuple(dict.fromkeys(value for variant in group.variants for value in variant.values(name)))
        told = [v for v in values if v.lower() not in _ABSENT and " > " not in v and len(v) <= VALUE_LENGTH]
        if told:
            found.append(Fact(_label(name), tuple(told[:VALUES]), choice=name in CHOICES and len(values) > 1))
    return tuple(found)


def _label(name: str) -> str:
    return {"product_type": "Type", "gender": "For"}.get(name, name.replace("_", " ").capitalize())


def _cut(text: str) -> str:
    """A text up to the last sentence that fits."""
    text = " ".join(text.split())
    if len(text) <= REVIEW_LENGTH:
        return text
    whole = re.match(rf".{{1,{REVIEW_LENGTH}}}(?:[.!?](?=\s)|[。！？])", text)
    return whole[0] if whole else text[:REVIEW_LENGTH].rsplit(" ", 1)[0]
