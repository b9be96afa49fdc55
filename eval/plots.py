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

BALANCE: Mapping[str, str] = {
    "facts_identical": "facts the same for everybody",
    "voice_mean": "sentences in the brand's voice",
    "claims_wrong": "sentences the shop bears out",
    "over_personalized": "history left alone where it must be",
}
FAILINGS = ("claims_wrong", "over_personalized")  # of which the rest is drawn


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


def plot_balance(
    points: Sequence[Mapping[str, Any]], naive: Sequence[Mapping[str, Any]], default: float, folder: Path
) -> None:
    """Draw consistency against personalization, a curve over strengths for each assistant, as balance.svg and .png.

    Args:
        points, naive: of `eval.balance`; what was not measured is not drawn.
        default: the strength of the shop, whose point is marked.
    """
    from matplotlib.figure import Figure  # imports of seconds, that only a plot needs

    lines = {"Onevoice": (points, "tab:blue"), "history in the prompt": (naive, "tab:red")}
    panels = {key: label for key, label in BALANCE.items() if any(row.get(key) is not None for row in points)}
    figure = Figure(figsize=(3.6 * len(panels) + 0.5, 4.2), layout="constrained")
    for axes, (key, label) in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels.items(), strict=True):
        for name, (rows, color) in lines.items():
            drawn = [row for row in rows if row.get(key) is not None and row.get("lists_differ") is not None]
            places = [(row["lists_differ"], 1 - row[key] if key in FAILINGS else row[key]) for row in drawn]
            if places:
                axes.plot(*zip(*places, strict=True), marker="o", markersize=4, color=color, label=name)
            for number, (row, place) in enumerate(zip(drawn, places, strict=True)):
                offset = (0, 8 if number % 2 else -15)
                axes.annotate(
                    f"{row['strength']:g}", place, offset, textcoords="offset points", ha="center", fontsize="small"
                )
                if row["strength"] == default and rows is points:
                    axes.plot(*place, "*", markersize=12, color=color, label=f"this shop, {default:g}")
        axes.set(xlabel="pairs of shoppers shown different lists", title=label, xlim=(-0.05, 1.05), ylim=(-0.05, 1.1))
        axes.grid(alpha=0.25)
        axes.legend(fontsize="small", loc="lower left")
    figure.suptitle("Consistency (up) against personalization (right), by its strength")
    folder.mkdir(parents=True, exist_ok=True)
    for kind in ("svg", "png"):
        figure.savefig(folder / f"balance.{kind}", dpi=110)


def plot_found(arms: Mapping[str, Sequence[int | None]], title: str, path: Path) -> None:
    """Draw the share of simulated shoppers who had found their product by each message, a curve for each arm.

    Args:
        arms: name → for each shopper the number of the message, from 1; None for those who did not find it.
    """
    from matplotlib.figure import Figure  # imports of seconds, that only a plot needs

    figure = Figure(figsize=(6.4, 4.2), layout="constrained")
    axes = figure.subplots()
    last = max((at for found in arms.values() for at in found if at is not None), default=1)
    messages = range(last + 1)
    for name, found in arms.items():
        shares = [sum(at is not None and at <= message for at in found) / max(len(found), 1) for message in messages]
        axes.plot(messages, shares, marker="o", label=name)
    axes.set(xlabel="messages of the simulated shopper", ylabel="simulated shoppers who found it", ylim=(0, None))
    axes.set_xticks(messages)
    axes.grid(alpha=0.25)
    axes.legend(fontsize="small")
    figure.suptitle(title, fontsize="medium")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
