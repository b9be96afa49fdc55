"""What a shop folder's own files say about a shopper. They are read, never written."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant.shoppers.feed import find
from assistant.shoppers.needles import Mark, Needles
from assistant.shoppers.tau2 import about
from index.feed_tau2 import NAME as TAU2
from index.feed_tau2 import read_document

FILES = {"shoppers.jsonl": "id", "events.jsonl": "shopper_id", "orders.jsonl": "shopper_id"}  # which key says whose
BLOCK = 1 << 20
BESIDE = 16  # bytes


def lines_about(folder: Path, shopper_id: str) -> tuple[dict[str, int], set[Mark]]:
    """The files of the folder that hold the shopper, with how many of their lines, and what these lines call them."""
    counts: dict[str, int] = {}
    marks: set[Mark] = set()
    for name, key in FILES.items():
        path = find(folder, name)
        for row in _rows(path, key, shopper_id) if path else ():
            counts[path.name] = counts.get(path.name, 0) + 1  # type: ignore[union-attr]
            order = row.get("id") if name == "orders.jsonl" else row.get("order_id")
            said = [("name", row.get("name")), ("email", row.get("email"))] if name == "shoppers.jsonl" else []
            marks |= {Mark(kind, str(text)) for kind, text in [*said, ("order", order)] if text}  # type: ignore[arg-type]
    if (path := find(folder, TAU2)) is not None:
        number, people, orders = about(path, shopper_id)
        counts |= {path.name: number} if number else {}
        marks |= {Mark("order", order.id) for order in orders}
        marks |= {Mark("name", person.name) for person in people}
        marks |= {Mark("email", person.email) for person in people if person.email}
    return counts, marks


def words_of_the_shop(folder: Path, needles: Needles, more: tuple[Path, ...] = ()) -> set[Mark]:
    """The marks that are words of the shop's catalogue, reviews, policies and settings too, or of the other folders."""
    found: set[Mark] = set()
    own = {name for plain in (*FILES, TAU2) for name in (plain, f"{plain}.gz")}
    if (whole := find(folder, TAU2)) is not None:  # of which the people are not the shop's words
        products = read_document(whole, lambda row: None).stated.get("products")
        found |= set(needles.count(json.dumps(products, default=str, ensure_ascii=False).encode()))
    paths = [path for root in (folder, *more) for path in sorted(root.rglob("*")) if path.is_file()]
    for path in paths:
        if path.name not in own and "images" not in path.parts:
            with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as source:
                for block in blocks(source, needles.longest):
                    found |= set(needles.count(*block))
    return found


def blocks(source: Any, longest: int) -> Iterator[tuple[bytes, int, int | None]]:
    """A stream in blocks that overlap, so that nothing is cut in two or torn from what is beside it: each with the
    place from which, and the place before which, what begins there is this block's."""
    data, since, margin = b"", 0, longest + BESIDE
    while more := source.read(BLOCK):
        data += more
        if (upto := len(data) - margin) > BESIDE:
            yield data, since, upto
            data, since = data[upto - BESIDE :], BESIDE
    yield data, since, None


def _rows(path: Path, key: str, shopper_id: str) -> Iterator[dict[str, Any]]:
    spelled = (json.dumps(shopper_id), json.dumps(shopper_id, ensure_ascii=False))
    with (
        gzip.open(path, "rt", encoding="utf-8", errors="replace")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8", errors="replace") as lines
    ):
        for line in lines:
            if not any(text in line for text in spelled) and "\\u" not in line:
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(row, dict) and row.get(key) == shopper_id:
                yield row
