"""The held-out report of a training as plain text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.taste.blend import Blend

COLUMNS = ("hr@5", "ndcg@5", "hr@10", "ndcg@10", "coverage", "pair_accuracy")


def table(manifest: Mapping[str, Any]) -> str:
    """A line a method, the blend last, with what each column says on top."""
    shares = Blend.of(manifest["blend"]).shares() if "blend" in manifest else {}
    lines = [
        f"{'held-out orders: ' + format(manifest['orders_tested'], ','):<26}" + "".join(f"{c:>15}" for c in COLUMNS)
    ]
    for name, row in manifest["held_out"].items():
        share = f" × {shares[name]:.2f}" if name in shares else ""
        lines.append(f"{name + share:<26}" + "".join(f"{row[column]:15.4f}" for column in COLUMNS))
    return "\n".join(lines)
