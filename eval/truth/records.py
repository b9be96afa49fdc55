"""The shop folder read anew: what it states of each product, its policies, hours and orders. Nothing of the assistant."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from eval.truth.quantities import Quantity, quantities
from eval.truth.text import chinese, fold, phrase, sentences
from eval.truth.vocabulary import Term, Vocabulary, lexicon
from index.catalogue import Catalogue, Group, Product
from index.intake import read_catalogue
from index.shop import Shop

State = Literal["affirmed", "denied", "mixed", "reviewed", "silent"]
_NO = ("no", "none", "false", "0")
_YES = ("yes", "true", "1", "included")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that the folder states: `source` is title, type, color, description, review or an attribute's name."""

    source: str
    text: str


class Record:
    """All that the folder states of a product, seen from one of its variants."""

    def __init__(self, catalogue: Catalogue, product: Product) -> None:
        self.product = product
        self.group: Group = catalogue.groups[product.group_id]
        self.reviews = catalogue.reviews.get(product.group_id, ())
        self._states: dict[str, State] = {}

    @cached_property
    def lines(self) -> list[Line]:
        """What is stated, reviews last."""
        first = self.product
        found = [Line("title", first.title), Line("type", (first.product_type or "").replace(">", ", "))]
        found += [Line("brand", first.brand or ""), Line("gender", ", ".join(first.gender))]
        found += [Line("color", value) for value in self.colors]
        found += [Line("material", value) for value in first.material]
        for name, values in first.attributes.items():
            if name != "material":
                found += [Line(name, value) for value in values]
        found += [Line("description", sentence) for sentence in sentences(first.description.replace("•", "\n"))]
        found += [Line("review", f"{review.title}. {review.text}") for review in self.reviews]
        return [line for line in found if line.text]

    @cached_property
    def text(self) -> str:
        """All of it as one folded text, without reviews."""
        return fold(" . ".join(f"{_label(line)} {line.text}" for line in self.lines if line.source != "review"))

    @cached_property
    def review_text(self) -> str:
        return fold(" . ".join(line.text for line in self.lines if line.source == "review"))

    @property
    def colors(self) -> list[str]:
        return list(dict.fromkeys(v.color for v in self.group.variants if v.color))

    @property
    def sizes(self) -> list[str]:
        return list(dict.fromkeys(v.size for v in self.group.variants if v.size))

    @cached_property
    def prices(self) -> set[Decimal]:
        """What its variants cost now."""
        return {variant.current_price.amount for variant in self.group.variants}

    @cached_property
    def list_prices(self) -> set[Decimal]:
        """What they cost before a sale."""
        return {variant.price.amount for variant in self.group.variants} - self.prices

    @cached_property
    def quantities(self) -> list[tuple[str, Quantity]]:
        """(source, quantity) of all that is stated with a number."""
        return [(line.source, quantity) for line in self.lines for quantity in quantities(line.text)]

    def attribute(self, name: str) -> tuple[str, ...]:
        """The values of an attribute."""
        return self.product.values(name)

    def measure(self, name: str) -> Quantity | None:
        """The one quantity that an attribute states."""
        found = [q for value in self.attribute(name) for q in quantities(value)]
        return found[0] if len(found) == 1 else None

    def state(self, term: Term) -> State:
        """Whether the folder bears a term out for this product."""
        key = f"{term.kind}:{term.name}"
        if key not in self._states:
            self._states[key] = self._read(term)
        return self._states[key]

    def _read(self, term: Term) -> State:
        if term.kind == "gender":
            return self._gender(term.name)
        if term.kind == "color":
            return "affirmed" if any(self._has(word) for word in term.shown) else "denied" if self.colors else "silent"
        stated = {self._line_says(line, term) for line in self.lines if line.source != "review"} - {None}
        by_attribute = {self._flag(name, values, term) for name, values in self.product.attributes.items()} - {None}
        said = by_attribute or stated
        if said == {True}:
            return "affirmed"
        if said == {False}:
            return "denied"
        if said:
            return "mixed"
        reviewed = {self._line_says(line, term) for line in self.lines if line.source == "review"} - {None}
        if not reviewed:
            return "silent"
        return "reviewed" if True in reviewed else "silent"

    def _flag(self, name: str, values: Sequence[str], term: Term) -> bool | None:
        """What an attribute with that name says: "waterproof: No", "hood: Adjustable hood", "scent: None"."""
        label = name.replace("_", " ")
        plain = [value.lower() for value in values]
        named = any(phrase(word).search(label) for word in term.said if word.isascii() and len(word) > 2)
        if named and any(value in _NO or value.startswith("no ") for value in plain):
            return False
        if named and (any(value in _YES for value in plain) or term.kind == "property"):
            return True
        if any(word == f"{label}: yes" for word in term.shown):
            return "yes" in plain
        return None

    def _line_says(self, line: Line, term: Term) -> bool | None:
        """Whether a line says it, says the contrary, or neither."""
        text = line.text
        if line.source not in ("title", "type", "color", "description", "review", "material", "brand"):
            if line.text.lower() in (*_NO, *_YES):
                return None  # a flag: see there
            text = f"{_label(line)} {line.text} {_label(line).rstrip(':')}"  # "filling: synthetic", "synthetic filling"
        if any(phrase(word).search(text) for word in term.denied):
            return False
        found: set[bool] = set()
        for word in term.shown:
            if not _CJK.search(word):
                for match in phrase(word).finditer(text):
                    found.add(not negated(text, match.start(), match.end()))
        return None if not found else True in found

    def _gender(self, name: str) -> State:
        stated = set(self.product.gender)
        if not stated:
            text = " ".join(line.text for line in self.lines if line.source in ("title", "type", "description"))
            return "affirmed" if phrase(name).search(text) else "silent"
        if name in stated or "Unisex" in stated or (name == "Unisex" and {"Men", "Women"} <= stated):
            return "affirmed"
        return "denied"

    def _has(self, word: str) -> bool:
        return bool(phrase(word).search(self.text))

    def compact(self) -> dict[str, Any]:
        """The record in a few lines, for a person to judge by."""
        product = self.product
        stock = ", ".join(
            f"{'/'.join(x for x in (v.color, v.size) if x) or v.id}: {v.offered if not v.in_stock else v.quantity}"
            for v in self.group.variants
        )
        return {
            "id": product.id,
            "title": product.title,
            "type": product.product_type,
            "price": ", ".join(sorted({str(v.current_price) for v in self.group.variants})),
            "list_price": ", ".join(str(price) for price in sorted(self.list_prices)),
            "colors": ", ".join(self.colors),
            "sizes": ", ".join(self.sizes),
            "material": ", ".join(product.material),
            "gender": ", ".join(product.gender),
            "rating": f"{product.rating} of 5, {product.review_count} reviews" if product.rating is not None else "",
            "attributes": {name: ", ".join(values) for name, values in product.attributes.items()},
            "description": product.description,
            "stock": stock,
        }


