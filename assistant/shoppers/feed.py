"""Reads a shop folder's shoppers, events and orders, row by row. A bad row is reported and skipped."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from index.feeds import Rejected


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Preferences(_Row):
    """What a shopper has stated about themselves. `avoids` excludes, `size` picks the variant, the rest ranks."""

    size: str | None = None
    prefers: list[str] = Field(default_factory=list)
    avoids: list[str] = Field(default_factory=list)
    budget: float | None = None
    language: str | None = None


class ShopperRow(_Row):
    id: str = Field(min_length=1)
    name: str = ""
    email: str | None = None
    zip: str | None = None
    preferences: Preferences = Field(default_factory=Preferences)
    personalization: bool = True


class EventRow(_Row):
    shopper_id: str = Field(min_length=1)
    type: Literal["view", "cart", "purchase"]
    product_id: str = Field(min_length=1)
    order_id: str | None = None
    at: AwareDatetime
    quantity: int = Field(1, ge=1)
    price: str | None = None


class OrderRow(_Row):
    id: str = Field(min_length=1)
    shopper_id: str = Field(min_length=1)
    at: AwareDatetime
    status: Literal["pending", "processed", "delivered", "cancelled", "returning", "exchanging"]
    lines: list[dict[str, Any]] = Field(default_factory=list)
    address: Any = None
    payments: list[dict[str, Any]] = Field(default_factory=list)
    fulfilments: list[dict[str, Any]] = Field(default_factory=list)


R = TypeVar("R", bound=_Row)


def find(folder: Path, name: str) -> Path | None:
    """The file `name` of a shop folder, plain or gzipped; None where there is none."""
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    return None


def read_rows(path: Path, model: type[R], rejected: list[Rejected]) -> Iterator[R]:
    """The good rows of a JSONL file in order; each bad one is added to `rejected` with its line and reason."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                yield model.model_validate(json.loads(line))
            except ValidationError as error:
                first = error.errors()[0]
                where = ".".join(str(part) for part in first["loc"]) or "the row"
                rejected.append(Rejected(path.name, number, f"{where}: {first['msg']}"))
            except (ValueError, RecursionError) as error:
                rejected.append(Rejected(path.name, number, f"not a JSON object: {error}"))


def naive(at: datetime) -> datetime:
    """UTC without a zone, as the store keeps it."""
    return at.astimezone(UTC).replace(tzinfo=None)
