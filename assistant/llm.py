"""The one seam to models: a LangChain chat model, hosted or embedded. Nothing here writes a prompt.

Hosted models call tools natively. The embedded one is given a grammar: its reply is constrained by JSON schema to a
list of calls, and appears to the agent as an ordinary tool call.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.callbacks import BaseCallbackHandler, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from assistant.embedded import EmbeddedServer
from assistant.errors import PlanError, Stopped

PLAN_SLOT, PROSE_SLOT = 0, 1
PLAN_TOKENS, PROSE_TOKENS = 140, 130
MAX_CALLS = 3
READ_TIMEOUT_S = 600.0  # nobody waits for what is read ahead, and a busy machine reads slowly


@dataclass(frozen=True)
class Model:
    """A chat model as a turn uses it.

    Args:
        native: it calls tools by itself; else it plans under a grammar, and writes prose in a call of its own.
        server: the process behind it, where it is ours.
    """

    chat: BaseChatModel
    name: str
    native: bool
    server: EmbeddedServer | None = None


def hosted(base_url: str | None, model: str, api_key: str | None, timeout_s: float) -> BaseChatModel:
    """A model behind any OpenAI-compatible endpoint, with native tool calls."""
    return ChatOpenAI(
        base_url=base_url,
        model=model,
        api_key=SecretStr(api_key or "none"),
        timeout=timeout_s,
        max_retries=2,
        temperature=0.2,
        stream_usage=True,
    )


class GrammarChatModel(BaseChatModel):
    """A chat model for llama.cpp's server: tool calls by grammar, prose as it comes.

    With tools bound, the reply is a JSON list of 1 to 3 calls, each `{"tool": name, ...arguments}`, read in whole and
    given out as one message with `tool_calls`; its text is kept in `additional_kwargs["plan"]`. Plans and prose have a
    slot of the server each, so that neither pushes the other's prompt out of its cache.

    Raises:
        PlanError: the reply is no such list (cut off by the token limit, for one).
    """

    inner: ChatOpenAI
    model_name: str
    ensure: Callable[[], None] | None = None

    @classmethod
    def at(
        cls,
        base_url: str,
        model: str,
        timeout_s: float,
        api_key: str | None = None,
        ensure: Callable[[], None] | None = None,
    ) -> GrammarChatModel:
        """The model that llama.cpp serves at a base URL; `ensure` is called before each call and sees that it does."""
        inner = ChatOpenAI(
            base_url=base_url,
            model=model,
            api_key=SecretStr(api_key or "none"),
            timeout=timeout_s,
            max_retries=0,
            stream_usage=True,
        )
        return cls(inner=inner, model_name=model, ensure=ensure)

    @property
    def _llm_type(self) -> str:
        return "llama-cpp-grammar"

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Bind tools (LangChain tools or OpenAI tool dicts); their schemas become the grammar."""
        schemas = [convert_to_openai_tool(tool)["function"] for tool in tools]
        return self.bind(plan_schema=plan_schema(schemas), **kwargs)

    def read(self, slot: int, prompt: Sequence[BaseMessage]) -> int:
        """Have a slot of the server read a prompt, so that what begins with it need not be read; returns its tokens."""
        self._awake()
        body = {"id_slot": slot, "cache_prompt": True}
        reply = self.inner.invoke(list(prompt), extra_body=body, max_tokens=1, timeout=READ_TIMEOUT_S)
        return tokens_of(reply)["prompt"]

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        self._awake()
        schema = kwargs.pop("plan_schema", None)
        if schema is None:
            body = {"id_slot": PROSE_SLOT, "cache_prompt": True}
            yield from self.inner._stream(
                messages,
                stop=stop,
                run_manager=run_manager,
                extra_body=body,
                **{"max_tokens": PROSE_TOKENS, "temperature": 0.2, **kwargs},
            )
            return
        yield ChatGenerationChunk(message=self._plan(messages, schema, run_manager))

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
        plain = AIMessage(
            message.content,
            tool_calls=message.tool_calls,
            usage_metadata=message.usage_metadata,
            additional_kwargs=message.additional_kwargs,
        )
        return ChatResult(generations=[ChatGeneration(message=plain)])

    def _awake(self) -> None:
        if self.ensure is not None:
            self.ensure()

    def _plan(
        self,
        messages: list[BaseMessage],
        schema: dict[str, Any],
        run_manager: CallbackManagerForLLMRun | None,
    ) -> AIMessageChunk:
        whole: ChatGenerationChunk | None = None
        form = {"type": "json_schema", "json_schema": {"name": "plan", "schema": schema}}
        for chunk in self.inner._stream(
            messages,
            extra_body={"id_slot": PLAN_SLOT, "cache_prompt": True, "response_format": form},
            max_tokens=PLAN_TOKENS,
            temperature=0.0,
        ):
            if run_manager and chunk.text:  # so that a stop request is seen while the plan is written
                for handler in run_manager.handlers:
                    if isinstance(handler, StopOnRequest):
                        handler.check()
            whole = chunk if whole is None else whole + chunk
        text = whole.text if whole else ""
        message = whole.message if whole else None
        usage = message.usage_metadata if isinstance(message, AIMessageChunk) else None
        return AIMessageChunk(
            content="",
            tool_calls=[
                {"name": name, "args": args, "id": f"call-{uuid.uuid4().hex[:12]}", "type": "tool_call"}
                for name, args in read_plan(text)
            ],
            usage_metadata=usage,
            additional_kwargs={"plan": text},
        )


