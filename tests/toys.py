"""Stand-ins for what is outside: a toy encoder and a scripted model. Everything else in the tests is real."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from index.embedding import Vectors
from index.words import content, stem


class ToyEncoder:
    """Hashes stems into 256 dimensions: texts that share words are close."""

    name = "toy"

    def __init__(self) -> None:
        self.encoded = 0

    def encode(self, texts: Sequence[str], progress: bool = False) -> Vectors:
        rows = np.full((len(texts), 256), 1e-3, dtype=np.float32)
        self.encoded += len(texts)
        for row, text in zip(rows, texts, strict=True):
            for word in content(text):
                row[zlib.crc32(stem(word).encode()) % 256] += 1.0
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


class ScriptExhausted(AssertionError):
    """The model was called more often than the test has written for it."""


Step = AIMessage | Callable[[list[BaseMessage]], AIMessage]


class ScriptedModel(BaseChatModel):
    """Plays its script, word by word, and keeps what it was sent."""

    script: list[Any]
    requests: list[list[BaseMessage]] = []
    bound: list[Any] = []

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Any:
        self.bound.append(list(tools))
        return self

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        self.requests.append(list(messages))
        if not self.script:
            raise ScriptExhausted(f"no step left for: {messages[-1].content!r}")
        step = self.script.pop(0)
        message = step(messages) if callable(step) else step
        if message.tool_calls:
            yield ChatGenerationChunk(
                message=AIMessageChunk(content="", tool_calls=message.tool_calls, additional_kwargs={"plan": "[]"})
            )
            return
        for word in str(message.content).split(" "):
            chunk = ChatGenerationChunk(message=AIMessageChunk(content=word + " "))
            if run_manager:
                run_manager.on_llm_new_token(word, chunk=chunk)
            yield chunk

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        whole: ChatGenerationChunk | None = None
        for chunk in self._stream(messages):
            whole = chunk if whole is None else whole + chunk
        assert whole is not None
        return ChatResult(generations=[ChatGeneration(message=whole.message)])


def plan(*calls: tuple[str, dict[str, Any]]) -> AIMessage:
    """A plan of calls: plan(("search_products", {"query": "mug"}))."""
    return AIMessage(
        "",
        tool_calls=[
            {"name": name, "args": args, "id": f"c{n}", "type": "tool_call"} for n, (name, args) in enumerate(calls)
        ],
    )
