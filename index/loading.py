"""YAML files that come with the program: read once, and by libyaml where it is there."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast


def parse_yaml(text: str) -> Any:
    """What a YAML text says.

    Raises:
        yaml.YAMLError: it is not YAML.
    """
    return yaml.load(text, Loader=_LOADER)


@cache
def read_yaml(path: Path) -> Any:
    """What a file of the program says; whoever reads it changes nothing of it."""
    return parse_yaml(path.read_text(encoding="utf-8"))
