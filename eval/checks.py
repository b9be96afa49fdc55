"""The checks of a turn. Each returns pass or fail with its reason; what a dialogue does not ask is not evaluated."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from assistant.events import REFUSALS
from eval.dialogues import Expect, Predicate
from eval.lookup import catalogue_words, fits, numbers, stated_of
from eval.manner import fault, quoted_of, spoken
from eval.truth import Judge, Records
from index.catalogue import Catalogue, Product
from index.shop import Shop

_MARKS = re.compile("[™®©]")
_CJK = re.compile(r"[\u3400-\u9fff]")
_judges: WeakKeyDictionary[Catalogue, Judge] = WeakKeyDictionary()  # one a catalogue: it is read once


@dataclass(frozen=True, slots=True)
class Check:
    """`passed` is None where the check was not evaluated."""

    name: str
    passed: bool | None
    reason: str = ""


@dataclass(frozen=True)
class Seen:
    """What a turn is judged by: the reply's JSON, and the state before and after it."""

    shop: Shop
    catalogue: Catalogue
    language: str
    say: str
    reply: Mapping[str, Any]
    before: Mapping[str, int]
    events: frozenset[tuple[str, str]]  # this shopper's own (type, product id)
    earlier: tuple[str, ...] = ()  # the shopper's messages of the turns before

    @property
    def cards(self) -> list[Mapping[str, Any]]:
        return list(self.reply["products"])

    def product(self, card: Mapping[str, Any]) -> Product | None:
        return self.catalogue.products.get(card["id"])


def check_turn(expect: Expect, seen: Seen) -> list[Check]:
    """All checks of a turn: state first, words second."""
    asked: list[tuple[str, Any, Callable[[Any, Seen], str]]] = [
        ("cart", expect.cart, _cart),
        ("tool", expect.tool, _tool),
        ("no_tool", expect.no_tool, _no_tool),
        ("products", expect.products, lambda wanted, s: _products(wanted, s, bool(expect.refuses))),
        ("outcome", expect.outcome, _outcome),
        ("refuses", expect.refuses, _refuses),
        ("handoff", expect.handoff, _handoff),
        ("personalized", expect.personalized, _personalized),
        ("cites", expect.cites, _cites),
        ("reply", expect.reply, _reply),
    ]
    found = []
    for name, wanted, check in asked:
        if wanted is None:
            found.append(Check(name, None))
        else:
            reason = check(wanted, seen)
            found.append(Check(name, not reason, reason))
    for name, always in (("grounded", grounded), ("voice", voice)):
        reason = always(seen)
        found.append(Check(name, not reason, reason))
    return found


def _cart(wanted: Mapping[str, int], seen: Seen) -> str:
    held = dict(seen.reply["cart"])
    return "" if held == dict(wanted) else f"the cart is {held}, not {dict(wanted)}"


def _tool(wanted: Any, seen: Seen) -> str:
    calls = [call for call in seen.reply["tools"] if call["name"] == wanted.name]
    if not calls:
        return f"no {wanted.name}; called: {[call['name'] for call in seen.reply['tools']]}"
    if any(all(same(call["args"].get(key), value) for key, value in wanted.args.items()) for call in calls):
        return ""
    return f"{wanted.name} with {[call['args'] for call in calls]}, not {wanted.args}"


def same(held: Any, wanted: Any) -> bool:
    """Whether an executed argument is the wanted one: text without case, one of a list, numbers by value."""
    if isinstance(wanted, str):
        return any(str(h).lower() == wanted.lower() for h in (held if isinstance(held, list) else [held]))
    if isinstance(wanted, (int, float)) and isinstance(held, (int, float)):
        return float(held) == float(wanted)
    return bool(held == wanted)


def _no_tool(wanted: list[str], seen: Seen) -> str:
    called = [call["name"] for call in seen.reply["tools"] if call["name"] in wanted]
    return f"called {called}" if called else ""


def _products(wanted: Any, seen: Seen, refusing: bool) -> str:
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
    for predicate in wanted.some:
        if not any(meets(predicate, card) for card in cards):
            return f"no card is {_words(predicate)}; there are {[card['id'] for card in cards]}"
    for predicate in wanted.none:
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
    if shown := [card["id"] for card in seen.cards if not card["alternative"]]:
        problems.append(f"shows {shown}")
    if wanted:
        return "; ".join(problems)
    return "" if problems else "it refused"


def _handoff(wanted: bool, seen: Seen) -> str:
    held = seen.reply["handoff"] is not None
    return "" if held == wanted else f"handoff is {held}"


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


def _reply(wanted: Any, seen: Seen) -> str:
    text = seen.reply["reply"]
    for phrase in wanted.includes:
        if not _has(text, phrase):
            return f"does not say {phrase!r}: {text}"
    for phrase in wanted.excludes:
        if _has(text, phrase):
            return f"says {phrase!r}: {text}"
    if wanted.any_of and not any(_has(text, phrase) for phrase in wanted.any_of):
        return f"says none of {wanted.any_of}: {text}"
    if wanted.max_sentences is not None:
        count = len([s for s in re.split(r"(?<=[.!?])\s+|(?<=[。！？])", text) if s.strip()])
        if count > wanted.max_sentences:
            return f"{count} sentences, more than {wanted.max_sentences}"
    if wanted.language == "zh" and not _chinese(text):
        return f"not Chinese: {text}"
    if wanted.language == "en" and _CJK.search(text):
        return f"not English: {text}"
    return ""


