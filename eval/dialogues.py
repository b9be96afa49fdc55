"""Scripted dialogues: the YAML format, read strictly. An error names the file, the document and the key."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from index.errors import ShopError


class Strict(BaseModel):
    """Refuses keys that the format does not have."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


M = TypeVar("M", bound=BaseModel)


class Predicate(Strict):
    """What a card's product must be, looked up in the shop folder."""

    id: str | None = None
    item_group_id: str | None = None
    size: str | None = None
    gender: str | None = None
    brand: str | None = None
    color: str | None = None
    product_type: str | None = None
    material: str | None = None
    title: str | None = None
    text: str | None = None
    id_contains: str | None = None
    attributes: dict[str, str] = Field(default_factory=dict)
    price_min: float | None = None
    price_max: float | None = None
    in_stock: bool | None = None
    not_: Predicate | None = Field(None, alias="not")


class ToolCall(Strict):
    name: str
    args: dict[str, Any] = Field(default_factory=dict)


class Products(Strict):
    min: int | None = None
    max: int | None = None
    every: Predicate | None = None
    some: list[Predicate] = Field(default_factory=list)
    none: list[Predicate] = Field(default_factory=list)

    @field_validator("some", "none", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return value if isinstance(value, list) else [value]


class Reply(Strict):
    includes: list[str] = Field(default_factory=list)
    excludes: list[str] = Field(default_factory=list)
    any_of: list[str] = Field(default_factory=list)
    max_sentences: int | None = None
    language: str | None = None

    @field_validator("includes", "excludes", "any_of", mode="before")
    @classmethod
    def _texts(cls, value: Any) -> Any:
        return [str(item) for item in (value if isinstance(value, list) else [value])]


class Expect(Strict):
    tool: ToolCall | None = None
    no_tool: list[str] | None = None
    products: Products | None = None
    reply: Reply | None = None
    cites: str | None = None
    cart: dict[str, int] | None = None
    outcome: list[str] | None = None
    refuses: bool | None = None
    handoff: bool | None = None
    personalized: bool | None = None
    same_facts_for: list[str] | None = None

    @field_validator("outcome", mode="before")
    @classmethod
    def _outcomes(cls, value: Any) -> Any:
        return value if isinstance(value, list) else [value]


class Turn(Strict):
    say: str
    expect: Expect = Field(default_factory=Expect)


class Dialogue(Strict):
    """One script. `shoppers` holds "guest" or shopper ids; each is a run of its own."""

    name: str
    shoppers: list[str] = Field(default_factory=lambda: ["guest"], alias="shopper")
    channel: Literal["shop", "desk"] = "shop"
    language: str = "en"
    now: datetime | None = None
    turns: list[Turn] = Field(min_length=1)
    file: str = ""

    @field_validator("shoppers", mode="before")
    @classmethod
    def _several(cls, value: Any) -> Any:
        return value if isinstance(value, list) else [value]

    @field_validator("now", mode="before")
    @classmethod
    def _moment(cls, value: Any) -> Any:
        if isinstance(value, date) and not isinstance(value, datetime):
            return datetime.combine(value, time(12), UTC)
        return value

    @field_validator("now")
    @classmethod
    def _zoned(cls, value: datetime | None) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def read_dialogues(path: Path) -> list[Dialogue]:
    """Every dialogue of a file, or of a folder's *.yaml in the order of their names.

    Raises:
        ShopError: no such path, not YAML, or a key that the format does not have; with file and line.
    """
    return list(read_documents(path, Dialogue, "dialogue"))


def read_documents(path: Path, model: type[M], noun: str, remedy: str = "") -> Iterator[M]:
    """Every YAML document of a file, or of a folder's *.yaml in the order of their names, read as `model`.

    Args:
        noun: what a document is, for the errors.
        remedy: what to do about a document of the wrong form.

    Raises:
        ShopError: no such path, not YAML, or a key that the format does not have; with file and line.
    """
    files = sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
    if not path.exists() or not files:
        raise ShopError(f"{path}: no {noun}s there. Name a YAML file or a folder of them.")
    for file in files:
        yield from _read(file, model, noun, remedy)


def _read(file: Path, model: type[M], noun: str, remedy: str) -> Iterator[M]:
    text = file.read_text(encoding="utf-8")
    try:
        lines = [node.start_mark.line + 1 for node in yaml.compose_all(text, yaml.SafeLoader) if node is not None]
        documents = [document for document in yaml.safe_load_all(text) if document is not None]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise ShopError(f"{file}{where}: not YAML: {getattr(error, 'problem', error)}.") from error
    for line, document in zip(lines, documents, strict=True):
        try:
            yield model.model_validate(document).model_copy(update={"file": file.name})
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"]) or "the document"
            raise ShopError(f"{file}, {noun} at line {line}: {key}: {first['msg']}. {remedy}".rstrip()) from error
