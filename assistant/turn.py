"""One turn's typed context: what the tools may read, and where they put what they found. Lives for one turn."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from langchain_core.messages import AIMessage

from assistant.conversation import Clock, Conversation, Conversations
from assistant.events import Card, Citation, Fact, Outcome, ToolCall
from assistant.llm import tokens_of
from assistant.prompts import FixedTexts
from assistant.ranking import Ranking
from assistant.shoppers.store import Shopper, Shoppers
from assistant.sponsoring import Sponsoring
from assistant.support.cart import Carts
from assistant.support.evidence import Evidence
from assistant.support.handoff import Handoffs
from assistant.support.ordering import Accounts, OrderActions
from assistant.support.orders import Orders
from assistant.support.proofs import Proofs
from assistant.turnstile import Turnstile
from assistant.untrusted import data, fenced
from index.build import Index
from index.catalogue import Product
from index.filters import Filters
from index.names import Match
from index.search import Query, Search
from index.shop import Shop
from index.understand import Understanding
from index.words import fold

STATED = frozenset({"policy", "question"})  # kinds of answers whose prose is one fact, and not a choice of many
MAX_TOLD = 80  # products shown in a conversation that are remembered
MAX_TURNS = 12  # turns that are remembered; dropped in one large step, since each drop empties the model's cache
MAX_PLANNED = 3_000  # characters of their plans: few long messages would fill the embedded model's context for good
MAX_SAID = 16_000  # characters of what was said in them: the state is stored with every turn


@dataclass(frozen=True)
class Services:
    """What a turn works with: the shop, its index, its stores. Built once, shared by all turns."""

    shop: Shop
    index: Index
    search: Search  # what is served of the index: one version for the whole of a turn
    evidence: Evidence
    shoppers: Shoppers
    orders: Orders
    order_actions: OrderActions
    accounts: Accounts
    proofs: Proofs
    carts: Carts
    handoffs: Handoffs
    conversations: Conversations
    ranking: Ranking
    sponsoring: Sponsoring
    texts: FixedTexts
    clock: Clock

    def over(self, search: Search) -> Services:
        """The same over another version of the index."""
        return replace(
            self,
            search=search,
            evidence=self.evidence.over(search),
            ranking=self.ranking.over(search),
            sponsoring=self.sponsoring.over(search.catalogue),
        )


@dataclass
class State:
    """What the next turn must know; kept with the turn as JSON."""

    shown: list[str] = field(default_factory=list)  # product ids of the last cards, in order
    focus: list[str] = field(default_factory=list)  # the products last spoken of, most recent first
    query: dict[str, Any] = field(default_factory=dict)  # the last search
    plans: list[list[str]] = field(default_factory=list)  # [message, plan as JSON], oldest first
    said: list[list[str]] = field(default_factory=list)  # [message, reply], oldest first
    told: dict[str, str] = field(default_factory=dict)  # product id → the price it was last shown with, latest last
    asked: dict[str, Any] = field(default_factory=dict)  # what this turn asked or offered; see `assistant.offers`
    held: dict[str, Any] = field(default_factory=dict)  # why history is left alone; see `assistant.restraint`
    meant: str = ""  # the last message as it was meant: a short question takes its verb from it
    policy: str = ""  # the question that this turn has answered from the policies, in English
    filled: list[str] = field(default_factory=list)  # what this turn has put into the cart, latest first
    heard: int = 0  # how many turns of the conversation were known as this one began; see `support.desk.heard`
    order: str = ""  # the order last spoken of
    language: str = "en"  # the language last answered in

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> State:
        return cls(**{name: stored[name] for name in cls.__dataclass_fields__ if name in stored})

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def unask(self) -> None:
        """What was asked may not have been read, so that a yes is no yes to it. What was done stays done: a second yes to
        it has that said once more."""
        if self.asked.get("act") != "order_done":
            self.asked = {}

    def remember(self, typed: str, meant: str, plan: str, reply: str) -> None:
        """Add a turn to the histories: what was typed to what was said, what was meant to what was planned."""
        if plan:
            self.plans.append([meant, plan])
        self.said.append([typed, reply])
        self.meant = meant
        self.trim()

    def trim(self) -> None:
        """Drop the older half of a history that is full."""
        self.plans = _newer(self.plans, MAX_PLANNED)
        self.said = _newer(self.said, MAX_SAID)

    def tell_price(self, product_id: str, price: str) -> None:
        """Keep that a product was shown, and with which price."""
        self.told.pop(product_id, None)
        self.told[product_id] = price
        while len(self.told) > MAX_TOLD:
            del self.told[next(iter(self.told))]

    def last_query(self) -> Query | None:
        if not self.query:
            return None
        heads = self.query.get("heads")
        filters = Filters.of_json(self.query["filters"])
        return Query(self.query["text"], filters, self.query["sort"], None if heads is None else tuple(heads))

    def set_query(self, query: Query) -> None:
        heads = None if query.heads is None else list(query.heads)
        self.query = {"text": query.text, "filters": query.filters.to_json(), "sort": query.sort, "heads": heads}


@dataclass
class TurnContext:
    """The context that LangChain hands to every tool and middleware of a turn."""

    services: Services
    conversation: Conversation
    shopper: Shopper | None
    text: str
    language: str
    said: Understanding
    state: State
    typed: str = ""  # the message as it was typed: what must be a yes is read from no other
    exact: bool = False  # the model is small: several rules at once are quoted and not told
    show: Callable[[tuple[Card, ...]], None] = lambda cards: None
    cards: list[Card] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    tools: list[ToolCall] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    fixed: list[str] = field(default_factory=list)  # exact texts: they end the turn, no prose is asked for
    answers: list[tuple[str, str]] = field(
        default_factory=list
    )  # (kind, what stands for its prose) of each `tell`, in order
    kind: str = "chat"  # what the prose is about; see `tell`
    of_each: Callable[[Product], str | None] | None = None  # what is said of a compared one that the prose leaves out
    lines: list[str] = field(default_factory=list)  # facts for the prose
    outcomes: list[Outcome] = field(default_factory=list)  # of each call, in order
    handoff: dict[str, Any] | None = None
    plan: str = ""  # the plan as the model wrote it
    prompt_sha: str = ""  # of all that was sent to a model so far
    called: set[tuple[str, str]] = field(default_factory=set)  # a model's repeated call is executed once
    changed: set[str] = field(default_factory=set)  # groups whose cart line was dealt with: once a turn
    timings: dict[str, float] = field(default_factory=dict)  # seconds by part
    tokens: dict[str, int] = field(default_factory=lambda: {"prompt": 0, "cached": 0, "completion": 0})
    calls: Turnstile = field(default_factory=Turnstile)
    pending: dict[str, Any] = field(init=False)  # what the turn before asked or offered; for this turn alone
    policy_before: str = field(init=False)  # the question of policies that it answered; for this turn alone
    filling: list[str] = field(init=False)  # what it put into the cart

    def __post_init__(self) -> None:
        self.typed = self.typed or self.text
        self.pending, self.state.asked = self.state.asked, {}
        self.policy_before, self.state.policy = self.state.policy, ""
        self.filling, self.state.filled = self.state.filled, []

    @cached_property
    def folded(self) -> str:
        """The message, folded."""
        return fold(self.text)

    @cached_property
    def named(self) -> list[Match]:
        """The product groups that the message names, in its order."""
        return self.services.search.find_by_name(self.text)

    @property
    def outcome(self) -> Outcome:
        """The turn's outcome: the most telling of its calls'. A refusal stands only where nothing was answered."""
        for telling in ("handed_off", "could_not_check", "asks", "answered"):
            if telling in self.outcomes:
                return telling
        return self.outcomes[0] if self.outcomes else "answered"

    @contextmanager
    def reading(self, part: str) -> Iterator[None]:
        """For a while, have a part of the message stand for all of it: "lose the brick" of "lose the brick, and add …"."""
        whole, said = self.text, self.said
        self._read(part, self.services.search.reader.read(part))
        try:
            yield
        finally:
            self._read(whole, said)

    def _read(self, text: str, said: Understanding) -> None:
        self.text, self.said = text, said
        for derived in ("folded", "named"):
            self.__dict__.pop(derived, None)

    def record(self, name: str, args: Mapping[str, Any], ok: bool = True) -> None:
        """Keep an executed call, with its arguments after correction."""
        self.tools.append(ToolCall(name, args, ok))

    def fix(self, key: str, outcome: Outcome = "answered", /, **values: object) -> str:
        """Answer with a fixed text; returns it, for the model to read."""
        text = self.text_of(key, **values)
        if text not in self.fixed:  # several calls that end alike are answered once
            self.fixed.append(text)
        self.outcomes.append(outcome)
        return data(text)

    def tell(self, kind: str, lines: Sequence[str], fallback: str) -> str:
        """Have the model answer from these lines; returns them as one text, for the model to read.

        Args:
            kind: what the prose is about: search, question, compare, recommend, policy.
            fallback: what is said when no sentence of the prose survives.
        """
        read = fenced(lines)
        self.kind, self.lines = kind, [*self.lines, *read]
        if (kind, fallback) not in self.answers:
            self.answers.append((kind, fallback))
        self.outcomes.append("answered")
        return "\n".join(read)

    @property
    def plainly(self) -> bool:
        """Whether no prose is asked for, since several things were answered, of which a small model would tell but one."""
        kinds = [kind for kind, _ in self.answers if kind != "chat"]
        return self.exact and len(kinds) > 1 and (len(set(kinds)) > 1 or kinds[0] in STATED)

    def spend(self, part: str, started: float) -> None:
        """Add the time since `started` (`time.perf_counter`) to a part of the turn."""
        self.timings[part] = self.timings.get(part, 0.0) + time.perf_counter() - started

    def count(self, message: AIMessage) -> None:
        """Add a model call's tokens, to the turn's and to those of its kind: plan_prompt, prose_cached."""
        kind = "plan" if message.tool_calls else "prose"
        for name, number in tokens_of(message).items():
            self.tokens[name] += number
            self.tokens[f"{kind}_{name}"] = self.tokens.get(f"{kind}_{name}", 0) + number

    def product(self, product_id: str) -> Product:
        return self.services.search.catalogue.products[product_id]

    def text_of(self, key: str, /, **values: object) -> str:
        return self.services.texts(self.language, key, **values)

    def listed(self, values: Iterable[object]) -> str:
        """Values one after the other, for a sentence."""
        return ("、" if self.language == "zh" else ", ").join(map(str, values))

    def fact(self, subject: str, name: str, value: object, source: str) -> None:
        self.facts.append(Fact(subject, name, str(value), source, self.now))

    def ask(self, act: str, **details: Any) -> None:
        """Keep what is asked or offered, so that the next message can answer it; see `assistant.offers`."""
        self.state.asked = {"act": act, **details}

    @property
    def now(self) -> datetime:
        return self.services.clock()


def _newer(turns: list[list[str]], characters: int) -> list[list[str]]:
    """Turns without the older half, as often as there are too many or they are too long."""
    if len(turns) > MAX_TURNS:
        turns = turns[MAX_TURNS // 2 :]
    while sum(len(text) for turn in turns for text in turn) > characters:
        turns = turns[(len(turns) + 1) // 2 :]
    return turns
