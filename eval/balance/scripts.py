"""What every shopper says in the same words, with the calls that a planner makes of it; and who says it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from pydantic import Field

from assistant.shoppers.store import Shopper
from eval.dialogues import Strict, read_documents
from eval.redteam.cases import Play
from index.errors import ShopError

FOLDER = Path(__file__).with_name("scripts")
SHOPPERS = 24  # of a shop that has more, this many are drawn
ENOUGH = 2  # with fewer nothing can be compared


class Script(Strict):
    """A message, and the calls of a good planner, each `{tool, …arguments}`; see `Play`."""

    say: str
    calls: list[dict[str, object]] = Field(min_length=1)
    spoken: bool = False  # also said to the language model

    def plan(self) -> Play:
        return Play.model_validate({"calls": self.calls})


class Scripts(Strict):
    """The scripts of one shop, in the order in which they are said."""

    scripts: list[Script] = Field(min_length=1)
    file: str = ""


def read_scripts(shop: Path, path: Path | None = None) -> list[Script]:
    """The scripts of a file; without one, those of this project that are named like the shop's folder.

    Raises:
        ShopError: there are none for the shop, or the file has another form.
    """
    file = path or FOLDER / f"{shop.resolve().name}.yaml"
    if path is None and not file.is_file():
        raise ShopError(f"{shop}: there is no eval/balance/scripts/{file.name}. Name a file with --scripts.")
    scripts = [script for part in read_documents(file, Scripts, "scripts") for script in part.scripts]
    for script in scripts:
        try:
            script.plan()
        except ValueError as error:
            raise ShopError(f"{file}: {script.say!r}: {error}") from error
    return scripts


def cast(shop: Path, shoppers: Sequence[Shopper]) -> list[str]:
    """The ids of those who speak: all of a shop's shoppers, or `SHOPPERS` of them.

    Raises:
        ShopError: there are too few.
    """
    ids = sorted(shopper.id for shopper in shoppers)
    if len(ids) < ENOUGH:
        raise ShopError(f"{shop}: {len(ids)} shoppers, and nothing to compare. Add some to shoppers.jsonl.")
    return ids if len(ids) <= SHOPPERS else sorted(random.Random(0).sample(ids, SHOPPERS))
