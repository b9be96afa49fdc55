"""The recommender in conversation: a data set as a shop, the real search and ranking, and what was bought next.

Who is about to buy something asks for its category ("I need nail polish"). How much higher does it stand with the shopper's
history than without? And how long does ranking take? The shop, its prices and the times of its events are made up: none
of them counts here.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import insert
from tqdm import tqdm

from assistant.cards import SHOWN
from assistant.db import events, open_engine
from assistant.ranking import Ranking
from assistant.recommender import Recommender
from assistant.shoppers.store import Shoppers
from assistant.taste.files import save
from assistant.taste.fitted import Fitted
from assistant.taste.fitting import Examples
from assistant.taste.histories import Ints
from assistant.taste.measure import DISCOUNTS
from assistant.taste.serving import LATEST
from eval.purchases import Purchases
from index.build import Index
from index.embedding import Encoder
from index.search import Candidate, Query, Search
from index.shop import Shop, read_shop
from index.sql import sqlite_url

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ASKING = 2_000  # shoppers who ask, drawn at random
TIMED = 100  # rankings of which the median is taken
FOUND = 200  # candidates of a search that are ranked


@dataclass(frozen=True)
class Stage:
    """A shop over a data set, with everybody's history in its store and the recommender that was fitted."""

    shop: Shop
    search: Search
    shoppers: Shoppers
    recommender: Recommender

    def ranking(self, strength: float | None = None) -> Ranking:
        """By a strength; None: the default."""
        return Ranking(self.shop, self.search, self.shoppers, self.recommender, strength)

    def asked(self, message: str) -> Sequence[Candidate]:
        """What a search finds for a message."""
        said = self.search.reader.read(message)
        return self.search.search(Query(said.rest, said.filters, heads=said.heads), FOUND).candidates


def in_conversation(
    data: Purchases, fitted: Fitted, kept: Path, encoder: Encoder, *, seed: int = 0, progress: bool = True
) -> dict[str, Any]:
    """The lift, of a data set with categories and one purchase a shopper to find, and the time that ranking takes.

    Args:
        kept: a folder where the next run finds the index again.
    """
    rng = np.random.default_rng(seed)
    histories: dict[str, Ints] = {"timed": rng.choice(data.known.items, LATEST)}
    if data.categories:
        histories |= {str(n): data.testing.histories.row(n) for n in range(len(data.testing.targets))}
    with staged(data, fitted, histories, kept, encoder) as stage:
        found = {"conversation_lift": None}
        if data.categories:
            found = lift(stage, data, data.testing, rng, progress=progress)
        return found | timed(stage, rng)


@contextmanager
def staged(
    data: Purchases, fitted: Fitted, histories: Mapping[str, Ints], kept: Path, encoder: Encoder
) -> Iterator[Stage]:
    """A data set as a shop.

    Args:
        histories: shopper id → rows of what they bought, oldest first.
    """
    shop = read_shop(_folder_of(data, kept))
    index = Index(shop, encoder, kept / "index")
    index.build()
    search = index.open()
    try:
        with tempfile.TemporaryDirectory(prefix="onevoice-") as folder:
            engine = open_engine(sqlite_url(Path(folder) / "state.sqlite"))
            with engine.begin() as db:
                db.execute(insert(events), [row for name, items in histories.items() for row in _events(name, items)])
            shoppers = Shoppers(engine, lambda: NOW)
            save(fitted, [str(n) for n in range(data.known.size)], Path(folder), {})
            yield Stage(shop, search, shoppers, Recommender(search, shoppers, Path(folder)))
            engine.dispose()
    finally:
        search.close()


def lift(
    stage: Stage, data: Purchases, examples: Examples, rng: np.random.Generator, *, progress: bool = True
) -> dict[str, Any]:
    """NDCG@10 of what was bought next, among what is found for its category, with strength 0 and with the default.

    Args:
        examples: the shoppers of the stage, known by their numbers, and the one thing that each bought next.
    """
    chosen = np.sort(rng.permutation(len(examples.targets))[:ASKING])
    rankings = [stage.ranking(0.0), stage.ranking()]
    gains = []
    for number in tqdm(chosen.tolist(), desc="conversations", unit="shopper", disable=not progress):
        target = int(examples.targets[number][0])
        if not data.categories[target]:
            continue
        found = stage.asked(f"I need {data.categories[target][-1].lower()}")
        shopper = stage.shoppers.get(str(number))
        gains.append([_gain(ranking.rank(found, ranking.profile(shopper, NOW)), target) for ranking in rankings])
    plain, personal = np.mean(gains, axis=0).tolist()
    return {
        "conversations": len(gains),
        "conversation_plain_ndcg@10": round(plain, 5),
        "conversation_ndcg@10": round(personal, 5),
        "conversation_lift": round(personal / plain, 3) if plain else None,
    }


def timed(stage: Stage, rng: np.random.Generator) -> dict[str, Any]:
    """Milliseconds to rank 200 candidates, drawn at random, for the shopper "timed" with 200 events: the medians of reading
    the shopper's profile, of ranking, of both, and of the reasons of what is shown."""
    ranking, shopper = stage.ranking(), stage.shoppers.get("timed")
    ranking.profile(shopper, NOW)  # counts what sells, once an hour
    spent = []
    for _ in range(TIMED):
        groups = [stage.search.groups[row] for row in rng.integers(0, len(stage.search.groups), FOUND).tolist()]
        candidates = [Candidate(stage.search.catalogue.products[key], float(rng.random())) for key in groups]
        started = time.perf_counter()
        profile = ranking.profile(shopper, NOW)
        between = time.perf_counter()
        ranked = ranking.rank(candidates, profile)
        done = time.perf_counter()
        ranking.explained(ranked[:SHOWN], profile)
        spent.append((between - started, done - between, done - started, time.perf_counter() - done))
    medians = 1_000 * np.median(np.array(spent), axis=0)
    names = ("profile_ms", "rank_ms", "serve_p50_ms", "reasons_ms")
    return dict(zip(names, medians.round(2).tolist(), strict=True))


def _gain(ranked: Sequence[Any], target: int) -> float:
    ids = [row.candidate.product.id for row in ranked[: len(DISCOUNTS)]]
    return float(DISCOUNTS[ids.index(str(target))]) if str(target) in ids else 0.0


def _events(shopper: str, items: Ints) -> Iterator[dict[str, Any]]:
    """A history as rows of the store, a minute apart, the last just before now."""
    common = {"shopper_id": shopper, "type": "purchase", "quantity": 1, "live": False}
    for place, item in enumerate(items.tolist()):
        at = NOW.replace(tzinfo=None) - timedelta(minutes=len(items) - place)
        yield {**common, "product_id": str(item), "at": at}


def _folder_of(data: Purchases, kept: Path) -> Path:
    """The data set as a shop folder; every price is made up."""
    folder = kept / "shop"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "shop.yaml").write_text(f"name: {data.name}\n", encoding="utf-8")
    categories, brands = data.categories or [()] * len(data.titles), data.brands or [""] * len(data.titles)
    with (folder / "products.jsonl").open("w", encoding="utf-8") as out:
        for row, (title, path, brand) in enumerate(zip(data.titles, categories, brands, strict=True)):
            product = {"id": str(row), "title": title, "price": "1.00 USD", "quantity": 1}
            if path:
                product["product_type"] = " > ".join(path)
            if brand:
                product["brand"] = brand
            out.write(json.dumps(product, ensure_ascii=False) + "\n")
    return folder
