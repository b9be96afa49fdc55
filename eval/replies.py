"""What reaches shoppers: replies to many messages, and every sentence of them looked up again in the shop folder.

Replies are written down as they come and are judged from there: judging them again costs no model.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from assistant.app import App, build_app, model_name
from assistant.cli.common import last_moment
from assistant.conversation import Identity
from assistant.events import Done
from assistant.settings import Settings
from eval.asked import Asked, Batch
from index.errors import ShopError

FILE = "replies.jsonl"
Row = dict[str, Any]


def collect(settings: Settings, batches: Sequence[Batch], out: Path) -> list[Row]:
    """Have the conversations, each from the shop folder's own state, and append each to `out / FILE` as it ends.

    Those that are there already, by shop, model and messages, are not had again.

    Returns: a row a conversation, in the order of the batches: shop, key, kind, shopper, language, model, seconds and
        `turns`, a list of {say, reply}.
    """
    out.mkdir(parents=True, exist_ok=True)
    model = model_name(settings)
    held = {_key(row): row for row in read_rows(out / FILE)}
    total = sum(len(batch.asked) for batch in batches)
    with (
        (out / FILE).open("a", encoding="utf-8") as sink,
        tqdm(total=total, desc="conversations", unit="one") as bar,
    ):
        for batch in batches:
            name = batch.folder.resolve().name
            missing = [asked for asked in batch.asked if (name, model, asked.key) not in held]
            bar.update(len(batch.asked) - len(missing))
            for row in _had(settings, batch.folder, missing):
                sink.write(json.dumps(row, ensure_ascii=False) + "\n")
                sink.flush()
                held[_key(row)] = row
                bar.update()
    wanted = [(batch.folder.resolve().name, model, asked.key) for batch in batches for asked in batch.asked]
    return [held[key] for key in wanted]


def _had(settings: Settings, folder: Path, conversations: Sequence[Asked]) -> Iterator[Row]:
    """The conversations over one shop, each as a row when it has ended."""
    if not conversations:
        return
    app = build_app(settings.model_copy(update={"shop": folder}))
    try:
        app.warm().wait(180)
        with tempfile.TemporaryDirectory(prefix="onevoice-replies-") as states:
            for place, asked in enumerate(conversations):
                yield _converse(app, asked, Path(states) / str(place))
    finally:
        app.close()


def _converse(app: App, asked: Asked, state: Path) -> Row:
    started = time.perf_counter()
    now = last_moment(app.shoppers.last_event_at())
    fresh = app.fresh_state(state, lambda: now)
    try:
        if asked.shopper != "guest" and fresh.shoppers.get(asked.shopper) is None:
            raise ShopError(f"no shopper {asked.shopper!r} in {app.shop.folder}: {asked.say[0]!r} cannot be asked.")
        identity = Identity() if asked.shopper == "guest" else Identity("shopper", asked.shopper)
        conversation = fresh.conversations.start(identity)
        turns = [
            {"say": say, "reply": event.reply.to_json()}
            for say in asked.say
            for event in fresh.assistant.reply(conversation, say)
            if isinstance(event, Done)
        ]
    finally:
        fresh.close_state()
    return {
        "shop": app.shop.folder.resolve().name,
        "key": asked.key,
        "kind": asked.kind,
        "shopper": asked.shopper,
        "language": asked.language,
        "model": app.model.name,
        "seconds": round(time.perf_counter() - started, 2),
        "turns": turns,
    }


def _key(row: Row) -> tuple[str, str, str]:
    return row["shop"], row["model"], row["key"]


def read_rows(path: Path) -> list[Row]:
    """The rows of a file of conversations; a last line that was cut off when it was written is left out."""
    if not path.is_file():
        return []
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            rows.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return rows
