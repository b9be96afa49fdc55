"""One turn, from a message to an audited reply. Everyone enters by `Assistant.reply`: page, desk, API, evaluation."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from copy import copy
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import ModelCallLimitMiddleware, ToolCallLimitMiddleware
from langchain.agents.middleware.model_call_limit import ModelCallLimitExceededError
from langchain.agents.middleware.tool_call_limit import ToolCallLimitExceededError
from langchain_core.messages import AIMessageChunk, BaseMessage, HumanMessage

from assistant import compose_reply
from assistant.conversation import Conversation, Conversations
from assistant.errors import Bug, Stopped
from assistant.events import Cards, Done, Event, Reply, Sentence, Waiting
from assistant.gate import Gate
from assistant.llm import Model, StopOnRequest
from assistant.meant import meant
from assistant.middleware import Composition
from assistant.offers import accepted
from assistant.openness import opened
from assistant.prompts import Composer
from assistant.queue import TurnQueue
from assistant.restraint import follow, wanted
from assistant.shortlist import Shortlist
from assistant.support.desk.heard import hear
from assistant.support.desk.takeover import Takeovers
from assistant.tools import TOOLS
from assistant.tools.acting.steps import answered
from assistant.tools.service import answered_by_policy, demand_of, refuse
from assistant.turn import Services, State, TurnContext
from assistant.untrusted import received
from assistant.voice import Voice
from index.words import is_chinese, stopwords, words

logger = logging.getLogger("onevoice")
MAX_MESSAGE = 2_000  # characters
MAX_MODEL_CALLS, MAX_TOOL_CALLS = 6, 8
WRITTEN = 200  # tokens of what the embedded model writes beside the turns
AT_ONCE = 8  # turns at a time on a model endpoint; the embedded model has one at a time


class Held:
    """Prose of a model that calls tools natively: what it writes in a message that goes on to call tools is not said.

    Such a message speaks before anything was read or done. Until a tool has run, a message is kept until its end.
    """

    def __init__(self) -> None:
        self._message: str | None = None
        self._text = ""
        self._calls = False

    def take(self, chunk: AIMessageChunk, *, direct: bool) -> Iterator[str]:
        """A piece of a message; gives what may go on to the gate.

        Args:
            direct: a tool has run, so that prose is an answer and goes on as it comes.
        """
        if chunk.id != self._message:
            yield from self.rest()
            if self._message is not None:
                yield "\n"  # two messages are no one sentence
            self._message, self._calls = chunk.id, False
        self._calls = self._calls or bool(chunk.tool_call_chunks or chunk.tool_calls)
        text = chunk.content if isinstance(chunk.content, str) else ""
        if direct and not self._text:
            if text:
                yield text
        else:
            self._text += text

    def rest(self) -> Iterator[str]:
        """The message that was kept, where it called no tool."""
        text, self._text = self._text, ""
        if text and not self._calls:
            yield text


class Assistant:
    """A shop's assistant: stateless but for what the stores hold.

    Args:
        takeovers: who answers which conversation in its place; None: it answers always.
    """

    def __init__(
        self,
        services: Services,
        conversations: Conversations,
        composer: Composer,
        model: Model,
        takeovers: Takeovers | None = None,
    ) -> None:
        self.services = services
        self.composer = composer
        self._model_name, self._native = model.name, model.native
        # a hosted model may think before it writes, and knows by itself when to stop
        self._writer = model.chat if model.native else model.chat.bind(max_tokens=WRITTEN)
        self._conversations = conversations
        self._takeovers = takeovers
        self._voice = Voice(composer.voice_head)
        self._queue = TurnQueue(at_once=AT_ONCE if model.native else 1)
        shortlist = None if model.native else Shortlist(services.search.encoder)
        middleware: list[Any] = [
            ModelCallLimitMiddleware(run_limit=MAX_MODEL_CALLS, exit_behavior="error"),
            ToolCallLimitMiddleware(run_limit=MAX_TOOL_CALLS, exit_behavior="error"),
            Composition(composer, shortlist, native=model.native),
        ]
        self._agent = create_agent(model.chat, list(TOOLS), middleware=middleware, context_schema=TurnContext)

    def over(self, services: Services, conversations: Conversations) -> Assistant:
        """The same assistant, with the same model and in the same queue, over other stores. Nobody takes it over."""
        other = copy(self)
        other.services, other._conversations, other._takeovers = services, conversations, None
        return other

    def reply(
        self,
        conversation_id: str,
        text: str,
        *,
        cancel: threading.Event | None = None,
        state: Mapping[str, Any] | None = None,
    ) -> Iterator[Event]:
        """Answer a message.

        Yields `Waiting` while others are before it, `Cards` as soon as products are ranked, `Sentence` for each
        audited sentence, and `Done` last. While a person has the conversation the message is kept for them, and the
        reply says so. Closing the iterator, or setting `cancel`, ends the generation; what was
        done by then stays done and is kept in the transcript.

        Args:
            state: what is known of the conversation (`State.to_json`), where that is not its last state.

        Raises:
            Bug: no such conversation.
            Full: too many wait already.
        """
        conversation = self._conversations.get(conversation_id)
        if conversation is None:
            raise Bug(f"no conversation {conversation_id!r}")
        stop = cancel or threading.Event()
        text = received(text[: 4 * MAX_MESSAGE])
        before = self._conversations.count(conversation_id)
        if (held := self._held(conversation, text)) is None:
            with self._queue.enter(conversation_id) as ticket:
                while position := ticket.wait(timeout=0.5):
                    if stop.is_set():
                        return
                    yield Waiting(position)
                if (held := self._held(conversation, text)) is None:  # a person may have come while this waited
                    known = State.of(self._conversations.last_state(conversation_id) if state is None else state)
                    if self._conversations.count(conversation_id) > before:  # sent before the last reply was there
                        known.unask()
                    yield from self._turn(conversation, text, known, stop)
                    return
        yield Sentence(held.text)
        yield Done(held)

    def _held(self, conversation: Conversation, text: str) -> Reply | None:
        """The reply to a message that is kept for a person; None where the assistant answers."""
        if self._takeovers is None:
            return None
        return self._takeovers.hold(conversation.id, text, self.services.carts.view(conversation.cart_owner))

    def _interrupted(self, context: TurnContext) -> bool:
        """Whether a person has taken the conversation while the turn ran: what was done is told then, and no more."""
        held = self._takeovers.of(context.conversation.id) if self._takeovers is not None else None
        if held is not None:
            context.fix("person_answers", "handed_off", name=held.staff.name)
        return held is not None

    def write(self, place: str, messages: Sequence[BaseMessage]) -> str:
        """What the model writes to messages that belong to no turn; it waits for those that are before it.

        Args:
            place: names what is written in the queue: of one name one at a time.

        Raises:
            Full: too many wait already.
        """
        with self._queue.enter(place) as ticket:
            while ticket.wait(timeout=0.5):
                pass
            return self._writer.invoke(list(messages)).text

    def _turn(self, conversation: Conversation, text: str, state: State, stop: threading.Event) -> Iterator[Event]:
        started = time.perf_counter()
        context = self._context(conversation, text, state)
        gate = Gate(context, self._voice)
        finished = False
        try:
            for event in self._events(context, gate, stop):
                name = "first_product" if isinstance(event, Cards) else "first_sentence"
                context.timings.setdefault(name, time.perf_counter() - started)
                yield event
            finished = True
        except Stopped:
            logger.info("turn stopped")
        finally:
            stop.set()  # a closed page ends the generation too
            context.timings["total"] = time.perf_counter() - started
            reply = compose_reply.reply(context, gate, self.composer.voice_version, self._model_name)
            if not finished:
                context.state.unask()
            if text:
                context.state.remember(text, context.text, context.plan, reply.text)
            self._conversations.append(conversation.id, text, reply.to_json(), context.state.to_json())
        if finished:
            yield Done(reply)

    def _context(self, conversation: Conversation, text: str, state: State) -> TurnContext:
        owner = conversation.identity.shopper_id
        search = self.services.index.current
        if search is not self.services.search:  # a new version was taken up
            self.services = self.services.over(search)
        services = self.services  # this turn is over one version alone
        hear(state, self._conversations.since(conversation.id, state.heard))
        typed, text = text, meant(text, state.meant, search, draft=conversation.channel == "desk")
        state.language = _language(text, state)
        context = TurnContext(
            services=services,
            conversation=conversation,
            shopper=services.shoppers.get(owner) if owner else None,
            text=text,
            typed=typed,
            language=state.language,
            exact=not self._native,
            said=services.search.reader.read(wanted(text[:MAX_MESSAGE])),
            state=state,
        )
        follow(context)
        return context

    def _events(self, context: TurnContext, gate: Gate, stop: threading.Event) -> Iterator[Cards | Sentence]:
        """Cards and sentences as they come."""
        if not context.text or len(context.text) > MAX_MESSAGE:
            context.fix(*(("too_long", "not_allowed") if context.text else ("empty", "asks")))
        else:
            try:
                with closing(self._answer(context, stop)) as answer:
                    for item in answer:
                        said = [] if isinstance(item, Cards) else gate.whole(item)
                        if said or isinstance(
                            item, Cards
                        ):  # asked where something is about to be shown, not at each piece
                            if self._interrupted(context):
                                break
                            yield from [item] if isinstance(item, Cards) else gate.judge(said)
                    else:
                        self._interrupted(context)
            except (ModelCallLimitExceededError, ToolCallLimitExceededError):
                context.fix("too_much", "could_not_check")
            except Stopped:
                raise
            except Exception as error:  # whatever it is, the shopper gets plain words, and the log the rest
                logger.exception("the turn failed: %s", type(error).__name__)
                context.fix("could_not_check", "could_not_check")
        yield from gate.closing()

    def _answer(self, context: TurnContext, stop: threading.Event) -> Generator[Cards | str, None, None]:
        """Cards and prose: by code alone where a demand is refused, an offer accepted, or what is asked is the store's to say
        (how the shopper is served, what only a policy can tell); else by the agent."""
        if answered(context):  # what was asked about an order: no word of it is a demand
            pass
        elif demand := demand_of(context):
            refuse(context, demand)
        elif not (accepted(context) or opened(context) or answered_by_policy(context)):
            yield from self._run(context, stop)
            return
        if context.cards:
            yield Cards(tuple(context.cards))

    def _run(self, context: TurnContext, stop: threading.Event) -> Iterator[Cards | str]:
        """The agent's stream: cards from tools, and pieces of the final prose."""
        config: Any = {"callbacks": [StopOnRequest(stop)], "max_concurrency": 2}  # the stream's reader takes a place
        asked: Any = {"messages": [HumanMessage(context.text)]}
        held = Held()
        stream: Iterator[Any] = self._agent.stream(asked, config, context=context, stream_mode=["messages", "custom"])
        for mode, item in stream:
            if stop.is_set():
                raise Stopped("stopped")
            if mode == "custom" and isinstance(item, Cards):
                yield item
            elif mode == "messages":
                message, _ = item
                if isinstance(message, AIMessageChunk):
                    yield from held.take(message, direct=bool(context.tools))
        yield from held.rest()


def _language(text: str, state: State) -> str:
    """The language to answer in: the message's. One that has none of its own (an e-mail, a number, the bare answer to
    what was asked) leaves it what it was."""
    if is_chinese(text):
        return "zh"
    bare = not stopwords() & set(words(text)) and (state.asked or re.search(r"[\d@]", text))
    return state.language if bare else "en"
