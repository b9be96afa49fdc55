"""What a shopper has stated about themselves, as filters."""

from __future__ import annotations

from assistant.turn import TurnContext
from index.filters import Filters


def stored_filters(context: TurnContext) -> Filters:
    """Stated preferences that filter: `avoids` and `size`. Not for somebody else, and not for one who opted out."""
    if not context.personal or context.said.for_someone_else or context.shopper is None:
        return Filters()
    preferences = context.shopper.preferences
    avoids = tuple(str(value) for value in preferences.get("avoids", ()))
    size = (str(preferences["size"]),) if preferences.get("size") else ()
    return Filters(size=size, exclude={"text": avoids, "material": avoids} if avoids else {})
