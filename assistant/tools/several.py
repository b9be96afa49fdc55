"""Several questions in one message: each is answered by what can answer it, the product that is meant or the policies."""

from __future__ import annotations

import re

from assistant.gloss import gloss
from assistant.references import surely_named
from assistant.support.evidence import whole_parts_of
from assistant.tools.known import about_product
from assistant.tools.policy import for_it, look_up, say_more
from assistant.turn import TurnContext
from index.catalogue import Product


def answered_by_parts(context: TurnContext, product: Product | None) -> str | None:
    """Answer a message's questions one after another; None where it asks one, or a model can be trusted to tell them all.

    Args:
        product: what is meant; by default the one that the message names.
    """
    parts = _parts(context)
    product = product or next(iter(surely_named(context)), None)
    if not context.exact or len(parts) < 2 or product is None:
        return None
    told, recorded = [], {call.name for call in context.tools}
    for part in parts:
        with context.reading(part):
            asked = part if context.language == "en" else gloss(part)
            name = "ask_policy" if _is_for_policies(context, product, asked) else "show_product"
            if name not in recorded:
                recorded.add(name)
                context.record(name, {"question": asked} if name == "ask_policy" else {"product_id": product.id})
            if name == "ask_policy":
                told.append(look_up(context, for_it(asked, product)))
            else:
                told.append(about_product(context, product, asked))
    return "\n".join(told)


def _parts(context: TurnContext) -> list[str]:
    """The questions of a message; what one says nothing of its own is a part of the one before."""
    if context.language == "en":
        return whole_parts_of(context.text)
    return [part for part in re.split(r"(?<=[？?])", context.text) if part.strip()]


def _is_for_policies(context: TurnContext, product: Product, asked: str) -> bool:
    """Whether a part names no product, and the policies say more of it than what is stated of the one that is meant."""
    return not surely_named(context) and say_more(context, product, asked)
