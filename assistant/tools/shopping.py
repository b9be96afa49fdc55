"""Tools over the catalogue: search and suggestions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from langchain_core.tools import tool

from assistant import cards
from assistant.tools.lines import IN_PROSE, Runtime, lines_of
from assistant.tools.searching import search_for, stored_filters

OneOrMore = str | list[str]


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
    return search_for(context, query, {name: value for name, value in given.items() if value is not None})


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
    filters = replace(said.filters.updated(stored_filters(context)), in_stock=True)
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
