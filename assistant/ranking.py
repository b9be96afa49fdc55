"""Where relevance and taste meet. Selection and order only: no fact is touched here. Campaigns come after, in `sponsoring`.

Taste is how likely a product is next for a shopper, by the shop's recommender. At strength 0 history moves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from assistant.recommender import Recommender
from assistant.shoppers.store import KIND_WEIGHT, Event, Shopper, Shoppers
from assistant.taste.histories import Floats
from assistant.taste.serving import LATEST
from index.catalogue import Product
from index.filters import Filters, accepts
from index.search import Candidate, Search
from index.shop import Shop

HALF_LIFE_DAYS = 90.0
# An event that weighs less says nothing any more: a purchase of ten months ago, a look of half a year.
STALE_WEIGHT = 0.1
THIN_WEIGHT = 0.2  # all events together must weigh this, to say anything: one look may, while it is fresh
TASTE = 2.0  # of the likeliest candidate, at strength 1, where the best match counts 1
# Likeness alone orders what is asked for only a little: at the weight of a trained recommender simulated shoppers found
# their product less often than without any (`onevoice bench simulate --b recommender=none`).
UNTRAINED_TASTE = 0.25
POOL = 400  # the likeliest groups, out of which suggestions are chosen
ALIKE = 0.75  # cosine from which two products count as one kind, whatever they are filed under
KIND = 2  # suggestions of one kind, at most
EXPLAINING = 12  # the latest products of a shopper that may be a reason
USED = 0.2  # share of a product's likelihood that must be missing without what was done with another, to be the reason
LIKE = 0.55  # cosine that a reason must have too, while likeness is all that speaks: a blanket is like a sleeping bag


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate in its place, and the shopper's event that put it there, where one did."""

    candidate: Candidate
    because: Event | None = None
    sponsored: bool = False


@dataclass(frozen=True)
class Profile:
    """What is known of a shopper that may be used, at one moment.

    Args:
        strength: from above 0 to 1, how much it counts.
        events: those that say something still, oldest first: none stale, none of a sensitive kind; empty where they say
            too little.
        likely: (groups,) how likely each is next, together 1; None where there are no events.
        bought: groups that were bought and are not bought again.
        refused: groups that are not to be suggested.
    """

    shopper: Shopper
    now: datetime
    strength: float
    events: tuple[Event, ...]
    likely: Floats | None
    bought: frozenset[str]
    refused: frozenset[str]


