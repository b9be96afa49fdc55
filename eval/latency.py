"""How long a shopper waits: medians over the turns of dialogues, with a warm model, in this process."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import psutil
from tqdm import tqdm

from assistant.app import build_app
from assistant.cli.common import last_moment
from assistant.conversation import Identity
from assistant.events import Done
from assistant.settings import Settings
from eval.dialogues import read_dialogues


def measure(settings: Settings, dialogues: Path) -> dict[str, Any]:
    """Replay the dialogues once; seconds are medians over turns, `cached_share` counts the turns after the first."""
    scripts = read_dialogues(dialogues)
    app = build_app(settings)
    rows: list[dict[str, Any]] = []
    try:
        app.warm().wait(180)
        now = last_moment(app.shoppers.last_event_at())
        with tempfile.TemporaryDirectory(prefix="onevoice-latency-") as folder:
            for place, script in enumerate(tqdm(scripts, desc="dialogues", unit="dialogue")):
                fresh = app.fresh_state(Path(folder) / str(place), lambda: now)
                shopper = script.shoppers[0]
                identity = Identity() if shopper == "guest" else Identity("shopper", shopper)
                conversation = fresh.conversations.start(identity, script.channel)
                for turn in script.turns:
                    events = list(fresh.assistant.reply(conversation, turn.say))
                    done = events[-1]
                    assert isinstance(done, Done)
                    rows.append({"say": turn.say, **done.reply.timings_ms, **done.reply.tokens})
                fresh.close_state()
        memory = _memory_mb()
    finally:
        app.close()
    for row in rows:
        parts = (row.get("first_product"), row.get("first_sentence"), row["total"])
        shown = "  ".join(f"{ms / 1000:6.2f}" if ms is not None else "     –" for ms in parts)
        print(f"{shown}  {row['say'][:70]}", file=sys.stderr)
    later = [row for row in rows[1:] if row["prompt"]]
    return {
        "turns": len(rows),
        "first_product_s": _median(rows, "first_product"),
        "first_sentence_s": _median(rows, "first_sentence"),
        "turn_s": _median(rows, "total"),
        "cached_share": round(sum(r["cached"] for r in later) / max(sum(r["prompt"] for r in later), 1), 4),
        "rss_mb": memory,
    }


def _median(rows: list[dict[str, Any]], part: str) -> float | None:
    values = [row[part] / 1000 for row in rows if part in row]
    return round(statistics.median(values), 3) if values else None


def _memory_mb() -> int:
    """Resident memory of this process and its children, in MB."""
    process = psutil.Process(os.getpid())
    return sum(p.memory_info().rss for p in [process, *process.children(recursive=True)]) // 1_000_000
