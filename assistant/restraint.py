"""When a shopper's history and stored preferences must be left alone: decided here, by code, for a whole turn.

What is for somebody else, and what goes against history, is read in the message and holds while the conversation goes on
with it. Evidence that is stale or thin, and products of a sensitive kind among others, are weighed one by one in `ranking`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from assistant.patterns import load_patterns
from assistant.turn import TurnContext
from index.catalogue import Product
from index.filters import accepts

Reason = Literal["guest", "opted_out", "someone_else", "said_otherwise", "sensitive"]


def held_back(context: TurnContext, best: Product | None = None) -> Reason | None:
    """Why nothing of this turn may be chosen, ordered or framed by what is known of the shopper; None where it may.

    Args:
        best: what answers the message best, where that is known: it may be of a sensitive kind that was not named.
    """
    if context.shopper is None:
        return "guest"
    if not context.shopper.personalization:
        return "opted_out"
    held: Reason | None = context.state.held.get("why")
    if held is not None:
        return held
    named, wanted = context.said.filters.product_type, context.services.shop.settings.sensitive
    sensitive = bool(named) and all(accepts("product_type", kind, wanted) for kind in named)
    if best is not None and best.product_type:
        sensitive = sensitive or accepts("product_type", best.product_type, wanted)
    return "sensitive" if sensitive else None


def for_someone_else(context: TurnContext) -> bool:
    """Whether the conversation is about a product for somebody else, whoever asks."""
    return bool(context.state.held.get("why") == "someone_else")


def follow(context: TurnContext) -> None:
    """Keep in the conversation's state what this message holds back, or that it no longer does. Once a turn, at first.

    Somebody else stays until the shopper speaks of themselves or of another subject; "leave out my history" until
    another subject. A subject is what the message names when it is said; a gift without one may become anything.
    """
    said, state = context.said, context.state
    types = list(said.filters.product_type)
    otherwise = _says("otherwise", context) and not _says("unless", context)
    if said.for_someone_else:
        state.held = {"why": "someone_else", "types": types}
    elif state.held and _over(context, state.held, types):
        state.held = {}
    if otherwise and not state.held:
        state.held = {"why": "said_otherwise", "types": types or _looked_for(context)}
    elif types and state.held.get("why") == "said_otherwise" and not state.held["types"]:
        state.held = {**state.held, "types": types}


def _over(context: TurnContext, held: Mapping[str, Any], types: list[str]) -> bool:
    """Whether the message ends what is held back: it speaks of the shopper, or names another thing."""
    if context.said.for_oneself and held["why"] == "someone_else":
        return True
    if held["why"] == "said_otherwise" and _says("again", context) and not _says("otherwise", context):
        return True
    if not types or set(types) & set(held["types"]):
        return False
    if _says("turns_to", context) and (held["types"] or held["why"] == "someone_else"):
        return True
    return bool(held["types"]) and not _says("goes_on", context)


def _looked_for(context: TurnContext) -> list[str]:
    """The product types of the last search, which a message without a thing of its own speaks of."""
    before = context.state.last_query()
    return list(before.filters.product_type) if before else []


def _says(meaning: str, context: TurnContext) -> bool:
    return any(pattern.search(context.folded) for pattern in _patterns()[meaning])


@cache
def _patterns() -> Mapping[str, tuple[re.Pattern[str], ...]]:
    loaded, compiled = load_patterns("restraint")
    rows = {meaning: loaded[meaning] for meaning in ("otherwise", "again", "turns_to", "goes_on")}
    read = {meaning: compiled([*row["en"], *row["zh"]]) for meaning, row in rows.items()}
    return {**read, "unless": compiled(rows["otherwise"]["unless"])}
