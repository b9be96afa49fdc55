"""What wraps the agent's calls: composes each model call from the templates, times it, and contains a tool's failure.

With an embedded model a turn is one plan, which may hold several calls, and then prose. A model that calls tools
natively may go on calling them, within the limits.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, cast

from langchain.agents.middleware import AgentMiddleware, ModelRequest, ModelResponse
from langchain_core.messages import AIMessage, AnyMessage, SystemMessage, ToolCall, ToolMessage
from langgraph.prebuilt.tool_node import ToolCallRequest
from langgraph.types import Command

from assistant.errors import PlanError, Stopped
from assistant.events import Cards
from assistant.prompts import Composer, note, sha
from assistant.routing import Call, routed
from assistant.shapes import shaped
from assistant.shortlist import Shortlist
from assistant.tools import BY_NAME, PLAN_SCHEMAS, SCHEMAS
from assistant.turn import TurnContext
from assistant.untrusted import fenced

MAX_VALUES = 2_000  # characters of the values of one facet that a model is told
logger = logging.getLogger("onevoice")


class Composition(AgentMiddleware[Any, TurnContext, Any]):
    """Puts the composed prompt in the place of the agent's own messages."""

    def __init__(self, composer: Composer, shortlist: Shortlist | None, *, native: bool) -> None:
        super().__init__()
        self._composer = composer
        self._shortlist = shortlist
        self._native = native

    def wrap_model_call(
        self,
        request: ModelRequest[TurnContext],
        handler: Callable[[ModelRequest[TurnContext]], ModelResponse[Any]],
    ) -> ModelResponse[Any] | AIMessage:
        context = request.runtime.context
        if context.fixed or context.plainly:
            return AIMessage("")
        answered = any(isinstance(message, ToolMessage) for message in request.messages)
        if self._native:
            tools: list[Any] = list(SCHEMAS.values())
            history = [(said, reply) for said, reply in context.state.said]
            messages = self._composer.native(_values(context), history, request.messages)
        elif answered:
            tools = []
            facts = "\n".join(context.lines) or note("no_facts")
            messages = self._composer.answer(context.kind, facts, context.text, context.language)
        else:
            tools = self._offered(context)
            history = [(said, plan) for said, plan in context.state.plans]
            messages = self._composer.plan(history, context.text)
        context.prompt_sha = sha(messages, before=context.prompt_sha)
        system, rest = messages[0], cast(list[AnyMessage], messages[1:])
        assert isinstance(system, SystemMessage)
        started = time.perf_counter()
        try:
            response = handler(request.override(system_message=system, messages=rest, tools=tools))
        except PlanError as error:
            logger.warning("%s", error)
            context.fix("could_not_check", "could_not_check")
            return AIMessage("")
        finally:
            context.spend("model", started)
        for message in response.result:
            if isinstance(message, AIMessage):
                context.count(message)
                context.plan = message.additional_kwargs.get("plan", context.plan)
        return response

    def wrap_tool_call(
        self,
        request: ToolCallRequest,
        handler: Callable[[ToolCallRequest], ToolMessage | Command[Any]],
    ) -> ToolMessage | Command[Any]:
        context = cast(TurnContext, request.runtime.context)
        with context.calls.passing(str(request.tool_call["id"]), _earlier(request)):
            return self._called(context, request, handler)

    def _called(
        self,
        context: TurnContext,
        request: ToolCallRequest,
        handler: Callable[[ToolCallRequest], ToolMessage | Command[Any]],
    ) -> ToolMessage | Command[Any]:
        """Run the call that a message means in the place of the planned one; a failure is said, and ends nothing."""
        writer = request.runtime.stream_writer
        context.show = lambda cards: writer(Cards(cards))
        started = time.perf_counter()
        planned = request.tool_call
        if schema := SCHEMAS.get(planned["name"]):
            args = shaped(schema["function"]["parameters"], planned["args"])
            call = routed(context, Call(planned["name"], args, beside=_beside(request, context)))
            if call is None:
                return ToolMessage(note("not_asked"), tool_call_id=planned["id"])
            meant = {**planned, "name": call.name, "args": dict(call.args)}
            request = request.override(tool_call=cast(ToolCall, meant), tool=BY_NAME[call.name])
        if (key := (request.tool_call["name"], str(request.tool_call["args"]))) in context.called:
            return ToolMessage(note("done_already"), tool_call_id=planned["id"])
        context.called.add(key)
        try:
            return handler(request)
        except Stopped:
            raise
        except Exception:  # LangChain would end the turn; here its other calls go on, and what failed is said
            logger.exception("tool %s failed", request.tool_call["name"])
            context.fix("could_not_check", "could_not_check")
            return ToolMessage(note("failed"), tool_call_id=request.tool_call["id"], status="error")
        finally:
            context.spend("retrieval", started)

    def _offered(self, context: TurnContext) -> list[Any]:
        """The likely tools, each with the arguments that a small model is to write."""
        names = list(PLAN_SCHEMAS)
        if self._shortlist is not None:
            names, _ = self._shortlist.tools(context.text, context.language)
        return [PLAN_SCHEMAS[name] for name in names]


def _beside(request: ToolCallRequest, context: TurnContext) -> bool:
    """Whether calls of other tools answer as well: made beside this one, or before it in this turn."""
    called = {call["name"] for call in _calls(request)}
    return len(called) > 1 or bool(context.lines or context.fixed)


def _earlier(request: ToolCallRequest) -> list[str]:
    """The ids of the calls before this one in its message."""
    ids = [str(call["id"]) for call in _calls(request)]
    own = str(request.tool_call["id"])
    return ids[: ids.index(own)] if own in ids else []


def _calls(request: ToolCallRequest) -> list[ToolCall]:
    """The calls of the message that this one is of, in its order."""
    messages = request.state.get("messages", []) if isinstance(request.state, dict) else []
    return list(getattr(messages[-1], "tool_calls", [])) if messages else []


def _values(context: TurnContext) -> str:
    """What may be filtered by, for a model to read: the shop's data, a line a facet."""
    lines = context.services.search.values.split("\n")
    return "\n".join(fenced(lines, limit=MAX_VALUES))
