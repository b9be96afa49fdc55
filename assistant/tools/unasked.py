"""What happens to a write that nobody asked for: nothing, and it is said so where nothing else answers."""

from __future__ import annotations

from typing import Any

from langchain.tools import ToolRuntime

from assistant.prompts import note
from assistant.turn import TurnContext

NOT_DONE = note("not_asked")


def unasked(runtime: ToolRuntime[TurnContext, Any]) -> str:
    """Refuse a write that no word of the shopper's asks for.

    Where the model has called other tools beside it, these answer, and the shopper hears nothing of it.
    """
    return NOT_DONE if others_answer(runtime) else runtime.context.fix("nothing_changed", "asks")


def others_answer(runtime: ToolRuntime[TurnContext, Any]) -> bool:
    """Whether the model has called other tools beside this one, or before it in this turn."""
    messages = runtime.state.get("messages", []) if isinstance(runtime.state, dict) else []
    beside = len(getattr(messages[-1], "tool_calls", [])) > 1 if messages else False
    return beside or bool(runtime.context.lines or runtime.context.fixed)
