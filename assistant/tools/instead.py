"""What answers in the place of a search that finds nothing: the product that is named, ideas, a policy, orders."""

from __future__ import annotations

from assistant.acts import asks
from assistant.demands import is_question
from assistant.references import surely_named
from assistant.restraint import for_someone_else
from assistant.tools.account import tell_orders
from assistant.tools.known import about_product, about_several, in_english
from assistant.tools.policy import look_up, speaks_of
from assistant.tools.suggesting import asks_for_ideas, suggest
from assistant.topics import in_english as topical
from assistant.turn import TurnContext
from index.search import Query


def of_named(context: TurnContext) -> str | None:
    """What the message names in full: one is shown, several are compared; None where it names nothing."""
    products = surely_named(context)[:4]
    if not products:
        return None
    if len(products) > 1:
        context.record("compare_products", {"product_ids": [product.id for product in products]})
        return about_several(context, products)
    context.record("show_product", {"product_id": products[0].id})
    return about_product(context, products[0], in_english(context))


def of_no_goods(context: TurnContext, asked: Query) -> str | None:
    """The answer to what asks for no goods, whatever a model took it for: ideas, a policy, orders."""
    if asks_for_ideas(asked.text) or (for_someone_else(context) and not context.said.heads):  # a gift, whatever it be
        return suggest(context)
    question = in_english(context, topical(context.text, in_english(context)))
    if is_question(context.text) and speaks_of(context, question):
        context.record("ask_policy", {"question": question})
        return look_up(context, question)
    if context.conversation.identity.shopper_id is not None and not asked.heads and asks("orders", context.text):
        return tell_orders(context)
    return None
