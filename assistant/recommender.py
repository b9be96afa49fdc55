"""The shop's recommender over what it sells now: events in, scores of all groups out. As fresh as an hour.

Until one is trained, what is like a shopper's own and what sells decide.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from assistant.errors import SetupError
from assistant.shoppers.store import KIND_WEIGHT, Event, Shoppers
from assistant.taste.files import current, load
from assistant.taste.histories import Floats
from assistant.taste.popularity import HALF_LIVES, popularity
from assistant.taste.serving import Known, Taste, untrained
from index.search import Search

logger = logging.getLogger("onevoice")

ASKED = 64  # histories of which is kept what was likely after them
FRESH = timedelta(hours=1)  # how long a count of what sells, and the training that is served, are not looked at again
OLD = timedelta(days=1)  # from when on a turn waits for the count, instead of having it made for those to come


@dataclass(frozen=True)
class _Now:
    """What is served from one moment on: `version` names the training, None where there is none."""

    at: datetime
    popular: Mapping[str, Floats]
    taste: Taste
    version: str | None
    asked: dict[bytes, Floats] = field(default_factory=dict)  # digest of a history → what is likely, the latest last


class Recommender:
    """Asked by `ranking`. Rows are groups, in the order of `search.groups`.

    Args:
        folder: where the shop's training lies; None where none is to be used.
    """

    def __init__(self, search: Search, shoppers: Shoppers, folder: Path | None = None) -> None:
        self._search = search
        self._shoppers = shoppers
        self._folder = folder
        self._vectors = search.vectors
        self._rows = {group: row for row, group in enumerate(search.groups)}
        self._products: dict[str, int | None] = {}
        self._now: _Now | None = None
        self._reading = threading.Lock()  # held by the one thread that reads anew

    def over(self, search: Search) -> Recommender:
        """The same over another version of the index."""
        return Recommender(search, self._shoppers, self._folder)

    def row(self, group_id: str) -> int:
        return self._rows[group_id]

    def row_of(self, product_id: str) -> int | None:
        """The row of a product's group; None of what is not sold any more."""
        if product_id not in self._products:
            product = self._search.catalogue.products.get(product_id)
            self._products[product_id] = self._rows[product.group_id] if product else None
        return self._products[product_id]

    def vectors(self, rows: Sequence[int]) -> Floats:
        """(rows, d) unit vectors of the groups' texts."""
        return self._vectors[rows]

    def trained(self, now: datetime) -> bool:
        return self._fresh(now).version is not None

    def likely(self, events: Sequence[Event], now: datetime) -> Floats:
        """(groups,) how likely each is next after these events: they add up to 1. Not to be written to.

        The same history is asked about turn after turn: what was found for the latest of them is kept.
        """
        fresh, known = self._fresh(now), self._known(events)
        parts = (known.items, known.moments, known.weights)
        key = hashlib.blake2b(b"".join(part.tobytes() for part in parts), digest_size=16).digest()
        found = fresh.asked.pop(key, None)
        if found is None:
            found = fresh.taste.likely(known, fresh.popular)
        fresh.asked[key] = found
        if len(fresh.asked) > ASKED:
            fresh.asked.pop(next(iter(fresh.asked)), None)
        return found

    def without(self, events: Sequence[Event], rows: Sequence[int], now: datetime) -> Floats:
        """(rows, groups): the same where the events with each of some groups are left out."""
        fresh = self._fresh(now)
        return fresh.taste.without(self._known(events), rows, fresh.popular)

    def done_with(self, groups: Iterable[str], now: datetime) -> frozenset[str]:
        """Of groups that were bought, those that nobody buys again."""
        held = sorted(groups)
        done = self._fresh(now).taste.done_with(np.array([self._rows[group] for group in held], dtype=np.int64))
        return frozenset(group for group, one in zip(held, done.tolist(), strict=True) if one)

    def popular(self, now: datetime) -> Floats:
        """(groups,) from 0 to 1: what sells, for nobody in particular; what is liked, where nothing was sold yet.

        Of this week and of the month: where little is sold, one purchase shall not decide.
        """
        sold = self._fresh(now).popular
        found: Floats = (sold["popular"] + sold["lasting"])[0]
        return found / max(float(found.max(initial=0.0)), 1e-9)

    def _known(self, events: Sequence[Event]) -> Known:
        return Known(
            np.array([self.row_of(event.product_id) for event in events], dtype=np.int64),
            np.array([round(event.at.timestamp()) for event in events], dtype=np.int64),
            np.array([KIND_WEIGHT[event.type] for event in events], dtype=np.float32),
        )

    def _fresh(self, now: datetime) -> _Now:
        """What is served: read anew after an hour, in the background. Only what is missing or a day old is waited for."""
        held = self._now
        if held is None or not timedelta(0) <= now - held.at < OLD:
            held = self._now = self._read(now, held)
        elif now - held.at >= FRESH and self._reading.acquire(blocking=False):
            threading.Thread(target=self._renew, args=(now, held), name="recommender", daemon=True).start()
        return held

    def _renew(self, now: datetime, held: _Now) -> None:
        try:
            self._now = self._read(now, held)
        except Exception:  # what was served an hour ago goes on being served, and the next turn tries again
            logger.warning("what sells could not be counted anew", exc_info=True)
        finally:
            self._reading.release()

    def _read(self, now: datetime, held: _Now | None) -> _Now:
        popular = self._sold(now)
        try:
            version = current(self._folder) if self._folder is not None else None
        except (OSError, ValueError) as error:
            logger.error("%s: which recommender is served cannot be read (%s)", self._folder, error)
            version = None
        if held is not None and held.version == version:
            return _Now(now, popular, held.taste, version)
        fitted = untrained(self._vectors)
        if self._folder is not None and version is not None:
            try:
                kept = load(self._folder)
                fitted = kept.over(self._search.groups, self._vectors) if kept else fitted
            except (SetupError, RuntimeError) as error:  # a shopper is served without it
                logger.error("%s", error)
                version = None
        return _Now(now, popular, Taste(fitted, len(self._rows)), version)

    def _sold(self, now: datetime) -> Mapping[str, Floats]:
        sold = [(self.row_of(key), day.toordinal(), count) for key, day, count in self._shoppers.sold(until=now)]
        rows = [line for line in sold if line[0] is not None]
        items, days, counts = np.array(rows, dtype=np.int64).reshape(-1, 3).T
        if rows:
            at = days.repeat(counts).astype(np.float64)
            return popularity(items.repeat(counts), at, now.date().toordinal(), len(self._rows))
        acclaim = self._search.acclaim()
        liked = np.array([[acclaim[group] for group in self._search.groups]], dtype=np.float32)
        return dict.fromkeys(HALF_LIVES, liked)
