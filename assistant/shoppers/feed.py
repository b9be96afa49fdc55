"""Reads a shop folder's shoppers, events and orders, row by row. A bad row is reported and skipped."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_serializer,
    model_validator,
)

from index.feeds import Rejected
from index.money import Money

MAX_QUANTITY = 2**31 - 1  # what the store's column holds
_AGO = re.compile(r"-P(\d{1,5})D")  # ISO 8601-2: days back


@dataclass(frozen=True, slots=True)
class Reading:
    """By what the times of a file are read.

    Args:
        zone: the shop's clock, for a time that names no zone.
        now: when the file is read, for a time that is told in days before that; None: there is none of them.
    """

    zone: tzinfo = UTC
    now: datetime | None = None


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore")


def _by(info: ValidationInfo) -> Reading:
    return info.context if isinstance(info.context, Reading) else Reading()


def _in_utc(at: datetime, info: ValidationInfo) -> datetime:
    """UTC without a zone, as the store keeps it; a time without one is of the clock of the zone in the context.

    Where that clock is set back, an hour comes twice, and the first of the two is meant; where it is set forward, a
    time in the hour that is left out is read by the offset before: 01:30 is then 02:30 summer time (PEP 495, fold=0).
    """
    try:
        return naive(at if at.tzinfo else at.replace(tzinfo=_by(info).zone))
    except OverflowError as error:
        raise ValueError("this time cannot be told in UTC") from error


def _back(at: Any, info: ValidationInfo) -> Any:
    """The moment that "-P4D" means, four days before the file is read; all else as it is."""
    days = _AGO.fullmatch(at) if isinstance(at, str) else None
    if days is None:
        return at
    if (now := _by(info).now) is None:
        raise ValueError("days are counted back from when a shop is opened")
    try:
        return now - timedelta(days=int(days[1]))
    except OverflowError as error:
        raise ValueError("so long ago there is no date") from error


At = Annotated[datetime, AfterValidator(_in_utc)]
AtOrBack = Annotated[datetime, BeforeValidator(_back), AfterValidator(_in_utc)]


class Preferences(_Row):
    """What a shopper has stated about themselves. `avoids` excludes, `size` picks the variant, the rest ranks.

    Args:
        strength: how much their history counts, from 0 to 1; None: as the shop has it.
    """

    size: str | None = None
    prefers: list[str] = Field(default_factory=list)
    avoids: list[str] = Field(default_factory=list)
    budget: float | None = None
    language: str | None = None
    strength: Annotated[float, Field(ge=0, le=1)] | None = None


def _amount(text: str) -> str:
    try:
        return str(Money.parse(text))
    except ValueError as error:
        raise ValueError("no amount with its currency; write it like 45.00 EUR") from error


Amount = Annotated[str, AfterValidator(_amount)]


class MethodRow(_Row):
    """A way to pay that a shopper has left with the shop. A gift card has a balance."""

    id: str = Field(min_length=1)
    source: str = Field(min_length=1)  # gift_card, credit_card, paypal, …
    brand: str | None = None
    last_four: str | None = None
    balance: Amount | None = None

    @model_validator(mode="after")
    def _counted(self) -> MethodRow:
        if (self.source == "gift_card") != (self.balance is not None):
            raise ValueError("a gift card has a balance, and nothing else has")
        return self


class ShopperRow(_Row):
    id: str = Field(min_length=1)
    name: str = ""
    email: str | None = None
    zip: str | None = None
    address: dict[str, str] | None = None
    payment_methods: list[MethodRow] = Field(default_factory=list)
    preferences: Preferences = Field(default_factory=Preferences)
    personalization: bool = True


class EventRow(_Row):
    shopper_id: str = Field(min_length=1)
    type: Literal["view", "cart", "purchase"]
    product_id: str = Field(min_length=1)
    order_id: str | None = None
    at: At
    quantity: int = Field(1, ge=1, le=MAX_QUANTITY)
    price: str | None = None


class _Kept(_Row):
    """A row of which the store keeps also what is not named here."""

    model_config = ConfigDict(extra="allow")


class LineRow(_Kept):
    product_id: str = Field(min_length=1)
    quantity: int = Field(1, ge=1, le=MAX_QUANTITY)
    price: Amount | None = None  # of one


class PaymentRow(_Kept):
    method: str = Field(min_length=1)
    amount: Amount
    kind: Literal["payment", "refund"] = "payment"


class FulfilmentRow(_Kept):
    """A parcel. `lines` says what is in it: places among the order's lines, from 0, or product ids.

    `at` may be told in days back, "-P4D": a demo shop has then parcels that came of late in whichever year it is opened.
    """

    tracking: str | list[str] | None = None
    lines: list[int | str] = Field(default_factory=list)
    at: AtOrBack | None = None

    @field_serializer("at")
    def _stored(self, at: datetime | None) -> str | None:
        return f"{at.isoformat()}Z" if at else None


class ReturnedRow(_Row):
    """What is to come back, as often as it is named, and where the refund goes."""

    items: list[str]
    method: str


class ExchangedRow(ReturnedRow):
    """What comes instead of it, and by what the prices differ: a payment of the shopper's, or a refund."""

    new_items: list[str]
    difference: Amount
    kind: Literal["payment", "refund"]


