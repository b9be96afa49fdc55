"""What a shopper has stated about themselves, as filters; and what they have seen, where they ask for other things."""

from __future__ import annotations

import re

from assistant.restraint import held_back
from assistant.turn import TurnContext
from index.catalogue import Product
from index.filters import Filters

_OTHERS = re.compile(
    r"\b(?:(?:any|some|what|which|show me|see|the) )?others?\b(?! (?:customer|people|shopper|buyer|shop|store|compan|website|day|side|hand))|"
    r"\b(?:something|anything|what|nothing) else\b|\bdifferent (?:ones?|kinds?|things?)\b|\banother (?:one|kind)\b|"
    r"\b(?:any|some|show me|see|got|have) more\b(?! (?:than|expensive|about|info|detail|time))|\bnot (?:these|those|any of (?:these|those|them))\b|"
    r"\bnone of (?:these|those|them)\b|别的|其他|其它|换(?:一)?(?:批|些|个)|还有(?:吗|没有|什么|哪些)|不要这些|不是这些|都不行"
)


def seen(context: TurnContext) -> frozenset[str]:
    """The groups that this conversation has shown, where the message asks for others; else none."""
    if not _OTHERS.search(context.folded):
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
