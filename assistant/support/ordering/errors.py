"""Why something is not done about an order. Each is for the shopper to hear; what they hear is for the fixed texts.

TellShopper
├── NotYours      there is no such order, or it is somebody else's: which of the two is not told
├── Refused       a rule of the shop is against it; `code` says which
└── OrderChanged  the order, or what it would cost, is no longer as it was when it was proposed
"""

from __future__ import annotations

from assistant.errors import TellShopper


class NotYours(TellShopper):
    """No such order among this shopper's own. The same error, word for word, whether it exists or not."""

    def __init__(self) -> None:
        super().__init__("there is no such order among this shopper's")


class Refused(TellShopper):
    """A rule of the shop is against it; nothing was written.

    Args:
        code: the rule's name, one of `rules.RULES`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(f"refused: {code}")
        self.code = code


class OrderChanged(TellShopper):
    """What was proposed rests on a state that is gone; nothing was written. It can be proposed anew."""

    def __init__(self) -> None:
        super().__init__("the order has changed since this was proposed")
