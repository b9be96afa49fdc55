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
        remember_preference,
        hand_off,
        decline,
        chat,
    )
)
SCHEMAS: Mapping[str, dict[str, Any]] = {tool.name: convert_to_openai_tool(tool) for tool in TOOLS}
# What a grammar offers of each tool's arguments: code reads the rest from the message, and a small model writes less.
PLANNED: dict[str, tuple[str, ...]] = {"search_products": ("query",), "recommend": ()}


def _reduced(schema: dict[str, Any], kept: Collection[str]) -> dict[str, Any]:
    """A tool's schema with these of its arguments."""
    function = schema["function"]
    parameters = {
        **function["parameters"],
        "properties": {name: of for name, of in function["parameters"]["properties"].items() if name in kept},
        "required": [name for name in function["parameters"].get("required", ()) if name in kept],
    }
    return {**schema, "function": {**function, "parameters": parameters}}


PLAN_SCHEMAS: Mapping[str, dict[str, Any]] = {
    name: _reduced(schema, PLANNED[name]) if name in PLANNED else schema for name, schema in SCHEMAS.items()
}

__all__ = ["PLAN_SCHEMAS", "SCHEMAS", "TOOLS"]
