"""The words of simulated shoppers, out of templates."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from pathlib import Path
from string import Formatter

import numpy as np
from pydantic import Field, model_validator

from eval.documents import Strict
from index.loading import read_yaml

Said = list[str]
FIELDS = {"thing", "things", "kinds", "limit"}


class Wording(Strict):
    """`wording.yaml`: for each thing that a shopper may want to say, the ways to say it."""

    open: Said = Field(min_length=1)
    open_limit: Said = Field(min_length=1)
    narrow: Said = Field(min_length=1)
    again: Said = Field(min_length=1)
    other: Said = Field(min_length=1)
    limit: Said = Field(min_length=1)
    cheaper: Said = Field(min_length=1)
    ideas: Said = Field(min_length=1)

    @model_validator(mode="after")
    def _known(self) -> Wording:
        for move, ways in self:
            for way in ways:
                unknown = {name for _, name, _, _ in Formatter().parse(way) if name is not None} - FIELDS
                if unknown:
                    raise ValueError(
                        f"{move}: {way!r} has {', '.join(sorted(unknown))}, not {', '.join(sorted(FIELDS))}"
                    )
        return self

    def say(self, move: str, rng: np.random.Generator, said: Collection[str], thing: str, kind: str, limit: str) -> str:
        """One of the ways to say it, drawn at random, that was not said yet while there is one."""
        ways: Said = getattr(self, move)
        one = "" if is_several(kind) else "an " if thing.startswith(("a", "e", "i", "o", "u")) else "a "
        told: list[str] = [
            ways[place]
            .replace("a {thing}", one + "{thing}")
            .format(thing=thing, things=several(thing), kinds=several(kind), limit=limit)
            for place in rng.permutation(len(ways)).tolist()
        ]
        return next((text for text in told if text not in said), told[0])


@cache
def wording() -> Wording:
    return Wording.model_validate(read_yaml(Path(__file__).with_name("wording.yaml")))


def is_several(kind: str) -> bool:
    return kind.endswith("s") and not kind.endswith(("ss", "us"))


def several(thing: str) -> str:
    """More than one of a thing: "gift boxes"."""
    if is_several(thing):
        return thing
    if thing.endswith(("s", "x", "ch", "sh")):
        return f"{thing}es"
    return f"{thing[:-1]}ies" if thing.endswith("y") and thing[-2:-1] not in "aeiou" else f"{thing}s"
