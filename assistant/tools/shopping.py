"""Tools over the catalogue: search, details, comparison, suggestions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from langchain.tools import ToolRuntime
from langchain_core.tools import tool

from assistant import cards
from assistant.arguments import query_of
from assistant.options import comes_in, no_such_option
from assistant.ranking import Ranked
from assistant.references import pointed_at, resolve
from assistant.turn import TurnContext
from index.filters import Filters, matches
from index.search import Candidate, Query, Relaxation, Result
from index.words import stem, words

Runtime = ToolRuntime[TurnContext, Any]
OneOrMore = str | list[str]
IN_PROSE = 3  # products that the prose is given; the cards show the rest


@tool
def search_products(
    query: str,
    runtime: Runtime,
    product_type: OneOrMore | None = None,
    brand: OneOrMore | None = None,
    color: OneOrMore | None = None,
    size: OneOrMore | None = None,
    gender: OneOrMore | None = None,
    material: OneOrMore | None = None,
    attributes: dict[str, list[str]] | None = None,
    exclude: dict[str, list[str]] | None = None,
    min_price: float | None = None,
    max_price: float | None = None,
    in_stock: bool | None = None,
    sort: Literal["relevance", "price_low", "price_high", "rating"] | None = None,
    for_someone_else: bool | None = None,
) -> str:
    """Find products; arguments that the conversation does not support are dropped."""
    context = runtime.context
    given = {
        "product_type": product_type, "brand": brand, "color": color, "size": size, "gender": gender,
        "material": material, "attributes": attributes, "exclude": exclude, "min_price": min_price, "max_price": max_price, "in_stock": in_stock, "sort": sort,
    }  # fmt: skip
    if option := _option_of_shown(context):
        return option
    asked = query_of(context, query, {name: value for name, value in given.items() if value is not None})
    found, asked = _search(context, asked)
    context.record("search_products", _args(context, asked))
    context.state.set_query(asked)
    if found.verdict == "not_sold":
        return context.fix("not_sold", "not_sold")
    if not found.candidates:
        return _nothing(context, asked, found.relax)
    profile = None
    if asked.sort == "relevance" and not context.said.for_someone_else:
        profile = context.services.ranking.profile(context.shopper, context.now)
    shopper = context.shopper if profile else None
    sure = _of_one_type(asked, [candidate for candidate in found.candidates if candidate.sure])
    ranked = context.services.ranking.rank(sure or found.candidates, profile, shopper=shopper)
    if any(row.candidate.exact for row in ranked):
        ranked = [row for row in ranked if row.candidate.exact]
    if asked.sort != "relevance":
        ranked = ranked[:3]
    else:
        ranked = context.services.sponsoring.place(ranked, context.now, cards.SHOWN)
    shown = cards.show(context, ranked, about=asked.text)
    context.state.focus = [shown[0].id] if len(shown) == 1 else []
    return context.tell("search", lines_of(ranked[:IN_PROSE], asked.text), _found(context, asked, ranked))


@tool
def recommend(
    runtime: Runtime,
    product_type: str | None = None,
    max_price: float | None = None,
    for_someone_else: bool | None = None,
) -> str:
    """Suggest products when the customer wants ideas and names no product."""
    context = runtime.context
    said = context.said
    filters = replace(said.filters.updated(_stored(context)), in_stock=True)
    pool = context.services.search.best_variants(filters)
    someone = said.for_someone_else
    profile = None if someone else context.services.ranking.profile(context.shopper, context.now)
    shopper = None if someone else context.shopper
    chosen = context.services.ranking.recommend(pool, profile, context.now, shopper, 4)
    args: dict[str, Any] = {"for_someone_else": True} if someone else {}
    if said.filters.max_price is not None:
        args["max_price"] = float(said.filters.max_price)
    if said.filters.product_type:
        args["product_type"] = list(said.filters.product_type)
    context.record("recommend", args)
    if not chosen:
        return context.fix("nothing", "nothing_matches")
    personal = any(row.because for row in chosen)
    cards.show(context, chosen, reason=None if personal else context.text_of("popular"))
    context.state.focus = []
    fallback = context.text_of("recommend_personal" if personal else "recommend_popular")
    return context.tell("recommend", lines_of(chosen[:IN_PROSE], ""), fallback)


def _found(context: TurnContext, asked: Query, ranked: Sequence[Ranked]) -> str:
    """What is said of a search's products where no sentence of the prose survives."""
    first = ranked[0].candidate.product
    if len(ranked) == 1 or asked.sort != "relevance":
        return context.text_of("found_one", title=first.title, price=first.current_price)
    prices = sorted((row.candidate.product.current_price for row in ranked), key=lambda price: price.minor)
    if prices[0] == prices[-1]:
        return context.text_of("found")
    return context.text_of("found_several", count=len(ranked), low=prices[0], high=prices[-1])


