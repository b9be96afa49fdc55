"""How a value of the dialogue format may be spelled: a number where a text is meant, one where several may stand."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationInfo,
    field_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from eval.documents import WRITTEN, Strict
from eval.wording import LANGUAGES


class Told(Strict):
    """A key that stands in a file says something."""

    @field_validator("*", mode="before")
    @classmethod
    def _something(cls, value: Any, info: ValidationInfo) -> Any:
        if value is None and info.context == WRITTEN:
            raise PydanticCustomError("nothing", "says nothing; write a value, or leave the key out")
        return value


def _written(value: Any) -> Any:
    """A text, as it was written: 59.00 keeps its zeros."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return getattr(value, "written", str(value))
    return value.isoformat() if isinstance(value, (date, datetime)) else value


class OneOrMany:
    """Marks a list that may be written as its only item."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(
            lambda value: value if isinstance(value, list) else [value], handler(source)
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        many = handler(schema)
        return {"anyOf": [many["items"], many]}


def among(names: tuple[str, ...], noun: str) -> AfterValidator:
    def check(value: str) -> str:
        if value not in names:
            raise PydanticCustomError("unknown", f"{value!r} is no {noun}; write one of {', '.join(names)}")
        return value

    return AfterValidator(check)


def _language(value: str) -> str:
    if value.split("-")[0] not in LANGUAGES:
        raise PydanticCustomError("language", f"{value!r} is no language that is told apart; write one of {', '.join(LANGUAGES)}")  # fmt: skip
    return value


def _moment(value: Any) -> Any:
    """A date alone is its noon."""
    if isinstance(value, str) and len(value) == len("2026-11-20"):
        value = date.fromisoformat(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time(12), UTC)
    return value


def _zoned(value: datetime) -> datetime:
    """A time without a zone is UTC."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)


Text = Annotated[str, BeforeValidator(_written, json_schema_input_type=str | int | float)]
Texts = Annotated[list[Text], OneOrMany(), Field(min_length=1)]
Language = Annotated[Text, AfterValidator(_language), Field(examples=list(LANGUAGES))]
Count = Annotated[int, Field(ge=0)]
Moment = Annotated[datetime, BeforeValidator(_moment, json_schema_input_type=date | datetime), AfterValidator(_zoned)]
