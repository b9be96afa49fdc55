"""A simulated shopper: rules, no language model. Simulated, all of it, but for the history and the goal.

It has a product in mind and begins vaguely: half of the shoppers name the kind alone ("bag"), half with one word more
("retrospot bag"), since who writes to a shop rarely writes a title. It looks at the cards, and is content when its
product, or another variant of it, is among them. Else it mostly says one word more, sometimes asks for others without
saying more, once for suggestions, and where all is above its budget says so. It gives up after three to six messages
(who chats has less patience than who reads a page, and more than for one attempt), when nothing new was shown twice, or
when it has no more to say. A third has a budget: a round sum from a tenth to six tenths above what was really paid.

What it does depends on the number of the message and on what is shown, never on patience or on the setting that is
tried: the same shopper says the same to two assistants that show the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np

from assistant.events import Card
from eval.redteam.cases import Play
from eval.simulated.goals import Goal
from eval.simulated.wording import wording
from eval.simulated.words import Spoken
from index.catalogue import Product
from index.money import Money
from index.words import stem, words

# Words beside the kind in the first message, each as likely; None: it asks for suggestions, and names the kind after that.
VAGUENESS: dict[str, tuple[int | None, ...]] = {
    "ideas first": (None,), "kind alone": (0,), "as drawn": (0, 1), "two words more": (2,)
}  # fmt: skip
PATIENCE = (3, 6)  # messages, both ends included
BUDGETED = 1 / 3
OVER_PAID = (1.1, 1.6)
ROUND = [Decimal(n) for n in (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 300, 500)]
OPENS_WITH_LIMIT = 0.5  # of those with a budget
WEIGHTS = {"narrow": 4.0, "other": 2.0, "ideas": 1.0}
NAMELESS = ("other", "cheaper", "ideas")  # moves in which what it speaks of need not be said in full
NOTHING_NEW = 2  # turns after which it gives up
REMEMBERED = 3  # words said beside the kind, the latest
SHOPPER, TURN = 2, 3  # streams of random numbers


@dataclass(frozen=True)
class Persona:
    """Who a simulated shopper is, the same in both arms.

    Args:
        number: with `seed`, names the random numbers.
        words: the details in the order in which they come to mind.
        opens_with: how many of them are in the first message that names the kind.
        ideas_first: it asks for suggestions before.
        patience: messages.
        budget: None where it has none.
    """

    goal: Goal
    product: Product
    kind: str
    words: tuple[str, ...]
    opens_with: int
    ideas_first: bool
    patience: int
    budget: Money | None
    says_budget: bool
    seed: int
    number: int

    def to_json(self) -> dict[str, Any]:
        """What it is, for people to read."""
        return {
            "shopper": self.goal.shopper,
            "goal": self.product.id,
            "title": self.product.title,
            "repeated": self.goal.repeated,
            "kind": self.kind,
            "words": self.words,
            "budget": str(self.budget) if self.budget else None,
        }


def persona(
    goal: Goal, product: Product, spoken: Spoken, number: int, seed: int,
    *, vagueness: str = "as drawn", patience: int | None = None, priced: bool = False,
) -> Persona:  # fmt: skip
    """Draw a shopper for a goal.

    Args:
        vagueness: a key of `VAGUENESS`.
        patience: messages; None: drawn.
        priced: prices are real, so that a budget means something.
    """
    rng = np.random.default_rng([seed, SHOPPER, number])
    drawn = int(rng.integers(PATIENCE[0], PATIENCE[1] + 1))
    order = rng.permutation(len(spoken.details)).tolist()[: spoken.most]
    choices = VAGUENESS[vagueness]
    opens = choices[int(rng.integers(len(choices)))]
    over, budgeted, says = float(rng.uniform(*OVER_PAID)), rng.random() < BUDGETED, rng.random() < OPENS_WITH_LIMIT
    budget = None
    if priced and budgeted and goal.paid:
        budget = Money.of(_rounded(goal.paid * Decimal(over)), product.current_price.currency)
    details = tuple(spoken.details[place] for place in order)
    return Persona(
        goal, product, spoken.kind, details, opens or 0, opens is None, patience or drawn, budget, bool(says and budget), seed, number
    )  # fmt: skip


def _rounded(amount: Decimal) -> Decimal:
    return next((one for one in ROUND if one >= amount), amount.quantize(Decimal(1)))


@dataclass(frozen=True)
class Message:
    """What a shopper says, and what a planner makes of it.

    Args:
        move: a key of the wording.
        thing: what it speaks of, in its words.
        limit: the most that it wants to pay, where it says so; "".
    """

    move: str
    text: str
    thing: str
    limit: str

    @property
    def says_it(self) -> bool:
        """Whether the message has all words of what it speaks of."""
        return {stem(word) for word in words(self.thing)} <= {stem(word) for word in words(self.text)}

    @property
    def plan(self) -> Play:
        """A search by the message, with what it speaks of where it does not say so; or suggestions."""
        if self.move == "ideas":
            return Play(calls=[{"tool": "recommend"}])
        query = self.text if self.says_it else f"{self.text} {self.thing}"
        return Play(calls=[{"tool": "search_products", "query": query}])


@dataclass
class Shopper:
    """A simulated shopper in one conversation."""

    persona: Persona
    said: int = field(init=False)
    turn: int = 0
    seen: set[str] = field(default_factory=set)
    cards: Sequence[Card] = ()
    stale: int = 0
    told: list[str] = field(default_factory=list)
    named: bool = False
    limited: bool = False
    asked_for_ideas: bool = False
    from_word: int = 0

    def __post_init__(self) -> None:
        self.said = min(self.persona.opens_with, len(self.persona.words))

    def looks(self, cards: Sequence[Card]) -> bool:
        """Whether the goal, or a variant of it, is among the cards of a turn."""
        self.cards, new = cards, {card.item_group_id for card in cards} - self.seen
        self.seen |= new
        self.stale += not new
        return self.persona.product.group_id in {card.item_group_id for card in cards}

    def gives_up(self) -> str:
        """Why it says nothing more, or ""."""
        if self.turn >= self.persona.patience:
            return "patience spent"
        return "nothing new twice" if self.stale >= NOTHING_NEW else ""

    def says(self) -> Message | None:
        """The next message; None where it has no more to say."""
        rng = np.random.default_rng([self.persona.seed, TURN, self.persona.number, self.turn])
        move = self._move(rng)
        if not move:
            return None
        if move in ("narrow", "again"):
            self.from_word = self.said if move == "again" else self.from_word
            self.said += 1
        self.named |= move in ("open", "open_limit")
        self.limited |= move in ("limit", "open_limit")
        self.asked_for_ideas |= move == "ideas"
        self.turn += 1
        return self._message(move, rng)

    def _move(self, rng: np.random.Generator) -> str:
        """What to say now. Nothing was shown: other words. All is too dear: that. Else by weights."""
        if not self.turn and self.persona.ideas_first:
            return "ideas"
        if not self.named:
            return "open_limit" if self.persona.says_budget else "open"
        more, budget = self.said < len(self.persona.words), self.persona.budget
        if not self.cards:
            return "again" if more else "" if self.asked_for_ideas else "ideas"
        dear = budget is not None and all(Money.parse(card.price).minor > budget.minor for card in self.cards)
        if dear and not self.limited:
            return "limit" if rng.random() < 0.5 else "cheaper"
        moves = {"narrow": more, "other": True, "ideas": not self.asked_for_ideas}
        weights = np.array([WEIGHTS[move] * may for move, may in moves.items()])
        return str(rng.choice(list(moves), p=weights / weights.sum()))

    def _message(self, move: str, rng: np.random.Generator) -> Message:
        words_said = self.persona.words[self.from_word : self.said][-REMEMBERED:]
        kind, limit = self.persona.kind, _told(self.persona.budget) if move in ("limit", "open_limit") else ""
        thing = " ".join([*words_said, kind])
        text = wording().say(move, rng, self.told, thing, kind, limit)
        self.told.append(text)
        return Message(move, text, thing, limit)


def _told(budget: Money | None) -> str:
    assert budget is not None
    amount, signs = budget.amount, {"GBP": "£", "USD": "$", "EUR": "€"}
    number = f"{amount:.2f}" if amount % 1 else f"{amount:.0f}"
    sign = signs.get(budget.currency)
    return f"{sign}{number}" if sign else f"{number} {budget.currency}"
