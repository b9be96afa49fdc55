"""A finished run of a dialogue, as a line of results.jsonl, for what works on results."""

from __future__ import annotations

from typing import Any

STATE = {
    "cart": {}, "orders": {"T1": "pending 01"}, "preferences": {"size": "M"}, "personalization": True, "account": [], "done": [], "dismissed": [],
    "handoffs": [], "others": "0",
}  # fmt: skip


def fact(subject: str, field: str, value: str) -> dict[str, str]:
    return {"subject": subject, "field": field, "value": value, "source": "products", "at": ""}


def turn(say: str = "hi", checks: Any = (), **changes: Any) -> dict[str, Any]:
    """A turn with a reply; `checks` are (name, passed, reason)."""
    reply = {
        "reply": "Hello.", "outcome": "answered", "products": [], "facts": [], "tools": [], "citations": [], "cart": {},
        "handoff": None, "voice": {"version": "1+abc", "violations": []}, "timings_ms": {"total": 500.0},
        "tokens": {"prompt": 10, "cached": 8, "completion": 2}, "model": "scripted",
    }  # fmt: skip
    listed = [{"name": name, "passed": passed, "reason": reason} for name, passed, reason in checks]
    return {"say": say, "reply": reply | changes, "checks": listed, "state": STATE, "events": []}


def line(
    dialogue: str = "a",
    shopper: str = "guest",
    repeat: int = 1,
    *,
    passed: bool = True,
    error: str = "",
    file: str = "d.yaml",
) -> dict[str, Any]:
    """A run of one turn whose check `outcome` passes or fails."""
    reached = [] if error else [turn(checks=[("outcome", passed, "" if passed else "outcome asks, not answered")])]
    unreached = [{"say": "hi", "checks": [{"name": "outcome", "passed": None, "reason": "broke"}]}] if error else []
    return {
        "dialogue": dialogue, "file": file, "shopper": shopper, "repeat": repeat, "channel": "shop", "now": "", "events": [],
        "state": STATE, "turns": reached, "unreached": unreached, "error": error, "seconds": 1.5, "passed": passed and not error,
    }  # fmt: skip
