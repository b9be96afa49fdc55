"""Guests who want something done about an order: who they are is asked for, and what they say of it is looked at."""

from __future__ import annotations

from dataclasses import replace

from assistant.support.ordering import Who
from assistant.tools.acting.authority import TooManyTries, proves, who_of
from assistant.tools.acting.drafts import Draft
from assistant.tools.acting.telling import tell_end
from assistant.turn import TurnContext
from index.numbers import order_ids


def identify(context: TurnContext, draft: Draft, *, answer: bool) -> Who | None:
    """For whom the conversation may act; None where that cannot be told yet, and then it is asked for, or refused.

    Args:
        answer: the message answers the question who its writer is.
    """
    if who := who_of(context):
        return who
    typed = order_ids(context.text)
    draft = replace(draft, order_id=typed[0] if len(typed) == 1 else draft.order_id)
    if context.conversation.identity.role != "guest":
        tell_end(context, draft, "sign_in", "not_allowed")
        return None
    try:
        shown = proves(context, draft.order_id, answer=answer)
    except TooManyTries:
        tell_end(context, draft, "order_too_many_tries", "not_allowed")
        return None
    if shown:
        return who_of(context)
    context.ask("order_prove", draft=draft.to_json())
    tell_end(context, draft, "order_prove" if shown is None else "order_not_proven", "not_allowed")
    return None
