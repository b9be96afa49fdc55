"""What a kind of claim is given to work with, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from eval.labelled.items import Item, World

FOLDER = Path(__file__).resolve().parent
Slots = dict[str, Any]  # what fills a template in; "order": whom the names a, b, c stand for, where not in their order


@cache
def terms() -> dict[str, Any]:
    """`terms.yaml`: the words of the sentences."""
    loaded: dict[str, Any] = yaml.safe_load((FOLDER / "terms.yaml").read_text(encoding="utf-8"))
    return loaded


@dataclass(frozen=True)
class Draw:
    """The products that a sentence is to be about.

    Args:
        subjects: those it speaks of, in the order of their names.
        others: products that are evidence too, and that it does not speak of.
        held_out: whether it is for the sentences kept for decisions, which have words of their own.
    """

    world: World
    subjects: tuple[Item, ...]
    others: tuple[Item, ...]
    language: str
    rng: Random
    held_out: bool = False

    @property
    def item(self) -> Item:
        return self.subjects[0]

    @property
    def facts(self) -> tuple[Item, ...]:
        return (*self.subjects, *self.others)


@dataclass(frozen=True)
class Drawn:
    """A claim's words: those that make it true, and those with one fact changed, named by what was changed."""

    true: Slots | None
    false: Sequence[tuple[str, Slots]] = field(default_factory=list)


@dataclass(frozen=True)
class Kind:
    """A kind of claim.

    Args:
        draw: gives the words for products, or None where they have nothing to claim of this kind.
        subjects: how many products it speaks of: the least and the most.
        flip: what is changed between a template and its opposite.
        closed: whether the opposite of a false claim is true: the data lists all there is.
        shops: where there is something to claim.
        fits: which products it may speak of.
    """

    draw: Callable[[Draw], Drawn | None]
    subjects: tuple[int, int] = (1, 1)
    flip: str = "negation"
    closed: bool = False
    shops: tuple[str, ...] = ("luma", "outfitters")
    fits: Callable[[Item], bool] = lambda item: True


def other_number(value: Decimal, taken: Sequence[Decimal], rng: Random, steps: Sequence[int]) -> Decimal:
    """A number near a value that is none of those taken."""
    near = [value + sign * step for step in steps for sign in (1, -1)]
    return rng.choice([number for number in near if number > 0 and number not in taken and number != value])
