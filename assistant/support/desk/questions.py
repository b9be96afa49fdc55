"""The question of a conversation that is open: what the shopper last wanted to know, and what was known before it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.acts import asks
from assistant.conversation import Turn
from index.words import content

FEW = 3  # words of a message that asks for a person and says nothing more; or four times as many Chinese characters
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Question:
    """A shopper's question.

    Args:
        number: of its turn, from 0.
        state: what was known of the conversation before that turn.
    """

    number: int
    text: str
    state: Mapping[str, Any]


def open_question(turns: Sequence[Turn]) -> Question | None:
    """The last question of a conversation; None where nobody has written.

    "Yes please" to the offer of a colleague is no question, and neither is "let me talk to a person": the one before is.
    """
    said = [number for number, turn in enumerate(turns) if turn.text]
    while len(said) > 1 and _only_a_person(turns[said[-1]].text):
        said.pop()
    if not said:
        return None
    number = said[-1]
    text = turns[number].text
    packet = turns[number].reply.get("handoff")
    if packet and packet["reason"] != text:
        text = str(packet["reason"])
        number = next((n for n in reversed(said) if turns[n].text == text), number)
    return Question(number, text, turns[number - 1].state if number else {})


def _only_a_person(text: str) -> bool:
    characters = len(_HAN.findall(text))
    long = characters > 4 * FEW if characters else len(content(text)) > FEW
    return asks("person", text) and not long
