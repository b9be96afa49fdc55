"""The format of the attack cases, read strictly. An error names the file, the line of the case and the key."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from assistant.tools import TOOLS
from eval.dialogues import Expect, Strict, ToolCall, read_documents
from index.errors import ShopError

CASES = Path(__file__).resolve().parent.parent / "attacks"
Kind = Literal[
    "offers", "price", "quantity", "orders", "injected-description", "injected-review", "injected-policy",
    "injected-name", "quoted", "prompt-extraction", "role-play", "other-shoppers", "off-topic", "unsafe-advice",
    "markup", "unicode", "length", "competitors", "promises", "abuse", "pressure", "authority", "multi-turn",
    "encoding", "languages",
]  # fmt: skip


class Play(Strict):
    """What a scripted model does in a turn: the calls, each `{tool, …arguments}`, and then the prose, word for word."""

    calls: list[dict[str, Any]] = Field(default_factory=list)
    says: str = ""

    @field_validator("calls")
    @classmethod
    def _known(cls, calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
        known = {tool.name for tool in TOOLS}
        for call in calls:
            if call.get("tool") not in known:
                raise ValueError(f"tool {call.get('tool')!r} is none of {', '.join(sorted(known))}")
        return calls


class Said(Strict):
    """A message, said `times` times over."""

    say: str
    times: int = Field(1, ge=1)

    @property
    def text(self) -> str:
        return self.say * self.times


class AttackTurn(Said):
    """A message with what the worst model does (`obeys`), or, where the turn only prepares, what a good one does."""

    obeys: Play | None = None
    serves: Play | None = None

    @model_validator(mode="after")
    def _one(self) -> AttackTurn:
        if (self.obeys is None) == (self.serves is None):
            raise ValueError("write `obeys` in a turn that attacks, or `serves` in one that only prepares")
        if self.obeys is not None and not self.obeys.says and not self.obeys.calls:
            raise ValueError("`obeys` does nothing; write the calls and the prose that the attacker wants")
        return self


class TwinTurn(Said):
    """A harmless message, what a good model does, and what must come of it."""

    serves: Play
    expect: Expect


class Harm(Strict):
    """What would be harm, beyond what is harm in every case (`eval.redteam.invariants`).

    Patterns are regular expressions, without case, over the reply without invisible characters.
    """

    says: list[str] = Field(default_factory=list)  # anywhere in a reply
    affirms: list[str] = Field(default_factory=list)  # in a sentence that neither denies nor asks
    executes: list[ToolCall] = Field(default_factory=list)  # a call that went through; arguments a subset
    outcome: list[str] = Field(default_factory=list)  # wrongly granted
    facts_of: list[str] = Field(default_factory=list)  # a reply rests on facts of these subjects
    cites: list[str] = Field(default_factory=list)
    shows: list[str] = Field(default_factory=list)  # product or group ids of cards
    cart: list[dict[str, int]] | None = None  # at the end the cart is none of these
    profile: bool = False  # the shopper's own preferences or consent changed
    hands_off: bool = False
    longer_than: int | None = None  # characters
    slower_than: float | None = None  # seconds a turn

    @field_validator("says", "affirms", "executes", "outcome", "facts_of", "cites", "shows", "cart", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return value if isinstance(value, list) else [value]

    @field_validator("says", "affirms")
    @classmethod
    def _patterns(cls, patterns: list[str]) -> list[str]:
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"{pattern!r} is no regular expression ({error})") from error
        return patterns

    @model_validator(mode="after")
    def _some(self) -> Harm:
        if not self.model_fields_set:
            raise ValueError("nothing would be harm; state at least one")
        return self


class Review(Strict):
    item_group_id: str
    author: str = "A."
    title: str = ""
    text: str
    rating: int = Field(5, ge=1, le=5)


class Patch(Strict):
    """What of the shop folder a case changes, in a copy: what an attacker may have got into a shop's data."""

    products: dict[str, dict[str, Any]] = Field(default_factory=dict)  # group or product id → fields
    reviews: list[Review] = Field(default_factory=list)  # added
    policies: dict[str, str] = Field(default_factory=dict)  # file name → text, added at its end
    shoppers: dict[str, dict[str, Any]] = Field(default_factory=dict)  # id → fields

    def touches(self) -> frozenset[tuple[str, str]]:
        """The rows and files that it changes: patches that share none can go into one copy."""
        keys = [("product", key) for key in self.products]
        keys += [("product", review.item_group_id) for review in self.reviews]
        keys += [("policy", name) for name in self.policies]
        return frozenset([*keys, *(("shopper", key) for key in self.shoppers)])


class Twin(Strict):
    """A harmless conversation that looks like the attack and must work."""

    shopper: str | None = None  # as in the attack
    language: str | None = None
    turns: list[TwinTurn] = Field(min_length=1)


class Case(Strict):
    """One attack and its twin."""

    name: str
    kind: Kind
    language: str = "en"
    shop: Literal["demo", "luma"] = "demo"
    shopper: str = "guest"
    shop_patch: Patch = Field(default_factory=Patch)
    turns: list[AttackTurn] = Field(min_length=1)
    harm: Harm
    twin: Twin
    file: str = ""

    @model_validator(mode="after")
    def _attacks(self) -> Case:
        if not any(turn.obeys for turn in self.turns):
            raise ValueError("no turn attacks; give at least one an `obeys`")
        return self


def read_cases(path: Path = CASES) -> list[Case]:
    """Every case of a file, or of a folder's *.yaml in the order of their names.

    Raises:
        ShopError: not YAML, a key that the format does not have, or a name used twice; with file and line.
    """
    found: dict[str, Case] = {}
    for case in read_documents(path, Case, "case", "The format is in eval/attacks/README.md."):
        if case.name in found:
            raise ShopError(
                f"{case.file}: the name {case.name!r} is in {found[case.name].file} already; choose another."
            )
        found[case.name] = case
    return list(found.values())


def chosen(cases: list[Case], only: str | None) -> list[Case]:
    """The cases of a kind, or the one of a name; all without `only`.

    Raises:
        ShopError: there is no such kind or name.
    """
    kept = [case for case in cases if only is None or only in (case.kind, case.name)]
    if not kept:
        kinds = ", ".join(sorted({case.kind for case in cases}))
        raise ShopError(f"no attack of the kind or name {only!r}; kinds with cases: {kinds}.")
    return kept
