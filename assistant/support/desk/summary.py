"""A conversation in a few sentences, for the colleague who takes it over: by the model, held to what was said.

Of a sentence whose numbers and names do not occur in the conversation nothing is kept. Where none is left, code makes an
outline.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from assistant.agent import Assistant
from assistant.conversation import Conversations, Turn
from assistant.errors import TellStaff
from assistant.grounding.quantities import quantities
from assistant.prompts import FOLDER, sha
from assistant.sentences import sentences_of
from assistant.support.desk.questions import open_question
from assistant.untrusted import data
from index.loading import read_yaml
from index.search import Search
from index.words import fold, is_chinese, lexicon, stopwords, words

logger = logging.getLogger("onevoice")
TURNS = 12  # the last ones are summed up
MOST = 4  # sentences
LONG = 6  # turns in which something was said, from which on a summary is quicker to read than they are
_CAPITAL = re.compile(r"[A-Z][\w'’-]*")


@dataclass(frozen=True, slots=True)
class Summary:
    """A summary.

    Args:
        by: who made it: the model, or code where nothing of the model's could stay.
        dropped: sentences of the model's that did not hold.
    """

    text: str
    by: Literal["model", "outline"]
    dropped: int
    prompt_sha: str


class Summaries:
    """Sums conversations up, each with one call of the model, in the queue of its turns."""

    def __init__(self, assistant: Assistant, talks: Conversations) -> None:
        self._assistant = assistant
        self._talks = talks

    def is_long(self, conversation_id: str) -> bool:
        """Whether a conversation has turns enough to be summed up before it is read."""
        return sum(map(_speaks, self._talks.turns(conversation_id))) >= LONG

    def summary(self, conversation_id: str) -> Summary:
        """The summary of a conversation, in the language of the shopper's last message.

        Raises:
            TellStaff: nothing was said in it.
        """
        turns = [turn for turn in self._talks.turns(conversation_id) if turn.text or turn.reply.get("reply")]
        if not turns:
            raise TellStaff("nothing was said in this conversation")
        language = "zh" if is_chinese(next((turn.text for turn in reversed(turns) if turn.text), "")) else "en"
        composer, search = self._assistant.composer, self._assistant.services.index.current
        messages = composer.summary([(turn.text, turn.reply.get("reply", "")) for turn in turns[-TURNS:]], language)
        try:
            written = sentences_of(self._assistant.write(f"summary:{conversation_id}", messages))
        except Exception as error:  # whatever the endpoint's client raises: the colleague gets the outline
            logger.warning("no summary: %s", type(error).__name__)
            written = []
        said = _Said(turns, search)
        kept = [sentence for sentence in written if said.has(sentence)]
        prompt_sha = sha(messages)
        if not kept:
            return Summary(_outline(turns, search, language), "outline", len(written), prompt_sha)
        text = ("" if language == "zh" else " ").join(kept[:MOST])
        return Summary(text, "model", len(written) - len(kept), prompt_sha)


def _speaks(turn: Turn) -> bool:
    """Whether something is said in a turn: that a colleague has come or gone is not."""
    sender = turn.reply.get("from")
    return bool(turn.text) or sender is None or sender["kind"] == "said"


@dataclass(frozen=True)
class _Said:
    """A conversation as the numbers and names of a summary are looked up in it."""

    turns: Sequence[Turn]
    search: Search

    @cached_property
    def text(self) -> str:
        parts = [part for turn in self.turns for part in (turn.text, turn.reply.get("reply", ""))]
        return " ".join([*parts, *(card["title"] for turn in self.turns for card in _cards(turn))])

    @cached_property
    def numbers(self) -> frozenset[Any]:
        return frozenset(quantity.value for quantity in quantities(fold(self.text)))

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(words(fold(self.text)))

    @cached_property
    def groups(self) -> frozenset[str]:
        """The product groups that were named, or shown."""
        shown = {str(card["item_group_id"]) for turn in self.turns for card in _cards(turn)}
        return frozenset(shown | {match.group_id for match in self.search.find_by_name(self.text)})

    def has(self, sentence: str) -> bool:
        """Whether a sentence's numbers, products and other names all occur."""
        said = fold(sentence)
        titles = self.search.catalogue.titles
        named = {m.group_id for m in self.search.find_by_name(sentence) if fold(titles[m.group_id]) in said}
        known = self.words | stopwords() | set(lexicon()["capitals"]["en"])
        names = {word for match in _CAPITAL.finditer(sentence) if match.start() for word in words(fold(match[0]))}
        values = {q.value for q in quantities(said) if not (q.spelled and q.value <= 2)}  # "two products" counts
        return values <= self.numbers and named <= self.groups and names <= known


def _outline(turns: Sequence[Turn], search: Search, language: str) -> str:
    """What code can tell: the first message, the products shown last, the open question."""
    texts = read_yaml(FOLDER / "outline.yaml")[language]
    question = open_question(turns)
    shown = next((cards for turn in reversed(turns) if (cards := _cards(turn))), [])
    values = {
        "goal": data(next((turn.text for turn in turns if turn.text), "")),
        "products": ", ".join(dict.fromkeys(card["title"] for card in shown)),
        "open": data(question.text) if question else "",
    }
    return "\n".join(texts[key].format_map({key: value}) for key, value in values.items() if value)


def _cards(turn: Turn) -> list[Any]:
    return list(turn.reply.get("products", ()))