def _option_of_shown(context: TurnContext) -> str | None:
    """The answer to "do you have the first one in size 43?": no search, but that product, in that size or not."""
    said = context.said
    if said.noun or not (said.filters.size or said.filters.color) or context.named:
        return None
    meant = pointed_at(context)
    if len(meant) != 1:
        return None
    product = resolve(context, strict=True)[0]
    context.state.focus = [product.id]
    context.record("show_product", {"product_id": product.id})
    if no := no_such_option(context, product):
        return no
    cards.show(context, [cards.alone(product)])
    fallback = context.text_of("found_one", title=cards.name_of(product), price=product.current_price)
    return context.tell("search", lines_of([cards.alone(product)], ""), fallback)


def _search(context: TurnContext, asked: Query) -> tuple[Result, Query]:
    """Search with what the shopper has stated about themselves, which only narrows what is already meant."""
    stored = _stored(context)
    search = context.services.search.search
    if stored.exclude:
        heard = {stem(w) for w in words(asked.text)} | {stem(w) for w in words(context.text)}
        kept = {
            name: tuple(v for v in values if not {stem(w) for w in words(v)} <= heard)
            for name, values in stored.exclude.items()
        }
        asked = replace(asked, filters=asked.filters.updated(Filters(exclude={n: v for n, v in kept.items() if v})))
    found = search(asked)
    if stored.size and not asked.filters.size and found.candidates:
        sized = []
        for candidate in found.candidates:
            fitting = context.services.search.best_variant(
                candidate.product.group_id, replace(asked.filters, size=stored.size, product_type=())
            )
            better = fitting is not None and (fitting.in_stock or not candidate.product.in_stock)
            sized.append(replace(candidate, product=fitting) if better and fitting else candidate)
        found = replace(found, candidates=tuple(sized))
    return found, asked


def _of_one_type(asked: Query, candidates: list[Candidate]) -> list[Candidate]:
    """Those of the product type that was asked for, where the best is of it: a chef's knife may be filed elsewhere."""
    wanted = asked.filters.product_type
    if not wanted or not candidates or not matches(candidates[0].product, "product_type", wanted):
        return candidates
    return [candidate for candidate in candidates if matches(candidate.product, "product_type", wanted)]


def _stored(context: TurnContext) -> Filters:
    """Stated preferences that filter: `avoids` and `size`. Not for somebody else, and not for one who opted out."""
    if not context.personal or context.said.for_someone_else or context.shopper is None:
        return Filters()
    preferences = context.shopper.preferences
    avoids = tuple(str(value) for value in preferences.get("avoids", ()))
    size = (str(preferences["size"]),) if preferences.get("size") else ()
    return Filters(size=size, exclude={"text": avoids, "material": avoids} if avoids else {})


def _nothing(context: TurnContext, asked: Query, relax: Relaxation | None) -> str:
    """An honest no, with what stands in the way and the nearest there is, marked as not what was asked for."""
    if relax is None:
        return context.fix("nothing", "nothing_matches")
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
    if isinstance(value, tuple) and value:
        said = ", ".join(value[:3])
        options = comes_in(context, nearest, relax.field) if relax.field in ("size", "color") else ""
        if not options:
            return context.fix("nothing_with", "nothing_matches", value=said, **values)
        if relax.nearest[0].exact:  # it was asked for by name
            return context.fix("no_such_option", "nothing_matches", title=nearest.title, value=said, options=options)
        return context.fix("nothing_with_options", "nothing_matches", value=said, options=options, **values)
    return context.fix("nothing", "nothing_matches")


def lines_of(rows: Sequence[Ranked], about: str) -> list[str]:
    """Products for the prose, a line each."""
    return [
        cards.line_of(row.candidate.product, place, about, sponsored=row.sponsored) for place, row in enumerate(rows, 1)
    ]


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
    if context.said.for_someone_else:
        args["for_someone_else"] = True
    return args
