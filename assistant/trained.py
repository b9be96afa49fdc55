"""Training a shop's recommender on what its store knows. Imports torch, which is slow: only `onevoice train` needs it."""

from __future__ import annotations

from typing import Any

from assistant.app import open_encoder, open_index, open_state, system_clock, taste_folder
from assistant.settings import Settings
from assistant.shoppers.store import Shoppers
from assistant.taste import processes
from assistant.taste.files import Precision
from assistant.taste.shop import train_shop
from assistant.taste.training import Recipe
from index.shop import read_shop


def train_recommender(
    settings: Settings, *, seed: int = 0, epochs: int = 25, precision: Precision = "int8", progress: bool = True
) -> dict[str, Any] | None:
    """Train the shop's recommender on what its store knows, indexing the shop if need be.

    Under torchrun the first process reads and the others are given what it read. Returns the manifest with the held-out
    report; None in a process that is not the first.

    Raises:
        SetupError: there are too few events to learn from.
    """
    shop = read_shop(settings.shop)

    def read() -> tuple[Any, ...]:
        index = open_index(settings, shop, open_encoder(settings, progress=progress))
        index.build(progress=progress)
        engine, _ = open_state(settings, shop, progress=progress)
        search = index.open()
        try:
            rows = {group: row for row, group in enumerate(search.groups)}
            groups = {key: rows[product.group_id] for key, product in search.catalogue.products.items()}
            return Shoppers(engine, system_clock).log(), groups, search.groups, search.vectors
        finally:
            search.close()
            engine.dispose()

    with processes.processes():
        log, groups, ids, vectors = processes.shared(read)
        return train_shop(
            log, groups, ids, vectors, taste_folder(settings, shop),
            recipe=Recipe(seed=seed, epochs=epochs), precision=precision, progress=progress and processes.first(),
        )  # fmt: skip
