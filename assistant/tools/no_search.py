"""What a model takes for a search and is none: an option of what was shown, an order, a change to the cart, ideas, a policy."""

from __future__ import annotations

import re

from assistant import cards
from assistant.acts import asks
from assistant.demands import is_question
from assistant.options import no_such_option
from assistant.references import pointed_at, resolve, surely_named
from assistant.restraint import for_someone_else
from assistant.tools.account import tell_orders
from assistant.tools.cart import buys_named, change_as_said
from assistant.tools.known import about_product, about_several, in_english
from assistant.tools.lines import lines_of
from assistant.tools.policy import goes_on, look_up, speaks_of
from assistant.tools.suggesting import asks_for_ideas, suggest, wants_ideas
from assistant.topics import in_english as topical
from assistant.turn import TurnContext
from index.numbers import order_ids
from index.search import Query

_OTHERS = re.compile(
    r"\b(?:like|similar|instead|alternatives?|other|others|else|besides|than|cheaper|matching|match|goes? with|accessor\w+|"
    r"pair|recommend|suggest)\b|类似|像|别的|其他|其它|更|搭配|推荐|替代"
)
_SHOWN = re.compile(
    r"^(?:(?:ok|okay|please|pls|so|and|hi|hello|hey|can you|could you|i (?:want|would like|'d like) to (?:see|know)|let me see)[, ]*)*"
    r"(?:show|tell|describe|explain|see|know|more (?:on|about)|details|info)\b|看看|看一下|介绍|给我看"
)
OFFERED = ("min_price", "max_price", "in_stock")  # what stands in the way is the no, also of a named product


def no_search(context: TurnContext, query: str) -> str | None:
    """The answer to a message that no search is needed for, whatever a model plans; None where it may be one.

    Args:
        query: what the model searches for.
    """
    if option := _option_of_shown(context):
        return option
    if goes_on(context):
        context.record("ask_policy", {"question": in_english(context)})
        return look_up(context, in_english(context), query)
    if order_ids(context.text) and not context.said.noun and not context.services.search.find_by_id(context.text):
        return tell_orders(context)
    if buys_named(context) or _another_variant(context):
        return change_as_said(context)
    return suggest(context) if wants_ideas(context) else None


def _option_of_shown(context: TurnContext) -> str | None:
    """The answer to "do you have the first one in size 43?": no search, but that product, in that size or not."""
    said = context.said
    if said.noun or not (said.filters.size or said.filters.color) or context.named:
        return None
    meant = pointed_at(context)
    if len(meant) != 1:
        return None
    product = resolve(context, strict=True)[0]
    context.state.focus = [product.id]
    context.record("show_product", {"product_id": product.id})
    if no := no_such_option(context, product):
        return no
    cards.show(context, [cards.alone(product)])
    fallback = context.text_of("found_one", title=cards.name_of(product), price=product.current_price)
    return context.tell("search", lines_of([cards.alone(product)], ""), fallback)


def _another_variant(context: TurnContext) -> bool:
    """Whether a message wants what is in the cart in another colour or size: "no, make them white instead"."""
    said = context.said
    if said.noun or not (said.filters.color or said.filters.size) or not asks("set", context.text):
        return False
    return not set(context.state.focus).isdisjoint(context.services.carts.view(context.conversation.cart_owner))


def means_the_named(context: TurnContext, asked: Query) -> bool:
    """Whether the message asks about what it names: several products, or one without a wish for others."""
    named = surely_named(context)
    question = is_question(context.text)
    if not named or set(asked.filters.stated()) & set(OFFERED[:2] if question else OFFERED):
        return False
    return len(named) > 1 or ((question or bool(_SHOWN.search(context.folded))) and not _OTHERS.search(context.folded))


def of_named(context: TurnContext) -> str | None:
    """What the message names in full, where a search by its words finds nothing: one is shown, several are compared."""
    products = surely_named(context)[:4]
    if not products:
        return None
    if len(products) > 1:
        context.record("compare_products", {"product_ids": [product.id for product in products]})
        return about_several(context, products)
    context.record("show_product", {"product_id": products[0].id})
    return about_product(context, products[0], in_english(context))


def of_no_goods(context: TurnContext, asked: Query) -> str | None:
    """The answer to what is no search for goods, whatever a model took it for: orders, ideas, a policy."""
    if asks_for_ideas(asked.text) or (for_someone_else(context) and not context.said.heads):  # a gift, whatever it be
        return suggest(context)
    question = in_english(context, topical(context.text, in_english(context)))
    if is_question(context.text) and speaks_of(context, question):
        context.record("ask_policy", {"question": question})
        return look_up(context, question)
    if context.conversation.identity.shopper_id is not None and not asked.heads and asks("orders", context.text):
        return tell_orders(context)
    return None
