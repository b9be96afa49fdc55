"""How long a shopper waits: medians over the turns of dialogues, with a warm model, in this process."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil
from tqdm import tqdm

from assistant.app import build_app
from assistant.cli.common import last_moment
from assistant.settings import Settings
from eval.dialogues import read_dialogues
from eval.stage import staged


def measure(settings: Settings, dialogues: Path) -> dict[str, Any]:
    """Replay the dialogues once.

    Returns:
        Seconds (`…_s`), which are medians over turns but for `warm_s`, the time until the constant prompts were ready;
        and shares of the prompt tokens that came from the model's cache: `cached_share` over all turns but the very
        first, `cached_share_later` over the turns from the second of each conversation on, of all model calls and of
        those that plan and that write prose. A share is None where no such call was made, or no tokens were reported.
    """
    scripts = read_dialogues(dialogues)
    app = build_app(settings)
    rows: list[dict[str, Any]] = []
    try:
        started = time.perf_counter()
        app.warm().wait(600)
        warm_s = round(time.perf_counter() - started, 2)
        now = last_moment(app.shoppers.last_event_at())
        with tempfile.TemporaryDirectory(prefix="onevoice-latency-") as folder:
            for place, script in enumerate(tqdm(scripts, desc="dialogues", unit="dialogue")):
                with staged(app, Path(folder) / str(place), script.shoppers[0], now, script.channel) as talk:
                    for number, turn in enumerate(script.turns):
                        reply, _ = talk.say(turn.say)
                        rows.append({"say": turn.say, "number": number, **reply.timings_ms, **reply.tokens})
        memory = _memory_mb()
    finally:
        app.close()
    for row in rows:
        parts = (row.get("first_product"), row.get("first_sentence"), row["total"])
        shown = "  ".join(f"{ms / 1000:6.2f}" if ms is not None else "     –" for ms in parts)
        print(f"{shown}  {row['say'][:70]}", file=sys.stderr)
    later = [row for row in rows if row["number"] > 0]
    return {
        "turns": len(rows),
        "first_product_s": _median(rows, "first_product"),
        "first_sentence_s": _median(rows, "first_sentence"),
        "turn_s": _median(rows, "total"),
        "warm_s": warm_s,
        "cached_share": cached_share(rows[1:]),
        "cached_share_later": cached_share(later),
        "cached_share_later_plan": cached_share(later, "plan_"),
        "cached_share_later_prose": cached_share(later, "prose_"),
        "rss_mb": memory,
    }


def cached_share(turns: Sequence[Mapping[str, Any]], kind: str = "") -> float | None:
    """The share of prompt tokens that came from the cache.

    Args:
        turns: the token counts of each turn, as `Reply.tokens` names them.
        kind: `plan_` or `prose_`: of those calls alone.
    """
    prompt = sum(turn.get(f"{kind}prompt", 0) for turn in turns)
    cached: int = sum(turn.get(f"{kind}cached", 0) for turn in turns)
    return round(cached / prompt, 4) if prompt else None


def _median(rows: list[dict[str, Any]], part: str) -> float | None:
    values = [row[part] / 1000 for row in rows if part in row]
    return round(statistics.median(values), 3) if values else None


def _memory_mb() -> int:
    """Resident memory of this process and its children, in MB."""
    process = psutil.Process(os.getpid())
    return sum(p.memory_info().rss for p in [process, *process.children(recursive=True)]) // 1_000_000
