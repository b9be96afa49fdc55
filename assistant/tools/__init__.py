"""The tools that a model may call. Each reads and writes through the turn's context and returns what the model reads."""

from langchain_core.tools import BaseTool

from assistant.tools.account import order_status, remember_preference
from assistant.tools.cart import update_cart, view_cart
from assistant.tools.details import compare_products, show_product
from assistant.tools.service import ask_policy, chat, decline, hand_off
from assistant.tools.shopping import recommend, search_products

TOOLS: tuple[BaseTool, ...] = (
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
# What a grammar offers of each tool's arguments: code reads the rest from the message, and a small model writes less.
PLANNED: dict[str, tuple[str, ...]] = {"search_products": ("query",), "recommend": ()}

__all__ = ["PLANNED", "TOOLS"]
