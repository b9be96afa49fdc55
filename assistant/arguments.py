"""Search arguments that follow from the conversation. What the model passes on is corrected by what was said.

A brand nobody named is dropped, "under" is a maximum, a number must have been said. What the message states in words
that code can read always wins; the model adds what needs understanding: another language, and earlier turns.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from assistant.turn import TurnContext
from index.filters import Filters
from index.search import SORTS, Query, Sort
from index.understand import Understanding
from index.words import content, fold, stem, words


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
    filters = base.updated(said.filters)
    filters = filters.updated(_supported(context, thought.filters, follows))
    if args:
        filters = filters.updated(_supported(context, _from_args(args), follows))
        filters = filters.updated(_named_values(context, args, follows))
    filters = _relative(context, said, filters)
    text = _text(context, thought, before, follows)
    return Query(text, filters, _sort(said, thought, args), _heads(context, thought, before, follows))


def _follows(context: TurnContext, said: Understanding, before: Query | None) -> bool:
    """Whether a message goes on with the last search: it names no product of its own."""
    if before is None or said.noun or said.for_someone_else:
        return False
    if said.relative or said.same_price or (said.sort and not said.rest):
        return True
    fresh = [w for w in content(said.rest) if stem(w) not in {stem(b) for b in content(before.text)}]
    if re.search(r"\b(?:instead|also|as well|what about|how about|any in|same|only|but)\b|呢", fold(context.text)):
        return not fresh or bool(said.spoken)
    return bool(said.spoken) and not fresh


def _supported(context: TurnContext, thought: Filters, follows: bool) -> Filters:
    """What of the model's filters the conversation supports and the message does not already settle.

    In a language that code reads little of, the model's translation stands, but for numbers.
    """
    dropped = [name for name in thought.stated() if name in context.said.spoken or name in ("attributes", "exclude")]
    if {"min_price", "max_price"} & context.said.spoken:
        dropped += ["min_price", "max_price"]  # the message states the bounds: "under" is a maximum
    numbers = set(re.findall(r"\d+(?:\.\d+)?", context.text))
    for name in ("min_price", "max_price"):
        value = getattr(thought, name)
        if value is not None and f"{value.normalize():f}" not in numbers:
            dropped.append(name)
    if context.language == "en":
        heard = _heard(context, follows)
        dropped += ["product_type", "in_stock"]  # code has read them, here or in the search that this goes on with
        for name in ("brand", "color", "size", "gender", "material"):
            if not all(any(stem(word) in heard for word in words(value)) for value in getattr(thought, name)):
                dropped.append(name)
    return thought.without(*dropped)


def _heard(context: TurnContext, follows: bool) -> set[str]:
    """Stems of the words of the message, and of earlier ones where it goes on with them."""
    texts = [context.text] + ([said for said, _ in context.state.said[-3:]] if follows else [])
    return {stem(word) for text in texts for word in words(text)}


def _from_args(args: Mapping[str, Any]) -> Filters:
    """A native model's arguments as filters; what has the wrong form is left out."""
    values: dict[str, Any] = {}
    for name in ("product_type", "brand", "color", "size", "gender", "material"):
        value = args.get(name)
        if value:
            values[name] = tuple(str(v) for v in (value if isinstance(value, list) else [value]))
    for name in ("min_price", "max_price"):
        if args.get(name) is not None:
            values[name] = Decimal(str(args[name]))
    if args.get("in_stock"):
        values["in_stock"] = True
    return Filters(**values)


def _named_values(context: TurnContext, args: Mapping[str, Any], follows: bool) -> Filters:
    """Attributes and exclusions of a native model, as far as their words were said and the catalogue has them."""
    heard, facets = _heard(context, follows), context.services.search.catalogue.facets

    def kept(given: Any) -> dict[str, tuple[str, ...]]:
        if not isinstance(given, Mapping):
            return {}
        values = {
            str(name): tuple(
                str(v)
                for v in (listed if isinstance(listed, list) else [listed])
                if str(v) in facets.get(str(name), {}) and all(stem(w) in heard for w in words(str(v)))
            )
            for name, listed in given.items()
        }
        return {name: found for name, found in values.items() if found}

    return Filters(attributes=kept(args.get("attributes")), exclude=kept(args.get("exclude")))


def _relative(context: TurnContext, said: Understanding, filters: Filters) -> Filters:
    """ "Cheaper" is below the cheapest that was spoken of or shown, "dearer" above the dearest."""
    products = context.services.search.catalogue.products
    pool = [products[key] for key in (context.state.focus[:1] or context.state.shown) if key in products]
    if not said.relative or not pool:
        return filters
    step = Decimal("0.01")
    prices = [product.current_price.amount for product in pool]
    if said.relative == "cheaper":
        return replace(filters, max_price=min(prices) - step, min_price=None)
    return replace(filters, min_price=max(prices) + step, max_price=None)


def _text(context: TurnContext, thought: Understanding, before: Query | None, follows: bool) -> str:
    """The words to search for. The model's, as far as they were said; the message's own where it gave none."""
    own = context.said.rest
    if context.language != "en":
        return thought.rest or own
    if before and follows:
        extra = [w for w in content(own) if w not in content(before.text)]
        return " ".join([before.text, *extra]).strip()
    heard = _heard(context, False)
    conjoined = own if " and " in own else ""
    kept = [w for w in content(thought.rest) if stem(w) in heard]
    return conjoined or " ".join(kept) or own


def _heads(context: TurnContext, thought: Understanding, before: Query | None, follows: bool) -> tuple[str, ...] | None:
    """The things that are asked for: the message's own, else the model's, else those of the search it goes on with."""
    if before and follows:
        return before.heads
    own = context.said.heads
    return own if own and context.language == "en" else thought.heads or own


def _sort(said: Understanding, thought: Understanding, args: Mapping[str, Any] | None) -> Sort:
    wanted = said.sort or thought.sort or (args or {}).get("sort")
    return next((sort for sort in SORTS if sort == wanted), "relevance")