def _label(line: Line) -> str:
    plain = ("title", "type", "color", "description", "review", "brand", "gender")
    return "" if line.source in plain else f"{line.source.replace('_', ' ')}:"


_AROUND = re.compile(
    r"^\s*(?:is|are)(?: not\b|n't)|\b(?:is|are|was|were|do|does) not among\b|\bamong\b.{0,12}\bnot\b|\bis not (?:offered|available|one of)\b|\bare not (?:offered|available)\b",
    re.I,
)
_CJK = re.compile(r"[\u3400-\u9fff]")
_NOBODY = re.compile(r"\b(?:none|neither|nobody|no one|nor)\b|没有一|都不|都没有|均不|均无", re.I)


def negated(text: str, start: int, end: int) -> bool:
    """Whether what stands at a place of a text is negated there: "no hood", "is not waterproof", "不防水", "PFAS-free"."""
    words = lexicon()["negations"]
    before = re.split(r"[,;:.，；：。、]\s|[，；：。、]|\b(?:but|and|although|though)\b|但|而", text[:start])[-1]
    if re.search(r"\bnot only\s*$|\bnothing but\s*$|不仅|不但", before[-16:]):
        return False
    if any(word in before[-5:] for word in words["zh"]) and not re.search(
        r"不仅|不但|不错|不同|不过|无论|非常|无缝$", before[-6:]
    ):
        return True
    if _NOBODY.search(before):
        return True
    near = " ".join(before.split()[-8:]).lower().replace("’", "'")
    for word in words["en"]:
        if word == "n't":
            if "n't" in near:
                return True
        elif re.search(rf"(?<![\w-]){re.escape(word)}(?![\w])(?! only)", near):
            return True
    return bool(re.match(r"[\s-](?:free)\b|less\b", text[end:], re.I))


