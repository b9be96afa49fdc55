"""A random sample of the model's released sentences, laid out to be read one by one beside what the shop states."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.truth import Finding
from eval.truth.records import Record
from eval.truth.spoken import Spoken, Turn

SHOWN = 3  # product records that are printed beside a sentence


@dataclass(frozen=True)
class Drawn:
    """A released sentence of the model, in its reply."""

    shop: str
    turn: Turn
    sentence: str
    findings: tuple[Finding, ...]


def draw(replies: Sequence[tuple[str, Turn, Sequence[Finding]]], count: int, seed: int) -> list[Drawn]:
    """`count` released model sentences of all the replies, each as likely as any other; the same for the same seed."""
    pool = [
        Drawn(shop, turn, sentence, tuple(f for f in findings if f.sentence in sentence or sentence in f.sentence))
        for shop, turn, findings in replies
        for sentence in turn.reply["audit"]["released"]
    ]
    return random.Random(seed).sample(pool, min(count, len(pool)))


def write_sample(path: Path, drawn: Sequence[Drawn]) -> None:
    """Write the sentences with the question, the reply, the records they may rest on, and room for a verdict."""
    parts = [f"# {len(drawn)} released sentences, drawn at random", ""]
    for number, one in enumerate(drawn, 1):
        parts += [
            f"## {number}. {one.shop}",
            "",
            f"- question: {_line(one.turn.say)}",
            f"- reply: {_line(str(one.turn.reply['reply']))}",
            f"- **sentence: {_line(one.sentence)}**",
            *(f"- look-up: {f.verdict}, {f.kind}, “{_line(f.words)}”: {_line(f.why)}" for f in one.findings),
            *(
                f"- tool: {call['name']} {call['args']}{'' if call['ok'] else ' (failed)'}"
                for call in one.turn.reply["tools"]
            ),
            *(f"- {line}" for line in _rests_on(one)),
            "- verdict: ",
            "",
        ]
    path.write_text("\n".join(parts), encoding="utf-8")


def _rests_on(one: Drawn) -> Iterator[str]:
    """The records of the products that the sentence is about, and what was cited."""
    records = one.turn.records
    spoken = Spoken(one.turn, one.sentence)
    ids = [key for key in spoken.about() if key in records.catalogue.products]
    beside = [key for mention in spoken.mentions if mention.beside for key in mention.products]
    for key in list(dict.fromkeys([*ids, *beside, *one.turn.shown]))[:SHOWN]:
        record = records.record(key)
        if record is not None:
            yield _record(record)
    for citation in one.turn.reply["citations"]:
        yield f"cited, {citation['source']}: “{_line(str(citation['quote']))}”"
    for order in one.turn.orders:
        yield f"order {order['id']}: {order}"


def _record(record: Record) -> str:
    held = record.compact()
    attributes = "; ".join(f"{name}: {values}" for name, values in held.pop("attributes").items())
    held["attributes"] = attributes
    return "; ".join(f"{name}: {_line(str(value))}" for name, value in held.items() if value)


def _line(text: str) -> str:
    return " ".join(text.split())
