"""Scripted dialogues: the YAML format, read strictly; `onevoice eval --schema` prints it for editors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from assistant.events import Outcome
from assistant.tools import TOOLS
from eval.documents import Document, Problem, Strict, read_all, read_documents, refuse
from eval.spelling import Count, Language, Moment, OneOrMany, Text, Texts, Told, among

__all__ = ["Dialogue", "Expect", "Predicate", "Products", "Reply", "Strict", "ToolCall", "Turn", "read_dialogues", "read_documents"]  # fmt: skip

# Tools of the contract are known also where the assistant does not offer them.
TOOL_NAMES = tuple(dict.fromkeys([*(tool.name for tool in TOOLS), "request_return", "cancel_order", "change_order"]))
OrderStatus = Literal["pending", "processed", "delivered", "cancelled", "returning", "exchanging"]
REMEDY = "`onevoice eval --schema` prints the format."
ToolName = Annotated[str, among(TOOL_NAMES, "tool"), Field(json_schema_extra={"enum": list(TOOL_NAMES)})]


class Predicate(Told):
    """What a card's product must be, looked up in the shop folder by the card's id. All that is written must hold."""

    id: Text | None = Field(None, description="equal, without case")
    item_group_id: Text | None = Field(None, description="equal, without case")
    size: Text | None = Field(None, description="equal, without case")
    gender: Text | None = Field(
        None, description="one of the product's, in any of the words that feeds have for it: Men, male"
    )
    brand: Text | None = Field(None, description="equal, without case")
    color: Text | None = Field(None, description="equal, without case")
    product_type: Text | None = Field(None, description='from the start of a word: "Men" is not in "Women > Tops"')
    material: Text | None = Field(None, description="one of the product's, from the start of a word")
    title: Text | None = Field(None, description="a part of the title, without case")
    text: Text | None = Field(None, description="a part of the title or the description, without case")
    id_contains: Text | None = Field(None, description="a part of the id, without case")
    attributes: dict[str, Text] = Field(default_factory=dict, description="name → a value that the attribute has")
    price_min: float | None = Field(None, description="the price that counts is at least this")
    price_max: float | None = Field(None, description="the price that counts is at most this")
    in_stock: bool | None = Field(None, description="whether it can be bought now")
    not_: Predicate | None = Field(None, alias="not", description="what it must not be")

    @model_validator(mode="after")
    def _ordered(self) -> Predicate:
        if self.price_min is not None and self.price_max is not None and self.price_min > self.price_max:
            raise PydanticCustomError("order", f"price_min {self.price_min} is above price_max {self.price_max}; nothing can be both")  # fmt: skip
        return self


Predicates = Annotated[list[Predicate], OneOrMany(), Field(min_length=1)]


class ToolCall(Told):
    """An executed call, with its arguments after correction."""

    name: ToolName = Field(description="the tool")
    args: dict[str, Any] = Field(
        default_factory=dict,
        description="a subset of the arguments: text without case, numbers by value, each of a list in any order",
    )


class Products(Told):
    """The cards of the turn. `max`, `every` and `none` pass over alternatives where `refuses` holds."""

    min: Count | None = Field(None, description="at least so many cards")
    max: Count | None = Field(None, description="at most so many cards")
    every: Predicate | None = Field(None, description="each card is this; holds over no cards")
    some: Predicates = Field(default_factory=list, description="each of these is met by a card")
    none: Predicates = Field(default_factory=list, description="no card meets any of these")

    @model_validator(mode="after")
    def _ordered(self) -> Products:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise PydanticCustomError("order", f"min {self.min} is above max {self.max}; no number of cards is both")
        return self


class Reply(Told):
    """The words of the reply. Phrases match without case at word boundaries: "5" is not in "15"."""

    includes: Texts = Field(default_factory=list, description="all of these are said")
    excludes: Texts = Field(default_factory=list, description="none of these is said")
    any_of: Texts = Field(default_factory=list, description="one of these is said")
    max_sentences: int | None = Field(None, ge=1, description="no more sentences than this")
    language: Language | None = Field(None, description="judged from the script: zh is mostly Chinese characters")


class Expect(Told):
    """What must come of a turn. What is left out is not evaluated; `grounded` and `voice` always are."""

    tool: ToolCall | None = Field(None, description="at least one such call was executed")
    no_tool: Annotated[list[ToolName], OneOrMany(), Field(min_length=1)] | None = Field(
        None, description="none of these was called"
    )
    products: Products | None = Field(None, description="the cards")
    reply: Reply | None = Field(None, description="the words")
    cites: Text | None = Field(None, description="a file that the reply cites: policies/returns.md")
    cart: dict[Text, Count] | None = Field(None, description="the whole cart after the turn: product id → quantity")
    orders: dict[Text, OrderStatus] | None = Field(
        None, description="how these orders of the shopper's stand in the store after the turn: order id → status"
    )
    done: Count | None = Field(
        None, description="how many actions on the shopper's orders and address the turn has carried out"
    )
    outcome: Annotated[list[Outcome], OneOrMany(), Field(min_length=1)] | None = Field(
        None, description="the outcome, or any of several"
    )
    refuses: bool | None = Field(
        None,
        description="the outcome is nothing_matches, not_sold, not_stated or not_allowed; no state changed; every card "
        "is an alternative",
    )
    handoff: bool | None = Field(None, description="whether the conversation was handed off")
    personalized: bool | None = Field(
        None, description="true: a card has a reason that is this shopper's own event; false: none has a reason"
    )
    same_facts_for: Texts | None = Field(
        None,
        description="run for each of these shoppers too: what two runs both speak of has the same values, and the "
        "citations agree",
    )


class Turn(Told):
    """A message, and what must come of it."""

    say: Text = Field(description="the shopper's message")
    expect: Expect = Field(default_factory=lambda: Expect.model_validate({}), description="what must come of it")

    @field_validator("expect", mode="before")
    @classmethod
    def _asks(cls, value: Any) -> Any:
        for name, part in {"expect": value, **(value if isinstance(value, dict) else {})}.items():
            if part == {} and name in ("expect", "products", "reply"):
                raise PydanticCustomError("empty", f"{name} asks nothing; write what must come of the turn, or leave it out")  # fmt: skip
        return value


class Dialogue(Told):
    """One script. `shoppers` holds "guest" or shopper ids; each is a run of its own."""

    name: Text = Field(min_length=1, description="names it in reports; once a file")
    shoppers: Texts = Field(
        default_factory=lambda: ["guest"],
        alias="shopper",
        description="a shopper's id or guest, or a list of them: one run each",
    )
    channel: Literal["shop", "desk"] = Field("shop", description="where it is said")
    language: Language = Field("en", description="the language that is spoken")
    now: Moment | None = Field(
        None, description="the time to assume; default: the day after the shop's last event, or today"
    )
    turns: list[Turn] = Field(min_length=1, description="what is said, in order")
    file: SkipJsonSchema[str] = ""

    @field_validator("shoppers")
    @classmethod
    def _once(cls, shoppers: list[str]) -> list[str]:
        for shopper in shoppers:
            if shoppers.count(shopper) > 1:
                raise PydanticCustomError("twice", f"{shopper!r} is there twice; --repeat runs a dialogue again")
        return shoppers

    @model_validator(mode="after")
    def _comparable(self) -> Dialogue:
        for place, turn in enumerate(self.turns):
            if turn.expect.same_facts_for is not None and len(self.all_shoppers) < 2:
                raise PydanticCustomError("alone", f"turns.{place}.expect.same_facts_for: there is one run and none to compare it with; name a second shopper")  # fmt: skip
        return self

    @property
    def all_shoppers(self) -> list[str]:
        """The dialogue's shoppers, and those that `same_facts_for` names: a run each."""
        more = [shopper for turn in self.turns for shopper in turn.expect.same_facts_for or ()]
        return list(dict.fromkeys([*self.shoppers, *more]))


def read_dialogues(
    path: Path, check: Callable[[Document[Dialogue]], Iterator[Problem]] = lambda document: iter(())
) -> list[Dialogue]:
    """Every dialogue of a file, or of a folder's YAML files in the order of their names.

    Args:
        check: what else may be wrong with one; see `eval.named`.

    Raises:
        ShopError: no such path, not YAML, a key that the format does not have, a name twice in a file, or what `check`
            found; all that is wrong in all files, each with its line.
    """
    documents, problems = read_all(path, Dialogue, "dialogue")
    first: dict[tuple[str, str], Document[Dialogue]] = {}
    for document in documents:
        other = first.setdefault((document.file, document.value.name), document)
        if other is not document:
            line = other.node.start_mark.line + 1
            problems.append(document.problem(("name",), f"{document.value.name!r} names the dialogue at line {line} too; choose another"))  # fmt: skip
        problems += check(document)
    refuse(problems, REMEDY)
    return [document.value for document in documents]
