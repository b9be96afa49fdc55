"""A sentence as it was said: in which turn, of which products, and how (as a claim, a question, or something unknown)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Literal

from eval.truth.names import Mention, Names, owner
from eval.truth.records import Passage, Record, Records, negated, refused
from eval.truth.text import chinese, clauses, fold
from eval.truth.vocabulary import lexicon

Kind = Literal["number", "name", "attribute", "comparison", "promise", "availability", "policy"]
Verdict = Literal["wrong", "doubtful"]
Rule = Literal["all", "any", "plural"]

_EVERY = re.compile(
    r"\b(?:both|all(?!-)|each(?= (?:of|one|is|has|comes|costs)\b)|every|either of|any of|none|neither|all (?:of )?(?:these|them))\b|都|均|两者|每|全部",
    re.I,
)
_PLURAL = re.compile(r"\b(?:they|these|those|them|their)\b|它们|这些|这几款|这两款|两款|这几种", re.I)
_OTHER = re.compile(r"\b(?:the other|another|others)\b|另一|其他|其它", re.I)
_ANAPHOR = re.compile(
    r"\s*(?:(?:and|but|also|however|yes|no),?\s+)?(?:it|its|it's|they|their|this|these)\b|它|这款|它们", re.I
)
_QUOTED = re.compile(r"[“\"「『][^”\"」』]{12,}(?:[”\"」』]|$)")
_QUESTION = re.compile(r"[?？]\s*[\"”]?$|吗[。.]?$")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a reply that the shop folder does not bear out.

    Args:
        verdict: wrong where the folder contradicts it or has nothing of it; doubtful where a person must decide.
        records: ids of the products, or policy files, that were looked at.
    """

    sentence: str
    kind: Kind
    words: str
    verdict: Verdict
    why: str
    records: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__} | {"records": list(self.records)}


@dataclass(frozen=True)
class Turn:
    """What a reply may rest on, apart from the shop folder: its own JSON, and what was said before it."""

    records: Records
    names: Names
    say: str
    reply: Mapping[str, Any]
    before: tuple[str, ...] = ()  # the shopper's messages before this one

    @cached_property
    def shown(self) -> list[str]:
        """Ids of the products on cards, in their order."""
        products = self.records.catalogue.products
        return [card["id"] for card in self.reply["products"] if card["id"] in products]

    @cached_property
    def held(self) -> list[str]:
        """`shown`, then those that the turn looked up, has in the cart or has in an order, each once."""
        products = self.records.catalogue.products
        subjects = [fact["subject"] for fact in self.reply["facts"]]
        looked = [arg for call in self.reply["tools"] for arg in _strings(call["args"])]
        ordered = [line["product_id"] for order in self.orders for line in order["lines"]]
        listed = [*self.shown, *subjects, *looked, *self.reply["cart"], *ordered]
        return [key for key in dict.fromkeys(listed) if key in products]

    @cached_property
    def orders(self) -> list[Mapping[str, Any]]:
        """The orders that the turn looked up."""
        subjects = {fact["subject"] for fact in self.reply["facts"]}
        return [order for key, order in self.records.orders.items() if key in subjects]

    @cached_property
    def cited(self) -> list[Passage]:
        """The policy passages of the files that the reply cites."""
        sources = {citation["source"] for citation in self.reply["citations"]}
        return [passage for passage in self.records.passages if passage.source in sources]

    @cached_property
    def heard(self) -> str:
        """What the shopper said, now and before, with what the tools were asked in English."""
        asked = [text for call in self.reply["tools"] for text in _strings(call["args"])]
        return " . ".join([self.say, *asked, *self.before])

    @property
    def done(self) -> set[str]:
        """The tools that did what they were called for."""
        return {call["name"] for call in self.reply["tools"] if call["ok"]}


@dataclass(frozen=True, slots=True)
class Subjects:
    """The products that some words are about: all of them, any of them, or a plural that may be either."""

    records: tuple[Record, ...]
    rule: Rule
    named: bool = False  # the sentence names them

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(record.product.id for record in self.records)


