"""The label of an advertisement in prose: where what was said names a sponsored product, it is said that it is one."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.turn import TurnContext
from index.catalogue import Product

_LABELLED = re.compile(r"\bsponsored\b|\badvert|推广|广告|赞助", re.I)


def sponsored_note(context: TurnContext, text: str, about: Iterable[Product]) -> str | None:
    """The sentence to add to a reply that names sponsored products and does not say so; None where none is needed.

    Args:
        about: the products that the reply names.
    """
    sponsored = {card.id for card in context.cards if card.sponsored}
    if not sponsored or _LABELLED.search(text):
        return None
    named = [product for product in about if product.id in sponsored]
    return context.text_of("sponsored_note", titles=", ".join(product.title for product in named)) if named else None
