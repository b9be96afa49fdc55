"""What the tools share: how they reach a turn, and how the prose is given products."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain.tools import ToolRuntime

from assistant import cards
from assistant.ranking import Ranked
from assistant.turn import TurnContext

Runtime = ToolRuntime[TurnContext, Any]
IN_PROSE = 3  # products that the prose is given; the cards show the rest


def lines_of(rows: Sequence[Ranked], about: str) -> list[str]:
    """Products for the prose, a line each."""
    return [
        cards.line_of(row.candidate.product, place, about, sponsored=row.sponsored) for place, row in enumerate(rows, 1)
    ]
