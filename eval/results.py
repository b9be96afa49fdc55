"""The files of an evaluation: `evaluation.json` says what was evaluated, `results.jsonl` holds its runs, one a line.

A run is appended as soon as it is over, so that an evaluation that was broken off can go on.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from assistant.app import App
from assistant.settings import ROOT
from eval.dialogues import Dialogue
from eval.schedule import key_of
from index.errors import ShopError
from index.shop import Shop

Result = dict[str, Any]
# Ends of lines for some readers, though not for JSON.
_BREAKS = {0x85: "\\u0085", 0x2028: "\\u2028", 0x2029: "\\u2029"}
_CODE = {"assistant": (".py", ".yaml"), "index": (".py", ".yaml"), "prompts": (".md", ".yaml"), "eval": (".py",)}


@dataclass(frozen=True)
class Evaluation:
    """What was evaluated, and how far it came.

    Args:
        identity: what must be the same for runs to belong to one evaluation: part → digest or name.
        repeat: runs of each dialogue and shopper; may grow.
        at: the time that was assumed, where a dialogue names none.
    """

    identity: Mapping[str, str]
    repeat: int
    runs: int
    at: str
    started: str
    finished: bool = False

    @property
    def id(self) -> str:
        return _digest([json.dumps(self.identity, sort_keys=True).encode()])


def identify(app: App, scripts: Sequence[Dialogue], now: datetime | None) -> dict[str, str]:
    """What an evaluation is of: the dialogues, the shop folder, the model, the prompts, the program, the time."""
    code = [path for part, ends in _CODE.items() for path in _files(ROOT / part) if path.suffix in ends]
    parts = {
        "the shop": f"{app.shop.name} {_shop(app.shop)}",
        "the model": app.model.name,
        "the voice": app.composer.voice_version,
        "the program or its prompts": _digest(path.read_bytes() for path in code),
        "--now": now.isoformat() if now else "the day after the last event",
    }
    texts = {
        f"the dialogue {s.file}: {s.name}": s.model_dump_json(by_alias=True, exclude_defaults=True) for s in scripts
    }
    return parts | {name: _digest([text.encode()]) for name, text in texts.items()}


class Results:
    """The files in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "results.jsonl"
        self._about = folder / "evaluation.json"
        self._evaluation: Evaluation | None = None

    def unfinished(self) -> Evaluation | None:
        """The evaluation that was broken off here, if one was."""
        try:
            held = Evaluation(**json.loads(self._about.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return None if held.finished else held

    def begin(self, evaluation: Evaluation, kept: Iterable[Result] = ()) -> None:
        """Start a file of this evaluation's runs, with those that are kept of an earlier try."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._evaluation = evaluation
        self._about_it(evaluation)
        self._write(kept)

    def kept(self, evaluation: Evaluation) -> list[Result]:
        """The runs of an evaluation that are there already, each once. A half-written line is none."""
        rows = {key_of(row): row for row in read_results(self.path) if row.get("evaluation") == evaluation.id}
        return [row for key, row in rows.items() if key[-1] <= evaluation.repeat]

    def add(self, result: Result) -> None:
        """Append a run; it is on its way to the disk when this returns."""
        assert self._evaluation is not None
        result["evaluation"] = self._evaluation.id
        with self.path.open("a", encoding="utf-8") as sink:
            sink.write(line_of(result))

    def end(self, results: Sequence[Result], *, finished: bool) -> None:
        """Write the runs again, in the order given, with what was found when all were there."""
        assert self._evaluation is not None
        self._write(results)
        self._about_it(Evaluation(**asdict(self._evaluation) | {"finished": finished}))

    def _write(self, results: Iterable[Result]) -> None:
        _replace(self.path, "".join(line_of(result) for result in results))

    def _about_it(self, evaluation: Evaluation) -> None:
        _replace(self._about, json.dumps({**asdict(evaluation)}, ensure_ascii=False, indent=1) + "\n")


def resumable(held: Evaluation, asked: Evaluation, folder: Path) -> Evaluation:
    """The evaluation that was broken off, to go on with: at the time that it assumed.

    Raises:
        ShopError: it is another one; with what differs.
    """
    names = dict.fromkeys([*held.identity, *asked.identity])
    differing = [name for name in names if held.identity.get(name) != asked.identity.get(name)]
    if asked.repeat < held.repeat:
        differing.append(f"--repeat, which was {held.repeat}")
    if differing:
        shown = ", ".join(differing[:6]) + (f" and {len(differing) - 6} more" if len(differing) > 6 else "")
        raise ShopError(
            f"{folder}: an evaluation was broken off here, and this is another one: it differs in {shown}. "
            "Give --fresh to start anew, or another --out."
        )
    return Evaluation(**asdict(asked) | {"at": held.at, "started": held.started})


def read_results(path: Path) -> Iterator[Result]:
    """The runs of a `results.jsonl`, in the order of its lines; a line that was cut off is left out."""
    with suppress(FileNotFoundError):
        for line in path.read_text(encoding="utf-8", errors="replace").split("\n"):
            with suppress(json.JSONDecodeError):
                row = json.loads(line)
                if isinstance(row, dict) and {"file", "dialogue", "shopper", "repeat", "turns"} <= row.keys():
                    yield row


def required_results(path: Path) -> list[Result]:
    """The runs of a `results.jsonl`, or of the folder of an evaluation.

    Raises:
        ShopError: there are none.
    """
    file = path / "results.jsonl" if path.is_dir() else path
    if not (rows := list(read_results(file))):
        raise ShopError(f"{file}: no results of an evaluation. Name the results.jsonl that `onevoice eval` wrote.")
    return rows


def line_of(result: Mapping[str, Any]) -> str:
    """A run as a line of JSON."""
    return json.dumps(result, ensure_ascii=False, default=str).translate(_BREAKS) + "\n"


def _replace(path: Path, text: str) -> None:
    """Write a file in one step: whoever reads it sees the old or the new."""
    draft = path.with_name(f"{path.name}.draft")
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, path)


def _shop(shop: Shop) -> str:
    files = (path for path in _files(shop.folder) if path.relative_to(shop.folder).parts[0] != "images")
    return _digest(part for path in files for part in (path.name.encode(), path.read_bytes()))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _digest(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()[:16]
