"""The packet of a hand-off: what a colleague must know to go on without asking again.

All of it was said or told before in this conversation; nothing is looked up for it, and no model writes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assistant.conversation import Turn
from assistant.events import REFUSALS
from assistant.support.mood import mood_of
from assistant.turn import TurnContext

UNANSWERED = REFUSALS | {"could_not_check"}


def packet_of(context: TurnContext, question: str, earlier: Sequence[Turn]) -> dict[str, Any]:
    """The packet of a turn that hands off, ready for JSON.

    Args:
        question: what is passed on, in the shopper's words.
        earlier: the turns before this one, oldest first.

    Returns:
        `goal`: the first message; `reason`, `question`; `open_question`: the last message that got no answer;
        `constraints`: the last search's filters; `products`: ids shown last; `promises`: `prices` told, `cart`,
        `policies` quoted; `order`: the one last spoken of; `mood`; `language`; `shopper`; `transcript`.
    """
    state = context.state
    typed = context.typed
    said = [message for message, _ in state.said] + [typed]
    replies = [turn.reply for turn in earlier]
    cart = context.services.carts.view(context.conversation.cart_owner)
    return {
        "reason": question,
        "question": typed,
        "open_question": question if question != context.text else _open(earlier) or question,
        "shopper": context.conversation.identity.shopper_id,
        "goal": next((turn.text for turn in earlier if turn.text), said[0]),
        "constraints": dict(state.query.get("filters", {})) | {"query": state.query["text"]} if state.query else {},
        "products": list(state.shown),
        "promises": {"prices": _prices(context), "cart": cart, "policies": _policies(context, replies)},
        "order": _order(context, replies),
        "mood": mood_of([turn.text for turn in earlier] + [context.text]),
        "cart": cart,
        "language": context.language,
        "transcript": [*([list(turn) for turn in state.said]), [typed, ""]],
    }


def _open(earlier: Sequence[Turn]) -> str | None:
    """The last message that was met with a no, if the shopper has not gone on to something that was answered."""
    last = next((turn for turn in reversed(earlier) if turn.text), None)
    return last.text if last is not None and last.reply.get("outcome") in UNANSWERED else None


def _prices(context: TurnContext) -> list[dict[str, str]]:
    """The prices that were told, latest last."""
    products = context.services.search.catalogue.products
    return [
        {"id": key, "title": products[key].title if key in products else key, "price": price}
        for key, price in context.state.told.items()
    ]


def _policies(context: TurnContext, replies: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """What was quoted of the policies, each passage once."""
    quoted = [(cited["source"], cited["quote"]) for reply in replies for cited in reply.get("citations", [])]
    quoted += [(cited.source, cited.quote) for cited in context.citations]
    return [{"source": source, "quote": quote} for source, quote in dict.fromkeys(quoted)]


def _order(context: TurnContext, replies: Sequence[Mapping[str, Any]]) -> str | None:
    """The order last spoken of: told now, or in an earlier reply."""
    now = [fact.subject for fact in context.facts if fact.source == "orders"]
    return next(iter([*reversed(now), *_told_orders(replies)]), None)


def _told_orders(replies: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Orders that replies told of, latest first."""
    for reply in reversed(replies):
        for fact in reply.get("facts", []):
            if fact.get("source") == "orders":
                yield fact["subject"]
