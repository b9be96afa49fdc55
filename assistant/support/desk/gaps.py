"""What the shop's policies and product texts leave open: questions that had no answer, alike ones together.

A policy that answers the largest group spares the most hand-offs. Nobody is named: messages are masked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from scipy.cluster.hierarchy import fcluster, linkage
from sqlalchemy import Engine, select

from assistant.conversation import Turn
from assistant.db import conversations, turns
from assistant.gloss import gloss
from assistant.masking import Mask
from assistant.ratings_file import known_of
from assistant.support.desk.questions import open_question
from assistant.support.proofs import WHOSE
from index.embedding import Encoder
from index.sql import reading
from index.words import content, fold, is_chinese

# Cosine that any two questions of a group have at least. Of 0.2 to 0.7 it groups the 36 labelled questions best by which
# it was chosen, and does as well on 32 of other kinds: precision and recall of pairs are 0.81 and 0.70 (F1 0.752), and
# 0.90 and 0.72 (F1 0.800). `pytest -m model -s tests/assistant/support/desk/test_gaps_measured.py` prints them.
ALIKE = 0.25
OPEN = ("not_stated", "handed_off")  # outcomes of a question that had no answer
SHOWN = 3  # messages of a group that are shown


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that had no answer. `outcome` is one of `OPEN`."""

    text: str
    outcome: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions that ask alike.

    Args:
        count: how often it was asked; `handed_off` of them went to a colleague.
        examples: some of the messages, the most frequent first, masked.
        last: when it was asked last.
    """

    count: int
    handed_off: int
    examples: tuple[str, ...]
    last: datetime

    def to_json(self) -> dict[str, Any]:
        return {
            "count": self.count,
            "handed_off": self.handed_off,
            "examples": list(self.examples),
            "last": self.last.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        }


def unanswered(engine: Engine, since: datetime | None = None) -> list[Unanswered]:
    """The questions without an answer, oldest first, masked.

    One that was passed on is counted once, as handed off, though it had no answer before.
    """
    outcome, text, at = turns.c.reply["outcome"].as_string(), turns.c.text, turns.c.at
    open_ones = select(turns.c.conversation_id).where(outcome.in_(OPEN), text != "")
    if since is not None:
        open_ones = open_ones.where(at >= since.astimezone(UTC).replace(tzinfo=None))
    query = (  # all that was said in them: what is passed on may have been asked before
        select(
            turns.c.conversation_id,
            text,
            at,
            outcome.label("outcome"),
            turns.c.reply["handoff"].label("handoff"),
            WHOSE,
        )
        .join(conversations, conversations.c.id == turns.c.conversation_id)
        .where(turns.c.conversation_id.in_(open_ones))
        .order_by(turns.c.conversation_id, turns.c.n)
    )
    said: dict[str, list[Any]] = {}
    with reading(engine) as db:
        for row in db.execute(query):
            said.setdefault(row.conversation_id, []).append(row)
    masks: dict[str | None, Mask] = {}
    found = []
    for rows in said.values():
        owner = rows[0].shopper_id
        if owner not in masks:
            masks[owner] = Mask(known_of(engine, owner) if owner else ())
        found += [
            Unanswered(masks[owner].text(one.text), one.outcome, one.at)
            for one in _of_conversation(rows)
            if since is None or one.at >= since
        ]
    return sorted(found, key=lambda one: (one.at, one.text))


def grouped(questions: Sequence[Unanswered], encoder: Encoder) -> list[Gap]:
    """The questions in groups of which any two are alike (`ALIKE`), the most frequent first.

    Each pair of different messages is compared: 10,000 of them take 400 MB.
    """
    asked: dict[str, list[Unanswered]] = {}
    for one in questions:
        asked.setdefault(fold(one.text), []).append(one)
    texts = sorted(asked, key=lambda text: (-len(asked[text]), text))  # the order of the conversations counts nothing
    groups: dict[int, list[list[Unanswered]]] = {}
    for text, number in zip(texts, _groups(texts, encoder), strict=True):
        groups.setdefault(number, []).append(asked[text])
    gaps = [_gap(rows) for rows in groups.values()]
    return sorted(gaps, key=lambda gap: (-gap.count, -gap.handed_off, gap.examples))


def _groups(texts: Sequence[str], encoder: Encoder) -> list[int]:
    """The number of the group of each text."""
    if len(texts) < 2:
        return [0] * len(texts)
    known = [f"{gloss(text)} {text}" if is_chinese(text) else text for text in texts]
    telling = [(gloss(text) or text) if is_chinese(text) else text for text in texts]
    # the words alone count as much as the question: "can you ..." makes no two alike
    vectors = encoder.encode(known) + encoder.encode([" ".join(content(text)) or text for text in telling])
    return [int(number) for number in fcluster(linkage(vectors, "complete", "cosine"), 1 - ALIKE, "distance")]


def _gap(rows: Sequence[Sequence[Unanswered]]) -> Gap:
    every = [one for row in rows for one in row]
    return Gap(
        count=len(every),
        handed_off=sum(one.outcome == "handed_off" for one in every),
        examples=tuple(row[0].text for row in rows[:SHOWN]),
        last=max(one.at for one in every),
    )


def _of_conversation(rows: Sequence[Any]) -> list[Unanswered]:
    """A conversation's questions without an answer, each once."""
    found: dict[str, Unanswered] = {}
    for number, row in enumerate(rows):
        if row.outcome not in OPEN or not row.text:
            continue
        text = row.text
        if row.outcome == "handed_off":
            before = [Turn(one.text, {"handoff": one.handoff}, {}, one.at) for one in rows[: number + 1]]
            question = open_question(before)
            text = question.text if question else text
        found[text] = Unanswered(text, row.outcome, row.at.replace(tzinfo=UTC))
    return list(found.values())
