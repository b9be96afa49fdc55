"""What a request may name. No store takes every character that JSON or a path can bring: PostgreSQL no NUL, none of them
half a surrogate pair."""

from __future__ import annotations

from typing import Any, TypeGuard

MAX_ID = 100  # characters


def is_id(value: Any) -> TypeGuard[str]:
    """Whether it can be the id of anything: a short text that could be printed."""
    return isinstance(value, str) and 0 < len(value) <= MAX_ID and value.isprintable()


def is_text(value: Any) -> TypeGuard[str]:
    """Whether it is a text that can be kept, and sent again."""
    return isinstance(value, str) and not any(char == "\0" or "\ud800" <= char <= "\udfff" for char in value)
