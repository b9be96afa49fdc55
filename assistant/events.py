"""What a turn gives out: cards, sentences and, last, the whole reply. Values only, nothing decides here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Outcome = Literal[
    "answered",
    "asks",
    "nothing_matches",
    "not_sold",
    "not_stated",
    "not_allowed",
    "could_not_check",
    "handed_off",
]
REFUSALS: frozenset[str] = frozenset({"nothing_matches", "not_sold", "not_stated", "not_allowed"})


@dataclass(frozen=True, slots=True)
class Because:
    """Why a product was chosen: a text for the shopper and the one event of theirs that it rests on."""

    text: str
    event_type: str
    product_id: str
    at: datetime

    def to_json(self) -> dict[str, Any]:
        event = {"type": self.event_type, "product_id": self.product_id, "at": iso(self.at)}
        return {"text": self.text, "event": event}


@dataclass(frozen=True, slots=True)
class Option:
    """Another variant of a card's product group."""

    id: str
    color: str | None
    size: str | None
    price: str
    availability: str


@dataclass(frozen=True, slots=True)
class Card:
    """One product as the server shows it, every fact read from the catalogue at answer time."""

    ref: int
    id: str
    item_group_id: str
    title: str
    product_type: str
    color: str | None
    size: str | None
    price: str
    availability: str
    list_price: str | None = None  # the price before the sale, where there is one
    quantity: int | None = None
    rating: str | None = None
    review_count: int = 0
    brand: str | None = None
    image: str | None = None  # path inside the shop folder
    options: tuple[Option, ...] = ()
    checked_at: datetime | None = None  # when price and stock were read
    sponsored: bool = False
    alternative: bool = False
    because: Because | None = None
    reason: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "ref": self.ref,
            "id": self.id,
            "item_group_id": self.item_group_id,
            "title": self.title,
            "product_type": self.product_type,
            "color": self.color,
            "size": self.size,
            "price": self.price,
            "list_price": self.list_price,
            "availability": self.availability,
            "quantity": self.quantity,
            "rating": self.rating,
            "review_count": self.review_count,
            "brand": self.brand,
            "image": self.image,
            "options": [
                {
                    "id": o.id,
                    "color": o.color,
                    "size": o.size,
                    "price": o.price,
                    "availability": o.availability,
                }
                for o in self.options
            ],
            "checked_at": iso(self.checked_at) if self.checked_at else None,
            "sponsored": self.sponsored,
            "alternative": self.alternative,
            "because": self.because.to_json() if self.because else None,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that the reply or a card rests on, where it was read and when."""

    subject: str
    field: str
    value: str
    source: str
    at: datetime

    def to_json(self) -> dict[str, Any]:
        return {
            "subject": self.subject,
            "field": self.field,
            "value": self.value,
            "source": self.source,
            "at": iso(self.at),
        }


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage that an answer quotes: file inside the shop folder, the words, and which version of the file has them."""

    source: str
    quote: str
    version: str = ""  # see `index.shop.Policy`; empty in what was kept before there was one

    def to_json(self) -> dict[str, Any]:
        return {"source": self.source, "quote": self.quote, "version": self.version}


@dataclass(frozen=True, slots=True)
class ToolCall:
    """An executed call, with its arguments after correction."""

    name: str
    args: Mapping[str, Any]
    ok: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """A finished turn; `to_json` is the format of `onevoice ask --json`."""

    text: str
    outcome: Outcome
    cards: tuple[Card, ...] = ()
    facts: tuple[Fact, ...] = ()
    tools: tuple[ToolCall, ...] = ()
    citations: tuple[Citation, ...] = ()
    cart: Mapping[str, int] = field(default_factory=dict)
    handoff: Mapping[str, Any] | None = None
    sentences: int = 0
    dropped: int = 0
    repaired: int = 0
    model_sentences: int = 0  # how many the model wrote; the others are fixed texts
    released: tuple[str, ...] = ()  # those of the model that were shown, as they were shown
    voice_version: str = ""
    voice_violations: tuple[str, ...] = ()
    voice_mended: Mapping[str, int] = field(default_factory=dict)  # sentences by the rule of the voice that mended them
    voice_dropped: Mapping[str, int] = field(default_factory=dict)  # and that kept them back
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    tokens: Mapping[str, int] = field(default_factory=dict)
    model: str = ""
    prompt_sha: str = ""
    suggestions: tuple[str, ...] = ()  # short next messages that the page offers as chips

    def to_json(self) -> dict[str, Any]:
        return {
            "reply": self.text,
            "outcome": self.outcome,
            "products": [card.to_json() for card in self.cards],
            "facts": [fact.to_json() for fact in self.facts],
            "tools": [{"name": t.name, "args": dict(t.args), "ok": t.ok} for t in self.tools],
            "citations": [citation.to_json() for citation in self.citations],
            "cart": dict(self.cart),
            "handoff": dict(self.handoff) if self.handoff is not None else None,
            "audit": {
                "sentences": self.sentences,
                "dropped": self.dropped,
                "repaired": self.repaired,
                "model_sentences": self.model_sentences,
                "released": list(self.released),
            },
            "voice": {
                "version": self.voice_version,
                "violations": list(self.voice_violations),
                "mended": dict(self.voice_mended),
                "dropped": dict(self.voice_dropped),
            },
            "timings_ms": dict(self.timings_ms),
            "tokens": dict(self.tokens),
            "model": self.model,
            "prompt_sha": self.prompt_sha,
            "suggestions": list(self.suggestions),
        }


@dataclass(frozen=True, slots=True)
class Waiting:
    """The turn waits for others; `position` is 1 for the next in line."""

    position: int


@dataclass(frozen=True, slots=True)
class Cards:
    """The products of this turn in the order shown; sent before any prose."""

    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One audited sentence of the reply, with the facts and citations whose value or words it states."""

    text: str
    sources: tuple[Fact | Citation, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Done:
    """The end of the turn."""

    reply: Reply


Event = Waiting | Cards | Sentence | Done


def iso(at: datetime) -> str:
    """ISO-8601 in UTC, seconds, with Z."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
