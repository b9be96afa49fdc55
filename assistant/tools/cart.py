"""Tools over the cart. What is put there, and how many, follows from what was said."""

from __future__ import annotations

import re
from typing import Literal

from langchain_core.tools import tool

from assistant import cards
from assistant.references import ask_which, resolve, sizes_of
from assistant.support.cart import BadQuantity, Mode, OutOfStock
from assistant.tools.shopping import Runtime
from assistant.turn import TurnContext
from index.catalogue import Product
from index.money import Money
from index.numbers import quantity as quantity_in
from index.words import lexicon, words

_TAKE_OUT = re.compile(r"\b(?:remove|take .{0,30}\bout|delete|drop|get rid of|without)\b|移除|删除|拿掉|去掉")
_ADD_MORE = re.compile(r"\b(?:more|another|extra|additional)\b|再(?:来|加)")
_SET = re.compile(r"\b(?:make (?:it|that|them)|change (?:it|that|the quantity)|only|instead|set)\b|改成|改为")


@tool
def view_cart(runtime: Runtime) -> str:
    """What is in the customer's cart."""
    context = runtime.context
    context.record("view_cart", {})
    cart = context.services.carts.view(context.conversation.cart_owner)
    products = context.services.search.catalogue.products
    held = [(products[key], count) for key, count in cart.items() if key in products]
    if not held:
        return context.fix("cart_empty")
    lines = ", ".join(f"{count} × {cards.name_of(product)}" for product, count in held)
    prices = [product.current_price.times(count) for product, count in held]
    total = Money.total(prices)
    for product, _ in held:
        cards.keep_facts(context, product)
    return context.fix("cart_view", lines=lines, total=total)


@tool
def update_cart(product_id: str, quantity: int, mode: Literal["add", "set", "remove"], runtime: Runtime) -> str:
    """Change the cart. product_id: an id, or the customer's words. mode: add, set (a new quantity) or remove."""
    context = runtime.context
    meant = resolve(context, product_id)
    if not meant:
        context.record("update_cart", {"product_id": product_id}, ok=False)
        return ask_which(context)
    if len(meant) > 1 and (hinted := resolve(context, product_id)):
        meant = [p for p in hinted if set(words(p.title)) & set(words(product_id))] or hinted
    product = _in_cart(context, meant[0])
    cards.keep_facts(context, product)
    said = _quantity(context)
    how = _mode(context, mode)
    count = _count(said, how, quantity, context)
    args: dict[str, object] = {"product_id": product.id, "quantity": count, "mode": how}
    if how == "add" and (missing := _size_missing(context, product)):
        context.state.focus = [product.id]
        context.record("update_cart", args, ok=False)
        return context.fix("which_size", "asks", title=product.title, sizes=", ".join(missing))
    owner = context.conversation.cart_owner
    held = context.services.carts.view(owner).get(product.id, 0)
    context.state.focus = [product.id]
    if how in ("remove", "set") and not held and (how == "remove" or count == 0):
        context.record("update_cart", args, ok=False)
        return context.fix("cart_not_there", title=cards.name_of(product))
    try:
        cart = context.services.carts.update(owner, product.id, count, how)
    except BadQuantity:
        context.record("update_cart", args, ok=False)
        return context.fix("cart_bad_quantity", "not_allowed")
    except OutOfStock as error:
        context.record("update_cart", args, ok=False)
        cards.show(context, [cards.alone(product)], alternative=True)
        if error.available == 0:
            return context.fix("cart_sold_out", "nothing_matches", title=cards.name_of(product))
        return context.fix("cart_few", "nothing_matches", title=cards.name_of(product), available=error.available)
    context.record("update_cart", args)
    left = cart.get(product.id, 0)
    if left == 0:
        return context.fix("cart_removed", title=cards.name_of(product))
    if how == "remove":
        return context.fix("cart_reduced", title=cards.name_of(product), quantity=left)
    title, price = cards.name_of(product), product.current_price
    if how == "add":
        return context.fix("cart_added", quantity=count, title=title, price=price)
    return context.fix("cart_set", quantity=left, title=title, price=price)


def _quantity(context: TurnContext) -> int | None:
    """The quantity that the message says; sizes and numbers of a product's name are none."""
    numbers = lexicon()["numbers"]
    text = context.text
    for match in context.services.search.find_by_name(text):
        for word in context.services.search.catalogue.groups[match.group_id].title.split():
            if any(char.isdigit() for char in word):
                text = text.replace(word, " ")
    for size in context.said.filters.size:
        text = re.sub(rf"\b{re.escape(size)}\b", " ", text)
    return quantity_in(text, numbers["en"], numbers["zh"])


def _mode(context: TurnContext, mode: Mode) -> Mode:
    text = context.text.lower()
    if _TAKE_OUT.search(text):
        return "remove"
    if _ADD_MORE.search(text):
        return "add"
    if _SET.search(text):
        return "set"
    return "add" if mode == "remove" else mode


def _count(said: int | None, mode: Mode, given: int, context: TurnContext) -> int:
    """A quantity must be said: without one it is one to add, and all to remove."""
    if said is not None:
        return said
    if mode == "set":
        return given if context.language != "en" else 1
    return 0 if mode == "remove" else 1


def _in_cart(context: TurnContext, product: Product) -> Product:
    """For "make it three" and "take it out": the variant of that product that is in the cart already."""
    cart = context.services.carts.view(context.conversation.cart_owner)
    if product.id in cart or not (_TAKE_OUT.search(context.text.lower()) or _SET.search(context.text.lower())):
        return product
    products = context.services.search.catalogue.products
    held = [products[k] for k in cart if k in products and products[k].group_id == product.group_id]
    return held[0] if len(held) == 1 else product


def _size_missing(context: TurnContext, product: Product) -> list[str]:
    """The sizes to choose from, where the shopper has not said one and none is stored."""
    if not product.size:
        return []
    group = context.services.search.catalogue.groups[product.group_id]
    if len({variant.size for variant in group.variants}) < 2:
        return []
    asked = context.state.last_query()
    stored = context.shopper.preferences.get("size") if context.personal and context.shopper else None
    known = {*context.said.filters.size, *(asked.filters.size if asked else ()), stored}
    typed = product.id.lower() in context.text.lower()
    heard = any(re.search(rf"\b{re.escape(product.size)}\b", said, re.I) for said, _ in context.state.said[-2:])
    return [] if product.size in known or typed or heard else sizes_of(context, product)
