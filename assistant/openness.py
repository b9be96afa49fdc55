"""What anybody may always ask of the shop: what it sells, what is known of them, why they see what they see, whether
others see other prices, what is in their cart, and whom they speak to. Answered by code from the store; the words are in `prompts/openness.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

from assistant import cards
from assistant.acts import asks
from assistant.assortment import what_is_sold
from assistant.patterns import load_patterns
from assistant.references import pointed_at
from assistant.restraint import held_back
from assistant.tools.cart import says_cart, tell_cart
from assistant.tools.service import may_hand_off
from assistant.turn import TurnContext
from index.words import fold

REASONS = 3  # products whose reason is told at once


def opened(context: TurnContext) -> bool:
    """Whether the message asks how the shopper is served; it is then answered."""
    asked = asked_of(context.text)
    if (
        asked is None
        or (asked == "why_these" and not context.state.shown)
        or (asked == "cart" and not _has_cart(context))
        or (asked == "who" and asks("want", context.text) and may_hand_off(context))
    ):
        return False
    _ANSWERS[asked](context)
    return True


def asked_of(text: str) -> str | None:
    """What a message asks: `about_me`, `why_these`, `same_for_all`, `what_is_sold`, `cart`, `paid`, `who`; None for any other."""
    said = fold(text)
    loaded, unless = _asks()
    if any(pattern.search(said) for pattern in unless):
        return None
    return next((asked for asked, patterns in loaded.items() if any(p.search(said) for p in patterns)), None)


def _about_me(context: TurnContext) -> None:
    shopper = context.shopper
    if shopper is None:
        context.fix("known_guest")
        return
    if not shopper.personalization:
        context.fix("known_off")
        return
    events = context.services.shoppers.events(shopper.id, context.now)
    counts = {kind: sum(event.type == kind for event in events) for kind in ("purchase", "cart", "view")}
    wishes = [
        f"{context.text_of(f'wish_{key}')} {context.listed(value if isinstance(value, (list, tuple)) else [value])}"
        for key, value in shopper.preferences.items()
        if value and key in ("size", "prefers", "avoids", "budget", "language")
    ]
    context.fact(shopper.id, "stored", "; ".join([*wishes, *(f"{kind} {n}" for kind, n in counts.items())]), "shoppers")
    if wishes:
        context.fix("known_wishes", wishes=context.listed(wishes))
    context.fix("known_history", **counts)


def _why_these(context: TurnContext) -> None:
    """The reasons of what is pointed at, or of what was shown last; where none has one, what it was chosen by."""
    services = context.services
    products = services.search.catalogue.products
    meant = pointed_at(context) or [products[key] for key in context.state.shown if key in products]
    ranking = services.ranking
    profile = None if held_back(context) else ranking.profile(context.shopper, context.now)
    explained = ranking.explained([cards.alone(product) for product in meant], profile)
    reasons = [(row.candidate.product, row.because) for row in explained if row.because][:REASONS]
    for product, event in reasons:
        cards.keep_facts(context, product)
        if event.product_id in products:
            cards.keep_facts(context, products[event.product_id])
        because = cards.because_of(context, event)
        context.fact(product.id, "because", because.text, "events")
        context.fix("why_because", title=product.title, because=because.text)
    if not reasons:
        suggested = not context.state.query  # by nothing that was asked for in words
        personal = profile is not None and profile.likely is not None
        context.fix(("why_suggested" if suggested else "why_order") if personal else "why_asked")


def _paid(context: TurnContext) -> None:
    """Whether a place of what is shown is paid for."""
    products = context.services.search.catalogue.products
    meant = pointed_at(context) or [products[key] for key in context.state.shown if key in products]
    paid = [product for product in meant if context.services.sponsoring.sponsored(product, context.now)]
    for product in paid:
        cards.keep_facts(context, product)
    if paid:
        context.fix("paid_for", titles=context.listed([product.title for product in paid]))
    else:
        context.fix("paid_none")


def _has_cart(context: TurnContext) -> bool:
    """Whether "what does it come to?" can mean the cart: there is something in it, or it is named."""
    return bool(context.services.carts.view(context.conversation.cart_owner)) or says_cart(context.folded)


def _who(context: TurnContext) -> None:
    """Nobody is left to believe that a person writes."""
    shop = context.services.shop
    context.fix("who_i_am", assistant=shop.settings.assistant, shop=shop.name)
    context.ask("person", question=context.text)


def _same_for_all(context: TurnContext) -> None:
    context.fix("same_for_all")


_ANSWERS: Mapping[str, Callable[[TurnContext], object]] = {
    "about_me": _about_me,
    "why_these": _why_these,
    "same_for_all": _same_for_all,
    "what_is_sold": what_is_sold,
    "cart": tell_cart,
    "paid": _paid,
    "who": _who,
}


@cache
def _asks() -> tuple[Mapping[str, tuple[re.Pattern[str], ...]], tuple[re.Pattern[str], ...]]:
    loaded, compiled = load_patterns("openness")
    asks = {asked: compiled([*row["en"], *row["zh"]]) for asked, row in loaded["asks"].items()}
    return asks, compiled([*loaded["unless"]["en"], *loaded["unless"]["zh"]])