@dataclass
class Spoken:
    """One sentence of a reply."""

    turn: Turn
    text: str
    previous: Sequence[str] = ()  # ids of the products that the sentence before was about
    mentions: list[Mention] = field(init=False)

    def __post_init__(self) -> None:
        self.mentions = self.turn.names.mentions(self.text, self.turn.held, self.previous)

    @property
    def records(self) -> Records:
        return self.turn.records

    @cached_property
    def chinese(self) -> bool:
        return chinese(self.text)

    @cached_property
    def question(self) -> bool:
        return bool(_QUESTION.search(self.text))

    @cached_property
    def unstated(self) -> bool:
        """Whether the sentence says that something is not known."""
        return _any("unstated", self.text)

    @cached_property
    def hearsay(self) -> bool:
        """Whether it says what customers say."""
        return _any("hearsay", self.text)

    def echoes(self, place: int) -> bool:
        """Whether the words at a place take up a wish: "if you need ...", "您想要..."."""
        start, end = self.clause(place)
        before = self.text[start:place]
        return _any("echoed", before) and end >= place

    def clause(self, place: int) -> tuple[int, int]:
        return next(((a, b) for a, b in clauses(self.text) if a <= place < b), (0, len(self.text)))

    def free(self, start: int, end: int) -> bool:
        """Whether a stretch is no part of a product's name."""
        return not any(m.start < end and start < m.end and m.how in ("title", "part") for m in self.mentions)

    def quotes(self, place: int) -> bool:
        """Whether the words at a place are quoted from a text of the shop: see `unseen`."""
        return any(match.start() < place < match.end() for match in _QUOTED.finditer(self.text))

    def negates(self, start: int, end: int, *, offered: bool = False) -> bool:
        """Whether the words there are negated; a product's name before them counts as one word.

        Args:
            offered: they are a colour, a size or a stock that may be refused after them too.
        """
        text = self.text
        for mention in reversed(self.mentions):
            if mention.end <= start:
                text = text[: mention.start] + "X" + text[mention.end :]
                shift = mention.end - mention.start - 1
                start, end = start - shift, end - shift
        return refused(text, start, end) if offered else negated(text, start, end)

    def subjects(self, place: int) -> Subjects:
        """What the words at a place are about."""
        start, end = self.clause(place)
        every = _EVERY.search(self.text[start:end])
        if every and not any(m.start < end and m.end > start for m in self.mentions):
            listed = [key for m in self.mentions for key in m.products if not m.beside] or list(self.previous)
            ids = listed if len(set(listed)) > 1 else self.turn.shown or self.turn.held
            return self._of(list(dict.fromkeys(ids)), "all")
        if self.previous and _ANAPHOR.match(self.text[start:end]) and not any(m.start < end for m in self.mentions):
            plural = _PLURAL.search(self.text[start:end]) and len(self.previous) > 1
            return self._of(list(self.previous), "plural" if plural else "any")
        owners = owner(self.text, self.mentions, place)
        if owners:
            ids = list(dict.fromkeys(key for mention in owners for key in mention.products))
            if len(owners) > 1 or owners[0].all:
                rule: Rule = "any" if self._or(owners) else "all"
            else:
                rule = "any"
            return self._of(ids, rule, named=True)
        shown, previous = self.turn.shown or self.turn.held, list(self.previous)
        if _EVERY.search(self.text):
            return self._of(previous if len(previous) > 1 else shown, "all")
        if _PLURAL.search(self.text):
            return self._of(previous if len(previous) > 1 else previous or shown, "plural")
        if _OTHER.search(self.text) and previous and len(shown) > 1:
            return self._of([key for key in shown if key not in previous] or shown, "any")
        if len(previous) == 1:
            return self._of(previous, "any")
        return self._of(shown, "any")

    def about(self) -> list[str]:
        """Ids of the products that this sentence is about, for the next one to refer to."""
        named = [m for m in self.mentions if not m.beside]
        if named:
            return list(dict.fromkeys(key for m in named for key in m.products))
        return list(self.subjects(0).ids)

    def _or(self, owners: Sequence[Mention]) -> bool:
        between = self.text[owners[0].end : owners[-1].start].lower()
        return bool(re.search(r"\bor\b|或", between))

    def _of(self, ids: Sequence[str], rule: Rule, *, named: bool = False) -> Subjects:
        found = [record for key in ids if (record := self.records.record(key)) is not None]
        return Subjects(tuple(found), rule, named)

    def finding(self, kind: Kind, words: str, verdict: Verdict, why: str, about: Sequence[str] = ()) -> Finding:
        if self.question and verdict == "wrong" and kind in ("attribute", "comparison", "availability"):
            verdict = "doubtful"
        return Finding(self.text, kind, words.strip(), verdict, why, tuple(about))


