"""The audit: a sentence is shown only if what it states is found in what the tools returned this turn.

Numbers, names, attributes, comparisons and promises are checked against the products that the sentence speaks of.
What cannot be checked is not said. It judges sentences and knows nothing of how they are shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from index.catalogue import Catalogue, Product
from index.words import content, fold, stem, words

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_PROMISE = re.compile(
    r"\b(?:i|we)(?:'ll| will|'ve| have| can| would be happy to)?\s+(?:just |already |now )?(?:refund|ship|send|deliver|call|email|"
    r"reserve|hold|cancel|discount|guarantee|promise|order|arrange|price[- ]match|waive|add(?:ed)?\b.*\bcart)|"
    r"\b(?:purchase|buy|order|get) (?:it|them|this|one) (?:from|at|on) [A-Z]|\bguarantee|\bdiscount|\bfree shipping|\bfree of charge|\b\d+\s*% off|\bcoupon|\bvoucher code|\brefund(?:ed)? (?:you|it)|"
    r"我(?:们)?(?:会|已经?|可以)(?:为您)?(?:退款|发货|打电话|联系|打折|优惠|保证)|保证|打折|折扣|免运费|优惠券",
    re.I,
)
_COMPARES = re.compile(
    r"\b(cheaper|cheapest|less expensive|more affordable|most affordable|lowest[- ]priced?|more expensive|most expensive|"
    r"pricier|priciest)\b",
    re.I,
)
_CLAIM = re.compile(
    r"\b(lighter|lightest|heavier|heaviest|warmer|warmest|better|larger|largest|bigger|biggest|smaller|smallest|stronger|"
    r"strongest|softer|softest|faster|fastest|longer|longest|thicker|thinner|roomier|most popular|best[- ]selling|top[- ]rated|"
    r"highest[- ]rated|best)\b",
    re.I,
)
_UNFIT = re.compile(
    r"\b(?:not|isn't|aren't) (?:a |an |the )?(?:\w+ )?(?:suitable|fit|match|choice|option|recommended|ideal)|"
    r"\b(?:does|do)(?: not|n't) (?:meet|fit|match|suit)|不适合|不符合",
    re.I,
)
_BOUND = re.compile(
    r"\b(not |n't )?(under|below|less than|within|up to|over|above|more than) (?:the |your )?(?:budget of )?[$€£]?(\d+(?:[.,]\d+)?)",
    re.I,
)
_SOLD = re.compile(r"\bwe (?:do )?(?:sell|have|offer|carry|stock)\b([^.,;]*)", re.I)
_IT = re.compile(r"(?:It|Its|This|That|It's)\b|它")
_UNSTATED = re.compile(
    r"\b(?:not (?:stated|mentioned|specified|clear)|does(?:n't| not) (?:say|state|mention)|no information)\b|没有(?:说明|提到|注明)",
    re.I,
)
# Claims that products are often said to meet, besides the catalogue's own attribute values.
_CLAIMS = frozenset(
    [
        "waterproof",
        "water-resistant",
        "windproof",
        "breathable",
        "insulated",
        "lightweight",
        "durable",
        "stretchy",
        "washable",
        "machine-washable",
        "recycled",
        "organic",
        "vegan",
        "leather",
        "wool",
        "cotton",
        "polyester",
        "nylon",
        "fleece",
        "down",
        "hooded",
        "hood",
        "pockets",
        "padded",
        "adjustable",
        "reversible",
        "non-slip",
        "foldable",
        "rechargeable",
        "wireless",
        "warranty",
        "handmade",
        "seamless",
        "moisture-wicking",
        "quick-drying",
        "warm",
        "odor-resistant",
        "antimicrobial",
        "ergonomic",
        "dishwasher",
        "dishwasher-safe",
        "oven-safe",
        "stainless",
        "ceramic",
        "bamboo",
    ]
)
_COMMON = frozenset(
    [
        "i",
        "we",
        "you",
        "the",
        "this",
        "that",
        "these",
        "those",
        "it",
        "its",
        "yes",
        "no",
        "both",
        "all",
        "each",
        "here",
        "if",
        "for",
        "with",
        "and",
        "or",
        "but",
        "in",
        "on",
        "at",
        "by",
        "a",
        "an",
        "as",
        "our",
        "your",
        "they",
        "there",
        "what",
        "when",
        "how",
        "is",
        "are",
        "do",
        "does",
        "please",
        "thank",
        "thanks",
        "hello",
        "hi",
        "welcome",
        "usd",
        "eur",
        "gbp",
    ]
)


@dataclass(frozen=True)
class Evidence:
    """What a turn's sentences may rest on.

    Args:
        products: the products of this turn, in the order of their cards.
        texts: product id → everything that is stated of it.
        general: other lines that were read: policy passages, orders.
        message: the shopper's own words.
        names: words that are no product's: the shop's, the assistant's, the shopper's.
    """

    products: Sequence[Product]
    texts: dict[str, str]
    general: str = ""
    message: str = ""
    names: str = ""
    catalogue: Catalogue | None = None
    kind: str = "chat"
    subject: Product | None = None  # what the sentence before spoke of: "It" means it
    ratings: dict[str, str] = field(default_factory=dict)

    @cached_property
    def everything(self) -> str:
        return " ".join([*self.texts.values(), self.general, self.message, self.names])

    @cached_property
    def heard(self) -> frozenset[str]:
        return frozenset(form for w in words(self.everything) for p in (w, *w.split("-")) for form in (p, stem(p)))


def audit(sentence: str, evidence: Evidence) -> str | None:
    """Why a sentence must not be shown; None if all that it states is supported."""
    checks = (_promise, _numbers, _names, _attributes, _comparisons, _suitability, _policy, _chatter, _pointless)
    return next((reason for check in checks if (reason := check(sentence, evidence))), None)


def meant(sentence: str, evidence: Evidence) -> list[Product]:
    """The products that a sentence speaks of: named, or "it", which is what the sentence before spoke of."""
    named = about(sentence, evidence.products)
    if not named and evidence.subject is not None and _IT.match(sentence):
        return [evidence.subject]
    return named


def _pointless(sentence: str, evidence: Evidence) -> str | None:
    """ "It" where several are shown and none was named; "the only one" of several; "not stated" where nobody asked."""
    if evidence.kind not in ("search", "recommend", "compare") or not evidence.products:
        return None
    if len(evidence.products) > 1 and _IT.match(sentence) and not meant(sentence, evidence):
        return "it: of several"
    if len(evidence.products) > 1 and re.search(r"\bthe only\b|唯一", sentence, re.I):
        return "the only one"
    if (match := _SOLD.search(sentence)) and match[1].strip():
        known = _forms(" ".join(f"{p.title} {p.product_type or ''}" for p in evidence.products))
        if not {stem(w) for w in content(match[1])} & known:
            return f"sold: {match[0]}"
    return "not stated: not asked" if _UNSTATED.search(sentence) else None


def about(sentence: str, products: Sequence[Product]) -> list[Product]:
    """The products that a sentence names: by title, by the title's own words, or by number ("第2款")."""
    folded = fold(sentence)
    named = [p for p in products if fold(p.title) in folded]
    if not named:
        have = {stem(w) for w in words(sentence)}
        for product in products:
            own = {stem(w) for w in words(product.title)}
            others = {stem(w) for p in products if p is not product for w in words(p.title)}
            if (own - others) & have and len(own & have) >= min(2, len(own)):
                named.append(product)
    for match in re.finditer(r"第\s*(\d)\s*款", sentence):
        place = int(match[1]) - 1
        if place < len(products) and products[place] not in named:
            named.append(products[place])
    return named


