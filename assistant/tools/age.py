"""What is not sold to the young: a policy that names the kind of product and an age, and a shopper who says theirs."""

from __future__ import annotations

import re

from assistant.tools.policy import cite
from assistant.turn import TurnContext
from index.catalogue import Product
from index.numerals import ENGLISH, english
from index.passages import Passage
from index.words import fold, stem, words

_SAID = re.compile(
    r"\b(?:i'?m|i am|my age is|i (?:just )?turned)(?: only| just| almost| nearly| about)* (\d{1,2})\b(?!\s*(?:cm|kg|m|ft|lbs?|%|minutes?|hours?|days?|km|miles?)\b)|"
    r"\b(\d{1,2})[ -]?(?:years?[ -]old|y\.?/?o\.?)\b|我(?:才|只有|今年|刚|现在)*(?:满)?(\d{1,2})岁"
)
_LIMIT = re.compile(
    r"\b(\d{2})\b(?=\s*(?:\+|years?\b|and (?:over|older|above)\b))|\b(?:over|least|above|under) (\d{2})\b"
)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+")


def too_young(context: TurnContext, product: Product) -> str | None:
    """The policy that does not sell this to somebody of the age that the shopper has said, quoted; None where it may be."""
    age = _age(context)
    if age is None:
        return None
    for passage in context.services.evidence.policies:
        if (limit := _limit(passage, product)) is not None and age < limit:
            cite(context, passage)
            return context.fix("too_young", "not_allowed", title=product.title, quote=passage.text)
    return None


def _age(context: TurnContext) -> int | None:
    """The age that the shopper last gave as their own in this conversation."""
    for said in (context.text, *(message for message, _ in reversed(context.state.said))):
        plain = ENGLISH.sub(lambda match: str(english(match[0])), fold(said))
        if match := _SAID.search(plain):
            return int(next(group for group in match.groups() if group))
    return None


def _limit(passage: Passage, product: Product) -> int | None:
    """The age from which a passage lets a product be sold: in the sentence that names it or its kind."""
    own = {stem(word) for word in words(f"{product.title} {(product.product_type or '').rpartition(' > ')[2]}")}
    for sentence in _SENTENCE.split(passage.text):
        match = _LIMIT.search(sentence.lower())
        if match and own & {stem(word) for word in words(sentence.partition(match[0])[0])}:
            return int(match[1] or match[2])
    return None
