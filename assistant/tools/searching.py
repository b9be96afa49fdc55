"""A search: what the conversation asks for is looked up, put in order and shown, or denied with what is nearest."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from assistant import cards
from assistant.arguments import query_of
from assistant.assortment import what_is_sold
from assistant.grounding import in_order
from assistant.grounding.record import record_of
from assistant.options import comes_in
from assistant.prompts import note
from assistant.ranking import Ranked
from assistant.restraint import for_someone_else, held_back
from assistant.tools.instead import of_named, of_no_goods
from assistant.tools.lines import IN_PROSE, lines_of
from assistant.tools.sizes import in_size
from assistant.tools.suggesting import suggest
from assistant.turn import TurnContext
from assistant.wanted import seen, stored_filters
from index.filters import Filters, matches
from index.search import Candidate, Query, Relaxation, Result
from index.words import content, stem, words

_SUPERLATIVE = re.compile(
    r"\b(?:cheapest|dearest|priciest|lowest|highest|(?:most|least) expensive|best)\b(?! first\b)|最"
)  # asks for one
_WISH = re.compile(  # where one wish may end and another begin: "a red mug for me and a blue tee in L for my husband"
    r"\s*(?:,|;|\band\b|\bplus\b|\balso\b)+\s+(?=(?:an?|some|two|three|one)\s)|(?:，|；|、)?(?:还有|另外|再[要来]|以及)|[，；](?=[^，；]{0,6}[一两][件条双个只])"
)
BOUNDS = ("min_price", "max_price", "in_stock")  # what stands in the way is the no, also of a named product
CANDIDATES = 200  # that are ranked


def search_for_each(context: TurnContext, query: str, given: Mapping[str, Any]) -> str:
    """Search for what the message wishes; where it has wishes of several kinds with constraints of their own, for each.

    Args:
        query, given: as for `search_for`.
    """
    if len(parts := _wishes(context)) < 2:
        return search_for(context, query, given)
    if context.cards:  # another call has asked for them all
        return note("done_already")
    told = []
    for part in parts:
        with context.reading(part):
            told.append(search_for(context, part, {}))
    return "\n".join(told)


def _wishes(context: TurnContext) -> list[str]:
    """The parts of a message that each name another kind of thing, and say what it should be like."""
    read = context.services.search.reader.read
    parts = [part for part in _WISH.split(context.text) if part.strip()]
    wishes = [(part, found) for part in parts if (found := read(part)).noun]
    kinds = {found.filters.product_type for _, found in wishes}
    own = all(found.filters.without("product_type", "gender") for _, found in wishes)
    return [part for part, _ in wishes] if len(kinds) == len(wishes) == len(parts) and own else []


def search_for(context: TurnContext, query: str, given: Mapping[str, Any]) -> str:
    """Search, and show what was found; or an honest no.

    Args:
        query: what a model searches for.
        given: the filters that it gives, of which only what the conversation supports counts.
    """
    shown_before, before = seen(context), context.state.last_query()
    onward = bool(shown_before) and not context.named and not content(context.said.rest)  # only "something else"
    if onward and before is None:
        return suggest(context)
    if onward and before:
        asked = replace(before, filters=before.filters.updated(context.said.filters))
    else:
        asked = query_of(context, query, given)
    plain = asked
    if not content(asked.text) and not asked.filters and asked.sort == "relevance":  # it would find everything
        return of_no_goods(context, asked) or what_is_sold(context)
    found, asked, size = _search(context, plain)
    if not found.candidates and not (found.relax and found.relax.field in BOUNDS) and (told := of_named(context)):
        return told
    lost = found.verdict == "not_sold" or (not found.candidates and found.relax is None)
    if lost and (told := of_no_goods(context, asked)):
        return told
    context.record("search_products", _args(context, asked))
    context.state.set_query(plain)  # what is stored of the shopper is no part of what the next message goes on with
    if found.verdict == "not_sold":
        return context.fix("not_sold", "not_sold")
    if not found.candidates:
        return _nothing(context, asked, found.relax)
    best = found.candidates[0].product
    shopper = None if asked.sort != "relevance" or held_back(context, best) else context.shopper
    ranking = context.services.ranking
    profile = ranking.profile(shopper, context.now)
    sure = _of_one_type(asked, [candidate for candidate in found.candidates if candidate.sure])
    candidates = sure or found.candidates
    if unseen := [candidate for candidate in candidates if candidate.product.group_id not in shown_before]:
        candidates = unseen
    elif onward:
        return context.fix("no_others", "nothing_matches")
    ranked = ranking.rank(candidates, profile)
    if any(row.candidate.exact for row in ranked):
        ranked = [row for row in ranked if row.candidate.exact]
    extremes = _extremes(context, ranked) if asked.sort == "relevance" else []
    if asked.sort != "relevance" or extremes:
        ranked = (extremes or ranked)[:3]
    else:
        ranked = context.services.sponsoring.place(ranked, context.now, cards.SHOWN)
    ranked = [
        _in_own_size(context, row, asked.filters, size) for row in ranking.explained(ranked[: cards.SHOWN], profile)
    ]
    shown = cards.show(context, ranked, about=asked.text)
    single = len(shown) == 1 or (asked.sort != "relevance" and bool(_SUPERLATIVE.search(context.folded)))
    context.state.focus = [shown[0].id] if single else []
    return context.tell("search", lines_of(ranked[:IN_PROSE], asked.text), _found(context, asked, ranked))


def _extremes(context: TurnContext, ranked: Sequence[Ranked]) -> list[Ranked]:
    """Those of the best one's kind in the order that the message asks for ("the lightest"); empty where it asks for none."""
    kind = ranked[0].candidate.product.product_type
    alike = [row for row in ranked if row.candidate.product.product_type == kind]
    catalogue = context.services.search.catalogue
    order = in_order(context.text, [record_of(row.candidate.product, catalogue) for row in alike])
    return [alike[place] for place in order or ()]


