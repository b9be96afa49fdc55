"""What an evaluation runs: each dialogue for each of its shoppers, so many times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from eval.dialogues import Dialogue
from index.errors import ShopError

Key = tuple[str, str, str, int]  # file, dialogue, shopper, repeat
Case = tuple[str, str, str]  # file, dialogue, shopper


@dataclass(frozen=True)
class Run:
    """One run of a dialogue; `repeat` counts from 1."""

    script: Dialogue
    shopper: str
    repeat: int

    @property
    def key(self) -> Key:
        return (self.script.file, self.script.name, self.shopper, self.repeat)


def scheduled(scripts: Sequence[Dialogue], repeat: int) -> list[Run]:
    """Every run, in the order in which they are reported."""
    return [
        Run(script, shopper, number)
        for script in scripts
        for shopper in script.all_shoppers
        for number in range(1, repeat + 1)
    ]


def key_of(result: Mapping[str, Any]) -> Key:
    """The key of the run that a line of `results.jsonl` tells of."""
    return (result["file"], result["dialogue"], result["shopper"], result["repeat"])


def case_of(result: Mapping[str, Any]) -> Case:
    """What the repeats of one dialogue for one shopper have in common."""
    return (result["file"], result["dialogue"], result["shopper"])


def told(case: Case) -> str:
    """A case in words."""
    file, dialogue, shopper = case
    return f"{file}: {dialogue} ({shopper})"


def is_named(file: str, dialogue: str, only: Sequence[str]) -> bool:
    """Whether a dialogue is among those that `--only` names: by a part of "file: name", or a pattern; none names all."""
    whole = f"{file}: {dialogue}".lower()
    return not only or any(
        name.lower() in whole or fnmatchcase(whole, name.lower()) or fnmatchcase(dialogue.lower(), name.lower())
        for name in only
    )


def chosen(scripts: Sequence[Dialogue], only: Sequence[str]) -> list[Dialogue]:
    """The dialogues that `--only` names.

    Raises:
        ShopError: a name that is in none.
    """
    for name in only:
        if not any(is_named(script.file, script.name, [name]) for script in scripts):
            known = "; ".join(f"{script.file}: {script.name}" for script in scripts[:12])
            more = f"; and {len(scripts) - 12} more" if len(scripts) > 12 else ""
            raise ShopError(f"no dialogue has {name!r} in its name. There are: {known}{more}.")
    return [script for script in scripts if is_named(script.file, script.name, only)]
