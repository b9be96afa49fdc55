"""What the conversation supports of a model's filters: a brand nobody named is dropped, a number must have been said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from assistant.turn import TurnContext
from index.filters import Filters
from index.numerals import prices_in_digits
from index.phrases import in_digits
from index.phrases import said as is_said
from index.words import fold, phrases_of, stem, stopwords, words

# What a message in Chinese has where it says something of a kind: without it, what a model passes is its own.
_HINTS = {
    "color": r"[黑白红蓝绿黄紫橙粉灰棕褐金银青藏米咖驼橘靛]|色",
    "gender": r"[男女]|童|爸|妈|先生|太太|老公|老婆|[爷奶公婆]|[哥弟姐妹]|小孩|宝宝|儿子|父|母",
    "material": r"[棉毛皮绸麻丝绒羽纱铁钢铜木竹瓷陶银金石]|布|革|料|质|尼龙|玻璃|塑|涤纶|聚酯|橡胶|做的|制",
    "exclude": r"不|别|除了|没有|无|非|过敏",
}
_PLAIN_NUMBER = re.compile(
    r"(?<![\w.,/-])\d{1,9}(?:\.\d{1,2})?(?![\d/-])"
    r"(?!\s*(?:cm|mm|km|m|kg|g|l|ml|w|h|litres?|liters?|inch(?:es)?|hours?|days?|weeks?|months?|years?|persons?|people|pieces?|pcs|"
    r"pack|stars?|st|nd|rd|th|x)\b)(?!\s*[%°\"升寸人天年岁个件条双只款折码号])"
)


def supported(context: TurnContext, thought: Filters, follows: bool) -> Filters:
    """What of the model's filters the conversation supports and the message does not already settle.

    In a language that code reads little of, a translated value stands where the message says anything of its kind.
    """
    spoken = context.said.spoken
    dropped = [name for name in thought.stated() if name in spoken or name == "attributes"]
    if {"min_price", "max_price"} & spoken:
        dropped += ["min_price", "max_price"]  # the message states the bounds: "under" is a maximum
    numbers = _numbers(context.text)
    dropped += [name for name in ("min_price", "max_price") if getattr(thought, name) not in (None, *numbers)]
    dropped.append("in_stock")  # code has read it, here or in the search that this goes on with
    heard = heard_in(context, follows)
    if not all(_said(value, context, heard) for value in thought.brand):
        dropped.append("brand")  # a name is the same in every language
    if context.language == "en":
        dropped += ["product_type", "exclude"]
        for name in ("color", "size", "gender", "material"):
            if not all(any(stem(word) in heard for word in words(value)) for value in getattr(thought, name)):
                dropped.append(name)
    else:
        dropped += [name for name, hint in _HINTS.items() if not re.search(hint, context.text)]
        held = {fold(size) for size in context.services.search.catalogue.facets.get("size", {})}
        if not all(_said(value, context, heard) and fold(value) in held for value in thought.size):
            dropped.append("size")  # what says "large", or a size that there is none of, code has read
    return thought.without(*dropped)


def _said(value: str, context: TurnContext, heard: set[str]) -> bool:
    """Whether all of a name's words were said; those that say little need not be."""
    if value.lower() in context.text.lower():
        return True
    named = [word for word in words(value) if word not in stopwords()] or words(value)
    return bool(named) and all(stem(word) in heard for word in named)


def _numbers(text: str) -> set[Decimal]:
    """The numbers of a message that may be prices: in digits or words, with no unit but money."""
    said = prices_in_digits(in_digits(fold(text)))
    return {Decimal(number) for number in _PLAIN_NUMBER.findall(said)}


def heard_in(context: TurnContext, follows: bool) -> set[str]:
    """Stems of the words of the message, and of earlier ones where it goes on with them."""
    texts = [context.text] + ([said for said, _ in context.state.said[-3:]] if follows else [])
    return {stem(word) for text in texts for word in words(text)}


def from_args(args: Mapping[str, Any]) -> Filters:
    """A native model's arguments as filters; what has the wrong form is left out."""
    values: dict[str, Any] = {}
    for name in ("product_type", "brand", "color", "size", "gender", "material"):
        value = args.get(name)
        if value:
            values[name] = tuple(str(v) for v in (value if isinstance(value, list) else [value]))
    for name in ("min_price", "max_price"):
        if isinstance(args.get(name), (int, float)) and args[name] > 0:
            values[name] = Decimal(str(args[name]))
    return Filters(**values)


def named_values(context: TurnContext, args: Mapping[str, Any], follows: bool) -> Filters:
    """Attributes and exclusions of a native model, as far as their words were said and the catalogue has them.

    What is left out must be ruled out in words: a value that was only named is not.
    """
    heard, facets = heard_in(context, follows), context.services.search.catalogue.facets

    def kept(given: Any) -> dict[str, tuple[str, ...]]:
        if not isinstance(given, Mapping):
            return {}
        values = {
            str(name): tuple(
                str(v)
                for v in (listed if isinstance(listed, list) else [listed])
                if str(v) in facets.get(str(name), {})
                and words(str(v))
                and all(stem(w) in heard for w in words(str(v)))
            )
            for name, listed in given.items()
        }
        return {name: found for name, found in values.items() if found}

    ruled_out = any(is_said(phrase, context.folded) for phrase in phrases_of("negation"))
    return Filters(attributes=kept(args.get("attributes")), exclude=kept(args.get("exclude")) if ruled_out else {})