def _found(context: TurnContext, asked: Query, ranked: Sequence[Ranked]) -> str:
    """What is said of a search's products where no sentence of the prose survives."""
    first = ranked[0].candidate.product
    if len(ranked) == 1 or asked.sort != "relevance":
        return context.text_of("found_one", title=first.title, price=first.current_price)
    prices = sorted((row.candidate.product.current_price for row in ranked), key=lambda price: price.minor)
    if prices[0] == prices[-1]:
        return context.text_of("found")
    return context.text_of("found_several", count=len(ranked), low=prices[0], high=prices[-1])


def _search(context: TurnContext, asked: Query) -> tuple[Result, Query, tuple[str, ...]]:
    """Search as for anybody; then without what the shopper has said to avoid, unless it is asked for.

    Returns what was found, the search as it was made, and the shopper's own size, where it counts and no other was said.
    """
    search = context.services.search.search
    found = search(asked, CANDIDATES)
    best = found.candidates[0].product if found.candidates else None
    stored = stored_filters(context, best)
    if stored.exclude:
        heard = {stem(w) for w in words(asked.text)} | {stem(w) for w in words(context.text)}
        kept = {
            name: tuple(v for v in values if not {stem(w) for w in words(v)} <= heard)
            for name, values in stored.exclude.items()
        }
        asked = replace(asked, filters=asked.filters.updated(Filters(exclude={n: v for n, v in kept.items() if v})))
        found = search(asked, CANDIDATES)
    return found, asked, () if asked.filters.size else stored.size


def _in_own_size(context: TurnContext, row: Ranked, filters: Filters, size: tuple[str, ...]) -> Ranked:
    """A row in the shopper's size, where it can be had in it; else as it was found, which may be had in others."""
    product = row.candidate.product
    fitting = in_size(context, product, filters, size)
    if fitting is None or (product.in_stock and not fitting.in_stock):
        return row
    return replace(row, candidate=replace(row.candidate, product=fitting))


def _of_one_type(asked: Query, candidates: list[Candidate]) -> list[Candidate]:
    """Those of the product type that was asked for, where the best is of it, or of an order most are: a chef's knife may be
    filed elsewhere."""
    wanted = asked.filters.product_type
    kept = [candidate for candidate in candidates if wanted and matches(candidate.product, "product_type", wanted)]
    best = bool(kept) and kept[0] is candidates[0]
    return kept if best or (asked.sort != "relevance" and 2 * len(kept) > len(candidates)) else candidates


def _nothing(context: TurnContext, asked: Query, relax: Relaxation | None) -> str:
    """An honest no, with what stands in the way and the nearest there is, marked as not what was asked for."""
    if relax is None or (relax.field == "exclude" and asked.filters.exclude and not context.said.filters.exclude):
        return context.fix("nothing", "nothing_matches")  # what is avoided is no alternative
    cards.show(context, [Ranked(candidate) for candidate in relax.nearest], alternative=True)
    nearest = relax.nearest[0].product
    values: dict[str, object] = {"title": nearest.title, "price": nearest.current_price}
    currency = nearest.current_price.currency
    filters = asked.filters
    if relax.field == "max_price":
        return context.fix("nothing_under", "nothing_matches", limit=f"{filters.max_price} {currency}", **values)
    if relax.field == "min_price":
        return context.fix("nothing_over", "nothing_matches", limit=f"{filters.min_price} {currency}", **values)
    if relax.field == "in_stock":
        return context.fix("nothing_in_stock", "nothing_matches", title=nearest.title)
    value = getattr(filters, relax.field, ())
    if relax.field == "attributes":
        value = tuple(held[0] for held in filters.attributes.values() if len(held) == 1)
    if isinstance(value, tuple) and value:
        said = (" or " if context.language == "en" else "、").join(value[:3])
        options = comes_in(context, nearest, relax.field) if relax.field in ("size", "color") else ""
        if not options:
            return context.fix("nothing_with", "nothing_matches", value=said, **values)
        if relax.nearest[0].exact:  # it was asked for by name
            return context.fix("no_such_option", "nothing_matches", title=nearest.title, value=said, options=options)
        return context.fix("nothing_with_options", "nothing_matches", value=said, options=options, **values)
    return context.fix("nothing", "nothing_matches")


def _args(context: TurnContext, asked: Query) -> dict[str, Any]:
    """The executed arguments as the contract names them; prices as numbers."""
    args: dict[str, Any] = {"query": asked.text, **asked.filters.to_json()}
    for name in ("min_price", "max_price"):
        if name in args:
            args[name] = float(args[name]) if float(args[name]) % 1 else int(float(args[name]))
    for name in ("color", "size", "gender", "brand", "material", "product_type"):
        if name in args and len(args[name]) == 1:
            args[name] = args[name][0]
    if asked.sort != "relevance":
        args["sort"] = asked.sort
    if for_someone_else(context):
        args["for_someone_else"] = True
    return args