def tokens_of(message: AIMessage) -> dict[str, int]:
    """The tokens of a model call: `prompt`, of them `cached`, and `completion`; 0 where the endpoint does not say."""
    usage = message.usage_metadata
    if usage is None:
        return {"prompt": 0, "cached": 0, "completion": 0}
    details: Mapping[str, Any] = usage.get("input_token_details") or {}
    # LangChain puts a service tier before the name: priority_cache_read
    cached = sum(count or 0 for name, count in details.items() if name.endswith("cache_read"))
    return {"prompt": usage["input_tokens"], "cached": cached, "completion": usage["output_tokens"]}


def plan_schema(functions: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The JSON schema of a plan over the given functions (OpenAI's form: name, parameters)."""
    options = []
    for function in functions:
        parameters = function.get("parameters") or {}
        properties = {name: _plain(schema) for name, schema in (parameters.get("properties") or {}).items()}
        options.append(
            {
                "type": "object",
                "properties": {"tool": {"const": function["name"]}, **properties},
                "required": ["tool", *parameters.get("required", [])],
                "additionalProperties": False,
            }
        )
    return {"type": "array", "items": {"anyOf": options}, "minItems": 1, "maxItems": MAX_CALLS}


def read_plan(text: str) -> list[tuple[str, dict[str, Any]]]:
    """(tool, arguments) of each call of a plan.

    Raises:
        PlanError: it is not a list of calls.
    """
    try:
        calls = json.loads(text)
        return [(call.pop("tool"), call) for call in calls]
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise PlanError(f"not a plan: {text[:200]!r}") from error


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """A property's schema without words and without null, which only lengthen the grammar."""
    if "anyOf" in schema:
        kinds = [kind for kind in schema["anyOf"] if kind.get("type") != "null"]
        pattern = {"pattern": schema["pattern"]} if "pattern" in schema else {}
        plain = [_plain({**kind, **pattern}) for kind in kinds]
        return plain[0] if len(plain) == 1 else {"anyOf": plain}
    named = ("type", "enum", "const", "minItems", "maxItems", "pattern")
    kept = {key: value for key, value in schema.items() if key in named}
    if "items" in schema:
        kept["items"] = _plain(schema["items"])
    if kept.get("type") == "string" and not kept.keys() & {"enum", "pattern"}:  # a pattern has its own
        kept["maxLength"] = 120
    return kept


class StopOnRequest(BaseCallbackHandler):
    """Ends a generation at its next token once `requested` is set: the connection closes and the server stops."""

    raise_error = True
    run_inline = True

    def __init__(self, requested: threading.Event) -> None:
        self.requested = requested

    def check(self) -> None:
        """Raise `Stopped` if a stop was requested."""
        if self.requested.is_set():
            raise Stopped("stopped")

    def on_llm_new_token(self, token: Any, **kwargs: Any) -> None:
        self.check()

    def on_chat_model_start(self, *args: Any, **kwargs: Any) -> None:
        self.check()
