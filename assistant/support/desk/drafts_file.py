"""The file of drafts beside that of `onevoice ratings export`: a draft a line, what became of it, and nobody's name.

A line names its conversation, as one of a rating does, so that it is taken out when the shopper is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from assistant.events import iso
from assistant.masking import Mask
from assistant.ratings_file import masks, write_lines
from assistant.support.desk.drafts import DraftOf


def beside(ratings: Path) -> Path:
    """Where the drafts of a file of ratings lie: `ratings.drafts.jsonl`."""
    return ratings.with_name(f"{ratings.stem}.drafts.jsonl")


def write_drafts(path: Path, drafts: Iterable[DraftOf], engine: Engine) -> int:
    """Write them in one step; returns how many they are.

    Args:
        engine: the store, for what is known of the shoppers and must not be in the file.

    Raises:
        OSError: it cannot be written.
    """
    mask = masks(engine)
    return write_lines(path, (_line(one, mask(one.shopper_id)) for one in drafts))


def _line(one: DraftOf, mask: Mask) -> dict[str, Any]:
    draft = one.draft
    return {
        "conversation": draft.conversation_id,
        "turn": draft.number + 1,
        "draft": draft.id,
        "thumbs": draft.thumbs,
        "reason": mask.text(draft.reason or ""),
        "at": iso(draft.at),
        "question": mask.text(draft.question),
        "text": mask.text(draft.text),
        "sentences": mask.value(list(draft.sentences)),
        "writes": [{**call, "args": mask.value(call["args"])} for call in draft.writes],
        "outcome": draft.outcome,
        "sent": draft.sent_text is not None,
        "sent_text": mask.text(draft.sent_text) if draft.sent_text is not None else None,
        "edited": draft.edited,
        "model": draft.model,
        "prompt_sha": draft.prompt_sha,
        "voice_version": draft.voice_version,
    }
