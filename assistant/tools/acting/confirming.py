"""What answers "shall I do that?": a clear yes has it done, another wish is listed anew, a no drops it, all else waits."""

from __future__ import annotations

from assistant.acts import asks
from assistant.demands import is_question
from assistant.support.ordering import NotYours, OrderChanged, Proposal, Refused
from assistant.tools.acting.advancing import advance, says_more
from assistant.tools.acting.authority import who_of
from assistant.tools.acting.beside import is_short, told_beside
from assistant.tools.acting.drafts import Draft
from assistant.tools.acting.telling import tell_done, tell_dropped, tell_end, tell_refused
from assistant.tools.acting.wanting import otherwise
from assistant.tools.acting.words import TOOL, is_yes, says
from assistant.tools.policy import stated
from assistant.turn import TurnContext
from index.numbers import order_ids


def confirmed(context: TurnContext, draft: Draft, *, done: bool) -> bool:
    """Take the message as an answer to what was listed, if it is one.

    Args:
        done: it was done in the turn before; a second yes says what was done once more, and does nothing.
    """
    proposal = Proposal.of_json(context.pending["proposal"])
    if done and says("thanks", context.text):
        return False
    if is_yes(context.typed, draft.kind, proposal.order_id, max(1, len(proposal.terms.items))):
        _carry_out(context, draft, proposal)
        return True
    if done:
        return False
    question, unclear = is_question(context.text), says("unclear", context.text)
    refused = says("declined", context.text)
    if question and not unclear:
        return told_beside(context, draft)
    if otherwise(context, draft):
        return False
    if not question and (not refused or unclear) and _revised(context, draft):
        return True
    if refused and not question:
        tell_dropped(context, draft)
        return True
    if not unclear:
        return False
    if question and (passages := stated(context, context.text)):
        context.fix("policy_quote", "asks", quote=passages[0].text)
    context.fix("order_not_yet", "asks")
    advance(context, draft)
    return True


def _revised(context: TurnContext, draft: Draft) -> bool:
    """Whether the message wants another thing than was listed: "yes, but only one". It is then listed anew."""
    if asks("add", context.text) or order_ids(context.text) or not is_short(context.folded):
        return False
    if not says_more(context, draft):
        return False
    advance(context, draft)
    return True


def _carry_out(context: TurnContext, draft: Draft, proposal: Proposal) -> None:
    """Do what was listed. It is committed when this says so."""
    who, actions, key = who_of(context), context.services.order_actions, proposal.order_id
    if who is None:
        tell_end(context, draft, "order_not_yours", "not_allowed")
        return
    try:
        order = actions.look_up(key, who) if key is not None else None
        carried = actions.carry_out(proposal, who)
    except NotYours:
        tell_end(context, draft, "order_not_yours", "not_allowed")
    except OrderChanged:
        context.fix("order_changed" if key is not None else "order_account_changed", "asks", id=key)
        advance(context, draft)
    except Refused as error:
        if order is None:
            tell_end(context, draft, f"refused_account_{error.code}", "not_allowed")
        else:
            tell_refused(context, error.code, draft, order)
    else:
        context.record(TOOL[draft.kind], {**draft.args(), "confirmed": True})
        context.ask("order_done", draft=draft.to_json(), proposal=proposal.to_json())
        tell_done(context, draft, carried, order)
