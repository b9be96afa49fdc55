"""Where relevance and taste meet. Selection and order only: no fact is touched here. Campaigns come after, in `sponsoring`.

Taste is how close a product is to what a shopper chose before, older events weighing less. At strength 0 everybody
sees the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from assistant.shoppers.store import KIND_WEIGHT, Event, Shopper, Shoppers
from index.catalogue import Product
from index.embedding import Vectors
from index.filters import accepts
from index.search import Candidate, Search
from index.shop import Shop

HALF_LIFE_DAYS = 90.0
REASON_COSINE = 0.45  # how close a product must be to an event's for the event to be the reason
# An event that weighs less says nothing any more: a purchase of ten months ago, a look of half a year.
STALE_WEIGHT = 0.1
THIN_WEIGHT = 0.2  # all events together must weigh this, to say anything: one look may, while it is fresh
MAX_EVENTS = 200
LAST = 10.0  # more than any score


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate in its place, and the shopper's event that put it there, where one did."""

    candidate: Candidate
    because: Event | None = None
    sponsored: bool = False


@dataclass(frozen=True)
class Profile:
    """What a shopper's history says, at one moment: events with their weights and vectors (n, d)."""

    events: tuple[Event, ...]
    weights: Vectors
    vectors: Vectors
    bought: frozenset[str]  # group ids