class Ranking:
    """Ranks candidates for a shopper, or for nobody in particular."""

    def __init__(
        self, shop: Shop, search: Search, shoppers: Shoppers, recommender: Recommender, strength: float | None = None
    ) -> None:
        self._shop = shop
        self._search = search
        self._shoppers = shoppers
        self._recommender = recommender
        self._sensitive: dict[str, bool] = {}
        self._telling: dict[str, bool] = {}
        self.strength = shop.settings.personalization.strength if strength is None else strength

    def over(self, search: Search) -> Ranking:
        """The same over another version of the index."""
        return Ranking(self._shop, search, self._shoppers, self._recommender.over(search), self.strength)

    def strength_of(self, shopper: Shopper | None) -> float:
        """From 0 to 1: the shopper's own, where one is set, else the shop's; a shop at 0 is the same for everybody."""
        if shopper is None or not shopper.personalization or self.strength == 0:
            return 0.0
        try:
            return min(max(float(shopper.preferences["strength"]), 0.0), 1.0)
        except (KeyError, TypeError, ValueError):
            return self.strength

    def profile(self, shopper: Shopper | None, now: datetime) -> Profile | None:
        """A shopper's profile; None for a guest, for one who has opted out, and where the strength is 0."""
        strength = self.strength_of(shopper)
        if shopper is None or not strength:
            return None
        history = self._shoppers.history(shopper.id, now, LATEST)
        weighed = [(event, _weight(event, now)) for event in history.events]
        counted = [(e, w) for e, w in weighed if w >= STALE_WEIGHT and self._tells(e.product_id)]
        telling = [event for event, _ in counted] if sum(weight for _, weight in counted) >= THIN_WEIGHT else []
        row_of, groups = self._recommender.row_of, self._search.groups
        rows = [row_of(product_id) for product_id in history.bought]
        bought = {groups[row] for row in rows if row is not None}
        return Profile(
            shopper,
            now,
            strength,
            tuple(telling),
            self._recommender.likely(telling, now) if telling else None,
            self._recommender.done_with(bought, now),
            history.dismissed,
        )

    def rank(self, candidates: Sequence[Candidate], profile: Profile | None) -> list[Ranked]:
        """Candidates in the order to show, best first. For nobody in particular the order is relevance.

        What a shopper does not want suggested comes last, unless it was asked for by name.
        """
        if profile is None:
            return [Ranked(candidate) for candidate in candidates]
        products = [candidate.product for candidate in candidates]
        weight = TASTE if self._recommender.trained(profile.now) else UNTRAINED_TASTE
        scores = np.array([candidate.relevance for candidate in candidates]) + profile.strength * (
            weight * self._taste(products, profile) + np.array([_liked(product, profile) for product in products])
        )
        refused = profile.refused
        rows = sorted(
            zip(candidates, scores.tolist(), strict=True),
            key=lambda row: (
                not row[0].exact,
                row[0].product.group_id in refused,
                not row[0].product.in_stock,
                -row[1],
            ),
        )
        return [Ranked(candidate) for candidate, _ in rows]

    def recommend(
        self,
        filters: Filters,
        profile: Profile | None,
        now: datetime,
        count: int,
        seen: frozenset[str] = frozenset(),
        *,
        again: bool = False,
    ) -> list[Ranked]:
        """Suggestions out of what meets the filters: by taste where there is a history, else what is popular.

        Nothing that is not wanted, or was bought and is not bought again; no more than `KIND` of one kind, while there are
        others.

        Args:
            seen: groups that were shown already, and are not to be suggested again.
            again: what was bought may be suggested.
        """
        popular, strength = self._recommender.popular(now), 0.0
        taste = np.zeros_like(popular)
        if (
            profile is not None and profile.likely is not None
        ):  # who did nothing that counts is suggested what is popular
            strength = profile.strength
            taste = TASTE * profile.likely / max(float(profile.likely.max(initial=0.0)), 1e-30)
        left_out = seen
        if profile is not None:
            left_out |= profile.refused if again else profile.refused | profile.bought
        pool = self._search.best_variants(filters, (1 - strength) * popular + strength * taste, POOL)
        rows = []
        for product in pool:
            if product.group_id in left_out:
                continue
            row = self._recommender.row(product.group_id)
            score = (1 - strength) * float(popular[row]) + 0.01 * float(product.rating or 0)
            if not self._is_sensitive(product):
                score += strength * float(taste[row])
            if profile is not None:
                score += profile.strength * _liked(product, profile)
            rows.append(Candidate(product, score))
        rows.sort(key=lambda row: (not row.product.in_stock, -row.relevance, row.product.id))
        return [Ranked(candidate) for candidate in self._varied(rows, count)]

    def _taste(self, products: Sequence[Product], profile: Profile) -> Floats:
        """(products,) from 0 to 1: how likely each is next, against the likeliest of them; 0 of a sensitive kind.

        The root, so that one that stands out does not make the others equal: chosen by `bench recommend`, with `TASTE`, on
        what was bought before what is tested.
        """
        if profile.likely is None:
            return np.zeros(len(products), dtype=np.float32)
        rows = [self._recommender.row(product.group_id) for product in products]
        plain = np.array([not self._is_sensitive(p) and p.group_id not in profile.bought for p in products])
        likely = profile.likely[rows] * plain
        taste: Floats = np.sqrt(likely / max(float(likely.max(initial=0.0)), 1e-30))
        if not self._recommender.trained(
            profile.now
        ):  # nothing tells yet what is bought again: it is neither raised nor sunk
            had = np.array([product.group_id in profile.bought for product in products], dtype=np.bool_)
            taste[had] = float(taste[~had].mean()) if not had.all() else 0.0
        return taste

    def explained(self, shown: Sequence[Ranked], profile: Profile | None) -> list[Ranked]:
        """What is shown, each with its reason: what was done with the product without which it would be least likely, where
        that tells; of several events with it the one that says most.

        None of a sensitive kind has one, nor what a campaign has put in its place.
        """
        if profile is None or profile.likely is None or not shown:
            return list(shown)
        told: dict[int, Event] = {}
        for event in reversed(profile.events):
            row = self._recommender.row_of(event.product_id)
            if row is not None and (row in told or len(told) < EXPLAINING):
                told[row] = max(told.get(row, event), event, key=_says)
        chosen = list(told)
        rows = [self._recommender.row(row.candidate.product.group_id) for row in shown]
        without = self._recommender.without(profile.events, chosen, profile.now)[:, rows]
        likely = profile.likely[rows]
        share = np.where(likely > 0, 1.0 - without / np.maximum(likely, 1e-30), 0.0)
        if not self._recommender.trained(profile.now):
            share[self._recommender.vectors(chosen) @ self._recommender.vectors(rows).T < LIKE] = 0.0
        share[np.equal.outer(chosen, rows)] = 0.0  # a product is no reason for itself
        best = share.argmax(axis=0)
        return [
            replace(
                row,
                because=told[chosen[best[n]]] if share[best[n], n] >= USED and self._may_tell(row, profile) else None,
            )
            for n, row in enumerate(shown)
        ]

    def _may_tell(self, row: Ranked, profile: Profile) -> bool:
        product = row.candidate.product
        left_alone = product.group_id in profile.refused | profile.bought or self._is_sensitive(product)
        return not row.sponsored and not left_alone

    def _varied(self, candidates: Sequence[Candidate], count: int) -> list[Candidate]:
        """The first so many, what is of a kind with `KIND` before it only where there is nothing else."""
        vectors = self._recommender.vectors([self._recommender.row(c.product.group_id) for c in candidates])
        chosen: list[int] = []
        for n, candidate in enumerate(candidates):
            kind = candidate.product.product_type
            near = vectors[chosen] @ vectors[n] >= ALIKE
            same = [kind is not None and candidates[other].product.product_type == kind for other in chosen]
            if np.count_nonzero(near | np.array(same, dtype=np.bool_)) < KIND:
                chosen.append(n)
            if len(chosen) == count:
                break
        others = [n for n in range(len(candidates)) if n not in chosen]
        return [candidates[n] for n in [*chosen, *others][:count]]

    def _tells(self, product_id: str) -> bool:
        """Whether what was done with a product may say something: it is sold still, and of no sensitive kind."""
        if product_id not in self._telling:
            product = self._search.catalogue.products.get(product_id)
            self._telling[product_id] = product is not None and not self._is_sensitive(product)
        return self._telling[product_id]

    def _is_sensitive(self, product: Product) -> bool:
        kind = product.product_type or ""
        if kind not in self._sensitive:
            self._sensitive[kind] = bool(kind) and accepts("product_type", kind, self._shop.settings.sensitive)
        return self._sensitive[kind]


def _liked(product: Product, profile: Profile) -> float:
    """Stated wishes only rank: a liked word and a kept budget count a little each."""
    preferences = profile.shopper.preferences
    liked, kept = 0.0, 0.0
    if prefers := preferences.get("prefers"):
        text = " ".join((product.title, product.description, *(v for vs in product.attributes.values() for v in vs)))
        liked = sum(0.15 for word in prefers if str(word).lower() in text.lower())
    if (budget := preferences.get("budget")) is not None and product.current_price.amount <= float(budget):
        kept = 0.1
    return min(liked, 0.3) + kept


def _says(event: Event) -> tuple[float, datetime]:
    """What an event says by its kind, and when it was: the order in which events are named."""
    return KIND_WEIGHT[event.type], event.at


def _weight(event: Event, now: datetime) -> float:
    """How much an event says: by its kind, and half as much for each half-life of its age."""
    age = max((now - event.at).total_seconds() / 86_400, 0.0)
    return float(KIND_WEIGHT[event.type] * 0.5 ** (age / HALF_LIFE_DAYS))