def _promise(sentence: str, evidence: Evidence) -> str | None:
    match = _PROMISE.search(sentence)
    if match and fold(match[0]) not in fold(evidence.general):
        return f"promise: {match[0]}"
    return None


def _numbers(sentence: str, evidence: Evidence) -> str | None:
    named = meant(sentence, evidence) or list(evidence.products)
    text = sentence
    for product in evidence.products:  # a number inside a name is a name
        text = re.sub(re.escape(product.title), " ", text, flags=re.I)
    allowed = _numbers_in([*(evidence.texts.get(p.id, "") for p in named), evidence.general, evidence.message])
    allowed |= {str(n) for n in range(1, len(evidence.products) + 1)}
    for number in _numbers_in([text]):
        if number not in allowed:
            return f"number: {number}"
    spelled = re.search(
        r"\b(two|three|four|five|six|seven|eight|nine|ten|dozen|hundred|half|double|twice)\b", text.lower()
    )
    if spelled and spelled[1] not in fold(evidence.everything):
        count = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}.get(spelled[1])
        if count is None or count > len(evidence.products):
            return f"number: {spelled[1]}"
    return None


def _numbers_in(texts: Iterable[str]) -> set[str]:
    """Numbers in one form: "42.00" and "42" are the same."""
    found: set[str] = set()
    for text in texts:
        for number in _NUMBER.findall(text):
            plain = number.replace(",", "") if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", number) else number
            plain = plain.replace(",", ".")
            found.add(plain.rstrip("0").rstrip(".") if "." in plain and plain.count(".") == 1 else plain)
    return found


