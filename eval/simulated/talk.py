"""A simulated shopper talks with the assistant: what was said and shown, and how it ended."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from assistant.app import App
from assistant.events import Card
from eval.redteam.obeying import ObeyingModel
from eval.simulated.faults import of_message
from eval.simulated.shoppers import Message, Persona, Shopper
from eval.stage import Talk, talk

logger = logging.getLogger("onevoice")

FOUND, GAVE_UP = "found", "gave up: "
Worder = Callable[[Persona, Message, str], Message]


@dataclass(frozen=True)
class Turn:
    """What was said, what the assistant did, and what it showed.

    Args:
        shown: groups, in their order.
        personal: how many cards say "because".
        failure: of the assistant: `error`, `could_not_check`, or `empty` (no card); "" for none.
    """

    move: str
    say: str
    tools: tuple[str, ...]
    shown: tuple[str, ...]
    titles: tuple[str, ...]
    personal: int
    outcome: str
    failure: str


@dataclass(frozen=True)
class Played:
    """A simulated conversation.

    Args:
        found_at: the number of the message whose cards held the goal, from 1; None where it was not found.
        ended: `FOUND`, or `GAVE_UP` with why.
        faults: of the simulator, which make the conversation no evidence of the assistant.
    """

    turns: tuple[Turn, ...]
    patience: int
    found_at: int | None
    ended: str
    faults: tuple[str, ...]

    @property
    def spent(self) -> int:
        """Messages until it was found; where it was not, one more than patience had."""
        return self.found_at if self.found_at is not None else self.patience + 1

    @property
    def patience_left(self) -> int:
        """Messages left when it was found; 0 where it was not."""
        return self.patience - self.found_at if self.found_at is not None else 0

    def within(self, patience: int) -> Played:
        """The same with less patience: nothing else that a simulated shopper does depends on it."""
        if self.found_at is not None and self.found_at <= patience:
            return replace(self, patience=patience)
        ended = f"{GAVE_UP}patience spent" if self.found_at is not None or len(self.turns) > patience else self.ended
        return replace(self, turns=self.turns[:patience], patience=patience, found_at=None, ended=ended)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def play(app: App, persona: Persona, planner: ObeyingModel | None, worded: Worder | None = None) -> Played:
    """Have a simulated shopper talk with an app.

    Args:
        planner: obeys each message's plan; None: the app's model plans.
        worded: puts a message into other words.
    """
    shopper, conversation = Shopper(persona), talk(app, persona.goal.shopper)
    turns: list[Turn] = []
    faults: list[str] = []
    why = ""
    while not why:
        message = shopper.says()
        if message is None:
            why = "nothing more to say"
            break
        if worded is not None:
            message = worded(persona, message, "\n".join(turn.say for turn in turns))
        faults += of_message(persona, message, [turn.say for turn in turns])
        if planner is not None:
            planner.obey(message.plan)
        turn, cards = _turn(conversation, message)
        turns.append(turn)
        if shopper.looks(cards):
            return Played(tuple(turns), persona.patience, len(turns), FOUND, _each_once(faults))
        why = shopper.gives_up()
    return Played(tuple(turns), persona.patience, None, f"{GAVE_UP}{why}", _each_once(faults))


def _turn(conversation: Talk, message: Message) -> tuple[Turn, Sequence[Card]]:
    try:
        reply = conversation.say(message.text)[0]
    except Exception as error:  # an assistant that breaks is what is measured
        logger.warning("a turn broke: %s", error, exc_info=True)
        return Turn(message.move, message.text, (), (), (), 0, "", "error"), ()
    cards = reply.cards
    failure = "could_not_check" if reply.outcome == "could_not_check" else "" if cards else "empty"
    turn = Turn(
        message.move,
        message.text,
        tuple(call.name for call in reply.tools),
        tuple(card.item_group_id for card in cards),
        tuple(card.title for card in cards),
        sum(card.because is not None for card in cards),
        reply.outcome,
        failure,
    )
    return turn, cards


def _each_once(faults: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(faults))
