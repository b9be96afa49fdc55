"""Suggestions: what suits the shopper, or what is popular, where no product is named."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from assistant import cards
from assistant.ranking import Profile, Ranked
from assistant.restraint import for_someone_else, held_back
from assistant.tools.lines import IN_PROSE, lines_of
from assistant.tools.sizes import in_size
from assistant.turn import TurnContext
from assistant.wanted import seen, stored_filters
from index.catalogue import Product
from index.filters import Filters
from index.words import content, stem, words

SUGGESTED = 4
GENDERED, CLEARLY = 3, 0.8  # events from which, and the share of them with which, a history is of one gender
ENOUGH = 150  # suggestions out of which those for the shopper are taken: in their size, with a reason
# Words of a message that asks for ideas and names nothing.
_IDEAS = frozenset(
    stem(word)
    for word in "surprise inspire idea suggestion recommendation recommend suggest people everyone everybody others customer "
    "buy buying bought purchase moment popular popularity bestseller best-seller trend trending nice something anything new "
    "treat taste today currently now right hot good best great cool bored find bit thing stuff folk few some item myself no tell show give see just".split()
)
_SUGGEST = re.compile(r"\b(?:recommend|suggest|ideas?|inspire|surprise|recommendations?|suggestions?)\b")
_BY_HISTORY = re.compile(  # whoever asks wants their own history to choose, also among things of one kind
    r"\b(?:based on|going by|judging by|given|considering|from|knowing|match(?:es|ing)?|to go with) "
    r"(?:what (?:i|you know)|my (?:taste|history|purchases|orders|past|previous|usual|style|shopping))\b|"
    r"\b(?:would|that|might|to) (?:really )?suit me\b|\byou think i(?:'d| would) (?:like|love|enjoy)\b|"
    r"根据我|按我的|按照我|适合我|我会喜欢|符合我"
)
_IDEAS_ZH = re.compile(r"推荐|建议|有什么好|随便看看|给点灵感|不知道(?:买|选|送)什么")


def asks_for_ideas(query: str) -> bool:
    """Whether a query has words, and all of them only ask for ideas: "surprise me", "what are people buying?"."""
    said = [stem(word) for word in content(query)]
    return bool(said) and all(word in _IDEAS for word in said)


def wants_ideas(context: TurnContext) -> bool:
    """Whether a message only asks for ideas, as far as code reads it: it names no kind of thing, and no wish but a price."""
    said = context.said
    if _BY_HISTORY.search(context.folded) and not said.filters.without(
        "product_type", "min_price", "max_price", "gender"
    ):
        return True
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


def _with_a_reason(rows: list[Ranked]) -> list[Ranked]:
    """The first so many; where none of them has a reason, led by the first of the others that has one."""
    chosen, others = rows[:SUGGESTED], rows[SUGGESTED:]
    reasoned = next((row for row in others if row.because), None)
    return chosen if reasoned is None or any(row.because for row in chosen) else [reasoned, *chosen[:-1]]


def _own_gender(context: TurnContext, profile: Profile | None) -> str:
    """The gender of what a shopper looks at and buys, where all but a few are of one; empty where that cannot be told."""
    products = context.services.search.catalogue.products
    events = profile.events if profile else ()
    gendered = [held.gender[0] for e in events if (held := products.get(e.product_id)) and len(held.gender) == 1]
    most, count = next(iter(Counter(gendered).most_common(1)), ("", 0))
    return most if count >= GENDERED and count >= CLEARLY * len(gendered) else ""


def _is_for(product: Product, gender: str) -> bool:
    """Whether a product is for a gender, or for any."""
    return not gender or not product.gender or bool({gender, "Unisex"} & set(product.gender))


def _of_other_sizes(context: TurnContext, found: Sequence[Ranked], size: tuple[str, ...]) -> list[Ranked]:
    """Those of kinds that are measured otherwise than the shopper's size is: shorts in inches, for who wears XL."""
    groups, letters = context.services.search.catalogue.groups, {own.isalpha() for own in size}
    sizes = [{variant.size for variant in groups[row.candidate.product.group_id].variants} for row in found]
    return [
        row
        for row, held in zip(found, sizes, strict=True)
        if not any(other and other.isalpha() in letters for other in held)
    ]


def suggest(context: TurnContext) -> str:
    """Show what suits the shopper, or what is popular, among what the message allows."""
    said = context.said
    stored = stored_filters(context)
    about = Filters(product_type=_types_for_ideas(context))
    filters = replace(said.filters.updated(about).updated(stored.without("size")), in_stock=True)
    ranking = context.services.ranking
    profile = ranking.profile(None if held_back(context) else context.shopper, context.now)
    size = () if said.filters.size else stored.size
    theirs = "" if said.filters.gender else _own_gender(context, profile)
    count = ENOUGH if size or profile else SUGGESTED
    found = ranking.recommend(filters, profile, context.now, count, seen(context))
    if not found and about:  # of this kind all was bought
        found = ranking.recommend(filters, profile, context.now, count, seen(context), again=True)
    found = [row for row in found if _is_for(row.candidate.product, theirs)] or found
    fitting = [(row, in_size(context, row.candidate.product, filters, size)) for row in found]
    sized = [replace(row, candidate=replace(row.candidate, product=product)) for row, product in fitting if product]
    chosen = _with_a_reason(ranking.explained(sized or _of_other_sizes(context, found, size), profile))
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
