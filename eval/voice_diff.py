"""Runs dialogues in two voices and tells what differs. Wording may; facts, prices, policies and deeds may not."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from assistant.app import App, build_app
from assistant.settings import Settings
from eval.dialogues import Dialogue, read_dialogues
from eval.run import run

ABSENT = "nothing"


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of a turn that the two runs do not agree on; turn 0 is the run itself."""

    dialogue: str
    shopper: str
    turn: int
    field: str
    old: str
    new: str

    def __str__(self) -> str:
        where = (
            f"{self.dialogue} ({self.shopper}), turn {self.turn}" if self.turn else f"{self.dialogue} ({self.shopper})"
        )
        return f"{where}: {self.field}: {self.old} → {self.new}"


def compare(
    settings: Settings,
    old: Path,
    new: Path,
    dialogues: Path,
    *,
    now: datetime | None = None,
    show: bool = False,
    out: Path | None = None,
) -> dict[str, Any]:
    """Run the dialogues in both voices, print what differs, and return the summary.

    Args:
        old, new: voice files; see `App.speaking`.
        show: print both wordings of every reply.
        out: where the two runs are kept; default: nowhere.
    """
    scripts = read_dialogues(dialogues)
    app = build_app(settings)
    try:
        return diff(app, scripts, old, new, now=now, show=show, out=out)
    finally:
        app.close()


def diff(
    app: App,
    scripts: list[Dialogue],
    old: Path,
    new: Path,
    *,
    now: datetime | None = None,
    show: bool = False,
    out: Path | None = None,
    progress: bool = True,
) -> dict[str, Any]:
    """As `compare`, with an app that is built already. All dialogues run in one voice first: each has its own cache."""
    voices = [(name, app.speaking(path)) for name, path in (("old", old), ("new", new))]
    with tempfile.TemporaryDirectory(prefix="onevoice-voices-") as folder:
        runs = []
        for name, spoken in voices:
            spoken.warm().wait(180)
            place = (out or Path(folder)) / name
            run(spoken, scripts, now=now, out=place, progress=progress)
            lines = (place / "results.jsonl").read_text(encoding="utf-8").splitlines()
            runs.append([json.loads(line) for line in lines])
    before, after = runs
    if show:
        _show(before, after)
    found = [difference for pair in zip(before, after, strict=True) for difference in differences(*pair)]
    for difference in found:
        print(difference)
    turns = [reply for result in after for reply in result["turns"]]
    reworded = sum(
        a["reply"]["reply"] != b["reply"]["reply"]
        for one, other in zip(before, after, strict=True)
        for a, b in zip(one["turns"], other["turns"], strict=False)
    )
    return {
        "old": voices[0][1].composer.voice_version,
        "new": voices[1][1].composer.voice_version,
        "runs": len(after),
        "turns": len(turns),
        "reworded": reworded,
        "differences": [asdict(difference) for difference in found],
    }


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    """What differs between two runs of one dialogue, as `results.jsonl` holds them, but for the wording."""
    who = (old["dialogue"], old["shopper"])
    for name, run_ in (("old", old), ("new", new)):
        if run_["error"]:
            yield Difference(*who, 0, f"error of the {name} run", "", run_["error"].strip().splitlines()[-1])
    if len(old["turns"]) != len(new["turns"]):
        yield Difference(*who, 0, "turns", str(len(old["turns"])), str(len(new["turns"])))
    for number, (mine, theirs) in enumerate(zip(old["turns"], new["turns"], strict=False), 1):
        held, given = _content(mine["reply"]), _content(theirs["reply"])
        for field in dict.fromkeys([*held, *given]):
            one, other = held.get(field, ABSENT), given.get(field, ABSENT)
            if one != other:
                yield Difference(*who, number, field, one, other)


def _content(reply: Mapping[str, Any]) -> dict[str, str]:
    """All of a reply that is no wording: field → value. Times and counts of tokens are left out."""
    found = {"outcome": reply["outcome"], "cart": _json(reply["cart"]), "handoff": str(reply["handoff"] is not None)}
    for number, call in enumerate(reply["tools"], 1):
        found[f"tool {number}"] = f"{call['name']} {_json(call['args'])}{'' if call['ok'] else ' failed'}"
    for card in reply["products"]:
        found[f"card {card['ref']}"] = _json({k: v for k, v in card.items() if k not in ("image", "ref")})
    for fact in reply["facts"]:
        key = f"fact {fact['subject']} {fact['field']} ({fact['source']})"
        found[key] = "; ".join(sorted({*found.get(key, "").split("; "), fact["value"]} - {""}))
    for number, citation in enumerate(reply["citations"], 1):
        found[f"citation {number}"] = f"{citation['source']}: {citation['quote']}"
    return found


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _show(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> None:
    for one, other in zip(old, new, strict=True):
        for number, (mine, theirs) in enumerate(zip(one["turns"], other["turns"], strict=False), 1):
            print(f"{one['dialogue']} ({one['shopper']}), turn {number}: {mine['say']}")
            print(f"  old: {mine['reply']['reply']}")
            print(f"  new: {theirs['reply']['reply']}")
