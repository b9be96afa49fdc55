"""Answers to what the turn before asked or offered: "M", "the second one", "three", "yes please". No model is asked.

What can be asked (`TurnContext.ask`): `which` product, `size`, `many` and `option` (another, where one does not exist) for
the cart, `few` (as many as there are),
and `person` (an offer to pass a question on). An answer is short; anything else is a new message.
"""

from __future__ import annotations

import re

from assistant.acts import asks
from assistant.demands import is_question
from assistant.options import no_such_option
from assistant.quantities import said_quantity
from assistant.references import resolve
from assistant.tools.cart_changes import change
from assistant.tools.service import pass_on
from assistant.turn import TurnContext
from index.catalogue import Product
from index.filters import Filters

_YES = re.compile(r"(?:yes|yep|yeah|yup)(?: please| do| do (?:it|that))?[.! ]*$|(?:是的?|对的?|好的)[。！ ]*$")
SHORT = 7  # words, or twice as many Chinese characters


def accepted(context: TurnContext) -> bool:
    """Whether the message answers what was asked; it is then done, and said."""
    pending = context.pending
    act, product = pending.get("act"), _product(context)
    if not act and _YES.match(context.folded) and not _was_asked(context):
        context.fix("nothing_to_confirm", "asks")
        return True
    if act == "person" and asks("agree", context.text):
        pass_on(context, pending["question"])
        return True
    if not _short(context.text) or is_question(context.text):
        return False
    if act == "few" and product and asks("agree", context.text):
        change(context, product, pending["quantity"], pending["mode"])
        return True
    if act == "many" and product and (count := said_quantity(context.text, [product.title]).count):
        change(context, product, count, pending["mode"])
        return True
    said = context.said.filters
    if product and ((act == "size" and said.size) or (act == "option" and (said.size or said.color))):
        return _in_option(context, product)
    return act == "which" and _which(context)


def _was_asked(context: TurnContext) -> bool:
    """Whether the last reply asked something in its own words."""
    return bool(context.state.said) and context.state.said[-1][1].rstrip().endswith(("?", "？"))


def _in_option(context: TurnContext, product: Product) -> bool:
    """The size or colour that was asked for, with the other one as it was said now or before."""
    if named := context.named:
        if all(match.group_id != product.group_id for match in named):
            return False
    said, before = context.said.filters, context.pending
    color = said.color or tuple(before.get("color") or ()) or ((product.color,) if product.color else ())
    asked = Filters(size=said.size or tuple(before.get("size") or ()), color=color)
    if no_such_option(context, product, asked, key="cart_no_such_option"):  # no other colour than was spoken of
        context.state.asked = context.pending  # it may be answered again
        return True
    wanted = context.services.search.best_variant(product.group_id, asked)
    if wanted is None:
        return False
    change(context, wanted, context.pending["quantity"], context.pending["mode"])
    return True


def _which(context: TurnContext) -> bool:
    meant = resolve(context, strict=True)
    if len(meant) != 1:
        return False
    pending = context.pending
    quantity = said_quantity(context.text, [meant[0].title], [meant[0].id])
    if quantity.wrong or quantity.unclear:
        return False
    change(
        context,
        meant[0],
        quantity.count or pending.get("quantity") or (0 if pending["mode"] == "remove" else 1),
        pending["mode"],
    )
    return True


def _product(context: TurnContext) -> Product | None:
    return context.services.search.catalogue.products.get(context.pending.get("product", ""))


def _short(text: str) -> bool:
    latin, chinese = (
        len(re.findall(r"[\w'-]+", re.sub(r"[\u3400-\u9fff]", " ", text))),
        len(re.findall(r"[\u3400-\u9fff]", text)),
    )
    return latin + chinese / 2 <= SHORT
