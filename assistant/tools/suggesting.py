"""Suggestions: what suits the shopper, or what is popular, where no product is named."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from assistant import cards
from assistant.restraint import for_someone_else, held_back
from assistant.tools.lines import IN_PROSE, lines_of
from assistant.tools.sizes import in_size
from assistant.turn import TurnContext
from assistant.wanted import seen, stored_filters
from index.filters import Filters
from index.words import content, stem, words

SUGGESTED = 4
ENOUGH = 24  # suggestions out of which those in the shopper's size are taken
# Words of a message that asks for ideas and names nothing.
_IDEAS = frozenset(
    stem(word)
    for word in "surprise inspire idea suggestion recommendation recommend suggest people everyone everybody others customer "
    "buy buying bought purchase moment popular popularity bestseller best-seller trend trending nice something anything new "
    "treat taste today currently now right hot good best great cool bored find bit thing stuff folk few some item myself no tell show give see just".split()
)
_SUGGEST = re.compile(r"\b(?:recommend|suggest|ideas?|inspire|surprise|recommendations?|suggestions?)\b")
_IDEAS_ZH = re.compile(r"推荐|建议|有什么好|随便看看|给点灵感|不知道(?:买|选|送)什么")


def asks_for_ideas(query: str) -> bool:
    """Whether a query has words, and all of them only ask for ideas: "surprise me", "what are people buying?"."""
    said = [stem(word) for word in content(query)]
    return bool(said) and all(word in _IDEAS for word in said)


def wants_ideas(context: TurnContext) -> bool:
    """Whether a message only asks for ideas, as far as code reads it: it names no kind of thing, and no wish but a price."""
    said = context.said
    if said.noun or said.filters.without("min_price", "max_price", "in_stock"):
        return False
    if context.language == "en":
        return asks_for_ideas(said.rest) or _types_for_ideas(context) != ()
    return bool(_IDEAS_ZH.search(context.text)) and not said.rest


def _types_for_ideas(context: TurnContext) -> tuple[str, ...]:
    """The product types that a wish for ideas is about: "recommend something for my garden"."""
    left = [stem(word) for word in content(context.said.rest) if stem(word) not in _IDEAS]
    if len(left) != 1 or not _SUGGEST.search(context.folded):
        return ()
    types = context.services.search.catalogue.facets.get("product_type", {})
    return tuple(kind for kind in types if [stem(word) for word in words(kind.rpartition(" > ")[2])] == left)


def suggest(context: TurnContext) -> str:
    """Show what suits the shopper, or what is popular, among what the message allows."""
    said = context.said
    stored = stored_filters(context)
    about = Filters(product_type=_types_for_ideas(context))
    filters = replace(said.filters.updated(about).updated(stored.without("size")), in_stock=True)
    ranking = context.services.ranking
    profile = ranking.profile(None if held_back(context) else context.shopper, context.now)
    size = () if said.filters.size else stored.size
    count = SUGGESTED if not size else ENOUGH
    found = ranking.recommend(filters, profile, context.now, count, seen(context))
    if not found and about:  # of this kind all was bought
        found = ranking.recommend(filters, profile, context.now, count, seen(context), again=True)
    fitting = [(row, in_size(context, row.candidate.product, filters, size)) for row in found]
    sized = [replace(row, candidate=replace(row.candidate, product=product)) for row, product in fitting if product]
    chosen = ranking.explained(sized[:SUGGESTED], profile)
    args: dict[str, Any] = {"for_someone_else": True} if for_someone_else(context) else {}
    if said.filters.max_price is not None:
        args["max_price"] = float(said.filters.max_price)
    if kinds := about.product_type or said.filters.product_type:
        args["product_type"] = list(kinds)
    context.record("recommend", args)
    if not chosen:
        return context.fix("nothing", "nothing_matches")
    popular = profile is None or profile.likely is None
    cards.show(context, chosen, reason=context.text_of("popular") if popular else None)
    context.state.focus, context.state.query = [], {}  # what is said next goes on with no search
    personal = any(row.because for row in chosen)
    fallback = context.text_of("recommend_popular" if popular else "recommend_personal" if personal else "found")
    return context.tell("recommend", lines_of(chosen[:IN_PROSE], ""), fallback)
