"""What the shop sells, told in the names of its kinds of products."""

from __future__ import annotations

from collections import Counter

from assistant.turn import TurnContext
from index.words import mapped

KINDS, FEW = 8, 4  # kinds of products that are named, and fewer than are worth naming
_GENDERS = frozenset(mapped("genders").values())


def what_is_sold(context: TurnContext) -> str:
    """Say what kinds of products there are most of; by the second level of types where the first is only for whom."""
    facets = context.services.search.catalogue.facets.get("product_type", {})
    for level in (0, 1):
        counts: Counter[str] = Counter()
        for path, count in facets.items():
            parts = path.split(" > ")
            if len(parts) == level + 1 and parts[level] not in _GENDERS:
                counts[parts[level]] += count
        if len(counts) >= FEW:
            break
    if not counts:
        return context.fix("empty", "asks")
    return context.fix("we_sell", kinds=context.listed([kind for kind, _ in counts.most_common(KINDS)]))
