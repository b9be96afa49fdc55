"""The whole fit: methods on what is known, the sequence model by early stopping, the blend on what came next."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from assistant.taste.blend import UNTRAINED, sample, tune
from assistant.taste.fitted import Fitted
from assistant.taste.histories import Floats, Histories, Ints
from assistant.taste.measure import measure
from assistant.taste.methods import FADES, Methods, counted
from assistant.taste.neighbours import Nearby
from assistant.taste.processes import first
from assistant.taste.sequence import SequenceModel
from assistant.taste.training import Recipe, train

JUDGED = 2_000  # shoppers on whom an epoch is judged
TUNED = 4_000  # shoppers on whom the blend is tuned
BATCH = 256

Popular = Callable[[Ints], Mapping[str, Floats]]


@dataclass(frozen=True)
class Examples:
    """Shoppers, what each did, and what each bought next.

    Args:
        popular: numbers of shoppers → name → (1 or shoppers, items): what sold at the moment of each.
    """

    histories: Histories
    targets: Sequence[Ints]
    popular: Popular

    def some(self, most: int, rng: np.random.Generator) -> Examples:
        """At most so many of them, drawn at random, in their order."""
        if len(self.targets) <= most:
            return self
        chosen = np.sort(rng.permutation(len(self.targets))[:most])
        return Examples(
            self.histories.take(chosen),
            [self.targets[n] for n in chosen.tolist()],
            lambda part: self.popular(chosen[part]),
        )


def fit(
    known: Histories,
    validation: Examples,
    texts: Floats,
    *,
    recipe: Recipe = Recipe(),
    checkpoint: Path | None = None,
    progress: bool = True,
) -> Fitted:
    """Fit everything. Nothing but `known` is counted or trained on; `validation` only stops and weighs.

    Of several processes the first alone counts and weighs; the others share the sequence model's training.

    Args:
        texts: (items, d) vectors of the items' texts, of length 1.
    """
    rng = np.random.default_rng(recipe.seed)
    seconds: dict[str, float] = {}
    counts = counted(known, seconds) if first() else Methods()
    judged = validation.some(JUDGED, rng)

    def judge(model: SequenceModel) -> float:
        found = measure(lambda part, _: model.scores(part), judged.histories, judged.targets, done=counts.done_with)
        return found["ndcg@10"]

    started = time.perf_counter()
    model = train(known, texts, judge, recipe=recipe, checkpoint=checkpoint, progress=progress)
    seconds["sequence"] = time.perf_counter() - started
    methods = replace(counts, nearby=Nearby(texts, FADES["similar"]), sequence=model)
    if not first():
        return Fitted(methods, UNTRAINED, seconds)
    started = time.perf_counter()
    blend = tune(sample(scored(methods, validation.some(TUNED, rng)), rng))
    seconds["blend"] = time.perf_counter() - started
    return Fitted(methods, blend, seconds)


def scored(methods: Methods, examples: Examples) -> Iterator[tuple[dict[str, Floats], Sequence[Ints]]]:
    """(scores of every method, targets), batch by batch; what nobody buys again scores nothing."""
    for start in range(0, len(examples.targets), BATCH):
        numbers = np.arange(start, min(start + BATCH, len(examples.targets)))
        part = examples.histories.take(numbers)
        scores = methods.scores(part, examples.popular(numbers))
        done = methods.done_with(part)
        targets = examples.targets[start : start + BATCH]
        for by_method in scores.values():
            kept = [by_method[row, wanted] for row, wanted in enumerate(targets)]
            by_method[done] = 0.0
            for row, wanted in enumerate(targets):
                by_method[row, wanted] = kept[row]
        yield scores, targets


def report(fitted: Fitted, examples: Examples, *, each: bool = True) -> dict[str, Any]:
    """Name → figures on held-out examples (see `measure`), of the blend and, where wanted, of every method alone."""

    def of(score: Callable[[Histories, Mapping[str, Floats]], Floats]) -> dict[str, Any]:
        started = time.perf_counter()
        found = measure(
            lambda part, numbers: score(part, examples.popular(numbers)),
            examples.histories,
            examples.targets,
            done=fitted.methods.done_with,
        )
        return {**found, "serve_ms": 1000 * (time.perf_counter() - started) / len(examples.targets)}

    first = examples.popular(np.array([0]))
    names = fitted.methods.names(first) if each else []
    figures = {name: of(partial(fitted.methods.alone, name)) for name in names}
    return figures | {"blend": of(fitted.score)}
