"""Names, properties, promises and policies that a sentence states."""

from __future__ import annotations

import re

from assistant.grounding.evidence import Evidence, forms, without_titles
from index.words import content, fold, lexicon, stem, stopwords, words

_ACTS = "refund|ship|send|deliver|call|email|reserve|hold|cancel|discount|guarantee|promise|order|arrange|waive"
_PROMISE = re.compile(
    rf"\b(?:i|we)(?:'ll| will|'ve| have| can| would be happy to)?\s+(?:just |already |now )?(?:{_ACTS})|"
    r"\b(?:i|we)\b.*\badd(?:ed)?\b.*\bcart|\b(?:guarantee|discount|coupon|free shipping|free of charge|voucher code)|"
    r"\b\d+\s*% off|\brefund(?:ed)? (?:you|it)|\bprice[- ]match|"
    r"\b(?:purchase|buy|order|get) (?:it|them|this|one) (?:from|at|on) \w|"
    r"我(?:们)?(?:会|已经?|可以)(?:为您)?(?:退款|发货|打电话|联系|打折|优惠|保证)|保证|打折|折扣|免运费|优惠券",
    re.I,
)
_SOLD = re.compile(r"\bwe (?:do )?(?:sell|have|offer|carry|stock)\b([^.,;]*)", re.I)
_CAPITAL = re.compile(r"(?<![.!?。]\s)(?<!^)\b[A-Z][\w'’™®-]+")
_NO = re.compile(r"\b(?:not|no|isn't|aren't|doesn't|without|non)\b|不|没")
UNSTATED = re.compile(
    r"\bnot (?:stated|mentioned|specified|clear)|\bdoes(?:n't| not) (?:say|state|mention)|\bno information\b|"
    r"没有(?:说明|提到|注明)",
    re.I,
)


def promises(sentence: str, evidence: Evidence) -> str | None:
    """Nothing is promised that a policy does not say; nobody is sent elsewhere."""
    match = _PROMISE.search(sentence)
    return f"promise: {match[0]}" if match and fold(match[0]) not in fold(evidence.general) else None


def names(sentence: str, evidence: Evidence) -> str | None:
    """Products that were not shown, capitalised words that nobody said, and kinds of things that are not on a card."""
    folded = fold(sentence)
    rest = without_titles(sentence, evidence)
    said = fold(evidence.message)
    for title in evidence.catalogue.folded_titles:
        if title in rest and title not in said:
            return f"name: {title}"
    known = stopwords() | set(lexicon()["capitals"]["en"])
    for match in _CAPITAL.finditer(sentence):
        strange = [w for w in words(match[0]) if w not in known and not w.isdigit()]
        if any(word not in evidence.heard and stem(word) not in evidence.heard for word in strange):
            return f"name: {match[0]}"
    if evidence.products and (match_ := _SOLD.search(folded)) and match_[1].strip():
        things = forms(" ".join(f"{p.title} {p.product_type or ''}" for p in evidence.products))
        if not {stem(word) for word in content(match_[1])} & things:
            return f"sold: {match_[0]}"
    return None


def attributes(sentence: str, evidence: Evidence) -> str | None:
    """A property is stated of each product that the sentence speaks of, and is not denied where it is stated."""
    if not evidence.products or UNSTATED.search(sentence):
        return None
    text = without_titles(sentence, evidence)
    meant = evidence.meant(sentence)
    pool = [evidence.stated.get(p.id, frozenset()) for p in meant or evidence.products]
    each = len(meant) == 1 or (not meant and bool(re.search(r"\b(?:both|all|these|they|each|every)\b", text)))
    asked, denying = forms(evidence.message), bool(_NO.search(text))
    for claim in _claimed(text, evidence):
        held = [claim in stated for stated in pool]
        if not (all(held) if each else any(held)) and not (denying and claim in asked):
            return f"attribute: {claim}"
        if all(held) and re.search(rf"\b(?:not|isn't|aren't|no|without|non)\s+(?:\w+\s+){{0,2}}{claim}", text):
            return f"attribute denied: {claim}"
    return None


def policy(sentence: str, evidence: Evidence) -> str | None:
    """A sentence about a policy must be the policy's: mostly its words, and more than the question's own.

    A bare "yes" cannot be checked by words, so it is not said. Small talk is short and states nothing.
    """
    if evidence.kind == "chat":
        long = len(sentence.split()) > 24 or re.search(r":(?!\))", sentence)
        return "chat: more than small talk" if long else None
    if evidence.kind != "policy" or not sentence.isascii():
        return None
    said = {stem(w) for w in content(sentence)} - {"yes", "polici", "shop"}
    stated = forms(evidence.general)
    fresh = (said - forms(evidence.message)) & stated
    return None if fresh and len(said & stated) >= 0.6 * len(said) else "policy: not in its words"


def _claimed(text: str, evidence: Evidence) -> list[str]:
    """Stems of the words by which a sentence claims something, in its order."""
    vocabulary = evidence.catalogue.property_stems | {stem(word) for word in lexicon()["claims"]["en"]}
    found = [stem(part) for word in words(text) for part in (word, *word.split("-"))]
    return [form for form in dict.fromkeys(found) if form in vocabulary]
