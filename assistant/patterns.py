"""Patterns by which code reads messages, from the YAML files in `prompts/`: a part named in braces is filled in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from assistant.errors import Bug
from assistant.prompts import FOLDER
from index.loading import read_yaml

Compile = Callable[[Iterable[str]], tuple[re.Pattern[str], ...]]


def load_patterns(name: str) -> tuple[Mapping[str, Any], Compile]:
    """A file of patterns, and what compiles those in it with its `parts` in place of their names.

    Raises:
        Bug: a pattern names a part that comes after it or is not there, or is no regular expression.
    """
    loaded: Mapping[str, Any] = read_yaml(FOLDER / f"{name}.yaml")
    parts: dict[str, str] = {}

    def filled(pattern: str) -> str:
        try:
            return re.sub(r"\{([a-z_]+)\}", lambda match: parts[match[1]], pattern)  # "{2,5}" is no name
        except KeyError as error:
            raise Bug(f"{name}.yaml: no part {error} before {pattern!r}") from error

    def compiled(patterns: Iterable[str]) -> tuple[re.Pattern[str], ...]:
        try:
            return tuple(re.compile(filled(pattern)) for pattern in patterns)
        except re.error as error:
            raise Bug(f"{name}.yaml: {error.pattern!r} is no pattern ({error})") from error

    for part, pattern in loaded["parts"].items():
        parts[part] = filled(pattern)
    return loaded, compiled