class Ranking:
    """Ranks candidates for a shopper, or for nobody in particular."""

    def __init__(self, shop: Shop, search: Search, shoppers: Shoppers, strength: float | None = None) -> None:
        self._shop = shop
        self._search = search
        self._shoppers = shoppers
        self.strength = shop.settings.personalization.strength if strength is None else strength

    def over(self, search: Search) -> Ranking:
        """The same over another version of the index."""
        return Ranking(self._shop, search, self._shoppers, self.strength)

    def profile(self, shopper: Shopper | None, now: datetime) -> Profile | None:
        """A shopper's profile; None for a guest, for one who has opted out, and where nothing is known that still counts.

        What was chosen of a sensitive kind is no part of it.
        """
        if shopper is None or not shopper.personalization or self.strength == 0:
            return None
        products = self._search.catalogue.products
        known = [e for e in self._shoppers.events(shopper.id, until=now) if e.product_id in products]
        bought = frozenset(products[e.product_id].group_id for e in known if e.type == "purchase")
        weighed = [(event, _weight(event, now)) for event in known if not self._sensitive(products[event.product_id])]
        counted = [(event, weight) for event, weight in weighed if weight >= STALE_WEIGHT][-MAX_EVENTS:]
        if sum(weight for _, weight in counted) < THIN_WEIGHT:
            return None
        vectors = np.stack([self._search.vector(products[event.product_id]) for event, _ in counted])
        weights = np.array([weight for _, weight in counted], dtype=np.float32)
        return Profile(tuple(event for event, _ in counted), weights, vectors, bought)

    def rank(
        self,
        candidates: Sequence[Candidate],
        profile: Profile | None,
        *,
        shopper: Shopper | None = None,
    ) -> list[Ranked]:
        """Candidates in the order to show, best first. For nobody in particular the order is relevance.

        What a shopper does not want suggested comes last, unless it was asked for by name.

        Args:
            shopper: whose stated wishes count too; None where what is known of a shopper is left alone.
        """
        refused = self._dismissed(shopper)
        rows: list[tuple[float, Ranked]] = []
        for candidate in candidates:
            taste, event = self._taste(candidate.product, profile)
            if self._sensitive(candidate.product):
                taste, event = 0.0, None
            score = candidate.relevance + self.strength * (taste + self._liked(candidate.product, shopper))
            if candidate.product.group_id in refused:
                score, event = score - LAST, None
            rows.append((score, Ranked(candidate, event)))
        if profile is not None or shopper is not None:
            rows.sort(key=lambda row: (not row[1].candidate.exact, not row[1].candidate.product.in_stock, -row[0]))
        return [row for _, row in rows]

    def recommend(
        self,
        products: Sequence[Product],
        profile: Profile | None,
        now: datetime,
        shopper: Shopper | None,
        count: int,
    ) -> list[Ranked]:
        """Suggestions out of the given products: by taste where there is a history, else what is popular.

        Nothing that was bought already or is not wanted, and no more than two of one product type.
        """
        refused = self._dismissed(shopper)
        popular = self._popularity(now)
        top = max(popular.values(), default=1.0) or 1.0
        rows: list[tuple[float, Ranked]] = []
        for product in products:
            if product.group_id in refused or (profile is not None and product.group_id in profile.bought):
                continue
            taste, event = (0.0, None) if self._sensitive(product) else self._taste(product, profile)
            score = popular.get(product.group_id, 0.0) / top
            score = (1 - self.strength) * score + self.strength * (3 * taste + self._liked(product, shopper))
            score += 0.01 * float(product.rating or 0)
            rows.append((score, Ranked(Candidate(product, score), event)))
        rows.sort(key=lambda row: (not row[1].candidate.product.in_stock, -row[0], row[1].candidate.product.id))
        chosen: list[Ranked] = []
        kinds: dict[str, int] = {}
        for _, ranked in rows:
            kind = ranked.candidate.product.product_type or ranked.candidate.product.id
            if kinds.get(kind, 0) < 2:
                kinds[kind] = kinds.get(kind, 0) + 1
                chosen.append(ranked)
            if len(chosen) == count:
                break
        return chosen

    def _taste(self, product: Product, profile: Profile | None) -> tuple[float, Event | None]:
        """A taste from 0 to 1, and the event that contributes most, where it is close enough to be a reason."""
        if profile is None:
            return 0.0, None
        cosines = np.maximum(profile.vectors @ self._search.vector(product), 0.0)
        parts = profile.weights * cosines
        best = int(np.argmax(parts))
        taste = float(parts[best]) * 0.7 + 0.3 * float(parts.sum() / max(float(profile.weights.sum()), 1e-6))
        event = profile.events[best]
        own = self._search.catalogue.products[event.product_id].group_id == product.group_id
        return taste, event if cosines[best] >= REASON_COSINE and not own else None

    def _dismissed(self, shopper: Shopper | None) -> frozenset[str]:
        """Groups that a shopper does not want suggested."""
        return frozenset() if shopper is None or self.strength == 0 else self._shoppers.dismissed(shopper.id)

    def _liked(self, product: Product, shopper: Shopper | None) -> float:
        """Stated wishes only rank: a liked word and a kept budget count a little each."""
        if shopper is None or not shopper.personalization:
            return 0.0
        text = " ".join((product.title, product.description, *(v for vs in product.attributes.values() for v in vs)))
        liked = sum(0.15 for word in shopper.preferences.get("prefers", ()) if str(word).lower() in text.lower())
        budget = shopper.preferences.get("budget")
        kept = 0.1 if budget is not None and product.current_price.amount <= float(budget) else 0.0
        return min(liked, 0.3) + kept

    def _sensitive(self, product: Product) -> bool:
        return bool(product.product_type) and accepts(
            "product_type", str(product.product_type), self._shop.settings.sensitive
        )

    def _popularity(self, now: datetime) -> dict[str, float]:
        """Group id → purchases, older ones weighing less; ratings where nothing was bought yet."""
        counts: dict[str, float] = {}
        products = self._search.catalogue.products
        for product_id, at, quantity in self._shoppers.purchases():
            if product_id in products and at <= now:
                weight = 0.5 ** ((now - at).total_seconds() / 86_400 / HALF_LIFE_DAYS)
                group = products[product_id].group_id
                counts[group] = counts.get(group, 0.0) + weight * min(quantity, 3)
        return counts or self._search.acclaim()


def _weight(event: Event, now: datetime) -> float:
    """How much an event says: by its kind, and half as much for each half-life of its age."""
    age = max((now - event.at).total_seconds() / 86_400, 0.0)
    return float(KIND_WEIGHT.get(event.type, KIND_WEIGHT["view"]) * 0.5 ** (age / HALF_LIFE_DAYS))
