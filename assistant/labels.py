"""The label of an advertisement in prose: where what was said names a sponsored product, it is said that it is one."""

from __future__ import annotations

import re

from assistant.grounding import about
from assistant.turn import TurnContext

_LABELLED = re.compile(r"\bsponsored\b|\badvert|推广|广告|赞助", re.I)


def sponsored_note(context: TurnContext, text: str) -> str | None:
    """The sentence to add to a reply that names sponsored products and does not say so; None where none is needed."""
    sponsored = {card.id for card in context.cards if card.sponsored}
    if not sponsored or _LABELLED.search(text):
        return None
    shown = [context.product(card.id) for card in context.cards]
    named = [p for p in about(text, context.services.search.catalogue, shown) if p.id in sponsored]
    return context.text_of("sponsored_note", titles=", ".join(product.title for product in named)) if named else None
