"""The checks of a turn: what the dialogue format can ask, and what is judged always.

Each returns pass, fail or not evaluated, with its reason: state first, words second.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from assistant.events import REFUSALS
from eval.always import grounded, voice
from eval.dialogues import Expect, Predicate, Products, Reply, ToolCall
from eval.lookup import fits
from eval.seen import Seen, seen_of
from eval.state import changed
from eval.wording import has, sentences, speaks

__all__ = ["ALWAYS", "NOT_ASKED", "Check", "Seen", "check_turn", "grounded", "same", "seen_of", "unreached", "voice"]

NOT_ASKED = "not asked"
ALWAYS: Mapping[str, Callable[[Seen], str]] = {"grounded": grounded, "voice": voice}


@dataclass(frozen=True, slots=True)
class Check:
    """`passed` is None where the check was not evaluated; `reason` says why it was not, or why it failed."""

    name: str
    passed: bool | None
    reason: str = ""


def check_turn(expect: Expect, seen: Seen) -> list[Check]:
    """All checks of a turn. `same_facts_for` waits for the other runs: `eval.agreement` evaluates it."""
    found = []
    asked: dict[str, Callable[[Any, Seen], str]] = {
        **_ASKED,
        "products": partial(_products, refusing=bool(expect.refuses)),
    }
    for name, check in asked.items():
        if getattr(expect, name) is None:
            found.append(Check(name, None, NOT_ASKED))
        else:
            reason = check(getattr(expect, name), seen)
            found.append(Check(name, not reason, reason))
    for name, always in ALWAYS.items():
        reason = always(seen)
        found.append(Check(name, not reason, reason))
    waiting = NOT_ASKED if expect.same_facts_for is None else "waits for the other runs"
    return [*found, Check("same_facts_for", None, waiting)]


def unreached(expect: Expect, reason: str) -> list[Check]:
    """The checks of a turn that had no reply: none is evaluated."""
    asked = [Check(name, None, reason if getattr(expect, name) is not None else NOT_ASKED) for name in _ASKED]
    always = [Check(name, None, reason) for name in ALWAYS]
    return [*asked, *always, Check("same_facts_for", None, reason if expect.same_facts_for else NOT_ASKED)]


def same(held: Any, wanted: Any) -> bool:
    """Whether an executed argument is the wanted one.

    Text is compared without case and numbers by value, also where one of the two is written as text. What is wanted is
    a subset: a wanted value may be one of a list that is held, each of a wanted list must be among what is held, in
    any order, and of a wanted mapping each key must be held.
    """
    if isinstance(wanted, Mapping):
        return isinstance(held, Mapping) and all(key in held and same(held[key], wanted[key]) for key in wanted)
    if isinstance(wanted, (list, tuple)):
        if not wanted:
            return held is None or held == []
        return all(_holds(held, item) for item in wanted)
    if isinstance(held, (list, tuple)):
        return any(same(item, wanted) for item in held)
    if held is None or wanted is None:
        return held is wanted
    if isinstance(held, bool) or isinstance(wanted, bool):
        return str(held).lower() == str(wanted).lower()
    if isinstance(held, (int, float)) or isinstance(wanted, (int, float)):
        try:
            return float(held) == float(wanted)
        except (TypeError, ValueError):
            return False
    return str(held).strip().lower() == str(wanted).strip().lower()


def _holds(held: Any, item: Any) -> bool:
    """Whether one of a wanted list is held; what is itself a list must be one of what is held."""
    if isinstance(item, (list, tuple)):
        return isinstance(held, (list, tuple)) and any(same(one, item) for one in held)
    return same(held, item)


def _cart(wanted: Mapping[str, int], seen: Seen) -> str:
    whole = {product_id: count for product_id, count in wanted.items() if count}
    told = dict(seen.reply["cart"])
    held = dict(seen.held_after["cart"]) if seen.held_after is not None else told
    if held != whole:
        return f"the cart is {held}, not {whole}"
    return "" if told == held else f"the reply has the cart as {told}, and it is {held}"


def _orders(wanted: Mapping[str, str], seen: Seen) -> str:
    if seen.held_after is None:
        return "nobody looked into the store"
    held = {key: stored.split(" ")[0] for key, stored in seen.held_after["orders"].items()}
    wrong = {key: held.get(key) for key, status in wanted.items() if held.get(key) != status}
    return f"the orders stand at {wrong}, not {dict(wanted)}" if wrong else ""


def _done(wanted: int, seen: Seen) -> str:
    if seen.held_before is None or seen.held_after is None:
        return "nobody looked into the store"
    new = len(set(seen.held_after["done"]) - set(seen.held_before["done"]))
    return "" if new == wanted else f"{new} actions were carried out, not {wanted}"


def _tool(wanted: ToolCall, seen: Seen) -> str:
    calls = [call for call in seen.reply["tools"] if call["name"] == wanted.name]
    if not calls:
        return f"no {wanted.name}; called: {[call['name'] for call in seen.reply['tools']]}"
    if any(all(same(call["args"].get(key), value) for key, value in wanted.args.items()) for call in calls):
        return ""
    return f"{wanted.name} with {[call['args'] for call in calls]}, not {wanted.args}"


def _no_tool(wanted: list[str], seen: Seen) -> str:
    called = [call["name"] for call in seen.reply["tools"] if call["name"] in wanted]
    return f"called {called}" if called else ""


def _products(wanted: Products, seen: Seen, *, refusing: bool = False) -> str:
    cards = seen.cards
    judged = [card for card in cards if not (refusing and card["alternative"])]
    if wanted.min is not None and len(cards) < wanted.min:
        return f"{len(cards)} cards, fewer than {wanted.min}"
    if wanted.max is not None and len(judged) > wanted.max:
        return f"{len(judged)} cards, more than {wanted.max}"

    def meets(predicate: Predicate, card: Mapping[str, Any]) -> bool:
        product = seen.product(card)
        return product is not None and fits(predicate, product)

    if wanted.every is not None:
        for card in judged:
            if not meets(wanted.every, card):
                return f"{card['id']} is not {_words(wanted.every)}"
    for predicate in wanted.some or ():
        if not any(meets(predicate, card) for card in cards):
            return f"no card is {_words(predicate)}; there are {[card['id'] for card in cards]}"
    for predicate in wanted.none or ():
        for card in judged:
            if meets(predicate, card):
                return f"{card['id']} is {_words(predicate)}"
    return ""


def _words(predicate: Predicate) -> str:
    return str(predicate.model_dump(exclude_defaults=True, by_alias=True))


def _outcome(wanted: list[str], seen: Seen) -> str:
    held = seen.reply["outcome"]
    return "" if held in wanted else f"outcome {held}, not {' or '.join(wanted)}"


def _refuses(wanted: bool, seen: Seen) -> str:
    problems = []
    if seen.reply["outcome"] not in REFUSALS:
        problems.append(f"outcome {seen.reply['outcome']}")
    if dict(seen.reply["cart"]) != dict(seen.before):
        problems.append("the cart changed")
    if seen.held_before is not None and seen.held_after is not None:
        problems += [words for words in changed(seen.held_before, seen.held_after) if words not in problems]
    if shown := [card["id"] for card in seen.cards if not card["alternative"]]:
        problems.append(f"shows {shown}")
    if wanted:
        return "; ".join(problems)
    return "" if problems else "it refused"


def _handoff(wanted: bool, seen: Seen) -> str:
    told = seen.reply["handoff"] is not None
    if told != wanted:
        return "hands off" if told else "hands nothing off"
    if seen.held_before is None or seen.held_after is None:
        return ""
    stored = seen.held_before["handoffs"] != seen.held_after["handoffs"]
    return "" if stored == wanted else f"{'a' if stored else 'no'} hand-off was stored"


def _personalized(wanted: bool, seen: Seen) -> str:
    reasons = [card["because"] for card in seen.cards if card["because"]]
    own = [r for r in reasons if (r["event"]["type"], r["event"]["product_id"]) in seen.events]
    if len(own) < len(reasons):
        return "a reason rests on an event that is not this shopper's"
    if wanted:
        return "" if own else "no card has a reason"
    return f"{len(reasons)} cards have a reason" if reasons else ""


def _cites(wanted: str, seen: Seen) -> str:
    sources = [citation["source"] for citation in seen.reply["citations"]]
    return "" if wanted in sources else f"cites {sources}"


def _reply(wanted: Reply, seen: Seen) -> str:
    text = seen.reply["reply"]
    for phrase in wanted.includes or ():
        if not has(text, phrase):
            return f"does not say {phrase!r}: {text}"
    for phrase in wanted.excludes or ():
        if has(text, phrase):
            return f"says {phrase!r}: {text}"
    if wanted.any_of and not any(has(text, phrase) for phrase in wanted.any_of):
        return f"says none of {wanted.any_of}: {text}"
    if wanted.max_sentences is not None and (count := len(sentences(text))) > wanted.max_sentences:
        return f"{count} sentences, more than {wanted.max_sentences}: {text}"
    if wanted.language is not None and not speaks(_unquoted(seen), wanted.language):
        return f"not in {wanted.language}: {text}"
    return ""


def _unquoted(seen: Seen) -> str:
    """A reply without what it says word for word: titles, and policies that the shop has in one language alone."""
    text: str = seen.reply["reply"]
    for citation in seen.reply["citations"]:
        text = text.replace(f"“{citation['quote']}”", "“”")
    for product in seen.reply["products"]:
        text = text.replace(product["title"], "")
    return text


_ASKED: Mapping[str, Callable[[Any, Seen], str]] = {
    "cart": _cart,
    "orders": _orders,
    "done": _done,
    "tool": _tool,
    "no_tool": _no_tool,
    "products": _products,
    "outcome": _outcome,
    "refuses": _refuses,
    "handoff": _handoff,
    "personalized": _personalized,
    "cites": _cites,
    "reply": _reply,
}
