"""Questions about an action while it is listed or asked about: "and when do I get it?" The policies answer, and it waits on."""

from __future__ import annotations

import re

from assistant.acts import asks
from assistant.tools.acting.advancing import advance
from assistant.tools.acting.drafts import Draft
from assistant.tools.acting.wanting import otherwise
from assistant.tools.known import in_english
from assistant.tools.policy import stated
from assistant.turn import TurnContext
from index.numbers import order_ids

SHORT = 12  # words, or Chinese characters, of a message that is about nothing but what was listed
_MATTER = {"return": "return", "exchange": "exchange", "cancel": "cancelled order refund"}  # in a policy's words


def is_short(folded: str) -> bool:
    """Whether a folded message says so little that it is about what was listed."""
    return len(re.findall(r"[a-z\d'-]+|[\u3400-\u9fff]", folded)) <= SHORT


def told_beside(context: TurnContext, draft: Draft) -> bool:
    """Whether the message is a short question of the course of the action, naming no goods, that a policy answers.

    It is then answered, and what was asked or listed is put again.
    """
    named = context.named or context.said.noun or order_ids(context.text)
    if named or not is_short(context.folded) or not asks("course", context.text) or otherwise(context, draft):
        return False
    passages = stated(context, f"{in_english(context)} {_MATTER.get(draft.kind, '')}".strip())
    if not passages:
        return False
    context.fix("policy_quote", "asks", quote=passages[0].text)
    advance(context, draft)
    return True
