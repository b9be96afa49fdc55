"""Changes to the cart: each is made in one transaction, and then it is said what was done and what not."""

from __future__ import annotations

from assistant import cards
from assistant.options import in_stock
from assistant.support.cart import BadQuantity, Mode, OutOfStock
from assistant.turn import TurnContext
from index.catalogue import Product


def change(context: TurnContext, product: Product, count: int, how: Mode) -> str:
    """Change the cart, and say what was done and what not; prices with when they were checked."""
    context.changed.add(product.group_id)
    args: dict[str, object] = {"product_id": product.id, "quantity": count, "mode": how}
    before = cards.price_then(context, product)
    cards.keep_facts(context, product)
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
        return _too_few(context, product, error.available)
    context.record("update_cart", args)
    if how in ("add", "set"):
        context.state.filled.insert(0, product.id)
    left = cart.get(product.id, 0)
    title, price = cards.name_of(product), product.current_price
    if left == 0:
        return context.fix("cart_removed", title=title)
    if how == "remove":
        return context.fix("cart_reduced", title=title, quantity=left)
    key, quantity = ("cart_added", count) if how == "add" else ("cart_set", left)
    done = context.fix(key, quantity=quantity, title=title, price=price, **cards.checked(context))
    return f"{done} {price_changed(context, product, before)}" if before else done


def exchange(context: TurnContext, held: Product, wanted: Product) -> str:
    """ "Make it a large instead": the other variant in the place of the one in the cart."""
    args: dict[str, object] = {"product_id": wanted.id, "mode": "set"}
    before = cards.price_then(context, wanted)
    cards.keep_facts(context, wanted)
    context.state.focus = [wanted.id]
    try:
        cart = context.services.carts.exchange(context.conversation.cart_owner, held.id, wanted.id)
    except BadQuantity:  # it has gone from the cart meanwhile
        context.record("update_cart", args, ok=False)
        return context.fix("cart_not_there", title=cards.name_of(held))
    except OutOfStock as error:
        context.record("update_cart", args, ok=False)
        return _too_few(context, wanted, error.available)
    count = cart[wanted.id]
    context.state.filled.insert(0, wanted.id)
    context.record("update_cart", {**args, "quantity": count})
    title, price = cards.name_of(wanted), wanted.current_price
    done = context.fix("cart_set", quantity=count, title=title, price=price, **cards.checked(context))
    return f"{done} {price_changed(context, wanted, before)}" if before else done


def price_changed(context: TurnContext, product: Product, before: str) -> str:
    """Say that a price is another than the one that was shown."""
    context.fact("cart", "price shown before", before, cards.SOURCE)
    return context.fix("price_changed", title=product.title, before=before, now=product.current_price)


def _too_few(context: TurnContext, product: Product, available: int) -> str:
    """What the stock cannot give, and what it can."""
    cards.show(context, [cards.alone(product)], alternative=True)
    title = cards.name_of(product)
    if available:
        context.ask("few", product=product.id, quantity=available, mode="set")
        return context.fix("cart_few", "nothing_matches", title=title, available=available)
    others = [size for size in in_stock(context, product, "size") if size != product.size]
    if others:
        context.ask("size", product=product.id, quantity=1, mode="add")
        return context.fix("cart_sold_out_sizes", "nothing_matches", title=title, sizes=", ".join(others))
    return context.fix("cart_sold_out", "nothing_matches", title=title)
