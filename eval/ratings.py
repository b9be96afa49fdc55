"""What shoppers said of replies: the file of `onevoice ratings export`, read strictly, and its figures.

People rate whom they please; a share of them says something of those who did, and is kept apart from scripted results.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from assistant.events import Outcome
from assistant.ratings import MAX_REASON
from eval.shares import Share, share, shares_by
from index.errors import ShopError
from index.feed_lines import Rejected


class Called(BaseModel):
    """An executed call of the turn."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    args: dict[str, Any]
    ok: bool


class Rating(BaseModel):
    """One line: what was said of which reply. Names no shopper.

    Args:
        turn: its number in the conversation, from 1.
        prompt_sha: the hash of all that the turn sent to a model; differs from turn to turn.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    conversation: str = Field(min_length=1)
    turn: int = Field(ge=1)
    thumbs: Literal["up", "down"]
    reason: str = Field("", max_length=MAX_REASON)
    at: AwareDatetime
    channel: str
    message: str
    reply: str
    outcome: Outcome
    tools: tuple[Called, ...]
    model: str
    prompt_sha: str
    voice_version: str

    @property
    def up(self) -> bool:
        return self.thumbs == "up"


def read_ratings(path: Path, report: Callable[[Rejected], None]) -> list[Rating]:
    """The ratings of a file, in the order of its lines.

    Args:
        report: is told of each line that cannot be used, which is left out: what is no rating, and a second one of the
            same turn.

    Raises:
        ShopError: the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise ShopError(
            f"{path}: cannot be read ({error.strerror}). Name a file that `onevoice ratings export` wrote."
        ) from error
    found: dict[tuple[str, int], Rating] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            rating = Rating.model_validate_json(line)
        except ValidationError as error:
            report(Rejected(path.name, number, _told(error)))
            continue
        key = (rating.conversation, rating.turn)
        if key in found:
            report(Rejected(path.name, number, f"turn {rating.turn} of this conversation is rated above already"))
        else:
            found[key] = rating
    return list(found.values())


def rated(ratings: Sequence[Rating]) -> dict[str, Any]:
    """The figures: `share` of thumbs up; `shares`: heading → name → share; `listed`: the ratings to read.

    Listed are, newest first, the thumbs down and then the thumbs up; of each those with a reason before the others.
    """

    def by(keys: Callable[[Rating], Sequence[str]]) -> dict[str, Share]:
        return shares_by(ratings, keys, lambda rating: rating.up)

    tables: Mapping[str, dict[str, Share]] = {
        "Model and voice": by(lambda rating: [f"{rating.model or 'no model'}, voice {rating.voice_version}"]),
        "Outcome": by(lambda rating: [rating.outcome.replace("_", " ")]),
        "Tool": by(lambda rating: [call.name for call in rating.tools] or ["none"]),
    }
    newest = sorted(ratings, key=lambda rating: rating.at, reverse=True)
    return {
        "share": share(rating.up for rating in ratings),
        "shares": tables,
        "models": sorted({rating.model for rating in ratings}),
        "listed": sorted(newest, key=lambda rating: (rating.up, not rating.reason)),
    }


def _told(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}" if place else first["msg"]