def _names(sentence: str, evidence: Evidence) -> str | None:
    folded = fold(sentence)
    mine = {fold(p.title) for p in evidence.products}
    if evidence.catalogue is not None:
        for group in evidence.catalogue.groups.values():
            title = fold(group.title)
            if (
                len(title) > 7
                and " " in title
                and title in folded
                and title not in mine
                and title not in fold(evidence.message)
            ):
                if not any(title in other for other in mine if other in folded):
                    return f"name: {group.title}"
    for match in re.finditer(r"(?<![.!?。]\s)(?<!^)\b[A-Z][\w'’™®-]+", sentence):
        for word in words(match[0]):
            if word in _COMMON or word.isdigit():
                continue
            if word not in evidence.heard and stem(word) not in evidence.heard:
                return f"name: {match[0]}"
    return None


def _chatter(sentence: str, evidence: Evidence) -> str | None:
    """Small talk is short and about nothing: a long sentence, or a list, is an answer to something else."""
    if evidence.kind == "chat" and (len(sentence.split()) > 24 or re.search(r":(?!\))", sentence)):
        return "chat: more than small talk"
    return None


def _attributes(sentence: str, evidence: Evidence) -> str | None:
    if _UNSTATED.search(sentence) or not evidence.products:
        return _unheard_claims(sentence, evidence) if not evidence.products and evidence.kind == "policy" else None
    named = meant(sentence, evidence)
    pool = named or list(evidence.products)
    texts = [_forms(evidence.texts.get(p.id, "")) for p in pool]
    message = _forms(evidence.message)
    everywhere = bool(re.search(r"\b(?:both|all|these|they|each|every)\b", sentence.lower())) or bool(named)
    for claim in _claimed(sentence, evidence):
        held = [claim in text for text in texts]
        if not (all(held) if everywhere and len(named) <= 1 else any(held)) and not (
            claim in message and re.search(r"\b(?:not|no|isn't|doesn't)\b|不|没", sentence.lower())
        ):
            return f"attribute: {claim}"
        if re.search(rf"\b(?:not|isn't|aren't|no|without|non)\s+(?:\w+\s+){{0,2}}{claim}", fold(sentence)) and all(
            held
        ):
            return f"attribute denied: {claim}"
    return None


