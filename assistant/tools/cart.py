"""Tools over the cart. Whether it changes, what is put there, and how many, follows from what was said.

What a change does, and what is said of it, is in `cart_changes`.
"""

from __future__ import annotations

import re
from typing import Literal

from langchain_core.tools import tool

from assistant import cards
from assistant.acts import asks
from assistant.demands import is_question
from assistant.options import in_stock, no_such_option
from assistant.prompts import note
from assistant.quantities import said_quantity
from assistant.references import ask_which, names_some, resolve, surely_named
from assistant.support.cart import Mode
from assistant.tools.age import too_young
from assistant.tools.cart_changes import change, exchange, price_changed
from assistant.tools.lines import Runtime
from assistant.tools.sizes import own_variant
from assistant.turn import TurnContext
from assistant.wanted import stored_filters
from index.catalogue import Product
from index.filters import Filters
from index.money import Money
from index.words import fold, words

AT_ONCE = 4  # products that one message puts into the cart
_MORE = re.compile(r"\b(?:more|another|extra|additional)\b|再(?:来|加|要|拿)|多(?:来|加|要)")
_CART = re.compile(
    r"\b(?:cart|basket|trolley|bag|total|altogether|all together|sum|checkout|check out)\b|购物车|购物篮|一共|总共|合计"
)
_OWN_CART = re.compile(r"\b(?:cart|basket|trolley)\b|购物车|购物篮")
_PARTS = re.compile(r"[,;，；、]|\b(?:and|plus)\b|&|和|以及|还有")
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s*")
_CLAUSE = re.compile(r"[,;，；、]\s*(?:(?:and|but|then)\b\s*)*|\s+(?:and|but|then|plus)\s+|(?<=[.!?。！？])\s*", re.I)


@tool
def view_cart(runtime: Runtime) -> str:
    """What is in the customer's cart."""
    return tell_cart(runtime.context)


def tell_cart(context: TurnContext) -> str:
    """Tell what is in the cart, what it comes to, and which prices have changed since they were shown."""
    context.record("view_cart", {})
    cart = context.services.carts.view(context.conversation.cart_owner)
    products = context.services.search.catalogue.products
    held = [(products[key], count) for key, count in cart.items() if key in products]
    if not held:
        return context.fix("cart_empty")
    lines = ", ".join(f"{count} × {cards.name_of(product)}" for product, count in held)
    prices = [product.current_price.times(count) for product, count in held]
    total = Money.total(prices)
    changed = [(product, before) for product, _ in held if (before := cards.price_then(context, product))]
    for product, _ in held:
        cards.keep_facts(context, product)
    read = context.fix("cart_view", lines=lines, total=total, **cards.checked(context))
    return " ".join([read, *(price_changed(context, product, before) for product, before in changed)])


@tool
def update_cart(product_id: str, quantity: int, mode: Literal["add", "set", "remove"], runtime: Runtime) -> str:
    """Change the cart as the message asks, whatever the arguments say."""
    context = runtime.context
    if wished(context) is None:
        context.record("update_cart", {"product_id": product_id}, ok=False)
        return context.fix("nothing_changed", "asks")
    return change_as_said(context, product_id)


def says_cart(said: str) -> bool:
    """Whether a folded text speaks of the cart or of a total."""
    return bool(_CART.search(said))


def buys_named(context: TurnContext) -> bool:
    """Whether a message orders by name: "buy the Brio Kettle"; after a change to the cart also "and an Alto Kettle"."""
    if is_question(context.text) or not surely_named(context):
        return False
    return asks("buy", context.text) or (bool(context.filling) and asks("also", context.text))


def another_variant(context: TurnContext) -> bool:
    """Whether a message wants what is in the cart in another colour or size: "no, make them white instead"."""
    said = context.said
    if said.noun or not (said.filters.color or said.filters.size):
        return False
    return (asks("set", context.text) or asks("swap", context.text)) and _speaks_of_held(context)


def fills_cart(context: TurnContext) -> bool:
    """Whether a message that names products in full has them put into the cart, or taken out of it, by that word."""
    if is_question(context.text) or not _OWN_CART.search(context.folded) or not surely_named(context):
        return False
    return wished(context) is not None


def _speaks_of_held(context: TurnContext) -> bool:
    """Whether what was last spoken of is in the cart."""
    return not set(context.state.focus).isdisjoint(context.services.carts.view(context.conversation.cart_owner))


def _one_more(context: TurnContext) -> bool:
    """Whether a message goes on filling the cart with another variant: "and one in white"."""
    another = asks("also", context.text) and bool(context.said.filters.color or context.said.filters.size)
    return bool(context.filling) and another and not is_question(context.text)


