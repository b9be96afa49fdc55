"""Whether what a dialogue names is in the shop: its shoppers, the products of a cart, the policies that are cited."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from functools import cached_property

from assistant.shoppers.feed import EventRow, ShopperRow, find, read_rows
from eval.dialogues import Dialogue
from eval.documents import Document, Problem
from eval.stage import GUEST
from index.catalogue import Catalogue
from index.shop import Shop


class Named:
    """Looks names up in a shop folder; what is not asked for is not read."""

    def __init__(self, shop: Shop, catalogue: Catalogue) -> None:
        self._shop = shop
        self._products = catalogue.products
        self._policies = {policy.source for policy in shop.policies}

    def check(self, document: Document[Dialogue]) -> Iterator[Problem]:
        """What a dialogue names and the shop has not. A card's predicate may name anything."""
        script = document.value
        for place, shopper in enumerate(script.shoppers):
            yield from self._shopper(document, shopper, ("shopper", place))
        for number, turn in enumerate(script.turns):
            path = ("turns", number, "expect")
            for place, shopper in enumerate(turn.expect.same_facts_for or ()):
                yield from self._shopper(document, shopper, (*path, "same_facts_for", place))
            for product_id in turn.expect.cart or ():
                if product_id not in self._products:
                    words = f"no product {product_id!r} in {self._shop.folder}{_near(product_id, self._products)}"
                    yield document.problem((*path, "cart", product_id), words)
            cited = turn.expect.cites
            if cited is not None and cited.startswith("policies/") and cited not in self._policies:
                words = f"no file {cited!r} in {self._shop.folder}{_near(cited, self._policies)}"
                yield document.problem((*path, "cites"), words)

    def _shopper(self, document: Document[Dialogue], shopper: str, path: tuple[str | int, ...]) -> Iterator[Problem]:
        if shopper != GUEST and shopper not in self._profiles and shopper not in self._actors:
            words = f"no shopper {shopper!r} in {self._shop.folder}{_near(shopper, {GUEST, *self._profiles})}"
            yield document.problem(path, words)

    @cached_property
    def _profiles(self) -> frozenset[str]:
        path = find(self._shop.folder, "shoppers.jsonl")
        return frozenset(row.id for row in read_rows(path, ShopperRow, [], self._shop.zone)) if path else frozenset()

    @cached_property
    def _actors(self) -> frozenset[str]:
        """Those who are known by their events alone."""
        path = find(self._shop.folder, "events.jsonl")
        rows = read_rows(path, EventRow, [], self._shop.zone) if path else ()
        return frozenset(row.shopper_id for row in rows)


def _near(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, 3) or sorted(known)[:5]
    return f"; there {'is' if len(near) == 1 else 'are'} {', '.join(near)}" if near else ""