def refused(text: str, start: int, end: int) -> bool:
    """As `negated`, for a colour or size that is offered or not: "Black is not among the colours", "红色没有"."""
    after = re.split(r"[,;.，；。]\s|[，；。]|\bbut\b|但", text[end:])[0]
    return negated(text, start, end) or bool(
        _AROUND.search(after) or re.match(r"[^，。]{0,6}(?:没有|缺|不提供|无)", after)
    )


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence or a table's cell of a policy. `row` and `column` are the labels that a cell stands under."""

    source: str
    heading: str
    text: str
    row: str = ""
    column: str = ""

    @property
    def whole(self) -> str:
        return " ".join(part for part in (self.heading, self.row, self.column, self.text) if part)


@dataclass(frozen=True)
class Records:
    """A shop folder, read for looking things up."""

    shop: Shop
    catalogue: Catalogue
    passages: tuple[Passage, ...]
    orders: Mapping[str, Mapping[str, Any]]
    accounts: Mapping[str, Mapping[str, Any]]  # shopper → their row of shoppers.jsonl
    vocabulary: Vocabulary

    @classmethod
    def of(cls, shop: Shop, catalogue: Catalogue | None = None) -> Records:
        """Read the folder of a shop; `catalogue`, where it has been read already."""
        held = catalogue or read_catalogue(shop, lambda row: None)
        values: dict[str, list[str]] = {"color": [], "material": [], "property": [], "type": []}
        leaves = {path.split(" > ")[-1].lower() for path in held.facets.get("product_type", {})}
        values["type"] = sorted(leaf.removesuffix("s") for leaf in leaves if re.fullmatch(r"[a-z -]{3,30}", leaf))
        for name, counted in held.facets.items():
            if name in ("product_type", "brand", "size", "gender", "collections", "author", "language", "pages"):
                continue
            for value in counted:
                if 3 < len(value) < 30 and re.fullmatch(r"[A-Za-z®™ -]+", value) and value.lower() not in (*_NO, *_YES):
                    if phrase_counts(value):
                        values[name if name in values else "property"].append(value.rstrip("®™"))
        passages = tuple(
            passage
            for policy in shop.policies
            for text in (policy.text, *policy.translations.values())
            for passage in split(policy.source, text)
        )
        return cls(
            shop, held, (*passages, *_hours(shop)), _orders(shop.folder), _accounts(shop.folder), Vocabulary.of(values)
        )

    @cached_property
    def months(self) -> Mapping[str, frozenset[int]]:
        """Group → the months, from 1, in which somebody looked at it, put it in the cart or bought it."""
        found: dict[str, set[int]] = {}
        for row in _jsonl(self.shop.folder / "events.jsonl"):
            product = self.catalogue.products.get(str(row.get("product_id")))
            if product is not None and re.match(r"\d{4}-\d\d", at := str(row.get("at"))):
                found.setdefault(product.group_id, set()).add(int(at[5:7]))
        return {key: frozenset(held) for key, held in found.items()}

    @cached_property
    def _records(self) -> dict[str, Record]:
        return {}

    def in_its_language(self, sentence: str) -> list[Passage]:
        """The policy passages that a sentence may rest on: translations only for one in Chinese."""
        return [p for p in self.passages if chinese(sentence) or not chinese(p.text)]

    def record(self, product_id: str) -> Record | None:
        """What is stated of a product, or None where the folder has no such id."""
        if product_id not in self._records:
            product = self.catalogue.products.get(product_id)
            if product is None:
                return None
            self._records[product_id] = Record(self.catalogue, product)
        return self._records[product_id]

    def of_group(self, group_id: str) -> Record:
        found = self.record(self.catalogue.groups[group_id].variants[0].id)
        assert found is not None
        return found

    @property
    def currency(self) -> str:
        return self.catalogue.currency

    @cached_property
    def policy_text(self) -> str:
        return fold(" ".join(passage.whole for passage in self.passages))

    @cached_property
    def names(self) -> frozenset[str]:
        """Folded words that the shop's own name and assistant have."""
        return frozenset(re.findall(r"\w+", fold(f"{self.shop.name} {self.shop.settings.assistant}")))


