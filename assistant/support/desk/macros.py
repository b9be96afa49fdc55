"""Macros: fixed texts for the desk, filled in with facts of the conversation and the shop. A missing fact is an error.

The texts are in `prompts/macros/`, one a file, as strict as other templates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, Literal

import numpy as np

from assistant.conversation import Conversation, Conversations, Turn
from assistant.errors import Bug, TellStaff
from assistant.prompts import FOLDER, FixedText
from assistant.support.orders import Order, status_text
from assistant.turn import Services
from index.catalogue import Product
from index.filters import Filters
from index.loading import read_yaml
from index.numbers import order_ids
from index.words import is_chinese

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


class NoMacro(TellStaff):
    """There is no macro of that name."""


class MissingFact(TellStaff):
    """A macro cannot be filled in; `fact` is the variable for which nothing is known, and the text says what that is."""

    def __init__(self, macro: str, fact: str) -> None:
        super().__init__(f"{macro}: {NEEDED[fact]}")
        self.fact = fact


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro as its file has it: titles for staff, texts by language, and the question whose answer in the policies is quoted."""

    name: str
    version: str
    variables: tuple[str, ...]
    titles: Mapping[Language, str]
    texts: Mapping[Language, str]
    policy: str | None = None

    def render(self, language: Language, values: Mapping[str, str]) -> FixedText:
        """Fill a text in; the values stand in it word for word.

        Raises:
            Bug: a variable is missing or not declared.
        """
        if set(values) != set(self.variables):
            raise Bug(f"macro {self.name}: wants {sorted(self.variables)}, got {sorted(values)}")
        text = FixedText(self.texts[language].format_map(values))
        text.values = tuple(values.values())
        return text


class Macros:
    """Fills macros in for conversations."""

    def __init__(self, services: Services, talks: Conversations) -> None:
        self._services = services
        self._talks = talks

    def names(self) -> list[str]:
        """The names of the macros there are, in the order of the alphabet."""
        return sorted(load_macros())

    def titles(self, language: Language) -> dict[str, str]:
        """Name → what it is called at the desk, in the order of the titles."""
        found = {macro.name: macro.titles[language] for macro in load_macros().values()}
        return dict(sorted(found.items(), key=lambda item: item[1]))

    def fill(self, name: str, conversation_id: str, language: Language | None = None) -> FixedText:
        """A macro as it can be sent in a conversation.

        Args:
            language: default: that of the shopper's last message.

        Raises:
            NoMacro: there is none of that name.
            MissingFact: a fact is not known; it says which.
            TellStaff: there is no such conversation.
        """
        macro = load_macros().get(name)
        if macro is None:
            raise NoMacro(f"there is no macro {name!r}; there are {', '.join(self.names())}")
        conversation = self._talks.get(conversation_id)
        if conversation is None:
            raise TellStaff("there is no such conversation any more")
        turns = self._talks.turns(conversation_id)
        said = next((turn.text for turn in reversed(turns) if turn.text), "")
        language = language or ("zh" if is_chinese(said) else "en")
        known = _Known(self._services, conversation, turns, language, macro.policy)
        values = {variable: _value(known, macro, variable) for variable in macro.variables}
        return macro.render(language, values)


