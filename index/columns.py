"""Hard filters and orders over all variants at once: packed columns of prices, stock, ratings and facet values.

A variant's place is its number in the order of the groups, so that a group's variants stand together. Holds numbers
only; what a filter means for a value is said once, in `filters.accepts`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, select

from index.catalogue import prefixes
from index.filters import VALUED, Filters, accepts
from index.money import Money
from index.store import Store, facets, get_column, get_generation

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]
Texts = Callable[[str, bool], Any]  # words, whether in the title → a mask over groups that have them all there


class Columns:
    """The columns of one version. Never changed after reading: when facts change, they are read again."""

    def __init__(self, store: Store, currency: str) -> None:
        with store.reading() as db:  # in one transaction: all of one generation
            self.generation = get_generation(db)
            self.group: npt.NDArray[np.int32] = get_column(db, "group", np.int32)  # variant → number of its group
            self.price: Numbers = get_column(db, "price", np.int64)  # of one, in minor units
            self.stock: Mask = get_column(db, "stock", np.bool_)
            self.rating: npt.NDArray[np.float32] = get_column(db, "rating", np.float32)  # 0: none
            self.reviews: npt.NDArray[np.int32] = get_column(db, "reviews", np.int32)
            self._values = _read_values(db)
        self.first = np.flatnonzero(np.diff(self.group, prepend=-1))  # group → its first variant
        self._one = Money.of(Decimal(1), currency).minor
        self._any = lru_cache(maxsize=64)(self._any_of)

    def __len__(self) -> int:
        return len(self.group)

    def facets(self) -> Mapping[str, Mapping[str, int]]:
        """Facet → value → number of groups; `product_type` counts every prefix of a path."""
        counts = {
            name: {value: self._count(places) for value, places in values.items()}
            for name, values in self._values.items()
            if name != "product_type"
        }
        wider: dict[str, list[Any]] = defaultdict(list)
        for path, places in self._values.get("product_type", {}).items():
            for prefix in prefixes(tuple(path.split(" > "))):
                wider[prefix].append(places)
        if wider:
            counts["product_type"] = {prefix: self._count(np.sort(_joined(parts))) for prefix, parts in wider.items()}
        return counts

    def _count(self, places: Any) -> int:
        """The number of groups of the variants at rising places: their numbers rise too, so that no sort is needed."""
        held = self.group[places]
        return 1 + int(np.count_nonzero(held[1:] != held[:-1]))

    def mask(self, filters: Filters, with_words: Texts) -> Mask:
        """The variants that meet all filters.

        Args:
            with_words: for what is ruled out by its words.
        """
        kept = np.ones(len(self), dtype=np.bool_)
        if filters.max_price is not None:
            kept &= self.price <= int((filters.max_price * self._one).to_integral_value(ROUND_FLOOR))
        if filters.min_price is not None:
            kept &= self.price >= int((filters.min_price * self._one).to_integral_value(ROUND_CEILING))
        if filters.in_stock:
            kept &= self.stock
        for name in VALUED:
            if wanted := getattr(filters, name):
                kept &= self._any(name, wanted)
        for name, wanted in filters.attributes.items():
            if wanted:
                kept &= self._any(name, tuple(wanted))
        for name, values in filters.exclude.items():
            if values:
                kept &= ~self._excluded(name, tuple(values), with_words)
        return kept

    def best(self, mask: Mask) -> Numbers:
        """Group → place of its variant that fits best: in stock first, then in the feed's order; -1 where none does."""
        count = len(self)
        places = np.arange(count)
        rank = np.where(mask, np.where(self.stock, places, places + count), 2 * count)
        chosen = np.minimum.reduceat(rank, self.first)
        return np.where(chosen == 2 * count, -1, chosen % count)

    def _any_of(self, name: str, wanted: tuple[str, ...]) -> Mask:
        """The variants that have one of the wanted values; as `filters.matches`."""
        mask = np.zeros(len(self), dtype=np.bool_)
        for value, places in self._values.get(name, {}).items():
            if accepts(name, value, wanted):
                mask[places] = True
        if name == "gender":  # what states no gender suits anybody
            mask |= ~self._held(name, self._values.get(name, {}))
        return mask

    def _excluded(self, name: str, values: tuple[str, ...], with_words: Texts) -> Mask:
        if name in ("text", "title"):
            found = np.zeros(len(self.first), dtype=np.bool_)
            for value in values:
                found |= with_words(value, name == "title")
            return found[self.group]
        held = self._values.get(name, {})
        if name == "gender":  # ruled out is what is for nobody else
            low = {value.lower() for value in values}
            others = [value for value in held if value.lower() not in low]
            return self._held(name, held) & ~self._held(name, others)
        return self._any(name, values)

    def _held(self, name: str, values: Iterable[str]) -> Mask:
        mask = np.zeros(len(self), dtype=np.bool_)
        for value in values:
            mask[self._values[name][value]] = True
        return mask


def _read_values(db: Connection) -> Mapping[str, Mapping[str, Any]]:
    """Facet → value → places of its variants, rising."""
    found: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    rows = select(facets.c.name, facets.c.value, facets.c.places).order_by(facets.c.no)
    for name, value, places in db.execute(rows):
        found[name][value].append(np.frombuffer(places, dtype=np.int32))
    return {name: {value: _joined(held[value]) for value in sorted(held)} for name, held in sorted(found.items())}


def _joined(parts: list[Any]) -> Any:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
