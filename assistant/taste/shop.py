"""A shop's recommender, trained from its events. Groups of products are its items; those who opted out teach it nothing."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch

from assistant.errors import SetupError
from assistant.shoppers.log import EventLog
from assistant.shoppers.store import KIND_WEIGHT
from assistant.taste.files import Precision, save
from assistant.taste.fitting import fit, report
from assistant.taste.histories import Floats
from assistant.taste.orders import Orders
from assistant.taste.processes import first
from assistant.taste.training import Recipe

TUNED, TESTED = 0.8, 0.9  # of all purchases in time order: from where the blend is tuned, and from where it is tested
ENOUGH_PURCHASES, ENOUGH_ORDERS = 1_000, 50  # bought in all; orders to tune by and as many to test by
SECONDS = 86_400.0


def orders_of(log: EventLog, groups: Mapping[str, int], size: int) -> Orders:
    """The events of a log whose product is still sold, in columns.

    Args:
        groups: product id → row of its group.
        size: how many groups there are.
    """
    known = np.array([number for number, product in enumerate(log.product_id) if product in groups], dtype=np.int64)
    names = np.array(log.shopper_id, dtype=object)[known]
    starts = np.ones(len(known), dtype=np.int64)
    starts[1:] = names[1:] != names[:-1]
    return Orders(
        np.array([groups[log.product_id[number]] for number in known], dtype=np.int64),
        log.at[known].astype(np.int64) / SECONDS,
        np.cumsum(starts) - 1,
        np.array([KIND_WEIGHT[log.type[number]] for number in known], dtype=np.float32),
        size,
    )


def train_shop(
    log: EventLog,
    groups: Mapping[str, int],
    ids: Sequence[str],
    vectors: Floats,
    folder: Path,
    *,
    recipe: Recipe = Recipe(),
    precision: Precision = "int8",
    progress: bool = True,
) -> dict[str, Any] | None:
    """Train on a shop's events and serve the result from now on. Returns the manifest, with the held-out report; None in
    another process than the first.

    Trained on the first 80 % of purchases in time, tuned on the next tenth, tested on the last; in the end counts are
    taken of everything. A training that was broken off goes on where it stopped.

    Args:
        ids: of the groups, in the order of their rows; `vectors` (groups, d) of their texts.
        folder: where the recommender of this shop lives.

    Raises:
        SetupError: there are too few events to learn from.
    """
    orders = orders_of(log, groups, len(ids))
    bought = np.sort(orders.days[orders.weights >= 1.0])
    if len(bought) < ENOUGH_PURCHASES:
        raise SetupError(
            f"{len(bought)} purchases are too few to learn from; {ENOUGH_PURCHASES:,} are needed. Without a trained "
            "recommender, what is like a shopper's own and what sells decide."
        )
    tuned, tested = (float(bought[int(len(bought) * share)]) for share in (TUNED, TESTED))
    tuning, testing = orders.next_orders(tuned, tested)[0], orders.next_orders(tested, np.inf)[0]
    if min(len(tuning.targets), len(testing.targets)) < ENOUGH_ORDERS:
        raise SetupError(
            f"{len(tuning.targets)} and {len(testing.targets)} orders of shoppers with a history are too few to tune "
            f"and to test by; {ENOUGH_ORDERS} of each are needed."
        )
    folder.mkdir(parents=True, exist_ok=True)
    fitted = fit(
        orders.before(tuned), tuning, vectors, recipe=recipe, checkpoint=folder / "checkpoint.pt", progress=progress
    )
    if not first():
        return None
    held_out = report(fitted, testing)
    final = fitted.counted_anew(orders.before(np.inf))
    manifest = {
        "trained_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "shoppers": int(orders.shoppers.max()) + 1,
        "events": len(orders.items),
        "items": len(ids),
        "tuned_from": _day(tuned),
        "tested_from": _day(tested),
        "orders_tested": len(testing.targets),
        "recipe": asdict(recipe),
        "seconds": {name: round(value, 1) for name, value in fitted.seconds.items()},
        "held_out": {name: {key: round(float(v), 5) for key, v in row.items()} for name, row in held_out.items()},
        "versions": {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__},
    }
    path = save(final, ids, folder, manifest, precision)
    return {**manifest, "blend": final.blend.to_json(), "folder": str(path)}


def _day(days: float) -> str:
    return str(np.datetime64(int(days * SECONDS), "s"))