def _has(text: str, phrase: str) -> bool:
    """Whether a phrase is in a text at word boundaries; Chinese characters are no part of a word of Latin letters."""
    start = r"(?<![^\W\u3400-\u9fff])" if re.match(r"\w", phrase) and phrase[0].isascii() else ""
    end = r"(?![^\W\u3400-\u9fff])" if re.search(r"\w$", phrase) and phrase[-1].isascii() else ""
    return bool(re.search(f"{start}{re.escape(phrase)}{end}", text, re.I))


def _chinese(text: str) -> bool:
    return len(_CJK.findall(text)) > len(re.findall(r"[A-Za-z]", text)) * 0.5


def grounded(seen: Seen) -> str:
    """Cards and facts agree with the shop folder; what the prose says is found in it, for the product it speaks of."""
    reply, products = seen.reply, seen.catalogue.products
    for card in seen.cards:
        product = seen.product(card)
        if product is None:
            return f"card {card['id']} is no product"
        if card["price"] != str(product.current_price) or card["title"] != product.title:
            return f"card {card['id']} says {card['title']}, {card['price']}"
        if (card["availability"] == "in_stock") != product.in_stock:
            return f"card {card['id']} says {card['availability']}"
    for fact in reply["facts"]:
        product = products.get(fact["subject"])
        held = {"price": str(product.current_price), "title": product.title} if product else {}
        if fact["field"] in held and fact["value"] != held[fact["field"]]:
            return f"fact {fact['subject']} {fact['field']}: {fact['value']}"
    policies = {policy.source: policy.text for policy in seen.shop.policies}
    for citation in reply["citations"]:
        source = re.sub(r"\W+", "", policies.get(citation["source"], ""))
        if not all(re.sub(r"\W+", "", part) in source for part in re.split(r"[.:]\s", citation["quote"]) if part):
            return f"quote not in {citation['source']}: {citation['quote']}"
    subjects = [products[key] for key in {f["subject"] for f in reply["facts"]} if key in products]
    stated = " ".join([stated_of(seen.catalogue, product) for product in subjects])
    orders = " ".join(str(f["value"]) for f in reply["facts"] if f["subject"] not in products)
    orders += " ".join(str(f["subject"]) for f in reply["facts"])
    quotes = " ".join(citation["quote"] for citation in reply["citations"])
    arguments = " ".join(str(call["args"]) for call in reply["tools"])
    hours = str(seen.shop.settings.opening_hours or "")
    base = " ".join([stated, orders, quotes, seen.say, arguments, str(reply["cart"]), hours])
    allowed = numbers(base) | {str(n) for n in range(1, max(len(seen.cards), 1) + 1)}
    held_prices = [products[key].current_price.times(count) for key, count in reply["cart"].items() if key in products]
    if held_prices:
        allowed |= numbers(str(held_prices[0].__class__(sum(p.minor for p in held_prices), held_prices[0].currency)))
    if strange := numbers(reply["reply"]) - allowed:
        return f"numbers from nowhere: {sorted(strange)}"
    text = reply["reply"].lower()
    known = base.lower()
    for group in seen.catalogue.groups.values():
        title = group.title.lower()
        if " " in title and len(title) > 7 and title in text and title not in known:
            return f"name from nowhere: {group.title}"
    if seen.cards and seen.language == "en":
        for word in catalogue_words(seen.catalogue):
            if re.search(rf"\b{word}\b", text) and not re.search(rf"\b{word}", known) and word[:-1] not in known:
                return f"attribute from nowhere: {word}"
    if seen.catalogue not in _judges:
        _judges[seen.catalogue] = Judge(Records.of(seen.shop, seen.catalogue))
    for finding in _judges[seen.catalogue].reply(reply, seen.say, seen.earlier):
        if finding.verdict == "wrong":
            return f"{finding.kind} {finding.words!r}: {finding.why}: {finding.sentence}"
    return ""


def voice(seen: Seen) -> str:
    """The rules of the voice that a program can check, as `manner` reads them; the reply's language is the message's."""
    reply = seen.reply
    if not reply["reply"].strip():
        return "empty"
    titles = {product.title for product in seen.catalogue.products.values()}
    bare = seen.say  # without names, which stay as they are in any language
    for title in titles if _CJK.search(seen.say) else ():
        bare = bare.replace(title, "").replace(_MARKS.sub("", title), "")
    message = bare if _chinese(bare) or not _CJK.search(bare) else reply["reply"]  # some mix languages
    return fault(
        reply["reply"],
        "zh" if _chinese(message) else "en",
        quoted=quoted_of(reply, titles, seen.shop),
        calls=max(1, len(reply["tools"])),
        **spoken(seen.shop.folder, seen.shop.settings.voice),
    )