def phrase_counts(value: str) -> bool:
    """Whether a facet's value is a property and no common word: "Regular" and "Other" say nothing alone."""
    plain = {
        "regular",
        "basic",
        "medium",
        "other",
        "solid",
        "small",
        "large",
        "open",
        "single",
        "double",
        "fixed",
        "urban",
        "synthetic",
        "fashion",
        "electronic",
        "recreation",
        "style",
        "light",
        "dry",
    }
    return value.lower() not in plain


def split(source: str, text: str) -> Iterator[Passage]:
    """A Markdown policy as sentences and cells, each under its headings."""
    headings: list[str] = []
    for block in re.split(r"\n\s*\n", text):
        lines = [line.strip() for line in block.strip().splitlines() if line.strip()]
        while lines and lines[0].startswith("#"):
            level = len(lines[0]) - len(lines[0].lstrip("#"))
            headings = [*headings[: level - 1], lines.pop(0).lstrip("# ")]
        heading = ". ".join(headings[-2:])
        table = [line for line in lines if line.startswith("|")]
        rows = [
            [cell.strip() for cell in line.strip("|").split("|")]
            for line in table
            if not re.fullmatch(r"[|\s:-]+", line)
        ]
        for row in rows[1:]:
            for label, cell in zip(rows[0][1:], row[1:], strict=False):
                yield Passage(source, heading, cell, row[0], label)
        plain = " ".join(line.lstrip("-*> ") for line in lines if not line.startswith("|"))
        for sentence in sentences(plain):
            yield Passage(source, heading, sentence)


def _hours(shop: Shop) -> Iterator[Passage]:
    hours = shop.settings.opening_hours
    if isinstance(hours, str):
        yield Passage("shop.yaml", "Opening hours", hours)
    for days, times in hours.items() if isinstance(hours, dict) else ():
        yield Passage("shop.yaml", "Opening hours", f"{days} {times}")


def _orders(folder: Path) -> Mapping[str, Mapping[str, Any]]:
    """Orders by id: of orders.jsonl, else as the purchases that carry an order's id tell."""
    found: dict[str, dict[str, Any]] = {}
    for row in _jsonl(folder / "orders.jsonl"):
        found[str(row["id"])] = dict(row)
    for row in _jsonl(folder / "events.jsonl"):
        key = row.get("order_id")
        if key and row.get("type") == "purchase" and (key not in found or "status" not in found[key]):
            held = found.setdefault(
                str(key), {"id": key, "shopper_id": row["shopper_id"], "at": row["at"], "lines": []}
            )
            held["lines"].append(
                {"product_id": row["product_id"], "quantity": row.get("quantity", 1), "price": row.get("price")}
            )
    return found


def _accounts(folder: Path) -> Mapping[str, Mapping[str, Any]]:
    return {str(row["id"]): row for row in _jsonl(folder / "shoppers.jsonl") if "id" in row}


def _jsonl(path: Path) -> Iterator[Mapping[str, Any]]:
    """The rows of a file, or of the same one gzipped; none where it is not there."""
    packed = path.with_name(f"{path.name}.gz")
    if not path.is_file() and not packed.is_file():
        return
    with path.open(encoding="utf-8") if path.is_file() else gzip.open(packed, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)
