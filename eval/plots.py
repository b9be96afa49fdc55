"""Plots of benchmarks. Draws what it is given; measures nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

PANELS: Mapping[str, Mapping[str, str]] = {
    "a query, ms": {"p50_ms": "median", "p95_ms": "95th percentile", "p99_ms": "99th percentile"},
    "MB": {"rss_mb": "memory", "index_mb": "index on disk"},
    "build, s": {
        "build_s": "whole",
        "embedding": "embedding",
        "words_facets": "words and facets",
        "vector_index": "vector index",
    },
}


def plot_scale(rows: Sequence[Mapping[str, Any]], title: str, path: Path) -> None:
    """Draw latency, memory and build time against size, on logarithmic axes, into a PNG or SVG.

    Args:
        rows: of `scale.curve`.
    """
    from matplotlib.figure import Figure  # imports of seconds, that only a plot needs
    from matplotlib.ticker import NullFormatter

    sizes = [row["products"] for row in rows]
    figure = Figure(figsize=(12, 3.8), layout="constrained")
    for axes, (label, lines) in zip(figure.subplots(1, len(PANELS)), PANELS.items(), strict=True):
        for key, name in lines.items():
            values = [row.get(key, row["build"].get(key)) for row in rows]
            axes.plot(sizes, values, marker="o", label=name)
        axes.set(xscale="log", yscale="log", xlabel="products", ylabel=label)
        axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.grid(which="both", alpha=0.25)
        axes.legend(fontsize="small")
    figure.suptitle(title)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
