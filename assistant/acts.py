"""What a message asks to be done: the words of `prompts/acts.yaml`. A model may write only what one of them asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from assistant.patterns import load_patterns
from index.words import fold

Act = Literal[
    "add", "remove", "empty", "set", "person", "remember", "forget", "consent_off", "consent_on", "agree", "orders",
    "buy", "also", "swap", "see", "look", "others", "alike", "requires", "allows", "want", "criticism", "whereabouts", "course",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Words:
    asking: tuple[re.Pattern[str], ...]
    undoing: tuple[re.Pattern[str], ...]


def asks(act: Act, text: str) -> bool:
    """Whether a message asks for an act, in English or Chinese."""
    words, said = _acts()[act], fold(text)
    return any(p.search(said) for p in words.asking) and not any(p.search(said) for p in words.undoing)


@cache
def _acts() -> Mapping[str, _Words]:
    loaded, compiled = load_patterns("acts")
    return {
        act: _Words(compiled([*row["en"], *row["zh"]]), compiled(row.get("unless", ())))
        for act, row in loaded["acts"].items()
    }