@dataclass(frozen=True)
class _Known:
    """Where the values of macros come from."""

    services: Services
    conversation: Conversation
    turns: list[Turn]
    language: Language
    policy: str | None

    def first_name(self) -> str | None:
        owner = self.conversation.identity.shopper_id
        shopper = self.services.shoppers.get(owner) if owner else None
        if shopper is None or shopper.name == shopper.id:  # of one who is known by events alone
            return None
        return shopper.name.split()[0]

    def shop(self) -> str | None:
        return self.services.shop.name

    def order(self) -> Order | None:
        """The shopper's own order that was last named; their newest where none was."""
        owner = self.conversation.identity.shopper_id
        orders = self.services.orders.of(owner) if owner else []
        named = [key.lower() for turn in reversed(self.turns) for key in order_ids(turn.text)]
        spoken = [order for key in named for order in orders if order.id.lower() == key]
        return next(iter(spoken or ([] if named else orders)), None)

    def order_id(self) -> str | None:
        return order.id if (order := self.order()) else None

    def order_date(self) -> str | None:
        order = self.order()
        return order.at.date().isoformat() if order and order.at else None

    def order_status(self) -> str | None:
        order = self.order()
        return status_text(self.services.texts, self.language, order.status) if order and order.status else None

    def policy_quote(self) -> str | None:
        """The passage that answers the macro's question."""
        ranked = self.services.evidence.policy(self.policy) if self.policy else []
        return ranked[0].passage.text if ranked and ranked[0].supported else None

    def opening_hours(self) -> str | None:
        hours = self.services.shop.settings.opening_hours
        return ", ".join(f"{days} {times}" for days, times in hours.items()) if isinstance(hours, dict) else hours

    def product(self) -> Product | None:
        """The product last spoken of."""
        products = self.services.index.current.catalogue.products
        state: Mapping[str, Any] = self.turns[-1].state if self.turns else {}
        keys = [*state.get("focus", []), *state.get("shown", [])]
        return next((products[key] for key in keys if key in products), None)

    def title(self) -> str | None:
        """Its title, where it is sold out."""
        product = self.product()
        return product.title if product is not None and not product.in_stock else None

    def instead(self) -> Product | None:
        """What is nearest to it in price, of its own kind and in stock."""
        product = self.product()
        if product is None or product.product_type is None:
            return None
        filters = Filters(product_type=(product.product_type,), in_stock=True)
        search, price = self.services.index.current, product.current_price.minor
        found = search.best_variants(filters, np.zeros(len(search.groups), dtype=np.float32), len(search.groups))
        others = [other for other in found if other.group_id != product.group_id]
        return min(others, key=lambda other: (abs(other.current_price.minor - price), other.id), default=None)

    def alternative(self) -> str | None:
        return product.title if (product := self.instead()) else None

    def alternative_price(self) -> str | None:
        return str(product.current_price) if (product := self.instead()) else None


SOURCES: Mapping[str, Callable[[_Known], str | None]] = {
    name: getattr(_Known, name)
    for name in (
        "first_name", "shop", "order_id", "order_date", "order_status", "policy_quote", "opening_hours", "title",
        "alternative", "alternative_price",
    )
}  # fmt: skip
NEEDED: Mapping[str, str] = {  # what is said of a value that is not known
    "first_name": "the shopper's name is not known; they are not signed in",
    "shop": "the shop has no name",
    "order_id": "no order of the shopper's is known by the number that was given",
    "order_date": "no order of the shopper's is known by the number that was given",
    "order_status": "the status of the order is not on record",
    "policy_quote": "no policy answers it",
    "opening_hours": "shop.yaml states no opening hours",
    "title": "no product that was spoken of is sold out",
    "alternative": "nothing of the same kind is in stock",
    "alternative_price": "nothing of the same kind is in stock",
}


def _value(known: _Known, macro: Macro, variable: str) -> str:
    value = SOURCES[variable](known)
    if not value:
        raise MissingFact(macro.name, variable)
    return value


@cache
def load_macros(folder: Path = FOLDER / "macros") -> Mapping[str, Macro]:
    """The macros of a folder, by name.

    Raises:
        Bug: a file lacks a key or a language, a text uses other variables than it declares, or one that nothing gives.
    """
    found = [_read(path) for path in sorted(folder.glob("*.yaml"))]
    return {macro.name: macro for macro in found}


def _read(path: Path) -> Macro:
    head: Mapping[str, Any] = read_yaml(path)
    try:
        texts: dict[Language, str] = {language: str(head[language]) for language in LANGUAGES}
        titles: dict[Language, str] = {language: str(head["title"][language]) for language in LANGUAGES}
        macro = Macro(head["name"], str(head["version"]), tuple(head["variables"]), titles, texts, head.get("policy"))
    except (KeyError, TypeError) as error:
        raise Bug(f"{path.name}: must have name, title, version, variables, en and zh ({error!r})") from error
    for language, text in texts.items():
        used = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
        if used != set(macro.variables) or not used <= set(SOURCES):
            raise Bug(f"{path.name}: {language} uses {sorted(used)}, and declares {sorted(macro.variables)}")
    if macro.name != path.stem:
        raise Bug(f"{path.name}: is called {macro.name!r}")
    return macro
