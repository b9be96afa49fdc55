"""Spoils what was done: the cart, the tools that were called, the outcome, the hand-off, the reasons, the citations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, get_args

from assistant.events import Outcome
from eval.dialogues import TOOL_NAMES, OrderStatus
from eval.mutants.case import Case, Maker, Mutant

OUTCOMES: tuple[str, ...] = get_args(Outcome)
STATUSES: tuple[str, ...] = get_args(OrderStatus)


def _carts(case: Case, which: str) -> Iterator[tuple[str, dict[str, int]]]:
    """Carts that are not the right one."""
    wanted = {key: count for key, count in (case.expect.cart or {}).items() if count}
    if which == "quantity":
        for key, count in wanted.items():
            yield f"one more of {key}", {**wanted, key: count + 1}
            if count > 1:
                yield f"one less of {key}", {**wanted, key: count - 1}
    elif which == "missing":
        for key in wanted:
            yield f"without {key}", {other: count for other, count in wanted.items() if other != key}
    elif which == "extra":
        new = [key for key in case.seen.catalogue.products if key not in wanted]
        for key in case.some(new):
            yield f"{key} besides", {**wanted, key: 1}
    else:
        for key, count in wanted.items():
            rest = {other: n for other, n in wanted.items() if other != key}
            product = case.seen.catalogue.products.get(key)
            variants = case.seen.catalogue.groups[product.group_id].variants if product else ()
            for other in case.some([v.id for v in variants if v.id not in wanted]):
                yield f"{other} instead of {key}", {**rest, other: count}


def _cart(which: str) -> Maker:
    def make(case: Case) -> Iterator[Mutant]:
        for words, cart in _carts(case, which) if case.expect.cart is not None else ():
            held = case.seen.held_after and {**case.seen.held_after, "cart": cart}
            seen = replace(case.seen, reply={**case.reply, "cart": cart}, held_after=held)
            yield Mutant(f"the cart {words}", seen, case.expect)

    return make


def _cart_told(case: Case) -> Iterator[Mutant]:
    if case.expect.cart is not None and case.seen.held_after is not None:
        for words, cart in case.some(list(_carts(case, "extra"))):
            yield case.with_reply(f"only the reply has the cart with {words}", cart=cart)


def _cart_stored(case: Case) -> Iterator[Mutant]:
    if case.expect.cart is not None:
        for words, cart in case.some(list(_carts(case, "extra"))):
            yield from case.with_state(f"only the store has the cart with {words}", cart=cart)


def _order_stands(case: Case) -> Iterator[Mutant]:
    held = (case.seen.held_after or {}).get("orders", {})
    for key, status in (case.expect.orders or {}).items():
        for other in case.some([other for other in STATUSES if other != status]):
            yield from case.with_state(f"order {key} is {other}", orders={**held, key: f"{other} 0"})


def _order_missing(case: Case) -> Iterator[Mutant]:
    held = (case.seen.held_after or {}).get("orders", {})
    for key in case.expect.orders or {}:
        rest = {other: stored for other, stored in held.items() if other != key}
        yield from case.with_state(f"order {key} is not there", orders=rest)


def _done(by: int) -> Maker:
    def make(case: Case) -> Iterator[Mutant]:
        if case.expect.done is None or case.seen.held_after is None or case.expect.done + by < 0:
            return
        done = list(case.seen.held_after["done"])
        words, after = ("one more", [*done, "X0"]) if by > 0 else ("one less", done[:-1])
        yield from case.with_state(f"{words} was carried out", done=after)

    return make


def _calls(case: Case) -> list[dict[str, Any]]:
    return [dict(call) for call in case.reply["tools"]]


def _tool_missing(case: Case) -> Iterator[Mutant]:
    if wanted := case.expect.tool:
        left = [call for call in _calls(case) if call["name"] != wanted.name]
        yield case.with_reply(f"{wanted.name} was not called", tools=left)


def _tool_name(case: Case) -> Iterator[Mutant]:
    if wanted := case.expect.tool:
        other = case.some([name for name in TOOL_NAMES if name != wanted.name])[0]
        calls = [call | ({"name": other} if call["name"] == wanted.name else {}) for call in _calls(case)]
        yield case.with_reply(f"{other} was called instead of {wanted.name}", tools=calls)


def _tool_args(case: Case) -> Iterator[Mutant]:
    if case.expect.tool:
        for name, value in case.expect.tool.args.items():
            for other in _others(value):
                yield _with_argument(case, name, other)


def _tool_args_missing(case: Case) -> Iterator[Mutant]:
    if wanted := case.expect.tool:
        for name, value in wanted.args.items():
            if value not in (None, []):
                calls = _calls(case)
                for call in calls:
                    if call["name"] == wanted.name:
                        call["args"] = {key: held for key, held in call["args"].items() if key != name}
                yield case.with_reply(f"{wanted.name} without {name}", tools=calls)


def _with_argument(case: Case, name: str, value: Any) -> Mutant:
    """Every call that could be the wanted one has another value."""
    assert case.expect.tool is not None
    calls = _calls(case)
    for call in calls:
        if call["name"] == case.expect.tool.name:
            call["args"] = {**call["args"], name: value}
    return case.with_reply(f"{case.expect.tool.name} with {name} {value!r}", tools=calls)


def _others(value: Any) -> Iterator[Any]:
    """Values that do not hold what is wanted, by how it is compared: numbers by value, lists and mappings as subsets."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, (int, float)):
        yield value + 1
        yield str(value - 1)
    elif isinstance(value, str):
        yield _another(value)
        yield [_another(value)]
    elif isinstance(value, Mapping):
        for key, held in value.items():
            yield {name: other for name, other in value.items() if name != key}
            for other in _others(held):
                yield {**value, key: other}
    elif isinstance(value, (list, tuple)) and value:
        yield [_another(str(value[0]))]
        yield []
    else:
        yield "something"