def change_as_said(context: TurnContext, product_id: str = "") -> str:
    """Change the cart as the message asks, one part of it after another.

    Args:
        product_id: what a model names.
    """
    parts = _orders(context)
    told = []
    for part in parts:
        with context.reading(part):
            told.append(_change_by(context, product_id if len(parts) == 1 else ""))
    return " ".join(told)


def _orders(context: TurnContext) -> list[str]:
    """The parts of a message that each ask for another change, of other products: "lose the brick, and make it 3 rollers".

    Else the sentences that ask for one, where they name of what; else the message.
    """
    parts = [part for part in _CLAUSE.split(context.text) if part and wished(context, part)]
    if len({wished(context, part) for part in parts}) > 1:
        meant = [_meant_by(context, part) for part in parts]
        groups = [product.group_id for products in meant for product in products]
        if all(meant) and len(groups) == len(set(groups)):
            return parts
    sentences = [sentence for sentence in _SENTENCE.split(context.text) if sentence]
    asking = " ".join(sentence for sentence in sentences if wished(context, sentence))
    whole = context.text
    with context.reading(asking or whole):
        return [context.text] if names_some(context) else [whole]


def _meant_by(context: TurnContext, part: str) -> list[Product]:
    """The products that a part of the message means."""
    with context.reading(part):
        return _meant(context)


def _meant(context: TurnContext, hint: str = "") -> list[Product]:
    """The products whose line in the cart is meant: to take out and to count up also by a part of the name of one in it."""
    if asks("empty", context.text):
        return _all_held(context)
    return resolve(context, hint, strict=True, held=() if wished(context) == "add" else _all_held(context))


def _change_by(context: TurnContext, product_id: str) -> str:
    """Change the cart as a part of the message asks."""
    meant = _meant(context, product_id)
    picked = [p for p in meant if p.id == product_id or set(words(p.title)) & set(words(product_id))]
    meant = [p for p in (picked or meant) if p.group_id not in context.changed]
    if not meant and context.changed:
        return note("done_already")
    if not meant:
        context.record("update_cart", {"product_id": product_id}, ok=False)
        told = ask_which(context)
        if context.outcomes[-1] == "asks":
            context.ask("which", mode=wished(context), quantity=said_quantity(context.text).count)
        return told
    if asks("empty", context.text):
        return " ".join(change(context, product, 0, "remove") for product in meant)
    return " ".join(_change_as_said(context, product) for product in meant[:AT_ONCE])


def wished(context: TurnContext, text: str | None = None) -> Mode | None:
    """The change to the cart that a message, or a part of it, asks for; None where it asks for none.

    A short answer to what was just asked about the cart asks for that; so does a yes to an offer to put something in.
    """
    said = context.text if text is None else text
    if text is None and (buys_named(context) or _one_more(context)):
        return "add"
    if asks("remove", said) or (asks("empty", said) and context.services.carts.view(context.conversation.cart_owner)):
        return "remove"
    if asks("add", said) and _MORE.search(fold(said)):
        return "add"
    if asks("set", said) or (asks("swap", said) and _speaks_of_held(context)):
        return "set"
    if asks("add", said):
        return "add"
    if text is not None:
        return None
    if context.pending.get("act") in ("which", "size", "many", "few"):
        pending: Mode = context.pending["mode"]
        return pending
    return "add" if asks("agree", said) and _offered(context) else None


def _change_as_said(context: TurnContext, product: Product) -> str:
    """Change the cart for one product, by the part of the message that speaks of it."""
    context.changed.add(product.group_id)
    part = _part(context, product)
    how = wished(context, part) or wished(context)
    assert how is not None  # the caller has seen to it
    group = context.services.search.catalogue.groups[product.group_id]
    quantity = said_quantity(
        part,
        [group.title, *_titles(context)],
        [variant.id for variant in group.variants],
        [
            *context.said.filters.size,
            *(variant.size for variant in group.variants if variant.size and not variant.size.isdigit()),
        ],
    )
    count = quantity.count if quantity.count is not None else context.pending.get("quantity")
    args: dict[str, object] = {"product_id": product.id, "quantity": count or 0, "mode": how}
    if quantity.wrong:
        context.record("update_cart", args, ok=False)
        return context.fix("cart_bad_quantity", "not_allowed")
    said = context.said.filters if part == context.text else context.services.search.reader.read(part).filters
    if how != "remove" and (no := too_young(context, product)):
        context.record("update_cart", args, ok=False)
        return no
    if how != "remove" and (no := no_such_option(context, product, said, key="cart_no_such_option")):
        context.record("update_cart", args, ok=False)
        if how == "add":  # "XL then"
            context.ask("option", product=product.id, quantity=count or 1, mode=how, color=said.color, size=said.size)
        return no
    if how == "add":
        product = own_variant(context, _in_asked_size(context, product))
    if how == "set" and count is None and (held := _replaced(context, product)):
        return exchange(context, held, product)
    if how == "set" and count is None and not _variants_held(context, product):
        how = args["mode"] = "add"  # "then the other one instead", of which none is in the cart
    product = _in_cart(context, product, how)
    if quantity.unclear or (how == "set" and count is None):
        context.state.focus = [product.id]
        context.ask("many", product=product.id, mode=how)
        context.record("update_cart", args, ok=False)
        return context.fix("how_many", "asks")
    count = count if count is not None else 0 if how == "remove" else 1
    if how == "add" and (sizes := _size_missing(context, product)):
        context.state.focus = [product.id]
        context.ask("size", product=product.id, quantity=count, mode=how)
        context.record("update_cart", args, ok=False)
        for variant in context.services.search.catalogue.groups[product.group_id].variants:
            if variant.size in sizes and variant.color == product.color:
                context.fact(variant.id, "size", variant.size, cards.SOURCE)
        return context.fix("which_size", "asks", title=product.title, sizes=", ".join(sizes))
    return change(context, product, count, how)


