"""What happens to a write that nobody asked for: nothing, and it is said so where nothing else answers."""

from __future__ import annotations

from typing import Any

from langchain.tools import ToolRuntime

from assistant.demands import is_question
from assistant.prompts import note
from assistant.references import surely_named
from assistant.tools.known import about_product, about_several, in_english
from assistant.tools.policy import look_up, speaks_of
from assistant.turn import TurnContext

NOT_DONE = note("not_asked")


def unasked(runtime: ToolRuntime[TurnContext, Any]) -> str:
    """Refuse a write that no word of the shopper's asks for.

    Where the model has called other tools beside it, these answer, and the shopper hears nothing of it. A question that it
    took for a write is answered.
    """
    if others_answer(runtime):
        return NOT_DONE
    context = runtime.context
    question = in_english(context)
    if len(named := surely_named(context)) > 1:
        context.record("compare_products", {"product_ids": [product.id for product in named]})
        return about_several(context, named[:4])
    if is_question(context.text) and (product := next(iter(surely_named(context)), None)):
        context.record("show_product", {"product_id": product.id})
        return about_product(context, product, question)
    if is_question(context.text) and (not context.state.shown or speaks_of(context, question)):
        context.record("ask_policy", {"question": question})
        return look_up(context, question)
    return context.fix("nothing_changed", "asks")


def others_answer(runtime: ToolRuntime[TurnContext, Any]) -> bool:
    """Whether the model has called other tools beside this one, or before it in this turn."""
    messages = runtime.state.get("messages", []) if isinstance(runtime.state, dict) else []
    called = {call["name"] for call in getattr(messages[-1], "tool_calls", [])} if messages else set()
    return len(called) > 1 or bool(runtime.context.lines or runtime.context.fixed)
