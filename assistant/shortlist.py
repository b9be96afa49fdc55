"""Which tools a message may need, from labelled messages like it. A small model chooses better among few."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from index.embedding import Encoder, Vectors

NEIGHBOURS = 10
SHARE = 0.13  # of the neighbours' weight, for a tool to be offered
SURE = 0.75  # share from which the others are not offered
FAR = 0.35  # cosine below which a message is like nothing we know, and the model decides among all
ALWAYS = ("search_products", "show_product")


class Shortlist:
    """Votes of the nearest labelled messages."""

    def __init__(self, examples: Mapping[str, Any], encoder: Encoder) -> None:
        labelled = [(row["say"], row["calls"][0]["tool"]) for row in examples["in_prompt"] if row["say"].isascii()]
        labelled += [(say, tool) for tool, says in examples["others"].items() for say in says]
        self._labels = [tool for _, tool in labelled]
        self._encoder = encoder
        self._vectors: Vectors = encoder.encode([say for say, _ in labelled])

    def tools(self, message: str) -> tuple[list[str], float]:
        """The tools to offer, likeliest first, and the share of the first."""
        cosines = self._vectors @ self._encoder.encode([message])[0]
        nearest = np.argsort(-cosines)[:NEIGHBOURS]
        votes: dict[str, float] = {}
        for place in nearest:
            votes[self._labels[place]] = votes.get(self._labels[place], 0.0) + float(max(cosines[place], 0.0)) ** 4
        total = sum(votes.values()) or 1.0
        ordered = sorted(votes, key=lambda tool: -votes[tool])
        first = votes[ordered[0]] / total
        offered = [tool for tool in ordered if votes[tool] / total >= (SHARE if first < SURE else first)]
        if float(cosines[nearest[0]]) < FAR:
            known = ordered + [tool for tool in dict.fromkeys(self._labels) if tool not in ordered]
            offered = [tool for tool in known if tool != "chat"]  # small talk is always like some we know
        return offered + [tool for tool in ALWAYS if tool not in offered], votes[ordered[0]] / total
