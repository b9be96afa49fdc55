"""How well search finds what shoppers ask for, and what that costs: words alone, meaning alone, both fused, and the
whole, over judged queries in one run.

Right answers come from the shop folder (`judged`), never from the index. Nothing is tuned here.
"""

from __future__ import annotations

import importlib
import json
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from tqdm import tqdm

from assistant.app import open_encoder, open_index
from assistant.llm import Model
from assistant.prompts import Composer
from assistant.settings import Settings
from eval import encoding, scale, serving
from eval.judged import Judged
from eval.outcomes import Outcome, by_kind, by_shop, figures, judge
from eval.plots import plot_scale
from eval.serving import Served, Wish
from eval.sets import Bench, bench, benches, english_only
from eval.tables import QUALITY, curve_report, report
from eval.translations import Translation, Translations
from index.build import Index
from index.embedding import Encoder
from index.intake import read_catalogue
from index.shop import Shop, read_shop

SAMPLE = 256  # texts by which the encoder's speed is measured


def bench_retrieval(
    settings: Settings,
    shop: Path | None = None,
    queries: Path | None = None,
    *,
    size: int | None = None,
    sizes: Sequence[int] = (),
    plot: Path | None = None,
    out: Path | None = None,
) -> dict[str, Any]:
    """The command: tables on stderr, and the figures that it prints as JSON.

    Args:
        size: search so many varied copies of the shop's products instead of these.
        sizes: measure what search costs at these sizes, too.
        plot: where the plot of that goes.
        out: where what each query got goes, one JSON object a line.

    Raises:
        ShopError: no such shop, no queries for it, or a query is wrong; the message says which.
    """
    encoder = open_encoder(settings)
    varied = shop or settings.shop
    result: dict[str, Any] = {}
    if size is None:
        runs = benches(settings, shop, queries)
    else:
        of = english_only(bench(varied, queries))
        built = scale.build(settings, varied, size, encoder)
        print(
            f"{size:,} varied copies of {of.name}'s products: they tell what size costs, not how good", file=sys.stderr
        )
        runs = [replace(of, folder=built.folder, directory=built.directory)]
        result = {"size": size, "copies_of": of.name, "build_s": built.total, "build": built.seconds}
    result = measure(settings, runs, encoder, out=out) | result
    result |= _encoding(settings, runs) | _evidence(settings, encoder)
    print(report(result), file=sys.stderr)
    if sizes:
        wishes = [Wish(query.q) for query in english_only(bench(varied, queries)).queries]
        result |= scale.curve(settings, varied, wishes, sizes, encoder)
        print(curve_report(result), file=sys.stderr)
        if plot is not None:
            plot_scale(result["sizes"], f"Search over varied copies of {varied.resolve().name}'s products", plot)
    return result


