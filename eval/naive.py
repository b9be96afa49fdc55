"""The naive assistant, for comparison only: history, profile and search results in one prompt, and the model says it all.

It gets the brand's voice, the same index, the shop's policies and the same model. It has no audit, no lint, and no facts
by code: the model names products and prices itself. Who opted out is nobody in particular to it, too.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from assistant.app import App, taste_folder
from assistant.llm import Model
from assistant.prompts import sha
from assistant.recommender import Recommender
from assistant.shoppers.store import Event, Shopper
from index.catalogue import Product
from index.filters import Filters
from index.loading import read_yaml
from index.search import Query

TEMPLATES = Path(__file__).with_name("naive.yaml")
RESULTS = 5  # products in the prompt
PASSAGES = 2  # of policies in the prompt
LATEST = 24  # events of a shopper, at most
TOKENS = 160  # of an answer, at most
DONE = {"purchase": "bought", "cart": "put into the cart", "view": "looked at"}

_environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)
_WHOLE = re.compile(r".*[.!?。！？]", re.S)  # up to the end of the last sentence that has one
_RECALLS = re.compile(
    r"\byou(?:'ve| have)? (?:\w+ )?(?:bought|purchased|viewed|looked at|ordered|browsed|put)\b"
    r"|\byour (?:\w+ )?(?:purchases?|history|orders?|views?|preferences?|interests?|budget|usual)\b"
    r"|\b(?:based on|since|as|because) you(?:r|'ve)?\b|您(?:之前|以前|曾|最近|购买|看过|浏览)",
    re.I,
)


@dataclass(frozen=True)
class Prompt:
    """What the model is sent for a message, and what it was told of.

    Args:
        products: the search results, in their order.
        policies: (file, text) of the passages.
        history: product ids of the events in it.
        customer: what it says of the customer; "" of nobody in particular.
    """

    messages: tuple[BaseMessage, ...]
    products: tuple[Product, ...]
    policies: tuple[tuple[str, str], ...]
    history: tuple[str, ...]
    customer: str

    @property
    def sha(self) -> str:
        return sha(list(self.messages))


class Naive:
    """The assistant of a shop."""

    def __init__(self, app: App, model: Model, now: datetime) -> None:
        self._app = app
        self._model = model
        self._now = now
        self._templates = {name: _environment.from_string(text) for name, text in read_yaml(TEMPLATES).items()}

    def prompt(self, shopper: Shopper | None, message: str, share: float) -> Prompt:
        """The prompt for a message, with that share of the shopper's history in it, the latest; with 0 nothing of them."""
        history: list[Event] = []
        customer = ""
        if shopper is not None and shopper.personalization and share > 0:
            events = self._app.shoppers.events(shopper.id, self._now)[-LATEST:]
            history = events[-math.ceil(share * len(events)) :] if events else []
            customer = self._customer(shopper, history)
        products, policies = self._found(message), self._policies(message)
        values = {
            "customer": customer,
            "results": "\n".join(_line(product) for product in products),
            "policies": "\n".join(f"- {text}" for _, text in policies),
            "message": message,
        }
        system = self._templates["system"].render(brand=self._app.composer.brand)
        asked = self._templates["message"].render(**values)
        known = tuple(dict.fromkeys(event.product_id for event in history))
        return Prompt((SystemMessage(system), HumanMessage(asked)), products, policies, known, customer)

    def write(self, prompt: Prompt) -> str:
        """The model's answer: the same for the same prompt. A sentence that the limit has cut off is left out."""
        text = str(self._model.chat.invoke(list(prompt.messages), temperature=0.0, max_tokens=TOKENS).text).strip()
        whole = _WHOLE.match(text)
        return whole[0] if whole else text

    def _customer(self, shopper: Shopper, history: Sequence[Event]) -> str:
        catalogue = self._app.search.catalogue.products
        lines = [f"Name: {shopper.name}"]
        lines += [f"{key}: {_words(value)}" for key, value in shopper.preferences.items() if value]
        for event in reversed(history):
            if product := catalogue.get(event.product_id):
                lines.append(f"{event.at:%Y-%m-%d}: {DONE[event.type]} {product.title}")
        return "\n".join(lines)

    def _found(self, message: str) -> tuple[Product, ...]:
        """What a search for the message finds; where that is nothing, or the message names nothing, what sells."""
        search = self._app.search
        named = search.reader.read(message).rest
        found = search.search(Query(message), RESULTS).candidates if named else ()
        if found:
            return tuple(candidate.product for candidate in found)
        return tuple(search.best_variants(Filters(), self._selling, RESULTS))

    @cached_property
    def _selling(self) -> Any:
        app = self._app
        return Recommender(app.search, app.shoppers, taste_folder(app.settings, app.shop)).popular(self._now)

    def _policies(self, message: str) -> tuple[tuple[str, str], ...]:
        ranked = self._app.assistant.services.evidence.policy(message)
        return tuple((row.passage.source, row.passage.text) for row in ranked[:PASSAGES] if row.supported)


def recalls(text: str) -> bool:
    """Whether a text speaks of what its reader did before."""
    return bool(_RECALLS.search(text.replace("’", "'")))


def _line(product: Product) -> str:
    """A search result as the model reads it."""
    facts = [f"{name.replace('_', ' ')}: {', '.join(values)}" for name, values in product.attributes.items()]
    options = [value for value in (product.color, product.size and f"size {product.size}") if value]
    stock = product.offered.replace("_", " ")
    parts = [f"- {product.title}: {product.current_price}", stock, *options, *facts[:4], product.description[:100]]
    return "; ".join(part for part in parts if part)


def _words(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
