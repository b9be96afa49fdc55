"""How good a ranking of the whole catalogue is: hits, discounted gain, coverage, and the right one of two."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from assistant.taste.histories import Floats, Histories, Ints

DISCOUNTS = 1.0 / np.log2(np.arange(10) + 2.0)  # of places 1 to 10 (Järvelin and Kekäläinen, TOIS 2002)
BATCH = 256
DRAWN = 50  # products drawn at random for each that was bought

Scorer = Callable[[Histories, Ints], Floats]


def measure(
    score: Scorer,
    histories: Histories,
    targets: Sequence[Ints],
    *,
    done: Callable[[Histories], tuple[Ints, Ints]] | None = None,
    seed: int = 0,
) -> Mapping[str, float]:
    """Rank every item for every shopper, and see where what was bought next stands.

    Of equal scores the target stands last. `hr@k`: share of shoppers with a target among the first k. `ndcg@k`: with
    binary gains. `coverage`: share of the catalogue that is in anybody's first ten. `pair_accuracy`: how often a target
    is above an item drawn at random from all others, half for equals.

    Args:
        score: histories and the numbers of their shoppers → (shoppers, items).
        targets: of each shopper, the rows of what was bought next; at least one.
        done: gives (shopper, item) of what is not suggested again.
    """
    rng = np.random.default_rng(seed)
    sums = dict.fromkeys(("hr@5", "ndcg@5", "hr@10", "ndcg@10"), 0.0)
    above = bought = 0.0
    shown: set[int] = set()
    for start in range(0, len(targets), BATCH):
        numbers = np.arange(start, min(start + BATCH, len(targets)))
        part = histories.take(numbers)
        scores = np.array(score(part, numbers))
        plain = scores.copy()
        if done is not None:
            scores[done(part)] = -np.inf
        for row, raw, wanted in zip(scores, plain, targets[start : start + BATCH], strict=True):
            row[wanted] = np.nextafter(
                raw[wanted], -np.inf
            )  # after its equals; what was bought after all is a target, whatever was said of it
            best = np.argpartition(-row, 9)[:10] if len(row) > 10 else np.arange(len(row))
            best = best[np.argsort(-row[best], kind="stable")]
            shown.update(best.tolist())
            hit = np.isin(best, wanted)
            for k in (5, 10):
                sums[f"hr@{k}"] += bool(hit[:k].any())
                sums[f"ndcg@{k}"] += (hit[:k] * DISCOUNTS[: len(hit[:k])]).sum() / DISCOUNTS[
                    : min(k, len(wanted))
                ].sum()
            drawn = rng.integers(0, len(raw), DRAWN)
            drawn = drawn[~np.isin(drawn, wanted)]
            if len(drawn):
                gaps = raw[wanted][:, None] - raw[drawn][None]
                above += ((gaps > 0) + 0.5 * (gaps == 0)).mean() * len(wanted)
                bought += len(wanted)
    found = {name: total / len(targets) for name, total in sums.items()}
    return found | {"coverage": len(shown) / histories.size, "pair_accuracy": above / max(bought, 1.0)}
