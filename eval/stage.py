"""Conversations to measure by: each over databases of its own, as the shop folder states them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from assistant.app import App
from assistant.conversation import Identity
from assistant.events import Done, Reply, Sentence
from index.errors import ShopError

GUEST = "guest"


@dataclass(frozen=True)
class Talk:
    """A conversation that goes on with what is said next."""

    app: App
    id: str

    def say(self, text: str) -> tuple[Reply, list[str]]:
        """The reply to a message, and its sentences as they were streamed."""
        events = list(self.app.assistant.reply(self.id, text))
        done = events[-1]
        assert isinstance(done, Done)
        return done.reply, [event.text for event in events if isinstance(event, Sentence)]

    def reply(self, text: str) -> dict[str, Any]:
        """The reply to a message, as JSON."""
        return self.say(text)[0].to_json()


def talk(app: App, shopper: str, channel: str = "chat") -> Talk:
    """A new conversation of a guest or of the shopper with that id.

    Raises:
        ShopError: the shop has no such shopper.
    """
    if shopper != GUEST and app.shoppers.get(shopper) is None:
        raise ShopError(f"{app.shop.folder}: no shopper {shopper!r}. Name one of shoppers.jsonl, or {GUEST}.")
    identity = Identity() if shopper == GUEST else Identity("shopper", shopper)
    return Talk(app, app.conversations.start(identity, channel))


@contextmanager
def staged(app: App, folder: Path, shopper: str, at: datetime, channel: str = "chat") -> Iterator[Talk]:
    """As `talk`, over databases in a folder of its own, which are closed again; the shop's clock stands at `at`."""
    fresh = app.fresh_state(folder, lambda: at)
    try:
        yield talk(fresh, shopper, channel)
    finally:
        fresh.close_state()
