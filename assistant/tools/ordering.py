"""Tools that act on orders. The model chooses one, and may say which order and what; all else is read in `acting`."""

from __future__ import annotations

from langchain_core.tools import tool

from assistant.tools.acting.steps import begin
from assistant.tools.lines import Runtime


@tool
def request_return(runtime: Runtime, order_id: str = "", items: str = "") -> str:
    """Have delivered items taken back or exchanged: listed first, done after a yes."""
    return begin(runtime.context, "request_return", f"{order_id} {items}".strip())


@tool
def cancel_order(runtime: Runtime, order_id: str = "", reason: str = "") -> str:
    """Have an order cancelled that has not gone out: listed first, done after a yes."""
    return begin(runtime.context, "cancel_order", order_id)


@tool
def change_order(runtime: Runtime, order_id: str = "", change: str = "") -> str:
    """Have an order changed that has not gone out, or the address that the shop keeps: listed first, done after a yes."""
    return begin(runtime.context, "change_order", f"{order_id} {change}".strip())