class OrderRow(_Row):
    """An order, and what was done to it since it was placed. `at` must be stated, and is null where it is not known."""

    id: str = Field(min_length=1)
    shopper_id: str = Field(min_length=1)
    at: At | None
    status: Literal["pending", "processed", "delivered", "cancelled", "returning", "exchanging"]
    lines: list[LineRow] = Field(default_factory=list)
    address: Any = None
    payments: list[PaymentRow] = Field(default_factory=list)
    fulfilments: list[FulfilmentRow] = Field(default_factory=list)

    cancel_reason: str | None = None
    items_changed: bool = False
    returned: ReturnedRow | None = None
    exchanged: ExchangedRow | None = None

    @model_validator(mode="after")
    def _packed(self) -> OrderRow:
        known: set[int | str] = {*range(len(self.lines)), *(line.product_id for line in self.lines)}
        if any(place not in known for parcel in self.fulfilments for place in parcel.lines):
            raise ValueError("a fulfilment names a line that the order has not")
        return self

    @property
    def details(self) -> dict[str, Any]:
        """What the store keeps of it beside its own columns."""
        others = {"id", "shopper_id", "at", "status"} | (set() if self.items_changed else {"items_changed"})
        return self.model_dump(exclude=others, exclude_none=True)


R = TypeVar("R", bound=_Row)


def find(folder: Path, name: str) -> Path | None:
    """The file `name` of a shop folder, plain or gzipped; None where there is none."""
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    return None


def read_rows(
    path: Path,
    model: type[R],
    rejected: list[Rejected],
    zone: tzinfo = UTC,
    seen: Callable[[int], None] = lambda position: None,
    now: datetime | None = None,
) -> Iterator[R]:
    """The good rows of a JSONL file in order; each bad one is added to `rejected` with its line and reason.

    Args:
        zone: the shop's clock, by which a time that names no zone is read.
        seen: hears after each row how many bytes of the file were read, of a gzipped one the packed bytes.
        now: when it is read, by which days are counted back.
    """
    number, by = 0, Reading(zone, now)
    with path.open("rb") as raw:
        packed: Any = gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw
        try:
            for number, line in enumerate(TextIOWrapper(packed, encoding="utf-8", errors="replace"), 1):
                if not line.strip():
                    continue
                try:
                    if "\\u0000" in line:
                        raise ValueError("the row: a NUL character")  # PostgreSQL keeps none
                    yield model.model_validate_json(line, context=by)
                except ValidationError as error:
                    rejected.append(Rejected(path.name, number, reason(error)))
                except ValueError as error:
                    rejected.append(Rejected(path.name, number, str(error)))
                seen(raw.tell())
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            rejected.append(Rejected(path.name, number + 1, f"the file is damaged from here on: {error}"))


def reason(error: ValidationError) -> str:
    """What is wrong with a row, never what it says: that may be somebody's address."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "the row"
    if first["type"] == "json_invalid":
        return "not a JSON object: " + re.sub(r" at line 1 column (\d+)$", r", at character \1", first["ctx"]["error"])
    return f"{'not a JSON object' if first['type'] == 'model_type' else where}: {first['msg']}"


def naive(at: datetime) -> datetime:
    """UTC without a zone, as the store keeps it."""
    return at.astimezone(UTC).replace(tzinfo=None)
