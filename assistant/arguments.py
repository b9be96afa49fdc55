"""Search arguments that follow from the conversation. What the model passes on is corrected by what was said.

A brand nobody named is dropped, "under" is a maximum, a number must have been said. What the message states in words
that code can read always wins; the model adds what needs understanding: another language, and earlier turns.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

from assistant.acts import asks
from assistant.supported import from_args, heard_in, named_values, supported
from assistant.turn import TurnContext
from index.filters import Filters
from index.search import SORTS, Query, Sort
from index.understand import Understanding
from index.words import content, stem, words


def query_of(context: TurnContext, text: str, args: Mapping[str, Any] | None = None) -> Query:
    """The search that a message asks for.

    Args:
        text: the model's query, in English.
        args: further arguments of a model that calls tools natively.
    """
    reader = context.services.search.reader
    said = context.said
    thought = reader.read(text)
    before = context.state.last_query()
    follows = _follows(context, said, before)
    base = before.filters if before and follows else Filters()
    if before and not follows and said.same_price:
        base = Filters(min_price=before.filters.min_price, max_price=before.filters.max_price)
    base, wanted = _allowing(context, base)
    if said.for_oneself and not said.filters.size:  # what was somebody else's size
        theirs = ("size",) if re.search(r"\bsame\b|一样|同款", context.folded) else ("size", "gender")
        base = base.without(*theirs)
    filters = _settled(base.updated(wanted), said)
    wished = supported(context, thought.filters, follows and not said.for_oneself)
    filters = filters.updated(_allowed(wished, said.filters))
    if args:
        filters = filters.updated(_allowed(supported(context, from_args(args), follows), said.filters))
        filters = filters.updated(named_values(context, args, follows))
    if _alternatives(context) and said.filters.product_type:  # whichever of them the model names
        filters = replace(filters, product_type=said.filters.product_type)
    filters = _relative(context, said, filters)
    heads = _heads(context, thought, before, follows)
    if follows and said.filters.gender and heads:  # "tanks for men", then "and for my wife?"
        kinds = reader.things.types_of(heads, said.filters.gender)
        filters = replace(filters, product_type=kinds or filters.product_type)
    text = _text(context, thought, before, follows)
    return Query(text, filters, _sort(context, thought, args), heads)


def goes_on(context: TurnContext) -> bool:
    """Whether a message goes on with the last search, or loosens it: "wool is fine", "up to 80 then"."""
    before = context.state.last_query()
    return before is not None and (asks("allows", context.text) or _follows(context, context.said, before))


# Of which wish "any colour will do" leaves it open.
_ANY = {"colou?r|颜色": ("color",), "size|尺码": ("size",), "brand|牌子": ("brand",), "material|材质": ("material",),
        "price|价格|价位": ("min_price", "max_price")}  # fmt: skip


def _allowing(context: TurnContext, base: Filters) -> tuple[Filters, Filters]:
    """The earlier filters without what the message allows, and its own without what it only allows: "wool is fine"."""
    said = context.said.filters
    if not asks("allows", context.text):
        return base, said
    for pattern, names in _ANY.items():
        if re.search(rf"(?:any|whatever|whichever|什么)\s?(?:{pattern})|(?:{pattern}) (?:does|is)", context.folded):
            base = base.without(*names)
    for name in ("color", "material", "brand", "size"):
        values = getattr(said, name)
        out = base.exclude.get(name, ())
        kept: Any = {name: (*getattr(base, name), *values)} if values and getattr(base, name) else {}
        excluded = {**base.exclude, name: tuple(value for value in out if value not in values)}
        base = replace(base, exclude={key: held for key, held in excluded.items() if held}, **kept)
    return base, said.without("color", "material", "brand", "size", "exclude")


def _allowed(filters: Filters, said: Filters) -> Filters:
    """Without what the message rules out, and a model wishes for."""
    for name, out in said.exclude.items():
        if name in ("color", "material", "size", "brand", "gender"):
            kept: Any = {name: tuple(value for value in getattr(filters, name) if value not in out)}
            filters = replace(filters, **kept)
    return filters


def _settled(filters: Filters, said: Understanding) -> Filters:
    """Without the earlier bound that what was just said goes against: "60 to 100", then "50 at most"."""
    low, high = filters.min_price, filters.max_price
    if low is None or high is None or low <= high:
        return filters
    return replace(filters, min_price=None) if said.filters.max_price is not None else replace(filters, max_price=None)


# What begins a wish for somebody else; "he hates wool" and "and in M, for my sister" go on with the one before.
_ANEW = re.compile(
    r"^(?!and\b|also\b|but\b|what about\b|how about\b).*\b(?:something|anything|gifts?|presents?|ideas?|for)\b|给|送"
)


def _follows(context: TurnContext, said: Understanding, before: Query | None) -> bool:
    """Whether a message goes on with the last search: it names no product of its own."""
    if before is None or said.noun or (said.for_someone_else and _ANEW.search(context.folded)):
        return False
    if asks("allows", context.text):
        return True
    if said.relative or said.same_price or (said.sort and not said.rest) or asks("requires", context.text):
        return True
    fresh = [w for w in content(said.rest) if stem(w) not in {stem(b) for b in content(before.text)}]
    if re.search(r"\b(?:instead|also|as well|what about|how about|any in|same|only|but)\b|呢", context.folded):
        return not fresh or bool(said.spoken)
    return bool(said.spoken) and not fresh


def _relative(context: TurnContext, said: Understanding, filters: Filters) -> Filters:
    """ "Cheaper" is below the cheapest that was spoken of or shown, "dearer" above the dearest."""
    products = context.services.search.catalogue.products
    pool = [products[key] for key in (context.state.focus[:1] or context.state.shown) if key in products]
    stated = said.filters.max_price if said.relative == "cheaper" else said.filters.min_price
    if not said.relative or not pool or stated is not None:  # "cheaper, 50 at most" says how cheap
        return filters
    step = Decimal("0.01")
    prices = [product.current_price.amount for product in pool]
    if said.relative == "cheaper":
        return replace(filters, max_price=min(prices) - step, min_price=None)
    return replace(filters, min_price=max(prices) + step, max_price=None)


def _text(context: TurnContext, thought: Understanding, before: Query | None, follows: bool) -> str:
    """The words to search for. The model's, as far as they were said; the message's own where it gave none.

    Of a message in Chinese the model's, but for the thing that is asked for, where code knows its name.
    """
    own = context.said.rest
    if context.language != "en":
        if not context.said.noun:
            return thought.rest or own
        translated = {word for head in thought.heads for word in content(head)}  # a model's word for the thing itself
        kept = [word for word in content(thought.rest) if word not in translated and word not in content(own)]
        return " ".join([own, *kept])
    if before and follows:
        extra = [w for w in content(own) if w not in content(before.text)]
        return " ".join([before.text, *extra]).strip()
    heard = heard_in(context, False)
    conjoined = own if " and " in own or _alternatives(context) else ""
    kept = [w for w in content(thought.rest) if stem(w) in heard]
    return conjoined or " ".join(kept) or own


def _heads(context: TurnContext, thought: Understanding, before: Query | None, follows: bool) -> tuple[str, ...] | None:
    """The things that are asked for: the message's own, else the model's, else those of the search it goes on with."""
    if before and follows:
        return before.heads
    own = context.said.heads
    if len(own) > 1 and not _alternatives(context):  # one of several calls asks for one of several things
        asked = {stem(word) for word in content(thought.rest)}
        own = tuple(head for head in own if stem(words(head)[-1]) in asked) or own
    if own and (context.language == "en" or context.said.noun):
        return own
    if context.language == "en":  # where code reads a need alone ("who drinks tea"), a word of it is no thing
        heard = heard_in(context, False)
        kind = context.services.search.lexical.is_kind
        return tuple(
            head
            for head in thought.heads
            if kind(stem(words(head)[-1])) or not all(stem(word) in heard for word in words(head))
        )
    return thought.heads or own


def _alternatives(context: TurnContext) -> bool:
    """Whether a message names things any of which will do: "a sweater or a fleece"."""
    last = [re.escape(words(head)[-1]) for head in context.said.heads]
    either = (rf"\b{one}\b or (?:[\w'-]+ ){{0,2}}{other}\b" for one, other in pairwise(last))
    return any(re.search(pattern, context.folded) for pattern in either)


# What a message has where it asks for an order of prices or ratings.
_SORTED = {
    "price_low": r"cheap|afford|inexpensive|low(?:est)? (?:price|to)|least|budget|ascending|便宜|低|实惠",
    "price_high": r"expensive|dear|pric(?:e)?y|priciest|high(?:est)? (?:price|to|end)|luxur|premium|descending|贵|高|奢",
    "rating": r"rat(?:ed|ing)|review|best|top|popular|评|口碑|最好|受欢迎",
}


def _sort(context: TurnContext, thought: Understanding, args: Mapping[str, Any] | None) -> Sort:
    """The order that is asked for: by the message's words; the model's where the message says anything of the kind."""
    if context.said.sort:
        return next((sort for sort in SORTS if sort == context.said.sort), "relevance")
    wanted = thought.sort or (args or {}).get("sort")
    asked = wanted in _SORTED and re.search(_SORTED[wanted], context.folded)
    return next((sort for sort in SORTS if sort == wanted), "relevance") if asked else "relevance"
