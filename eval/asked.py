"""Messages to measure replies by: what shoppers write, one message or a short conversation each, over one shop."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from assistant.settings import ROOT, Settings
from eval.lists import read_list
from index.errors import ShopError
from index.words import is_chinese

FOLDER = Path(__file__).parent / "messages"
Kind = Literal["search", "question", "compare", "recommend", "gift", "policy", "order", "cart", "chat", "refusal"]


class Asked(BaseModel):
    """A conversation's messages, in their order, and who writes them ("guest" or a shopper's id)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    say: tuple[str, ...] = Field(min_length=1)
    shopper: str = "guest"

    @field_validator("say", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return value if isinstance(value, (list, tuple)) else (value,)

    @property
    def language(self) -> str:
        return "zh" if is_chinese(self.say[0]) else "en"

    @property
    def key(self) -> str:
        """Names the conversation among those of its shop."""
        return " | ".join((self.shopper, *self.say))


@dataclass(frozen=True, slots=True)
class Batch:
    """A shop folder, and the conversations to have there."""

    folder: Path
    asked: Sequence[Asked]


def batches(settings: Settings, shop: Path | None, messages: Path | None, limit: int | None, seed: int) -> list[Batch]:
    """What to run: the named shop and file, else every set of this project whose shop is there.

    Args:
        limit: at most this many conversations in all, drawn at random and shared out by the sizes of the sets.

    Raises:
        ShopError: a file cannot be read, or the shop has no set here and none is named.
    """
    if shop is not None or messages is not None:
        folder = shop or settings.shop
        found = [Batch(folder, read_messages(messages or _own(folder)))]
    else:
        folders = [ROOT / "shops" / "demo", settings.bench_data / "shops" / "luma"]
        for folder in folders:
            if not folder.is_dir():
                print(f"left out: {folder} is not there. Set ONEVOICE_BENCH_DATA.", file=sys.stderr)
        found = [Batch(folder, read_messages(_own(folder))) for folder in folders if folder.is_dir()]
    total = sum(len(batch.asked) for batch in found)
    if limit is None or limit >= total:
        return found
    drawn = set(random.Random(seed).sample(range(total), limit))
    places = iter(range(total))
    return [Batch(batch.folder, [asked for asked in batch.asked if next(places) in drawn]) for batch in found]


def read_messages(path: Path) -> list[Asked]:
    """All conversations of a file.

    Raises:
        ShopError: the file cannot be read, or a row is wrong or written twice; the message names file and line.
    """
    return list(_read(path, *read_list(path, "{kind: search, say: a red mug}")))


def _read(path: Path, rows: Sequence[Any], lines: Sequence[int]) -> Iterator[Asked]:
    seen: set[str] = set()
    for line, row in zip(lines, rows, strict=True):
        try:
            asked = Asked.model_validate(row)
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"]) or "the row"
            raise ShopError(f"{path}, line {line}: {key}: {first['msg']}.") from error
        if asked.key in seen:
            raise ShopError(f"{path}, line {line}: is there already. Remove one of the two.")
        seen.add(asked.key)
        yield asked


def _own(folder: Path) -> Path:
    """This project's messages for a shop: those that are named like its folder."""
    path = FOLDER / f"{folder.resolve().name}.yaml"
    if not path.is_file():
        raise ShopError(f"{folder}: there is no eval/messages/{path.name}. Name a file of messages with --messages.")
    return path
