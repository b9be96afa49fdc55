"""The worst model there can be: it calls what the attacker wants called, and says what the attacker wants said."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from pydantic import PrivateAttr

from assistant.llm import MAX_CALLS, read_plan
from assistant.prompts import plan_json
from eval.redteam.cases import Play


class ObeyingModel(BaseChatModel):
    """Plays what it was last told to, in one of the two forms in which a model serves a turn.

    As a planner it writes the calls as a plan, which is read as the embedded model's is, and prose when it is asked
    for prose. No grammar holds it back but the number of calls. With native tool calls it may speak beside the calls
    as well, before any tool has answered; an eager one does.
    """

    native: bool
    _play: Play = PrivateAttr(default_factory=Play)
    _eager: bool = PrivateAttr(default=False)

    def obey(self, play: Play, *, eager: bool = False) -> None:
        """Play this in the next turn. An eager native model says its prose before its calls, and again after them."""
        self._play, self._eager = play, eager

    @property
    def _llm_type(self) -> str:
        return "obeying"

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        return self.bind(offered=True, **kwargs)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        answered = isinstance(messages[-1], ToolMessage)
        calls = self._play.calls if self.native else (self._play.calls or [{"tool": "chat"}])[:MAX_CALLS]
        if not kwargs.get("offered") or answered or not calls:
            yield from self._prose(run_manager)
            return
        if self.native and self._eager:
            yield from self._prose(run_manager)
        plan = plan_json(calls)
        yield ChatGenerationChunk(
            message=AIMessageChunk(
                content="",
                tool_calls=[
                    {"name": name, "args": args, "id": f"call-{uuid.uuid4().hex[:12]}", "type": "tool_call"}
                    for name, args in read_plan(plan)
                ],
                additional_kwargs={} if self.native else {"plan": plan},
            )
        )

    def _prose(self, run_manager: CallbackManagerForLLMRun | None) -> Iterator[ChatGenerationChunk]:
        """The prose in pieces of four characters, which cut words and marks as a model's tokens do."""
        for start in range(0, len(self._play.says), 4):
            piece = self._play.says[start : start + 4]
            chunk = ChatGenerationChunk(message=AIMessageChunk(content=piece))
            if run_manager:
                run_manager.on_llm_new_token(piece, chunk=chunk)
            yield chunk
        if not self._play.says:
            yield ChatGenerationChunk(message=AIMessageChunk(content=""))

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        whole: ChatGenerationChunk | None = None
        for chunk in self._stream(messages, stop, run_manager, **kwargs):
            whole = chunk if whole is None else whole + chunk
        assert whole is not None
        message = whole.message
        assert isinstance(message, AIMessageChunk)
        plain = AIMessage(message.content, tool_calls=message.tool_calls, additional_kwargs=message.additional_kwargs)
        return ChatResult(generations=[ChatGeneration(message=plain)])
