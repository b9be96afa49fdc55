"""What personalization is worth: NDCG@10 of real purchases that were held out, by the strength of personalization.

Events of a demo shop are simulated, so the lift is not measured there but on a data set of purchases, on the stage of
`eval.conversation`. Who is about to buy something asks for its category; where none are known, for ideas.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from assistant.ranking import Ranking
from assistant.taste.files import FORMAT, load, save
from assistant.taste.fitted import Fitted
from assistant.taste.fitting import fit
from assistant.taste.histories import Floats
from assistant.taste.measure import DISCOUNTS
from assistant.taste.training import Recipe
from eval.balance.intervals import Drawn, interval
from eval.conversation import NOW, Stage, staged
from eval.purchases import Purchases, read_purchases
from eval.recommend import vectors
from index.embedding import Encoder
from index.filters import Filters

ASKING = 1_000  # shoppers who ask, drawn at random
QUICK = Recipe(epochs=2)
WHOLE = Recipe()


@dataclass(frozen=True)
class Lift:
    """What was found.

    Args:
        recipe: how the recommender was trained: whole, or quick, which is a little less than it can do.
        strengths: what was tried, 0 first.
        gains: (strengths, shoppers) NDCG@10 of what each bought next.
    """

    dataset: str
    recipe: str
    strengths: tuple[float, ...]
    gains: Floats

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Lift:
        """From what `to_json` gave."""
        gains = np.array(row["gains"], dtype=np.float32)
        return cls(row["dataset"], row["recipe"], tuple(row["strengths"]), gains)

    def to_json(self) -> dict[str, Any]:
        strengths, gains = list(self.strengths), self.gains.round(6).tolist()
        return {"dataset": self.dataset, "recipe": self.recipe, "strengths": strengths, "gains": gains}

    def ndcg(self, strength: float) -> float:
        return float(self.gains[self.strengths.index(strength)].mean())

    def ratio(self, strength: float) -> float | None:
        """NDCG@10 with a strength over that with none; None where nothing was found with none."""
        return self._ratio(strength, np.arange(self.gains.shape[1]))

    def interval(self, strength: float) -> list[float] | None:
        return interval(lambda drawn: self._ratio(strength, drawn), self.gains.shape[1])

    def share(self, strength: float) -> float | None:
        """The gain over strength 0, as a share of the gain that strength 1 has over it; None where 1 gains nothing."""
        return self._share(strength, np.arange(self.gains.shape[1]))

    def share_interval(self, strength: float) -> list[float] | None:
        return interval(lambda drawn: self._share(strength, drawn), self.gains.shape[1])

    def _means(self, strength: float, drawn: Drawn) -> tuple[float, float]:
        plain, personal = self.gains[0, drawn].mean(), self.gains[self.strengths.index(strength), drawn].mean()
        return float(plain), float(personal)

    def _ratio(self, strength: float, drawn: Drawn) -> float | None:
        plain, personal = self._means(strength, drawn)
        return personal / plain if plain else None

    def _share(self, strength: float, drawn: Drawn) -> float | None:
        plain, personal = self._means(strength, drawn)
        most = self._means(1.0, drawn)[1]
        return (personal - plain) / (most - plain) if most > plain else None


def measure_lift(
    folder: Path,
    strengths: Sequence[float],
    encoder: Encoder,
    kept: Path,
    *,
    whole: bool = False,
    progress: bool = True,
) -> Lift:
    """NDCG@10 of what shoppers of a data set bought next, with each strength.

    Args:
        strengths: 0 and 1 among them.
        kept: a folder where the next run finds texts, index and the fitted recommender again.
        whole: train in full, if that is not there yet. Else what was trained in full is used where it is there, and a
            quick training where it is not.

    Raises:
        ShopError: there are no purchases in the folder.
    """
    data = read_purchases(folder)
    fitted, recipe = fitted_on(
        data, vectors(data.texts, encoder, kept), kept / data.name, encoder.name, whole, progress
    )
    histories = {str(n): data.testing.histories.row(n) for n in range(len(data.testing.targets))}
    ordered = tuple(sorted(set(strengths)))
    with staged(data, fitted, histories, kept / data.name, encoder) as stage:
        return Lift(data.name, recipe, ordered, gains(stage, data, ordered, progress=progress))


def gains(stage: Stage, data: Purchases, strengths: Sequence[float], *, progress: bool = True) -> Floats:
    """(strengths, shoppers) NDCG@10 of what each of the shoppers, drawn at random, bought next."""
    rankings = [stage.ranking(strength) for strength in strengths]
    chosen = np.sort(np.random.default_rng(0).permutation(len(data.testing.targets))[:ASKING])
    found = []
    for number in tqdm(chosen.tolist(), desc="held-out purchases", unit="shopper", disable=not progress):
        targets = [str(item) for item in data.testing.targets[number]]
        category = data.categories[int(targets[0])] if data.categories else ()
        if data.categories and not category:
            continue
        found.append([ndcg(_shown(stage, ranking, str(number), category), targets) for ranking in rankings])
    return np.array(found, dtype=np.float32).reshape(-1, len(rankings)).T


def ndcg(ids: Sequence[str], targets: Sequence[str]) -> float:
    """NDCG@10 of a list of ids, best first."""
    hits = sum(float(discount) for key, discount in zip(ids, DISCOUNTS, strict=False) if key in targets)
    return hits / float(DISCOUNTS[: len(targets)].sum())


def _shown(stage: Stage, ranking: Ranking, shopper: str, category: Sequence[str]) -> list[str]:
    """The ids of what a shopper is shown who asks for a category, or for ideas; best first."""
    profile = ranking.profile(stage.shoppers.get(shopper), NOW)
    if category:
        rows = ranking.rank(stage.asked(f"I need {category[-1].lower()}"), profile)
    else:
        rows = ranking.recommend(Filters(), profile, NOW, len(DISCOUNTS))
    return [row.candidate.product.id for row in rows[: len(DISCOUNTS)]]


def fitted_on(
    data: Purchases, texts: Floats, kept: Path, encoder: str, whole: bool, progress: bool
) -> tuple[Fitted, str]:
    """The recommender of a data set, and whether it was trained whole or quick. It is kept, with what it was made from."""
    ids = [str(n) for n in range(data.known.size)]
    recipes = {"whole": WHOLE, "quick": QUICK}
    made = {name: _digest(data, encoder, recipe) for name, recipe in recipes.items()}
    for name in recipes if not whole else ("whole",):
        found = load(kept / f"fitted-{name}")
        if found is not None and found.manifest.get("made_from") == made[name]:
            return found.over(ids, texts), name
    name = "whole" if whole else "quick"
    folder = kept / f"fitted-{name}"
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint = folder / "training.pt"
    fitted = fit(data.known, data.tuning, texts, recipe=recipes[name], checkpoint=checkpoint, progress=progress)
    if data.lately is not None:
        fitted = fitted.counted_anew(data.lately)
    save(fitted, ids, folder, {"made_from": made[name]}, "float32")
    return fitted, name


def _digest(data: Purchases, encoder: str, recipe: Recipe) -> str:
    """Names what a recommender is made from: the purchases, the texts, the encoder, the recipe."""
    digest = hashlib.sha256("\n".join([encoder, repr(recipe), str(FORMAT), *data.texts]).encode())
    for histories in (data.known, data.tuning.histories, data.lately):
        if histories is not None:
            digest.update(histories.items.tobytes() + histories.ends.tobytes())
    return digest.hexdigest()[:16]
