"""A turn that passes all its checks, and what it is spoiled into."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from random import Random
from typing import Any, TypeVar

from eval.dialogues import Dialogue, Expect
from eval.mutants.folder import Folder
from eval.seen import Seen
from index.catalogue import Group

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A spoiled turn.

    Args:
        words: what was done to it.
        seen: what the checks are given.
        expect: what is asked of it: of the check that it is for, only the key in question.
    """

    words: str
    seen: Seen
    expect: Expect


@dataclass(frozen=True)
class Case:
    """A turn that passes.

    Args:
        number: of the turn, from 1.
        folder: what the shop folder states.
        peers: other shopper → the reply of that run to the same message.
        random: chooses among what could be done, the same at every run.
    """

    script: Dialogue
    shopper: str
    number: int
    seen: Seen
    folder: Folder
    random: Random
    peers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def expect(self) -> Expect:
        return self.script.turns[self.number - 1].expect

    @property
    def reply(self) -> Mapping[str, Any]:
        return self.seen.reply

    @property
    def cards(self) -> list[dict[str, Any]]:
        return [dict(card) for card in self.reply["products"]]

    @cached_property
    def language(self) -> str:
        """The language of the message, where there is no doubt: en, zh or neither."""
        chinese, latin = len(re.findall(r"[\u3400-\u9fff]", self.seen.say)), len(re.findall("[A-Za-z]", self.seen.say))
        if chinese > latin:
            return "zh"
        return "en" if not chinese and latin > 3 else ""

    @cached_property
    def groups(self) -> list[Group]:
        """The products that the turn showed, then those that it looked up."""
        products, groups = self.seen.catalogue.products, self.seen.catalogue.groups
        subjects = [*(card["id"] for card in self.cards), *(fact["subject"] for fact in self.reply["facts"])]
        found = dict.fromkeys(products[key].group_id for key in subjects if key in products)
        return [groups[key] for key in found]

    def with_reply(self, words: str, expect: Expect | None = None, **changes: Any) -> Mutant:
        """The turn with these parts of the reply changed; `expect`, where it asks less than the script."""
        return Mutant(words, replace(self.seen, reply={**self.reply, **changes}), expect or self.expect)

    def with_state(self, words: str, **changes: Any) -> Iterator[Mutant]:
        """The turn with these parts of what the store holds after it changed, where somebody looked."""
        if self.seen.held_after is not None:
            held = {**self.seen.held_after, **changes}
            yield Mutant(words, replace(self.seen, held_after=held), self.expect)

    def saying(self, words: str, sentence: str) -> Mutant:
        """The turn with one more sentence in its reply."""
        text = self.reply["reply"].strip()
        space = "" if text.endswith(("。", "？")) else " "
        return self.with_reply(f"{words}: {sentence.strip()}", reply=f"{text}{space}{sentence}")

    def some(self, items: Sequence[Item], many: int = 1) -> list[Item]:
        """A few of them, none twice."""
        return self.random.sample(items, min(many, len(items)))


Maker = Callable[[Case], Iterator[Mutant]]
