"""When a shopper's history and stored preferences must be left alone: decided here, by code, for a whole turn.

What is for somebody else, and what goes against history, is read in the message and holds while the conversation goes on
with it. Evidence that is stale or thin, and products of a sensitive kind among others, are weighed one by one in `ranking`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Literal

from assistant.patterns import load_patterns
from assistant.turn import TurnContext
from index.catalogue import Product
from index.filters import accepts
from index.words import fold, stem

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
    state, said = context.state, context.folded
    subject = _subject(context, context.said.filters.product_type, context.said.heads)
    if context.said.for_someone_else:
        state.held = {"why": "someone_else", "subject": subject}
    elif state.held and _over(context, state.held, subject):
        state.held = {}
    if _otherwise(said) and not state.held:
        before = context.state.last_query()
        if before and not subject:
            subject = _subject(context, before.filters.product_type, before.heads or ())
        state.held = {"why": "said_otherwise", "subject": subject}
    elif subject and state.held.get("why") == "said_otherwise" and not state.held["subject"]:
        state.held = {**state.held, "subject": subject}


def wanted(text: str) -> str:
    """A message as far as it says what is wanted: without the request to leave history out, if it makes one."""
    said = fold(text)
    if not _otherwise(said):
        return text
    for pattern in _patterns()["leave_out"]:
        said = pattern.sub(" , ", said)
    return said


def _over(context: TurnContext, held: Mapping[str, Any], subject: list[str]) -> bool:
    """Whether the message ends what is held back: it speaks of the shopper, or names another thing."""
    said, someone = context.folded, held["why"] == "someone_else"
    if context.said.for_oneself if someone else _says("again", said) and not _otherwise(said):
        return True
    if not subject or set(subject) & set(held["subject"]):
        return False
    if _says("turns_to", said) and (held["subject"] or someone):
        return True
    return bool(held["subject"]) and not _says("goes_on", said)


def _subject(context: TurnContext, types: Iterable[str], heads: Iterable[str]) -> list[str]:
    """What a message or a search is about: product types, and the things that it names as the shop does."""
    named = (stem(head.split()[-1]) for head in heads)
    return [*types, *(name for name in named if context.services.search.lexical.is_kind(name))]


def _otherwise(said: str) -> bool:
    """Whether a folded message speaks against the history, or against what is stored."""
    return (_says("leave_out", said) or _says("changed", said)) and not _says("unless", said)


def _says(meaning: str, said: str) -> bool:
    return any(pattern.search(said) for pattern in _patterns()[meaning])


@cache
def _patterns() -> Mapping[str, tuple[re.Pattern[str], ...]]:
    loaded, compiled = load_patterns("restraint")
    meanings = ("leave_out", "changed", "again", "turns_to", "goes_on")
    read = {meaning: compiled([*loaded[meaning]["en"], *loaded[meaning]["zh"]]) for meaning in meanings}
    return {**read, "unless": compiled(loaded["leave_out"]["unless"])}
