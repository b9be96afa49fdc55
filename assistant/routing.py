"""Which tool answers a message, where its own words settle that: the one step between a model's plan and the tools.

A small model takes an order for a search, a question for a change, a rule of the shop for an order's status. Each route
here reads the message and gives the call that it means in the place of one that was planned. What a tool does, it still
decides by the message itself: nothing is written that no word asks for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant.acts import asks
from assistant.arguments import goes_on as goes_on_with_search
from assistant.demands import is_question
from assistant.references import pointed_at, surely_named
from assistant.tools.account import asks_for_rules, may_remember, told_just_now
from assistant.tools.acting.wanting import surely_wanted, wanted
from assistant.tools.acting.words import TOOL, says
from assistant.tools.cart import another_variant, buys_named, fills_cart, says_cart, wished
from assistant.tools.known import in_english
from assistant.tools.policy import goes_on as goes_on_with_policy
from assistant.tools.policy import say_more, speaks_of
from assistant.tools.service import demand_of, may_hand_off
from assistant.tools.suggesting import wants_ideas
from assistant.topics import in_english as topical
from assistant.turn import TurnContext
from assistant.wishes import named_keys, said_wish
from index.numbers import order_ids
from index.words import content

WRITES: Mapping[str, Callable[[TurnContext], bool]] = {  # what a message must ask for to have it done
    "update_cart": lambda context: wished(context) is not None,
    "remember_preference": may_remember,
    "hand_off": may_hand_off,
    **dict.fromkeys(TOOL.values(), lambda context: wanted(context) is not None),
}
_SEVERAL = re.compile(r"\b(?:only|just|any|all|some) (?:the )?(?:[\w-]+ ){1,3}ones\b")
_READS = frozenset({"search_products", "show_product", "compare_products", "view_cart", "chat"})
_ANSWERS = _READS | {"ask_policy", "decline", "order_status"}
_BETWEEN = re.compile(r"\b(?:or|vs|versus|between|compared?|difference|differ|both)\b|还是|比较|区别|哪个更")
_OF_OWN = re.compile(  # what was bought and is no longer as it was: that is for the policies
    r"(?<!like )(?<!replace )\bmy\b[^.?!]{0,40}\b(?:broke|broken|blunt|dull|ripped|torn|tore|leak(?:s|ing)?|cracked|stopped working|faulty|worn (?:out|through)|"
    r"(?:a|has|got) holes?|fell apart|g(?:a|i)ven? up)\b"
)
_ASKS_FOR_GOODS = re.compile(
    r"\b(?:do you (?:have|sell|carry|stock|offer)|have you got|show me|looking for|any\b[^?]{0,20}\b(?:under|below|in)|which (?:of your )?\w+(?: \w+)? (?:do you|can you|are|is))\b|有没有|卖|推荐|有[^，。？！]{0,8}吗|[想要](?:买|找)(?!过|了|的)"
)
_LASTING = re.compile(r"\b(?:remember|save|store|note|keep|from now on|forget|in (?:the )?future)\b|记住|记下|以后|忘")
_STATUS = re.compile(
    r"\b(?:status|stand|stands|doing|coming along|where is|where's|arriv\w+|track\w*|delivered|shipped|dispatched)\b|状态|到哪|物流"
)
_CHANGES = re.compile(
    r"\b(?:cancel|return|send (?:it |them |this |that )?back|exchange|swap|refund|change)\w*\b|取消|退|换"
)
AT_ONCE = 4  # products that are compared
BOUNDS = ("min_price", "max_price", "in_stock")  # where one stands in the way, it is the no, also of a named product
_OF_OTHERS = re.compile(  # what is private: somebody's data, or what the assistant was told
    r"\b(?:customers?|shoppers?|users?|people|somebody|someone|everybody|everyone|who|he|she|his|her|their|neighbou?rs?|"
    r"address(?:es)?|e-?mails?|phone|passwords?|names?|accounts?|instructions?|prompts?|rules|told|system|tools?|json|database)\b"
)


@dataclass(frozen=True)
class Call:
    """A call of a tool. `beside`: others answer the message too, so that this one need not."""

    name: str
    args: Mapping[str, Any] = field(default_factory=dict)
    beside: bool = False


def routed(context: TurnContext, planned: Call) -> Call | None:
    """The call that a message means; None where the planned one means nothing and others answer."""
    if acted := _order_action(context, planned):
        return acted
    if planned.name in _READS and fills_cart(context):
        return Call("update_cart", {"product_id": "", "quantity": 0, "mode": "add"}, planned.beside)
    if planned.name in _READS and asks("empty", context.text) and wished(context) is not None:
        return Call("update_cart", {"product_id": "", "quantity": 0, "mode": "remove"}, planned.beside)
    if planned.name in WRITES and not WRITES[planned.name](context):
        return None if planned.beside else _instead_of_a_write(context, planned)
    if planned.name in _ANSWERS and told_just_now(context) and not context.named and says("of_it", context.text):
        return Call("order_status")
    route = _ROUTES.get(planned.name)
    return route(context, planned) if route else planned


def _order_action(context: TurnContext, planned: Call) -> Call | None:
    """The tool that does what a message surely wants done about an order, whatever was planned."""
    kind = wanted(context) if planned.name in TOOL.values() else surely_wanted(context)
    if kind is None or planned.name == "hand_off" or (planned.name == "decline" and demand_of(context) is not None):
        return None
    if _asks_how_it_goes(context):
        return Call("ask_policy", {"question": in_english(context)}, planned.beside)
    hint = str(planned.args.get("order_id") or planned.args.get("product_id") or planned.args.get("question") or "")
    return Call(TOOL[kind], planned.args if planned.name == TOOL[kind] else {"order_id": hint}, planned.beside)


def _asks_how_it_goes(context: TurnContext) -> bool:
    """Whether a guest asks how an action would go, and has named no order: "I want to return a gift. What do I get back?"."""
    unknown = context.conversation.identity.shopper_id is None and not order_ids(context.text)
    return unknown and not context.pending and is_question(context.text) and asks("course", context.text)


def _instead_of_a_write(context: TurnContext, planned: Call) -> Call:
    """What a message wants that was taken for a change nobody asked for: a question is answered, a search goes on."""
    named = [product.id for product in surely_named(context)]
    question = in_english(context)
    if planned.name == "hand_off":
        return Call("ask_policy", {"question": question})
    if planned.name in TOOL.values():
        return _instead_of_an_action(context, planned, question)
    if len(named) > 1:
        return Call("compare_products", {"product_ids": named[:AT_ONCE]})
    if named and is_question(context.text):
        return Call("show_product", {"product_id": named[0]})
    if goes_on_with_search(context):
        return Call("search_products", {"query": context.said.rest or question})
    if planned.name == "remember_preference" and context.said.heads:  # "gloves, no wool": nothing to keep
        return Call("search_products", {"query": _wished_for(context)})
    if is_question(context.text) and (not context.state.shown or speaks_of(context, question)):
        return Call("ask_policy", {"question": question})
    return planned


def _instead_of_an_action(context: TurnContext, planned: Call, question: str) -> Call:
    """What a message about an order wants that was taken for an action on it: how it stands, or what the rules are."""
    asked = is_question(context.text)
    if asked and not order_ids(context.text):
        return Call("ask_policy", {"question": topical(context.text, question)})
    if asked and (asks_for_rules(context) or _CHANGES.search(context.folded)) and not _STATUS.search(context.folded):
        return Call("ask_policy", {"question": question})
    return Call("order_status") if order_ids(context.text) else planned


def _search(context: TurnContext, planned: Call) -> Call | None:
    """An option of what was shown, an order, a change to the cart, ideas, a policy: each is no search."""
    asked = in_english(context)
    if buys_named(context) or another_variant(context):
        return Call("update_cart", {"product_id": "", "quantity": 0, "mode": "add"})
    if pointed := _option_of_shown(context):
        return Call("show_product", {"product_id": pointed})
    if order_ids(context.text) and not context.said.noun and not context.services.search.find_by_id(context.text):
        return Call("order_status")
    if planned.beside and speaks_of(context, asked, surely=True):
        return None if context.citations else Call("ask_policy", {"question": asked})
    if goes_on_with_policy(context):
        return Call("ask_policy", {"question": str(planned.args.get("query") or asked)})
    if wants_ideas(context):
        return Call("recommend")
    named = [product.id for product in surely_named(context)]
    if _means_the_named(context, named):
        return _of_named(named)
    asks_for_goods = bool(_ASKS_FOR_GOODS.search(context.folded)) or (
        context.said.noun and bool(re.search("有什么|有哪些", context.text))
    )
    surely = not _OF_OWN.search(context.folded)
    if is_question(context.text) and not asks_for_goods and speaks_of(context, asked, surely=surely):
        return Call("ask_policy", {"question": str(planned.args.get("query") or asked)})
    return planned


def _option_of_shown(context: TurnContext) -> str | None:
    """The product that "do you have the first one in size 43?" means: in that size or not, and no search."""
    said = context.said
    if said.noun or not (said.filters.size or said.filters.color) or context.named:
        return None
    if _SEVERAL.search(context.folded) and goes_on_with_search(context):
        return None  # "only blue ones" of what was found
    meant = pointed_at(context)
    if not meant and context.state.focus and not context.state.query and not content(said.rest):
        return context.state.focus[0]  # "and in orange?" of the one that was just shown
    return meant[0].id if len(meant) == 1 else None


def _means_the_named(context: TurnContext, named: list[str]) -> bool:
    """Whether the message asks about what it names: several products, or one without a wish for others."""
    question = is_question(context.text)
    bounds = BOUNDS[:2] if question else BOUNDS
    if not named or set(context.said.filters.stated()) & set(bounds):
        return False
    return len(named) > 1 or (
        (question or asks("look", context.text)) and not (asks("alike", context.text) or asks("others", context.text))
    )


def _of_named(named: list[str]) -> Call:
    if len(named) > 1:
        return Call("compare_products", {"product_ids": named[:AT_ONCE]})
    return Call("show_product", {"product_id": named[0]})


def _one(context: TurnContext, planned: Call) -> Call | None:
    """Several that are named are compared; where there is nothing to point at, a kind of thing is asked for."""
    if len(named := [product.id for product in surely_named(context)]) > 1:
        return _of_named(named)
    if _wants_others(context):
        return _search(context, Call("search_products", {"query": context.said.rest}, planned.beside))
    if not context.state.shown and not context.named and not pointed_at(context) and not _typed(context):
        asked = str(planned.args.get("question") or planned.args.get("product_id", ""))
        return _search(context, Call("search_products", {"query": asked}, planned.beside))
    if is_question(context.text) and not context.named and (meant := pointed_at(context)):
        if say_more(context, meant[0], question := in_english(context)):  # "how much is shipping for it?"
            return Call("ask_policy", {"question": question})
    return planned


def _wants_others(context: TurnContext) -> bool:
    """Whether a message asks for other goods than what is spoken of: "a bag like that which you do have, 35 at most"."""
    said = context.said
    if context.named or not said.noun or not said.filters.without("product_type"):
        return False
    kinds = "|".join(re.escape(head) for head in said.heads)
    return bool(re.search(rf"\b(?:an?|any|some|another) (?:[\w-]+ ){{0,2}}(?:{kinds})\b", context.folded))


def _several(context: TurnContext, planned: Call) -> Call | None:
    """ "Which of your tents is the lightest?" compares nothing that was shown or named."""
    named = [product.id for product in surely_named(context)]
    if (
        len(named) == 1
        and is_question(context.text)
        and not asks("alike", context.text)
        and not _BETWEEN.search(context.folded)
    ):
        return _of_named(named)  # a part of its name is another's: "which sizes of the Fleece Jacket for Men are left?"
    if context.state.shown or context.named or _typed(context):
        return planned
    return _search(context, Call("search_products", {"query": in_english(context)}, planned.beside))


def _typed(context: TurnContext) -> bool:
    return bool(context.services.search.find_by_id(context.text))


def _ideas(context: TurnContext, planned: Call) -> Call | None:
    """Beside an answer from the policies, a question that goes on with them asks for no ideas."""
    return None if planned.beside and goes_on_with_policy(context) else planned


def _cart(context: TurnContext, planned: Call) -> Call | None:
    """ "What have I bought so far?" asks for orders."""
    return Call("order_status") if asks("orders", context.text) and not says_cart(context.folded) else planned


def _policy(context: TurnContext, planned: Call) -> Call | None:
    """How an order stands no policy says."""
    if planned.beside and context.citations:  # another call has asked it
        return None
    question = in_english(context, str(planned.args.get("question") or "") or None)
    asks_for_goods = context.said.noun and _ASKS_FOR_GOODS.search(context.folded)
    if asks_for_goods and (_has_wishes(context) or not speaks_of(context, question)):
        return _search(context, Call("search_products", {"query": question}, planned.beside))
    owned = bool(order_ids(context.text)) and bool(_STATUS.search(context.folded))
    return Call("order_status") if owned and not asks_for_rules(context) else planned


def _has_wishes(context: TurnContext) -> bool:
    """Whether the message says what the goods should be like: a colour, a size, a price."""
    return bool(context.said.filters.without("product_type"))


def _talk(context: TurnContext, planned: Call) -> Call | None:
    """ "What if it was worth 2500?" goes on with what the policies were asked."""
    goes_on = is_question(context.text) and goes_on_with_policy(context)
    return Call("ask_policy", {"question": in_english(context)}) if goes_on else planned


def _orders(context: TurnContext, planned: Call) -> Call | None:
    """What to do about an order, and what is possible, the policies say."""
    if order_ids(context.text):
        return planned
    if goes_on_with_policy(context):  # "what if the order is 230 dollars?"
        return Call("ask_policy", {"question": in_english(context)})
    if planned.beside and not asks("orders", context.text):
        return None
    question = topical(context.text, in_english(context))
    if asks_for_rules(context) and speaks_of(context, question):
        return Call("ask_policy", {"question": question})
    return planned


def _wish(context: TurnContext, planned: Call) -> Call | None:
    """To leave history out for this once is nothing to remember or forget: what is wanted besides is shown."""
    text = context.text
    guest = context.conversation.identity.shopper_id is None
    asks_for_goods = context.said.heads and _ASKS_FOR_GOODS.search(context.folded)
    if guest and (asks_for_goods or (goes_on_with_search(context) and not _LASTING.search(context.folded))):
        return Call("search_products", {"query": _wished_for(context)})  # nobody to keep it for: it counts now
    lasting = asks("consent_off", text) or asks("consent_on", text) or bool(named_keys(text))
    if (
        lasting
        or context.state.held.get("why") != "said_otherwise"
        or said_wish(context, str(planned.args.get("key")), None) is not None
    ):
        return planned
    return Call("recommend") if wants_ideas(context) else Call("search_products", {"query": context.said.rest})


def _wished_for(context: TurnContext) -> str:
    """The goods that a message wants, for a search: what is ruled out is read from the message itself."""
    return context.text if context.language == "en" else context.said.rest


def _no(context: TurnContext, planned: Call) -> Call | None:
    """A model's word alone is no no: beside an answer it is left out, and what asks for a person or for rules is no demand."""
    if demand_of(context) is not None:
        return planned
    if planned.beside:
        return None
    if goes_on_with_policy(context):
        return Call("ask_policy", {"question": in_english(context)})
    if asks("person", context.text) and context.handoff is None:
        return Call("hand_off", {"reason": context.text})
    if _CHANGES.search(context.folded) and (order_ids(context.text) or asks("orders", context.text)):
        signed_in = context.conversation.identity.shopper_id is not None
        return Call("ask_policy", {"question": in_english(context)}) if signed_in else Call("order_status")
    kind = planned.args.get("kind")
    question = topical(context.text, in_english(context))
    about_others = kind == "private" and bool(_OF_OTHERS.search(context.folded))
    told_by_words = kind in ("advice", "discount") or (
        kind == "private" and not about_others
    )  # and it has none of them
    if is_question(context.text) and (told_by_words or speaks_of(context, question, surely=about_others)):
        return Call("ask_policy", {"question": question})
    return Call("chat") if kind == "rude" else planned  # what is rude is told by its words; "are you a robot?" is not


_ROUTES: Mapping[str, Callable[[TurnContext, Call], Call | None]] = {
    "search_products": _search,
    "show_product": _one,
    "compare_products": _several,
    "recommend": _ideas,
    "view_cart": _cart,
    "ask_policy": _policy,
    "order_status": _orders,
    "remember_preference": _wish,
    "decline": _no,
    "chat": _talk,
}
