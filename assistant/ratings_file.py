"""The file of `onevoice ratings export`: a rating a line, with the reply that it is of, and nobody's name.

A line names its conversation, so that it can be found again when the shopper is forgotten; only the shop's own store
knows whose a conversation is.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from assistant.db import conversations, orders, shoppers
from assistant.events import iso
from assistant.masking import Mask
from assistant.ratings import RatedTurn
from index.sql import reading

NAME = "ratings.jsonl"
DRAFT = ".draft"
# Ends of lines for some readers, though not for JSON.
_BREAKS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def write_ratings(path: Path, rated: Iterable[RatedTurn], engine: Engine) -> int:
    """Write them in one step, and return how many they are.

    Args:
        engine: the store, for what is known of the shoppers and must not be in the file.

    Raises:
        OSError: it cannot be written.
    """
    mask = masks(engine)
    return write_lines(path, (_line(one, mask(one.shopper_id)) for one in rated))


def masks(engine: Engine) -> Callable[[str | None], Mask]:
    """Of a shopper the mask of what is known of them, made once; of nobody one that masks what nobody's is."""
    return cache(lambda shopper_id: Mask(known_of(engine, shopper_id) if shopper_id else ()))


def write_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write rows as lines of JSON, in one step: whoever reads the file sees the old or the new one. Returns how many.

    Raises:
        OSError: it cannot be written.
    """
    texts = [json.dumps(row, ensure_ascii=False).translate(_BREAKS) + "\n" for row in rows]
    _replace(path, [text.encode(errors="replace") for text in texts])
    return len(texts)


def prune(engine: Engine, folder: Path) -> dict[str, int]:
    """Take out of the files of ratings in a folder the lines whose conversation the store no longer has.

    Returns:
        name of the file → how many lines, of the files that had such.
    """
    for draft in folder.glob(f"*.jsonl{DRAFT}"):  # of an export that was killed
        draft.unlink()
    with reading(engine) as db:
        there = set(db.execute(select(conversations.c.id)).scalars())
    found = {}
    for path in sorted(folder.glob("*.jsonl")):
        lines = path.read_bytes().splitlines(keepends=True)
        kept = [line for line in lines if (key := _conversation(line)) is None or key in there]
        if len(kept) < len(lines):
            _replace(path, kept)
            found[path.name] = len(lines) - len(kept)
    return found


def _line(one: RatedTurn, mask: Mask) -> dict[str, Any]:
    rating, reply = one.rating, one.turn.reply
    return {
        "conversation": rating.conversation_id,
        "turn": rating.number + 1,
        "thumbs": rating.thumbs,
        "reason": mask.text(rating.reason),
        "at": iso(rating.at),
        "channel": rating.channel,
        "message": mask.text(one.turn.text),
        "reply": mask.text(reply["reply"]),
        "outcome": reply["outcome"],
        "tools": [{**call, "args": mask.value(call["args"])} for call in reply["tools"]],
        "model": rating.model,
        "prompt_sha": rating.prompt_sha,
        "voice_version": rating.voice_version,
    }


def known_of(engine: Engine, shopper_id: str) -> set[str]:
    """What the store knows of a shopper that would tell who they are."""
    words = {shopper_id}
    with reading(engine) as db:
        for row in db.execute(select(shoppers).where(shoppers.c.id == shopper_id)):
            words |= {row.name, *row.name.split(), row.email or "", row.zip or ""}
        for row in db.execute(select(orders.c.id, orders.c.details).where(orders.c.shopper_id == shopper_id)):
            words |= {row.id, *_texts(row.details.get("address"))}
    return words


def _texts(address: Any) -> set[str]:
    """An address as a text, or as a mapping of its parts."""
    if isinstance(address, dict):
        return {text for part in address.values() for text in _texts(part)}
    return {address} if isinstance(address, str) else set()


def _conversation(line: bytes) -> str | None:
    """The conversation of a line that is a rating, or a draft with what was said of it."""
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return str(row["conversation"]) if isinstance(row, dict) and {"conversation", "thumbs"} <= row.keys() else None


def _replace(path: Path, lines: Iterable[bytes]) -> None:
    draft = path.with_name(path.name + DRAFT)
    draft.write_bytes(b"".join(lines))
    os.replace(draft, path)
