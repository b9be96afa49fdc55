"""What a shopper has stated about themselves, as filters; and what they have seen, where they ask for other things."""

from __future__ import annotations

from assistant.acts import asks
from assistant.restraint import held_back
from assistant.turn import TurnContext
from index.catalogue import Product
from index.filters import Filters


def seen(context: TurnContext) -> frozenset[str]:
    """The groups that this conversation has shown, where the message asks for others; else none."""
    if not asks("others", context.text):
        return frozenset()
    products = context.services.search.catalogue.products
    return frozenset(products[key].group_id for key in (*context.state.told, *context.state.shown) if key in products)


def stored_filters(context: TurnContext, best: Product | None = None) -> Filters:
    """Stated preferences that filter: `avoids` and `size`. None where they are left alone; see `restraint.held_back`."""
    if context.shopper is None or held_back(context, best) is not None:
        return Filters()
    preferences = context.shopper.preferences
    avoids = tuple(str(value) for value in preferences.get("avoids", ()))
    size = (str(preferences["size"]),) if preferences.get("size") else ()
    return Filters(size=size, exclude={"text": avoids, "material": avoids} if avoids else {})
