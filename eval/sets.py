"""Which shops the retrieval benchmark runs over, and with which queries."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from assistant.settings import ROOT, Settings
from eval.judged import FOLDER, Judged, read_queries
from index.errors import ShopError


@dataclass(frozen=True, slots=True)
class Bench:
    """A shop with the queries to put to it.

    Args:
        apart: sets whose figures are reported apart, by name: those held out.
        directory: of its index; None is where the settings keep it.
    """

    folder: Path
    queries: Sequence[Judged]
    apart: Mapping[str, Sequence[Judged]] = field(default_factory=dict)
    directory: Path | None = None

    @property
    def name(self) -> str:
        return self.folder.resolve().name

    @property
    def asked(self) -> list[tuple[Judged, str]]:
        """Every query with the name of its set, empty for the shop's own."""
        own = [(query, "") for query in self.queries]
        return own + [(query, part) for part, queries in self.apart.items() for query in queries]


def benches(settings: Settings, shop: Path | None, queries: Path | None) -> list[Bench]:
    """What to run: the named shop or queries; else every query set of this project whose shop is there."""
    if shop is not None or queries is not None:
        return [bench(shop or settings.shop, queries)]
    shops = [settings.bench_data / "shops" / name for name in ("luma", "outfitters")]
    for folder in shops:
        if not folder.is_dir():
            print(f"left out: {folder} is not there. Set ONEVOICE_BENCH_DATA.", file=sys.stderr)
    return [bench(folder, None) for folder in (*shops, ROOT / "shops" / "demo") if folder.is_dir()]


def bench(folder: Path, queries: Path | None) -> Bench:
    """A shop with the queries of a file, or else with those of this project that are named like its folder."""
    if queries is not None:
        return Bench(folder, read_queries(queries))
    name = f"{folder.resolve().name}.yaml"
    if not (FOLDER / name).is_file():
        raise ShopError(f"{folder}: there is no eval/queries/{name}. Name a file of queries with --queries.")
    apart = {path.parent.name: read_queries(path) for path in sorted(FOLDER.glob(f"*/{name}"))}
    return Bench(folder, read_queries(FOLDER / name), apart)


def english_only(of: Bench) -> Bench:
    """The shop's own queries in English."""
    return replace(of, queries=[query for query in of.queries if query.language == "en"], apart={})
