"""Lists in YAML that people write by hand: their entries with their lines, so that a wrong one can be found."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from index.errors import ShopError


def read_list(path: Path, like: str) -> tuple[Sequence[Any], Sequence[int]]:
    """The entries of a file, and the line at which each begins.

    Args:
        like: an entry as it may be written, for who has written something else.

    Raises:
        ShopError: the file cannot be read, or is no list; the message names file and line.
    """
    try:
        text = path.read_text(encoding="utf-8")
        rows, whole = yaml.safe_load(text) or [], yaml.compose(text, yaml.SafeLoader)
    except OSError as error:
        raise ShopError(f"{path}: cannot be read ({error.strerror}). Name a file with --messages.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise ShopError(f"{path}{where}: not YAML: {getattr(error, 'problem', error)}.") from error
    if not isinstance(rows, list):
        raise ShopError(f"{path}: not a list. Write rows like - {like}.")
    return rows, [node.start_mark.line + 1 for node in whole.value] if whole else []
