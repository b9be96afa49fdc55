"""The figures of the retrieval benchmark as plain text, for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

QUALITY = {
    "queries": "queries", "BM25": "bm25_ndcg@10", "dense": "dense_ndcg@10", "fusion": "fusion_ndcg@10", "whole": "ndcg@10",
    "recall@20": "recall@20", "MRR": "mrr", "breaks": "constraint_breaks", "nothing F1": "nothing_f1",
}  # fmt: skip
COST = {
    "p50 ms": "p50_ms", "p95 ms": "p95_ms", "p99 ms": "p99_ms", "encoding p50": "encode_p50_ms", "without it p50": "search_p50_ms", "p99": "search_p99_ms",
    "filtered ÷ not": "filtered_ratio", "vector recall@10": "vector_recall@10", "memory MB": "rss_mb", "index MB": "index_mb",
}  # fmt: skip
BUILD = ("reading", "embedding", "words_facets", "vector_index", "other")


def report(result: Mapping[str, Any]) -> str:
    """Quality by shop and by kind, and cost."""
    shops = {**result["shops"], "all": result}
    for part in result["parts"]:
        shops |= {f"{part}: {name}": row for name, row in {**result[part]["shops"], "all": result[part]}.items()}
    parts = [table("nDCG@10", shops, QUALITY)]
    if result["kinds"]:
        parts.append(table("kind", result["kinds"], QUALITY))
    parts.append(table("cost", {name: row for name, row in shops.items() if "p50_ms" in row}, COST))
    if result["translated"]:
        parts.append(
            f"{result['translated']} queries put into English by the model, median {result['translation_s']} s"
        )
    return "\n\n".join(parts)


def curve_report(result: Mapping[str, Any]) -> str:
    """Cost by size, and the build's parts in seconds."""
    rows = {f"{row['products']:,}": row for row in result["sizes"]}
    builds = {name: {"whole": row["build_s"], **row["build"]} for name, row in rows.items()}
    parts = [
        table("varied copies", rows, COST),
        table("build, s", builds, {name.replace("_", " "): name for name in ("whole", *BUILD)}),
    ]
    if result["million"]:
        columns = {"build s": "build_s", "memory MB": "rss_mb", "index MB": "index_mb", "p50 ms": "p50_ms"}
        parts.append(table("by power law", {"1,000,000": result["million"]}, columns))
    return "\n\n".join(parts)


def table(title: str, rows: Mapping[str, Mapping[str, Any]], columns: Mapping[str, str]) -> str:
    """Rows by name under a title, numbers to the right.

    Args:
        columns: heading → key in a row; what a row lacks is a dash.
    """
    cells = [[title, *columns]]
    cells += [[name, *(_shown(row.get(key)) for key in columns.values())] for name, row in rows.items()]
    widths = [max(len(row[place]) for row in cells) for place in range(len(cells[0]))]
    lines = []
    for first, *others in cells:
        right = (cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))
        lines.append("  ".join([first.ljust(widths[0]), *right]))
    return "\n".join(lines)


def _shown(value: float | None) -> str:
    if value is None:
        return "–"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.3f}" if abs(value) < 2 else f"{value:,.1f}"
