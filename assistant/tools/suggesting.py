"""Suggestions: what suits the shopper, or what is popular, where no product is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from assistant import cards
from assistant.ranking import Ranked
from assistant.restraint import for_someone_else, held_back
from assistant.tools.lines import IN_PROSE, lines_of
from assistant.turn import TurnContext
from assistant.wanted import stored_filters
from index.filters import Filters
from index.words import content, stem

SUGGESTED = 4
ENOUGH = 24  # suggestions out of which those in the shopper's size are taken
# Words of a message that asks for ideas and names nothing.
_IDEAS = frozenset(
    stem(word)
    for word in "surprise inspire idea suggestion recommendation recommend suggest people everyone everybody others customer "
    "buy buying bought purchase moment popular popularity bestseller best-seller trend trending nice something anything new "
    "treat taste today currently".split()
)


def asks_for_ideas(query: str) -> bool:
    """Whether a query has words, and all of them only ask for ideas: "surprise me", "what are people buying?"."""
    said = [stem(word) for word in content(query)]
    return bool(said) and all(word in _IDEAS for word in said)


def _in_size(context: TurnContext, found: Sequence[Ranked], filters: Filters, size: tuple[str, ...]) -> list[Ranked]:
    """Each in the shopper's own size; left out where it comes in sizes, but not in that. What has no size stays."""
    if not size:
        return list(found)
    search, kept = context.services.search, []
    for row in found:
        group = row.candidate.product.group_id
        fitting = search.best_variant(group, replace(filters, size=size))
        if fitting is not None:
            kept.append(replace(row, candidate=replace(row.candidate, product=fitting)))
        elif not any(variant.size for variant in search.catalogue.groups[group].variants):
            kept.append(row)
    return kept


def suggest(context: TurnContext) -> str:
    """Show what suits the shopper, or what is popular, among what the message allows."""
    said = context.said
    stored = stored_filters(context)
    filters = replace(said.filters.updated(stored.without("size")), in_stock=True)
    ranking = context.services.ranking
    profile = ranking.profile(None if held_back(context) else context.shopper, context.now)
    size = () if said.filters.size else stored.size
    found = ranking.recommend(filters, profile, context.now, SUGGESTED if not size else ENOUGH)
    chosen = ranking.explained(_in_size(context, found, filters, size)[:SUGGESTED], profile)
    args: dict[str, Any] = {"for_someone_else": True} if for_someone_else(context) else {}
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
