"""Whether a message wants something done about an order, or about the address that is kept; and whether another thing
than is being talked of."""

from __future__ import annotations

from assistant.demands import is_question
from assistant.tools.acting.drafts import Draft
from assistant.tools.acting.words import SENDS_BACK, Kind, asked_kind, asked_with_number, says
from assistant.turn import TurnContext
from index.numbers import order_ids


def wanted(context: TurnContext) -> Kind | None:
    """What the message asks to be done; None where it asks for nothing of the kind."""
    kind = asked_kind(context.text) or asked_with_number(context.text)
    if kind in SENDS_BACK or kind == "default_address" or (kind and _of_order(context)):
        return kind
    return "default_address" if kind == "address" and says("own_address", context.text) else None


def surely_wanted(context: TurnContext) -> Kind | None:
    """The same, where no other tool could be meant, whatever a model has planned."""
    kind = asked_kind(context.text)
    if kind is None or (is_question(context.text) and not order_ids(context.text)):
        return None  # "I want to bring it back. What do I get for it?"
    return wanted(context) if kind != "exchange" or _of_order(context) else None


def otherwise(context: TurnContext, draft: Draft) -> bool:
    """Whether the message wants another thing than the draft is about."""
    return wanted(context) not in (None, draft.kind) and asked_kind(context.text) != draft.kind


def _of_order(context: TurnContext) -> bool:
    """Whether a message speaks of an order, or points at the one that was last spoken of."""
    if order_ids(context.text) or says("evidence", context.text):
        return True
    return bool(context.state.order) and says("pointing", context.text) and not context.state.filled
