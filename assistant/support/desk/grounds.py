"""What a text about a conversation may rest on: its products and the policies, as the shop states them now.

A sentence is judged by the assistant's own audit; where that refuses it, what the shop says instead is looked up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal

from assistant.conversation import Conversation, Turn
from assistant.gloss import gloss
from assistant.grounding import Evidence, audit
from assistant.grounding.quantities import quantities
from assistant.grounding.record import prose_of
from assistant.grounding.vocabulary import chinese
from assistant.support.desk.said import Atom, atoms, level
from assistant.support.orders import Order, status_text
from assistant.topics import in_english
from assistant.turn import Services
from index.catalogue import Product
from index.numbers import order_ids
from index.passages import NEAR, STATED, Passage
from index.words import content, fold, is_chinese, stem, words

Verdict = Literal["supported", "contradicted", "not_found"]
FEED = "products"
PASSAGES = 4  # of the policies that a sentence may rest on
_WORD = re.compile(r"[a-z]{3,}")
_BACKED = ("promise", "date", "policy")  # kinds that count only where the shop's texts have them
_OF_RULES = (
    *_BACKED,
    "money",
    "number",
    "percent",
    "not",
    "name",
)  # kinds that a policy states, where it is one's sentence
_STARS = re.compile(r"\b(?:rated|rating|stars?|reviews?|out of)\b|评分|评价|星|分")
_LEFT = re.compile(r"\b(?:left|in stock|remaining)\b|库存|只剩|剩")


@dataclass(frozen=True, slots=True)
class Found:
    """A verdict, and where the shop says otherwise (or what comes nearest) what it says and where."""

    verdict: Verdict
    says: str | None = None
    source: str | None = None


NOT_FOUND = Found("not_found")
SUPPORTED = Found("supported")


@dataclass
class Grounds:
    """The shop as a conversation's sentences are checked against it, sentence after sentence.

    Args:
        message: what the shopper asked.
        subjects: the products that "it" and "they" mean, at first those last spoken of.
    """

    services: Services
    message: str
    names: tuple[str, ...]
    orders: Sequence[Order] = ()
    subjects: list[Product] = field(default_factory=list)

    def titles(self, text: str) -> list[str]:
        """The titles of the products that a text names: they are never cut."""
        return [product.title for product in self._named(text)]

    def about(self, sentence: str) -> About:
        """What a sentence speaks of; what it names is what the next one goes on with."""
        named = self._named(sentence)
        if named:
            self.subjects = named
        asked = in_english(sentence, gloss(sentence)) if is_chinese(sentence) else sentence
        ranked = self.services.evidence.policy(asked)[:PASSAGES]
        passages = [row.passage for row in ranked if row.supported or row.score >= NEAR]
        # a claim is near to more than a question is
        sure = bool(ranked) and ranked[0].supported and ranked[0].score >= STATED
        orders = [order for order in self.orders if order.id.lower() in {key.lower() for key in order_ids(sentence)}]
        evidence = Evidence(
            catalogue=self.services.search.catalogue,
            products=list(self.subjects),
            message=self.message,
            names=self.names,
            kind="question",
            subjects=self.subjects if len(self.subjects) == 1 else (),
        )
        return About(self.services, evidence, asked, passages, sure, orders, bool(named))

    def _named(self, text: str) -> list[Product]:
        """The products that a text names: of a group the variant last spoken of, else its first."""
        catalogue, said = self.services.search.catalogue, f" {fold(text)} "
        found = []
        for match in self.services.search.find_by_name(text):
            if fold(catalogue.titles[match.group_id]) in said:
                held = [product for product in self.subjects if product.group_id == match.group_id]
                found.append(held[0] if held else catalogue.groups[match.group_id].variants[0])
        return found


@dataclass
class About:
    """What one sentence may rest on."""

    services: Services
    evidence: Evidence
    asked: str  # the sentence, in English
    passages: Sequence[Passage]  # of the policies, best first
    sure: bool  # the policies surely speak of it
    orders: Sequence[Order]
    named: bool  # it names a product

    def atoms(self, sentence: str) -> list[Atom]:
        return atoms(level(sentence), self.evidence)

    def holds(self, sentence: str) -> bool:
        """Whether the shop states all that a sentence says."""
        found = self.atoms(sentence)
        if self._of_order(found):
            return all(self.look_up(atom, sentence).verdict == "supported" for atom in found if atom.kind)
        for evidence, texts in self._ways(found):
            if audit(sentence, evidence) is None and all(
                _backed(sentence, atom, texts) for atom in found if atom.kind in _BACKED
            ):
                return True
        return False

    def refused(self, sentence: str, word: str) -> bool:
        """Whether the audit refuses a sentence for a word in it."""
        return any(word in (audit(sentence, evidence) or "") for evidence, _ in self._ways(self.atoms(sentence))[:1])

    def look_up(self, atom: Atom, sentence: str) -> Found:
        """What the shop says to one fact of a sentence that does not hold as a whole."""
        if atom.kind == "mention":  # the shop has it; what is said of it is looked up by itself
            return SUPPORTED
        if self.orders:
            return self._order(atom, sentence)
        if atom.kind in _OF_RULES and self._of_policy(self.atoms(sentence)):
            return self._policy(atom)
        product = self._products(atom, sentence)
        return product if product != NOT_FOUND or self.named else self._policy(atom)

    def nearest(self) -> Found:
        """No verdict, and the passage that surely speaks of the same, if there is one."""
        first = self.passages[0] if self.passages and self.sure else None
        return Found("not_found", first.text, first.source) if first else NOT_FOUND

    def _of_order(self, found: Sequence[Atom]) -> bool:
        return bool(self.orders) and bool(found)

    def _of_policy(self, found: Sequence[Atom]) -> bool:
        """Whether it speaks of the shop's rules, or of nothing that is known."""
        return any(atom.kind == "policy" for atom in found) or not self.evidence.products

    def _ways(self, found: Sequence[Atom]) -> list[tuple[Evidence, list[str]]]:
        """How it may be read: as evidence for the audit, with the texts behind it, the likelier first."""
        titles = " ".join(product.title for product in self.evidence.products) if self.named else ""
        message = f"{self.evidence.message} {titles}"
        # each passage by itself: the number of one must not stand for another's
        rules = [
            (replace(self.evidence, products=(), subjects=(), general=p.text, kind="policy", message=message), [p.text])
            for p in self.passages
        ]
        goods = (self.evidence, [record.prose.text for record in self.evidence.records])
        if self._of_policy(found):
            return [*rules, *([goods] if self.evidence.products or not rules else [])]
        return [goods]

    def _products(self, atom: Atom, sentence: str) -> Found:
        """What is stated of the products that it speaks of."""
        products = self.evidence.products
        if atom.kind == "money" and atom.token is not None:
            amount = atom.token.number
            prices = [product.current_price for product in products]
            if atom.token.value == prices[0].currency and any(price.amount == amount for price in prices):
                return SUPPORTED
            return _contradicted([str(price) for price in prices], FEED)
        if atom.kind == "stock":
            return _contradicted([product.offered.replace("_", " ") for product in products], FEED)
        if atom.kind in ("size", "color"):
            held = [value for p in products for v in self._variants(p) if (value := getattr(v, atom.kind))]
            return _contradicted(held, FEED)
        if atom.kind in ("number", "score", "percent"):
            return self._measured(atom, sentence)
        if atom.kind in ("word", "han"):
            return self._property(atom)
        if atom.kind in ("more", "most") and atom.token is not None and atom.token.value.startswith("price"):
            return _contradicted([f"{product.title}: {product.current_price}" for product in products], FEED)
        return self._best(sentence) if atom.kind in ("not", "sale", "gender", "fit") else NOT_FOUND

    def _variants(self, product: Product) -> Sequence[Product]:
        return self.services.search.catalogue.groups[product.group_id].variants

    def _measured(self, atom: Atom, sentence: str) -> Found:
        """The passages that state a number of the same unit, or the same count."""
        said, unit = sentence.lower(), atom.token.value if atom.token is not None else ""
        found: list[str] = []
        for product in self.evidence.products:
            if _LEFT.search(said) and not unit and product.quantity is not None:
                found.append(str(product.quantity))
            for passage in self.services.evidence.passages(product):
                if passage.source.startswith("reviews:") or passage.text.startswith("Price: "):
                    continue
                rated = passage.text.startswith("Rating: ")
                units = {quantity.unit for quantity in quantities(fold(passage.text))}
                if (rated and not unit and _STARS.search(said)) or (not rated and unit and unit in units):
                    found.append(passage.text)
        return _contradicted(found, FEED)

    def _property(self, atom: Atom) -> Found:
        """Other values of the facet that a word is a value of; or the passage that denies it."""
        text = atom.token.text if atom.token is not None else atom.key
        forms = [stem(word) for phrase in chinese().get(text, (text,)) for word in words(phrase)]
        facets = self.services.search.catalogue.facets
        for product in self.evidence.products:
            record = next(record for record in self.evidence.records if record.product is product)
            if not record.prose.denied.isdisjoint(forms) or not record.flagged.isdisjoint(forms):
                return self._best(text)
            for name, values in facets.items():
                listed = {stem(word) for value in values for word in words(value)}
                if name != "product_type" and not listed.isdisjoint(forms) and (held := product.values(name)):
                    return _contradicted(held, FEED)
        return NOT_FOUND

    def _best(self, sentence: str) -> Found:
        """The passage on a product that speaks of what the sentence says."""
        asked = gloss(sentence) if is_chinese(sentence) else sentence
        rows = [
            row for p in self.evidence.products for row in self.services.evidence.product(asked, p) if row.supported
        ]
        best = max(rows, key=lambda row: row.score, default=None)
        return Found("contradicted", best.passage.text, best.passage.source) if best else NOT_FOUND

    def _policy(self, atom: Atom) -> Found:
        """The passage that speaks of the same and says otherwise; of a number, one with a number of its unit."""
        if atom.kind == "name":
            return NOT_FOUND
        if atom.kind in ("money", "number", "percent") and atom.token is not None:
            own = {stem(word) for word in content(self.asked) if not word[0].isdigit()}
            near = [p for p in self.passages if self.sure or own & prose_of(f"{p.context}. {p.text}").stems]
            passage = next(filter(_of_kind(atom), near), None)
            if passage is not None and atom.token.number in prose_of(passage.text).numbers:
                return Found(
                    "not_found", passage.text, passage.source
                )  # the number is there, and of what it is not sure
        else:
            passage = self.passages[0] if self.passages and self.sure else None
        return Found("contradicted", passage.text, passage.source) if passage else NOT_FOUND

    def _order(self, atom: Atom, sentence: str) -> Found:
        """What is on record of the order that it names."""
        order = self.orders[0]
        status = " ".join(status_text(self.services.texts, language, order.status) for language in ("en", "zh"))
        stated = f"{order.id} {order.at.date().isoformat() if order.at else ''} {status if order.status else ''}"
        said = level(sentence)[atom.start : atom.end].lower()
        if atom.kind == "name" or said in stated.lower():
            return SUPPORTED
        return Found("contradicted", stated.strip(), "orders")


