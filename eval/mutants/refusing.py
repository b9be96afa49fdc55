"""Spoils a refusal: its outcome, what it must not have changed, what it must not have shown; and makes one of an answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from assistant.events import REFUSALS
from eval.mutants.cards import card_of
from eval.mutants.case import Case, Maker, Mutant
from eval.mutants.state import OUTCOMES


def _outcome(case: Case) -> Iterator[Mutant]:
    if case.expect.refuses:
        for outcome in case.some([name for name in OUTCOMES if name not in REFUSALS]):
            yield case.with_reply(f"refuses, and the outcome is {outcome}", outcome=outcome)


def _cart(case: Case) -> Iterator[Mutant]:
    if case.expect.refuses:
        key = case.some(list(case.seen.catalogue.products))[0]
        cart = {**case.seen.before, key: case.seen.before.get(key, 0) + 1}
        held = case.seen.held_after and {**case.seen.held_after, "cart": cart}
        seen = replace(case.seen, reply={**case.reply, "cart": cart}, held_after=held)
        yield Mutant(f"refuses, and puts {key} in the cart", seen, case.expect)


def _cart_stored(case: Case) -> Iterator[Mutant]:
    if case.expect.refuses:
        key = case.some(list(case.seen.catalogue.products))[0]
        cart = {**case.seen.before, key: case.seen.before.get(key, 0) + 1}
        yield from case.with_state(f"refuses, and only the store has {key} in the cart", cart=cart)


def _shown(case: Case) -> Iterator[Mutant]:
    """A card that is no alternative: one that was, or one more."""
    if not case.expect.refuses:
        return
    cards = case.cards
    for place in case.some(range(len(cards))):
        changed = [card | ({"alternative": False} if place == n else {}) for n, card in enumerate(cards)]
        yield case.with_reply(f"refuses, and {cards[place]['id']} is no alternative", products=changed)
    for product in case.some(list(case.seen.catalogue.products.values())):
        shown = [*cards, card_of(product, len(cards) + 1)]
        yield case.with_reply(f"refuses, and shows {product.id}", products=shown)


def _other(name: str, held: Any) -> Any:
    """Something else than what the store held under a name."""
    if name == "orders":
        return {**held, "X0": "cancelled 00000000"} if not held else dict.fromkeys(held, "cancelled 00000000")
    if name == "preferences":
        return {**(held or {}), "size": f"{(held or {}).get('size', '')}X"}
    if name == "personalization":
        return not held
    return [*held, "X0"] if isinstance(held, list) else f"{held}0"


def _changed(name: str) -> Maker:
    def make(case: Case) -> Iterator[Mutant]:
        before: Mapping[str, Any] | None = case.seen.held_before
        if case.expect.refuses and before is not None and name in before:
            yield from case.with_state(f"refuses, and {name} changed", **{name: _other(name, before[name])})

    return make


def _refused(case: Case) -> Iterator[Mutant]:
    """Where an answer is due: a refusal in every respect."""
    if case.expect.refuses is False:
        cards = [card | {"alternative": True} for card in case.cards]
        reply = {
            **case.reply,
            "outcome": case.some(sorted(REFUSALS))[0],
            "products": cards,
            "cart": dict(case.seen.before),
        }
        yield Mutant("it refuses", replace(case.seen, reply=reply, held_after=case.seen.held_before), case.expect)


_HELD = ("orders", "account", "done", "preferences", "personalization", "dismissed", "handoffs", "others")
REFUSING: dict[tuple[str, str], Maker] = {
    ("refuses", "outcome"): _outcome,
    ("refuses", "cart"): _cart,
    ("refuses", "cart stored"): _cart_stored,
    ("refuses", "cards"): _shown,
    **{("refuses", name): _changed(name) for name in _HELD},
    ("refuses", "false"): _refused,
}