def agreed(rule: Rule, held: Sequence[bool]) -> Verdict | None:
    """The verdict where some of the subjects bear a claim out and others do not; None where it stands."""
    if not held or (all(held) if rule == "all" else any(held) if rule == "any" else all(held)):
        return None
    return "doubtful" if rule == "plural" and any(held) else "wrong"


def quoted(spoken: Spoken) -> bool:
    """Whether a sentence stands word for word in a text of the shop: a policy, a description, a review."""
    inner = re.sub(r"^.{0,80}?(?:says|stated for [^:：]{2,60}|写道)\s*[:：]\s*", "", spoken.text).strip(" “”\"'。.")
    plain = _bare(inner)
    if len(plain) < (4 if chinese(plain) else 12):
        return False
    parts = [_bare(part) for part in re.split(r"[:：]\s|\.\s", inner)]
    texts = [text for policy in spoken.records.shop.policies for text in (policy.text, *policy.translations.values())]
    rows = [row for text in texts for row in _rows(text)]
    if len(parts) % 2 == 0 and {*parts[::2]} <= {heading for row in rows for heading, _ in row}:
        return _read_out(spoken, parts, rows)
    texts = [_bare(passage.text) for passage in spoken.records.passages]
    texts += [_bare(spoken.records.policy_text)]
    for key in spoken.turn.held:
        record = spoken.records.record(key)
        if record is not None:
            texts += [_bare(record.product.description), _bare(record.review_text), *map(_bare, _listed(record))]
    return any(plain in text for text in texts)


def _read_out(spoken: Spoken, parts: Sequence[str], rows: Sequence[list[tuple[str, str]]]) -> bool:
    """Whether headings and cells stand in one row of a table: in one that the reply names, if it names any."""
    pairs = set(zip(parts[::2], parts[1::2], strict=True))
    whole = _bare(spoken.turn.reply["reply"])
    named = [row for row in rows if row[0][1] in whole]
    return any(pairs <= set(row) for row in named or rows)


@lru_cache(maxsize=256)
def _rows(text: str) -> list[list[tuple[str, str]]]:
    """The rows of a policy's tables, each as (heading, cell)."""
    found: list[list[tuple[str, str]]] = []
    heading: list[str] = []
    for line in text.split("\n"):
        cells = [_bare(cell) for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            heading = []
        elif not heading:
            heading = cells
        elif any(cells):
            found.append(list(zip(heading, cells, strict=False)))
    return found


def _listed(record: Record) -> Iterator[str]:
    """A record's values as a card states them: "Care: Machine wash 30 C", "Rating: 4.5 of 5 from 2 reviews"."""
    product = record.product
    yield f"Price: {product.current_price}"
    yield f"Colours: {', '.join(record.colors)}"
    yield f"Sizes: {', '.join(record.sizes)}"
    yield f"Material: {', '.join(product.material)}"
    yield f"Brand: {product.brand}"
    yield f"Availability: {product.offered.replace('_', ' ')}"
    if product.rating is not None:
        yield f"Rating: {product.rating} of 5 from {product.review_count} reviews"
    for name, values in product.attributes.items():
        yield f"{name.replace('_', ' ')}: {', '.join(values)}"


@lru_cache(maxsize=4096)  # the texts of a shop are compared with every sentence
def _bare(text: str) -> str:
    return re.sub(r"\W+", "", fold(text))


def _any(key: str, text: str) -> bool:
    words = lexicon()[key]
    plain = text.lower().replace("’", "'")
    english = (re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", plain) for word in words["en"])
    return any(english) or any(word in text for word in words["zh"])


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for held in value.values():
            yield from _strings(held)
    elif isinstance(value, (list, tuple)):
        for held in value:
            yield from _strings(held)
    elif isinstance(value, (int, float)):
        yield str(value)
