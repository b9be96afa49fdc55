"""The tools that a model may call. Each reads and writes through the turn's context and returns what the model reads.

What a model reads of a tool is in `prompts/tools.yaml`; the docstrings are for us.
"""

from collections.abc import Collection, Mapping
from typing import Any

from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool

from assistant.prompts import tool_text
from assistant.tools.account import order_status, remember_preference
from assistant.tools.cart import update_cart, view_cart
from assistant.tools.details import compare_products, show_product
from assistant.tools.ordering import cancel_order, change_order, request_return
from assistant.tools.service import ask_policy, chat, decline, hand_off
from assistant.tools.shopping import recommend, search_products

TOOLS: tuple[BaseTool, ...] = tuple(
    tool.model_copy(update={"description": tool_text(tool.name)})
    for tool in (
        search_products,
        show_product,
        compare_products,
        recommend,
        ask_policy,
        view_cart,
        update_cart,
        order_status,
        request_return,
        cancel_order,
        change_order,
        remember_preference,
        hand_off,
        decline,
        chat,
    )
)
BY_NAME: Mapping[str, BaseTool] = {tool.name: tool for tool in TOOLS}
SCHEMAS: Mapping[str, dict[str, Any]] = {tool.name: convert_to_openai_tool(tool) for tool in TOOLS}
# What a grammar offers of each tool's arguments: code reads the rest from the message, and a small model writes less.
PLANNED: dict[str, tuple[str, ...]] = {
    "search_products": ("query",),
    "recommend": (),
    **dict.fromkeys(("request_return", "cancel_order", "change_order"), ("order_id",)),
}
# The catalogue is looked up in English: what a grammar lets a model write of these has no other letters, so that it translates.
ENGLISH: Mapping[str, str] = {"query": r"^[ !#-\[\]-~]{1,120}$", "question": r"^[ !#-\[\]-~]{1,120}$"}


def _planned(schema: dict[str, Any], kept: Collection[str] | None) -> dict[str, Any]:
    """A tool's schema as a plan is held to it: with these of its arguments, or all."""
    function = schema["function"]
    parameters = function["parameters"]
    properties = {
        name: {**of, "pattern": ENGLISH[name]} if name in ENGLISH else of
        for name, of in parameters["properties"].items()
        if kept is None or name in kept
    }
    required = [name for name in parameters.get("required", ()) if name in properties]
    parameters = {**parameters, "properties": properties, "required": required}
    return {**schema, "function": {**function, "parameters": parameters}}


PLAN_SCHEMAS: Mapping[str, dict[str, Any]] = {
    name: _planned(schema, PLANNED.get(name)) for name, schema in SCHEMAS.items()
}

__all__ = ["BY_NAME", "PLAN_SCHEMAS", "SCHEMAS", "TOOLS"]