def measure(
    settings: Settings,
    runs: Sequence[Bench],
    encoder: Encoder,
    *,
    out: Path | None = None,
    opened: Callable[[], Model] | None = None,
    fresh: bool = True,
    progress: bool = True,
) -> dict[str, Any]:
    """Put all queries to their shops; the figures of all, by shop, by kind, and of what was held out.

    Args:
        opened: gives a model instead of the configured one (tests).
        fresh: measure what it costs in a process of its own; else in this one, by this encoder (tests).
    """
    outcomes: list[Outcome] = []
    served: dict[str, Served] = {}
    english: dict[str, Translation] = {}
    for run in runs:
        shop = read_shop(run.folder)
        index = _index(settings, run, shop, encoder)
        index.build(progress=progress)
        english |= _translated(settings, shop, [query for query, _ in run.asked], opened, progress)
        wishes = [_wish(query, english) for query, _ in run.asked]
        directory = run.directory or settings.data_dir / shop.key / "index"
        if fresh:  # before the index is opened here: embedded, it serves one process at a time
            served[run.name] = serving.in_fresh_process(settings, run.folder, directory, wishes)
        search = index.open()
        if not fresh:
            served[run.name] = serving.serve(search, wishes, directory, progress=False)
        catalogue = read_catalogue(shop, lambda row: None)
        for query, part in tqdm(run.asked, desc=run.name, unit="query", disable=not progress):
            wish = _wish(query, english)
            outcomes.append(judge(search, catalogue, query, wish, shop=run.name, part=part))
        search.close()
    for outcome in outcomes:
        if not outcome.right and outcome.query.match != "nothing":
            print(f"not scored, nothing in {outcome.shop} fits its predicates: {outcome.query.q}", file=sys.stderr)
    if out is not None:
        out.write_text("".join(json.dumps(o.row(), ensure_ascii=False) + "\n" for o in outcomes), encoding="utf-8")
    parts = {part: [outcome for outcome in outcomes if outcome.part == part] for part in _parts(runs)}
    seconds = [translation.seconds for translation in english.values()]
    return {
        **_summary([outcome for outcome in outcomes if not outcome.part], served),
        "translated": len(english),
        "translation_s": round(statistics.median(seconds), 3) if seconds else None,
        **{part: _apart(rows) for part, rows in parts.items()},
        "parts": list(parts),
    }


def _index(settings: Settings, run: Bench, shop: Shop, encoder: Encoder) -> Index:
    if run.directory is None:
        return open_index(settings, shop, encoder)
    return Index(shop, encoder, run.directory, database_url=settings.database_url, chroma_url=settings.chroma_url)


def _translated(
    settings: Settings, shop: Shop, queries: Sequence[Judged], opened: Callable[[], Model] | None, progress: bool
) -> Mapping[str, Translation]:
    texts = [query.q for query in queries if query.language != "en"]
    if not texts:
        return {}
    composer = Composer(shop.name, shop.settings.assistant)
    return Translations(settings, composer, opened).of(texts, progress=progress)


def _wish(query: Judged, english: Mapping[str, Translation]) -> Wish:
    return Wish(query.q, english[query.q].english if query.q in english else None)


def _summary(outcomes: Sequence[Outcome], served: Mapping[str, Served]) -> dict[str, Any]:
    shops = {name: figures(rows) | serving.figures([served[name]]) for name, rows in by_shop(outcomes).items()}
    kinds = {kind: _main(figures(rows)) for kind, rows in by_kind(outcomes).items()}
    return {**figures(outcomes), **serving.figures(list(served.values())), "shops": shops, "kinds": kinds}


def _main(row: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of a row that a table shows."""
    return {key: row[key] for key in QUALITY.values()}


def _apart(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    return {**figures(outcomes), "shops": {name: figures(rows) for name, rows in by_shop(outcomes).items()}}


def _parts(runs: Sequence[Bench]) -> list[str]:
    return sorted({part for run in runs for part in run.apart})


def _encoding(settings: Settings, runs: Sequence[Bench]) -> dict[str, Any]:
    """What embedding costs, beside the same model in full precision."""
    texts = [
        group.text for run in runs for group in read_catalogue(read_shop(run.folder), lambda row: None).groups.values()
    ]
    sample = texts[:: max(1, len(texts) // SAMPLE)][:SAMPLE]
    found = encoding.measure(sample, [query.q for run in runs for query in run.queries], settings.cache_dir)
    return {"ingest_per_s": found["ingest_per_s"], "ingest_fp32_per_s": found["ingest_fp32_per_s"], "encoding": found}


def _evidence(settings: Settings, encoder: Encoder) -> dict[str, Any]:
    """How well passages answer real product questions."""
    folder = settings.bench_data / "bench" / "product-questions"
    module = _optional("eval.questions")
    if module is None:
        return {}
    if not folder.is_dir():
        print(f"left out: {folder} is not there. Set ONEVOICE_BENCH_DATA.", file=sys.stderr)
        return {}
    return {"evidence": dict(module.measure(folder, encoder))}


def _optional(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return None
