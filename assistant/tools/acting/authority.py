"""For whom a conversation may act on orders: from the login, or from what a guest has shown. No message decides it."""

from __future__ import annotations

from assistant.support.ordering import Who
from assistant.support.proofs import TooManyTries
from assistant.tools.acting.words import claim_in
from assistant.turn import TurnContext
from index.numbers import order_ids


def who_of(context: TurnContext) -> Who | None:
    """A shopper for themselves, staff for the shopper of the conversation, a guest for whose orders they have shown
    to be theirs; None for everybody else."""
    conversation = context.conversation
    if conversation.identity.shopper_id is not None:
        if conversation.identity.role == "staff":
            return Who.staff(f"desk:{conversation.id}", conversation.identity)
        return Who.of(conversation.identity)
    if conversation.identity.role == "guest" and (owner := context.services.proofs.owner(conversation.id)):
        return Who.proven(owner)
    return None


def proves(context: TurnContext, order_id: str | None, *, answer: bool) -> bool | None:
    """Whether the message shows that an order is its writer's; None where it says too little to tell.

    Args:
        order_id: that was named before; one in the message counts first.
        answer: it answers the question who they are.

    Raises:
        TooManyTries: nothing was looked at.
    """
    if context.conversation.identity.role != "guest":
        return None
    claim, typed = claim_in(context.typed, answer=answer), order_ids(context.text)
    key = typed[0] if typed else order_id
    if claim is None or not key or len(typed) > 1:
        return None
    prove = context.services.proofs.prove
    return prove(context.conversation.id, key.removeprefix("#"), claim.email, claim.name, claim.code)


__all__ = ["TooManyTries", "proves", "who_of"]