def _policy(sentence: str, evidence: Evidence) -> str | None:
    """A sentence about a policy must be the policy's: mostly its words, and more than the question's own.

    A bare "yes" to a question cannot be checked by words, so it is not said.
    """
    if evidence.kind != "policy" or not sentence.isascii():
        return None
    said = {stem(w) for w in content(sentence)} - {stem(w) for w in ("yes", "policy", "shop")}
    stated = _forms(evidence.general)
    fresh = said - _forms(evidence.message)
    if not fresh & stated or len(said & stated) < 0.6 * len(said):
        return "policy: not in its words"
    return None


def _claimed(sentence: str, evidence: Evidence) -> list[str]:
    """Stems of the attribute words that a sentence uses, beyond the names of products."""
    text = fold(sentence)
    for product in evidence.products:
        text = text.replace(fold(product.title), " ")
    vocabulary = {stem(w) for w in _CLAIMS}
    if evidence.catalogue is not None:
        vocabulary |= _vocabulary(evidence.catalogue)
    found = [stem(part) for word in words(text) for part in (word, *word.split("-"))]
    return [word for word in dict.fromkeys(found) if word in vocabulary]


def _unheard_claims(sentence: str, evidence: Evidence) -> str | None:
    return next((f"claim: {c}" for c in _claimed(sentence, evidence) if c not in evidence.heard), None)


def _forms(text: str) -> set[str]:
    return {stem(part) for word in words(text) for part in (word, *word.split("-"))}


_vocabularies: dict[int, set[str]] = {}


def _vocabulary(catalogue: Catalogue) -> set[str]:
    """Stems of the words of the catalogue's materials, colours and attribute values."""
    known = _vocabularies.get(id(catalogue))
    if known is None:
        known = set()
        for name, values in catalogue.facets.items():
            if name in ("product_type", "brand", "size", "gender", "aliases"):
                continue
            known |= {stem(w) for value in values if len(value) < 40 for w in words(value) if len(w) > 3}
        known -= {stem(w) for w in ("with", "other", "daily", "style", "sports", "yes", "made", "from", "good", "more")}
        _vocabularies[id(catalogue)] = known
    return known


def _comparisons(sentence: str, evidence: Evidence) -> str | None:
    products = evidence.products
    if match := _COMPARES.search(sentence):
        if len(products) < 2:
            return f"comparison: {match[0]}"
        named = about(sentence, products)
        if not named:
            return f"comparison: {match[0]}"
        subject = min(named, key=lambda p: _place(sentence, p))
        others = [p for p in (named if len(named) > 1 else products) if p is not subject]
        prices = [p.current_price.minor for p in others]
        low = bool(re.search(r"cheap|less|afford|lowest", match[0], re.I))
        own = subject.current_price.minor
        if not (all(own < p for p in prices) if low else all(own > p for p in prices)):
            return f"comparison: {match[0]}"
    if (match := _CLAIM.search(sentence)) and fold(match[0]) not in fold(evidence.everything):
        return f"comparison: {match[0]}"
    return None


def _suitability(sentence: str, evidence: Evidence) -> str | None:
    """What is shown meets what was asked: a sentence that calls it unsuitable, or outside a price, is checked."""
    if not evidence.products or evidence.kind not in ("search", "recommend", "compare"):
        return None
    if match := _UNFIT.search(sentence):
        return f"unsuitable: {match[0]}"
    if match := _BOUND.search(sentence):
        limit = float(match[3].replace(",", "."))
        prices = [float(p.current_price.amount) for p in about(sentence, evidence.products) or evidence.products]
        low = match[2].lower() in ("under", "below", "less than", "within", "up to")
        holds = all(p <= limit for p in prices) if low else all(p >= limit for p in prices)
        if match[1] or not holds:
            return f"bound: {match[0]}"
    return None


def _place(sentence: str, product: Product) -> int:
    """Where a sentence first names a product."""
    folded = fold(sentence)
    places = [folded.find(fold(product.title)), *(folded.find(w) for w in words(product.title) if len(w) > 3)]
    return min((place for place in places if place >= 0), default=len(folded))
