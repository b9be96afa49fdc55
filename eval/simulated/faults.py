"""Faults of the simulation, told apart from the assistant's failures: such a conversation is no evidence of anything."""

from __future__ import annotations

from collections.abc import Sequence

from eval.simulated.shoppers import NAMELESS, Message, Persona
from eval.simulated.words import stands_in
from index.catalogue import Catalogue
from index.words import fold

GONE, SOLD_OUT = "goal not in the catalogue", "goal not in stock"
NO_WORD, DEAR = "no word for the goal", "budget below the price"
WORDED, REPEATED = "words that are not the goal's", "repeats itself"


def of_goal(product_id: str, catalogue: Catalogue) -> str:
    """Why nobody could find a goal, or ""."""
    product = catalogue.products.get(product_id)
    if product is None:
        return GONE
    return "" if product.in_stock else SOLD_OUT


def of_persona(persona: Persona) -> str:
    """Why a shopper asks for what there is not, or ""."""
    if not persona.kind:
        return NO_WORD
    budget, price = persona.budget, persona.product.current_price
    return DEAR if budget is not None and budget.minor < price.minor else ""


def of_message(persona: Persona, message: Message, said: Sequence[str]) -> list[str]:
    """What is wrong with a message.

    Args:
        said: the shopper's messages before.
    """
    faults = []
    text = fold(message.text)
    in_full = fold(persona.product.title) in text and fold(persona.product.title) != fold(persona.kind)
    unsaid = message.move not in NAMELESS and not message.says_it
    if in_full or unsaid or not stands_in(message.thing, persona.product):
        faults.append(WORDED)
    if text in {fold(before) for before in said}:
        faults.append(REPEATED)
    return faults