def _part(context: TurnContext, product: Product) -> str:
    """The part of the message that speaks of a product, where it speaks of several."""
    search = context.services.search
    if len({match.group_id for match in context.named}) < 2:
        return context.text
    for part in _PARTS.split(context.text):
        if any(match.group_id == product.group_id for match in search.find_by_name(part)):
            return part
    return context.text


def _titles(context: TurnContext) -> list[str]:
    """The titles of the products that the message names or that were just shown."""
    catalogue = context.services.search.catalogue
    named = [catalogue.groups[m.group_id].title for m in context.named]
    return [*named, *(catalogue.products[key].title for key in context.state.shown if key in catalogue.products)]


def _offered(context: TurnContext) -> bool:
    """Whether the last reply ended with an offer to put something in the cart."""
    last = context.state.said[-1][1] if context.state.said else ""
    ending = re.split(r"(?<=[.!。！])\s*", last.strip())[-1]
    return bool(re.search(r"\b(?:add|put|cart|basket)\b.*\?|(?:购物车|加入|下单).*[?？吗]", ending.lower()))


def _all_held(context: TurnContext) -> list[Product]:
    cart = context.services.carts.view(context.conversation.cart_owner)
    products = context.services.search.catalogue.products
    return [products[key] for key in cart if key in products]


def _variants_held(context: TurnContext, product: Product) -> list[Product]:
    cart = context.services.carts.view(context.conversation.cart_owner)
    products = context.services.search.catalogue.products
    return [products[k] for k in cart if k in products and products[k].group_id == product.group_id]


def _replaced(context: TurnContext, product: Product) -> Product | None:
    """What in the cart the message wants another one for: the one variant of the same product, or what was just put in."""
    said = context.said.filters
    if held := _variants_held(context, product):
        return held[0] if (said.size or said.color) and len(held) == 1 and held[0].id != product.id else None
    products = context.services.search.catalogue.products
    cart = context.services.carts.view(context.conversation.cart_owner)
    last = next((key for key in context.filling if key in cart and key in products), None)
    return products[last] if last else None


def _in_cart(context: TurnContext, product: Product, how: Mode) -> Product:
    """For "make it three" and "take it out": the variant of that product that is in the cart already."""
    held = _variants_held(context, product)
    return held[0] if how != "add" and len(held) == 1 else product


def _in_asked_size(context: TurnContext, product: Product) -> Product:
    """A product in the size that was searched for, where the message says none."""
    asked = context.state.last_query()
    if asked is None or not asked.filters.size or context.said.filters.size or product.size in asked.filters.size:
        return product
    wanted = Filters(color=(product.color,) if product.color else (), size=asked.filters.size)
    return context.services.search.best_variant(product.group_id, wanted) or product


def _size_missing(context: TurnContext, product: Product) -> list[str]:
    """The sizes to choose from, where the shopper has not said one and none is stored."""
    if not product.size:
        return []
    group = context.services.search.catalogue.groups[product.group_id]
    if len({variant.size for variant in group.variants}) < 2:
        return []
    asked = context.state.last_query()
    stored = stored_filters(context).size
    known = {*context.said.filters.size, *(asked.filters.size if asked else ()), *stored}
    typed = product.id.lower() in context.text.lower()
    alone = rf"(?<![A-Za-z0-9]){re.escape(product.size)}(?![A-Za-z0-9])"  # in Chinese no space parts words
    read = context.services.search.reader.read
    heard = any(
        re.search(alone, said, re.I) or product.size in read(said).filters.size for said, _ in context.state.said[-2:]
    )
    return [] if product.size in known or typed or heard else in_stock(context, product, "size")
