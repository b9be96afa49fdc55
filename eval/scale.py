"""What search costs as a catalogue grows: built and searched at several sizes of varied copies, and fitted.

Builds are kept under DATA_DIR/bench, and taken up again for the same shop and size.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.settings import Settings
from eval import serving
from eval.serving import Wish
from eval.varied import write_copies
from index import vectors
from index.build import Index
from index.embedding import Encoder
from index.fill import Fill
from index.intake import Intake
from index.shop import read_shop

MILLION = 1_000_000
FITTED = ("build_s", "rss_mb", "index_mb", "search_p50_ms")
NOISE = 0.02  # of a value, by which a fit may miss more than the best


@dataclass(frozen=True, slots=True)
class Built:
    """A kept index of varied copies, and the seconds that each part of its build took."""

    folder: Path  # the shop's
    directory: Path  # the index's
    seconds: Mapping[str, float]  # reading, embedding, words_facets, vector_index, other

    @property
    def total(self) -> float:
        return round(sum(self.seconds.values()), 2)


def build(settings: Settings, shop_folder: Path, size: int, encoder: Encoder, *, progress: bool = True) -> Built:
    """The index of `size` varied copies of a shop, built if it is not kept."""
    folder = write_copies(read_shop(shop_folder), size, settings.data_dir / "bench", progress=progress)
    directory, noted = folder / "index", folder / "build.json"
    url = {"database_url": settings.database_url, "chroma_url": settings.chroma_url}
    spent = dict.fromkeys(("reading", "embedding", "filling", "vector_index"), 0.0)
    with ExitStack() as timed:
        for part, owner, name in (
            ("reading", Intake, "run"),
            ("embedding", encoder, "encode"),
            ("filling", Fill, "run"),
            ("vector_index", vectors, "write"),
        ):
            timed.enter_context(_timed(spent, part, owner, name))
        start = time.perf_counter()
        done = Index(read_shop(folder), encoder, directory, **url).build(progress=progress)
        total = time.perf_counter() - start
    if done.indexed or not noted.is_file():
        parts = {
            "reading": spent["reading"],
            "embedding": spent["embedding"],
            "words_facets": spent["filling"] - spent["embedding"],
            "vector_index": spent["vector_index"],
            "other": total - spent["reading"] - spent["filling"] - spent["vector_index"],
        }
        noted.write_text(json.dumps({part: round(seconds, 2) for part, seconds in parts.items()}), encoding="utf-8")
    return Built(folder, directory, json.loads(noted.read_text(encoding="utf-8")))


def curve(
    settings: Settings,
    shop_folder: Path,
    wishes: Sequence[Wish],
    sizes: Sequence[int],
    encoder: Encoder,
    *,
    fresh: bool = True,
    progress: bool = True,
) -> dict[str, Any]:
    """`sizes`: a row for each, smallest first, and `million`: what the rows let expect of a million products.

    Args:
        fresh: search in a process of its own; else in this one, by this encoder (tests).
    """
    rows = []
    for size in sorted(set(sizes)):
        built = build(settings, shop_folder, size, encoder, progress=progress)
        if fresh:
            served = serving.in_fresh_process(settings, built.folder, built.directory, wishes)
        else:
            search = Index(read_shop(built.folder), encoder, built.directory).open()
            served = serving.serve(search, wishes, built.directory, progress=False)
            search.close()
        rows.append({"products": size, "build_s": built.total, "build": built.seconds, **serving.figures([served])})
    return {"sizes": rows, "million": million(rows)}


@dataclass(frozen=True, slots=True)
class Fit:
    """y = base + scale · n^power."""

    base: float
    scale: float
    power: float

    def at(self, size: float) -> float:
        return float(self.base + self.scale * size**self.power)


def fit(sizes: Sequence[int], values: Sequence[float]) -> Fit:
    """The power law over a constant that misses the values least, relative to each.

    The constant is what does not grow (a model in memory, the start of a query); neither it nor the slope is negative.
    Powers from 0.5 to 1.5 are tried; of those that fit as well as the best but for `NOISE`, the nearest to 1 is taken,
    since a few noisy points would else bend it far.
    """
    n, y = np.asarray(sizes, dtype=float), np.maximum(np.asarray(values, dtype=float), 1e-9)
    if len(set(sizes)) < 2:
        return Fit(float(y.mean()), 0.0, 1.0)
    tried = [_constrained(n, y, power / 20) for power in range(10, 31)]
    least = min(missed for missed, _ in tried)
    return min((one for missed, one in tried if missed <= least + NOISE), key=lambda one: abs(one.power - 1))


def million(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The figures of a million products by `fit`, with the fits; nothing where fewer than two sizes were measured.

    Encoding a query takes as long at any size: `p50_ms` adds its median to what search alone is expected to take.
    """
    if len(rows) < 2:
        return {}
    sizes = [row["products"] for row in rows]
    fits = {key: fit(sizes, [row[key] for row in rows]) for key in FITTED if all(row[key] for row in rows)}
    found: dict[str, Any] = {key: round(one.at(MILLION), 1) for key, one in fits.items()}
    encoding = statistics.median(row["encode_p50_ms"] for row in rows)
    found["p50_ms"] = round(found["search_p50_ms"] + encoding, 1)
    return found | {"fits": {key: {name: round(v, 9) for name, v in asdict(one).items()} for key, one in fits.items()}}


def _constrained(n: Any, y: Any, power: float) -> tuple[float, Fit]:
    """Least squares of the relative error for one power, with base and scale not below 0; how far it misses, and the fit."""
    grown = n**power
    both = np.stack([1 / y, grown / y], axis=1)
    base, scale = np.linalg.lstsq(both, np.ones(len(y)), rcond=None)[0]
    options = [(base, scale)] if base >= 0 and scale >= 0 else []
    for column in (0, 1):  # on the edge: one of them alone
        alone = both[:, column]
        value = float(alone.sum() / (alone @ alone))
        options.append((value, 0.0) if column == 0 else (0.0, value))
    fits = [Fit(float(base), float(scale), power) for base, scale in options]
    missed = [float(np.sqrt(np.mean(((one.base + one.scale * grown) / y - 1) ** 2))) for one in fits]
    return min(zip(missed, fits, strict=True), key=lambda pair: pair[0])


@contextmanager
def _timed(spent: dict[str, float], part: str, owner: Any, name: str) -> Iterator[None]:
    """Add up the seconds that a function takes, for as long as this is entered."""
    inner = getattr(owner, name)

    def outer(*args: Any, **options: Any) -> Any:
        start = time.perf_counter()
        try:
            return inner(*args, **options)
        finally:
            spent[part] += time.perf_counter() - start

    setattr(owner, name, outer)
    try:
        yield
    finally:
        setattr(owner, name, inner)
