"""Reads a shop folder: settings, products, reviews and policies. Bad rows are reported and skipped, never fatal.

Shoppers, events and orders of the folder are none of the index's business.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from index.errors import ShopError
from index.feeds import Rejected, clean, find_feed, read_jsonl

Text = Annotated[str, Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Personalization(_Strict):
    strength: float = Field(0.5, ge=0, le=1)


class Campaign(_Strict):
    """Products that somebody pays for to be shown, among those that match, always labelled."""

    id: str
    products: list[str]
    start: date | None = Field(None, alias="from")
    end: date | None = Field(None, alias="to")
    daily_cap: int | None = Field(None, ge=0)

    def runs_on(self, day: date) -> bool:
        """Whether it runs on a day; its first and its last are days of it."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


class OrderTerms(_Strict):
    """What may be done about an order where shops differ. The defaults are those of τ²-bench's retail policy.

    Args:
        return_days: how many days after delivery a return or exchange may be asked for; None: as long as one likes.
        cancel_reasons: those that are accepted, word for word.
        not_returnable: product types that are neither taken back nor exchanged.
        deliver_to: ISO 3166 codes of the countries to which an address may be changed; none: anywhere.
    """

    return_days: int | None = Field(None, ge=1, strict=True)
    cancel_reasons: list[Text] = Field(default=["no longer needed", "ordered by mistake"], min_length=1)
    not_returnable: list[Text] = Field(default_factory=list)
    deliver_to: list[Annotated[str, Field(pattern="^[A-Z]{2}$")]] = Field(default_factory=list)


class ShopSettings(_Strict):
    """`shop.yaml`; everything is optional."""

    name: str = ""
    assistant: str = "Vera"
    currency: str | None = None
    locales: list[str] = Field(default_factory=lambda: ["en"])
    timezone: str = "UTC"  # an IANA name: Europe/Berlin
    opening_hours: str | dict[str, str] | None = None
    holidays: list[str] = Field(default_factory=list)  # "2026-12-24", and "12-25" of every year
    voice: str | None = None
    personalization: Personalization = Field(default_factory=lambda: Personalization(strength=0.5))
    sensitive: list[str] = Field(default_factory=list)
    campaigns: list[Campaign] = Field(default_factory=list)
    orders: OrderTerms = Field(default_factory=lambda: OrderTerms(return_days=None))
    sign_in: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = None  # for a link on the page
    demo: bool = False

    @field_validator("holidays", mode="before")
    @classmethod
    def _days(cls, stated: object) -> list[str]:
        days = [str(day) for day in stated] if isinstance(stated, list) else [str(stated)]
        for day in days:
            try:
                date.fromisoformat(day if len(day) > 5 else f"2000-{day}")
            except ValueError as error:
                raise ValueError(f"no day {day!r}; write it like 2026-12-24, or 12-25 for every year") from error
        return days

    @field_validator("timezone")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"no time zone {name!r}; write it like Europe/Berlin") from error
        return name


_TRANSLATION = re.compile(r"(.+)\.([a-z]{2})\.md")


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy file; `source` is its path in the shop folder.

    Args:
        translations: language → the same in it, from `NAME.LANGUAGE.md` beside it. What counts is `text`.
    """

    source: str
    text: str
    translations: Mapping[str, str] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """Changes with the text: 12 hex digits of its SHA-256."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Shop:
    """A shop as its folder states it, but for products and reviews: these are the index's."""

    folder: Path
    settings: ShopSettings
    policies: tuple[Policy, ...]

    @property
    def name(self) -> str:
        return self.settings.name or self.folder.resolve().name.replace("-", " ").title()

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone of the shop's clock."""
        return ZoneInfo(self.settings.timezone)

    @cached_property
    def key(self) -> str:
        """Names the shop's state on disk: readable, and unique to the folder."""
        path = str(self.folder.resolve())
        return f"{self.folder.resolve().name}-{hashlib.sha256(path.encode()).hexdigest()[:8]}"


def read_shop(folder: Path) -> Shop:
    """Read and check a shop folder.

    Raises:
        ShopError: no such folder, no product feed in it, or a wrong `shop.yaml`.
    """
    if not folder.is_dir():
        raise ShopError(f"{folder}: no such folder. Name a shop folder with --shop or ONEVOICE_SHOP.")
    find_feed(folder)
    files = {path.name: path for path in sorted((folder / "policies").glob("*.md"))}
    translated = {
        name: match for name in files if (match := _TRANSLATION.fullmatch(name)) and f"{match[1]}.md" in files
    }
    policies = tuple(
        Policy(
            f"policies/{name}",
            _text(path),
            {match[2]: _text(files[other]) for other, match in translated.items() if f"{match[1]}.md" == name},
        )
        for name, path in files.items()
        if name not in translated
    )
    if (whole := folder / "policy.md").is_file():  # all of it in one file, as τ²-bench has it
        policies += (Policy(whole.name, _text(whole)),)
    return Shop(folder, _settings(folder / "shop.yaml"), policies)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def fingerprint(shop: Shop) -> str:
    """Changes whenever what the index is made from may have changed: a digest of the feed, the reviews, the currency."""
    digest = hashlib.blake2b((shop.settings.currency or "").encode(), digest_size=20)
    for path in (find_feed(shop.folder), shop.folder / "reviews.jsonl"):
        digest.update(path.name.encode())
        if path.is_file():
            with path.open("rb") as source:
                digest.update(hashlib.file_digest(source, lambda: hashlib.blake2b(digest_size=20)).digest())
    return digest.hexdigest()


def _settings(path: Path) -> ShopSettings:
    if not path.is_file():
        return ShopSettings()
    try:
        return ShopSettings.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise ShopError(f"{path}{line}: not valid YAML ({getattr(error, 'problem', error)}).") from error
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in item['loc']) or 'the file'}: {item['msg']}" for item in error.errors()
        )
        raise ShopError(f"{path}: {problems}.") from error


def read_reviews(folder: Path, reject: Callable[[Rejected], None]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """(line, review) of each good row of `reviews.jsonl`: id or item_group_id, author, title, text, rating."""
    path = folder / "reviews.jsonl"
    if not path.is_file():
        return
    for line, row in read_jsonl(path, reject):
        rating = row.get("rating")
        if not isinstance(rating, int) or not 1 <= rating <= 5:
            reject(Rejected(path.name, line, f"rating {rating!r} is not a whole number from 1 to 5"))
            continue
        texts = {name: clean(row.get(name) or "") for name in ("author", "title", "text")}
        texts |= {name: str(row.get(name) or "").strip() for name in ("id", "item_group_id")}
        yield line, {**texts, "rating": rating}
