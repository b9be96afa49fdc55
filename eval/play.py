"""Plays one run of a dialogue over the shop folder's own state, and judges every turn of it."""

from __future__ import annotations

import threading
import time
import traceback
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from assistant.app import App
from eval.checks import check_turn, unreached
from eval.schedule import Run
from eval.seen import seen_of
from eval.stage import Talk, staged
from eval.state import state_of
from index.catalogue import Catalogue


class Stopped(Exception):
    """The evaluation was broken off; what was played of this run is not kept."""


def play(app: App, catalogue: Catalogue, run: Run, at: datetime, folder: Path, stop: threading.Event) -> dict[str, Any]:
    """Play a run and judge it. What breaks it is kept as its error.

    Args:
        at: the time to assume, where the dialogue names none.
        folder: an empty one, for its databases.
        stop: when it is set, no further turn is begun.

    Returns:
        the run as a line of `results.jsonl`: `turns` that had a reply, with `checks`, the `state` after them and the
        `events` that they brought; `state` and `events` at the start; `unreached` turns, with checks that were not
        evaluated.

    Raises:
        Stopped: it was set.
    """
    script, started = run.script, time.perf_counter()
    at = script.now or at
    result: dict[str, Any] = {
        "dialogue": script.name,
        "file": script.file,
        "shopper": run.shopper,
        "repeat": run.repeat,
        "channel": script.channel,
        "now": at.isoformat(),
        "events": [],
        "state": None,
        "turns": [],
        "unreached": [],
        "error": "",
    }
    try:
        with staged(app, folder, run.shopper, at, script.channel) as talk:
            stage = _Stage(talk, run.shopper, folder)
            result["events"], result["state"] = stage.new_events(), stage.state()
            for number, turn in enumerate(script.turns, 1):
                if stop.is_set():
                    raise Stopped
                reply = talk.reply(turn.say)
                after = {"state": stage.state(), "events": stage.new_events()}
                result["turns"].append({"say": turn.say, "reply": reply, "checks": [], **after})
                try:
                    checks = check_turn(turn.expect, seen_of(result, number, script, app.shop, catalogue))
                except Exception:
                    result["turns"].pop()  # a turn that cannot be judged is told as one that broke
                    raise
                result["turns"][-1]["checks"] = [asdict(check) for check in checks]
    except Stopped:
        raise
    except Exception:  # a run that breaks is a failed run, not the end of the others
        result["error"] = traceback.format_exc(limit=6)
    reached = len(result["turns"])
    for place, turn in enumerate(script.turns[reached:]):
        reason = "the run broke before this turn" if place else "the run broke in this turn"
        checks = unreached(turn.expect, reason)
        result["unreached"].append({"say": turn.say, "checks": [asdict(check) for check in checks]})
    result["seconds"] = round(time.perf_counter() - started, 2)
    result["passed"] = passes(result)
    return result


def passes(result: Mapping[str, Any]) -> bool:
    """Whether a run reached its end and no check of it failed."""
    return not result["error"] and all(
        check["passed"] is not False for turn in result["turns"] for check in turn["checks"]
    )


class _Stage:
    """What the store of a run holds, looked at between its turns."""

    def __init__(self, talk: Talk, shopper: str, folder: Path) -> None:
        held = talk.app.conversations.get(talk.id)
        assert held is not None
        self._talk, self._shopper, self._owner = talk, shopper, held.cart_owner
        self._database = folder / "state.sqlite"
        self._told: Counter[tuple[str, str]] = Counter()

    def state(self) -> dict[str, Any]:
        return state_of(self._database, self._shopper, self._talk.id, self._owner)

    def new_events(self) -> list[list[str]]:
        """[type, product id] of the shopper's events that were not there when this was asked last."""
        held = Counter((event.type, event.product_id) for event in self._talk.app.shoppers.events(self._shopper))
        new, self._told = held - self._told, held
        return [list(event) for event in new]