def grounds_of(
    services: Services, conversation: Conversation, turns: Sequence[Turn], names: Sequence[str] = ()
) -> Grounds:
    """The grounds of a conversation, as the shop is now.

    Args:
        names: of people that a text may name: of the shopper, and of who writes.
    """
    search = services.index.current
    if search is not services.search:
        services = services.over(search)
    products = search.catalogue.products
    state = turns[-1].state if turns else {}
    focus = [products[key] for key in state.get("focus", []) if key in products]
    shown = [products[key] for key in state.get("shown", []) if key in products]
    owner = conversation.identity.shopper_id
    shopper = services.shoppers.get(owner) if owner else None
    own = [services.shop.name, services.shop.settings.assistant, *([shopper.name] if shopper else []), *names]
    orders = services.orders.of(owner) if owner else []
    return Grounds(services, turns[-1].text if turns else "", tuple(own), orders, (focus or shown)[:1])


def _contradicted(values: Sequence[str], source: str) -> Found:
    listed = list(dict.fromkeys(values))
    return Found("contradicted", ", ".join(listed), source) if listed else NOT_FOUND


def _of_kind(atom: Atom) -> Callable[[Passage], bool]:
    """Whether a passage has a number of the same kind: of money, per cent, or the same unit."""
    token = atom.token
    assert token is not None
    if token.kind == "money":
        return lambda p: token.value in p.text or bool(re.search(r"[€$£¥元]", p.text))
    if token.kind == "percent":
        return lambda p: "%" in p.text or "percent" in p.text
    unit = token.value
    return lambda p: any(q.unit == unit and q.value != Decimal(0) for q in quantities(fold(p.text)))


def _backed(sentence: str, atom: Atom, texts: Sequence[str]) -> bool:
    """Whether the shop's texts have the words of a promise, a date or a term, or the sentence denies it."""
    said = level(sentence)
    if re.search(
        r"\b(?:no|not|never|cannot|can't|don't|won't)\s(?:\w+\s)?$|[不没无][\u3400-\u9fff]?$",
        said[: atom.start].lower(),
    ):
        return True
    text = said[atom.start : atom.end].lower()
    held = [prose_of(one) for one in texts]
    phrases = chinese().get(text, ()) or ((gloss(text),) if is_chinese(text) else (text,))
    if any(fold(text) in prose.text for prose in held):
        return True
    forms = [phrase for phrase in phrases if _WORD.search(phrase)]
    return any(prose.states(phrase) for phrase in forms for prose in held)