def _another(text: str) -> str:
    """A text that is neither equal to it nor equal as a number."""
    if re.fullmatch(r"-?\d{1,9}(?:\.\d+)?", text):
        return str(float(text) + 1)
    return f"{text} {text}".strip() or "something"


def _no_tool(case: Case) -> Iterator[Mutant]:
    for name in case.expect.no_tool or ():
        calls = [*_calls(case), {"name": name, "args": {}, "ok": True}]
        yield case.with_reply(f"{name} was called too", tools=calls)


def _outcome(case: Case) -> Iterator[Mutant]:
    if case.expect.outcome is not None:
        for outcome in case.some([name for name in OUTCOMES if name not in case.expect.outcome], 2):
            yield case.with_reply(f"the outcome is {outcome}", outcome=outcome)


_PACKET: dict[str, Any] = {
    "id": "0",
    "reason": "",
    "question": "",
    "shopper": None,
    "products": [],
    "cart": {},
    "transcript": [],
}


def _handoff_dropped(case: Case) -> Iterator[Mutant]:
    if case.expect.handoff:
        yield case.with_reply("nothing is handed off", handoff=None)


def _handoff_invented(case: Case) -> Iterator[Mutant]:
    if case.expect.handoff is False:
        yield case.with_reply("it is handed off", handoff=_PACKET)


def _handoff_stored(case: Case) -> Iterator[Mutant]:
    """The reply tells of it rightly, and the store holds something else."""
    before = case.seen.held_before
    if case.expect.handoff is not None and before is not None:
        stored = before["handoffs"] if case.expect.handoff else [*before["handoffs"], "0"]
        yield from case.with_state(f"{len(stored)} hand-offs are stored", handoffs=stored)


def _because(kind: str, product_id: str) -> dict[str, Any]:
    return {"text": "", "event": {"type": kind, "product_id": product_id, "at": "2026-01-01T12:00:00Z"}}


def _reason_dropped(case: Case) -> Iterator[Mutant]:
    if case.expect.personalized:
        yield case.with_reply("no card has a reason", products=[card | {"because": None} for card in case.cards])


def _reason_of_another(case: Case) -> Iterator[Mutant]:
    """One card's reason is an event that this shopper never had; whether reasons are asked or not, this must not be."""
    if case.expect.personalized is None or not case.cards:
        return
    events = [(k, p) for k in ("view", "purchase") for p in case.seen.catalogue.products]
    foreign = [event for event in events if event not in case.seen.events]
    for kind, product_id in case.some(foreign):
        cards = case.cards
        cards[-1]["because"] = _because(kind, product_id)
        yield case.with_reply(f"a reason is somebody's {kind} of {product_id}", products=cards)


def _reason_unwanted(case: Case) -> Iterator[Mutant]:
    if case.expect.personalized is False and case.cards:
        for kind, product_id in case.some(sorted(case.seen.events)):
            cards = case.cards
            cards[0]["because"] = _because(kind, product_id)
            yield case.with_reply(f"a card has a reason: {kind} of {product_id}", products=cards)


def _uncited(case: Case) -> Iterator[Mutant]:
    if case.expect.cites is not None:
        yield case.with_reply("nothing is cited", citations=[])


def _cited_elsewhere(case: Case) -> Iterator[Mutant]:
    wanted = case.expect.cites
    if wanted is not None:
        sources = [policy.source for policy in case.seen.shop.policies if policy.source != wanted]
        for source in case.some(sources):
            moved = [{**c, "source": source if c["source"] == wanted else c["source"]} for c in case.reply["citations"]]
            yield case.with_reply(f"{source} is cited instead of {wanted}", citations=moved)


STATE: dict[tuple[str, str], Maker] = {
    **{("cart", which): _cart(which) for which in ("quantity", "product", "missing", "extra")},
    ("cart", "told"): _cart_told,
    ("cart", "stored"): _cart_stored,
    ("orders", "status"): _order_stands,
    ("orders", "missing"): _order_missing,
    ("done", "more"): _done(1),
    ("done", "less"): _done(-1),
    ("tool", "missing"): _tool_missing,
    ("tool", "name"): _tool_name,
    ("tool", "args"): _tool_args,
    ("tool", "args missing"): _tool_args_missing,
    ("no_tool", "called"): _no_tool,
    ("outcome", "another"): _outcome,
    ("handoff", "dropped"): _handoff_dropped,
    ("handoff", "invented"): _handoff_invented,
    ("handoff", "stored"): _handoff_stored,
    ("personalized", "no reason"): _reason_dropped,
    ("personalized", "another's event"): _reason_of_another,
    ("personalized", "a reason"): _reason_unwanted,
    ("cites", "nothing"): _uncited,
    ("cites", "another file"): _cited_elsewhere,
}
