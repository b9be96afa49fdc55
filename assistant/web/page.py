"""The chat page: Gradio carries messages and streams; what is said lives in the database, never in the page's state."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # read when gradio is imported
import gradio as gr

from assistant.agent import MAX_MESSAGE
from assistant.app import App
from assistant.errors import Full
from assistant.events import Cards, Done, Sentence, Waiting
from assistant.untrusted import printable
from assistant.web import rating, render
from assistant.web.identity import Identities

STATIC = Path(__file__).with_name("static")
AT_ONCE = (
    48  # conversations that stream at the same time: all that the model's queue takes, and who is told that it is full
)
THREADS = AT_ONCE + 16  # of the page's own; some are left for who only looks


class Running:
    """The stop switches of the turns that run, by conversation."""

    def __init__(self) -> None:
        self._stops: dict[str, list[threading.Event]] = {}

    def begin(self, conversation_id: str) -> threading.Event:
        event = threading.Event()
        self._stops.setdefault(conversation_id, []).append(event)
        return event

    def end(self, conversation_id: str, event: threading.Event) -> None:
        held = [other for other in self._stops.pop(conversation_id, []) if other is not event]
        if held:
            self._stops[conversation_id] = held

    def stop(self, conversation_id: str) -> None:
        for event in self._stops.get(conversation_id, []):
            event.set()


class Page(gr.Blocks):  # type: ignore[misc]
    """Blocks that refuse an event with too few values without a traceback: anybody can send one."""

    def validate_inputs(self, block_fn: Any, inputs: list[Any]) -> None:
        """Called by Gradio before an event is handled."""
        try:
            super().validate_inputs(block_fn, inputs)
        except ValueError as error:
            raise gr.Error("too few values", print_exception=False) from error


def build_page(app: App, identities: Identities, running: Running) -> gr.Blocks:
    """The page's blocks, to be mounted."""
    assistant = app.shop.settings.assistant

    def lang(request: gr.Request) -> str:
        return render.language_of(request.headers.get("accept-language", ""), request.cookies.get("onevoice-lang", ""))

    def history(request: gr.Request) -> str:
        """All turns of the browser's conversation."""
        language = lang(request)
        texts = render.TEXTS[language]
        hello = render.answer([texts["hello"].format(assistant=assistant)], [], language)
        conversation = identities.current(request.cookies)
        turns = app.conversations.turns(conversation.id) if conversation else []
        owner = conversation.identity.shopper_id if conversation else None
        shopper = app.shoppers.get(owner) if owner else None
        dismissed = app.shoppers.dismissed(shopper.id) if shopper and shopper.personalization else None
        if not turns:
            return hello + render.suggestions([texts["start_1"], texts["start_2"], texts["start_3"]])
        assert conversation is not None
        rated, tag = app.ratings.of(conversation.id), rating.tag_of(conversation.id)
        shown = f'<span id="ov-shown" data-turns="{len(turns)}"></span>'  # page.js asks for what is said after it
        return f"{shown}{hello}" + "".join(
            render.turn(
                turn.text,
                turn.reply,
                language,
                chips=place == len(turns) - 1,
                dismissed=dismissed,
                rate="" if turn.reply.get("from") else rating.controls(place, tag, rated.get(place), language),
            )
            for place, turn in enumerate(turns)
        )

    def respond(message: str | None, request: gr.Request) -> Iterator[tuple[Any, ...]]:
        """Stream a turn: (message box, history, live part)."""
        message = printable(message or "")  # what is no character cannot be sent back
        conversation = identities.current(request.cookies)
        if conversation is None or not message.strip():
            yield "", history(request), ""
            return
        language = lang(request)
        texts = render.TEXTS[language]
        stop = running.begin(conversation.id)
        sentences: list[str] = []
        cards: list[Any] = []
        note = texts["thinking"].format(assistant=assistant)

        def live() -> str:
            return render.said(message[:MAX_MESSAGE]) + render.answer(sentences, cards, language, note=note)

        yield "", gr.skip(), live()
        try:
            for event in app.assistant.reply(conversation.id, message, cancel=stop):
                if isinstance(event, Waiting):
                    note = texts["waiting"].format(n=event.position)
                elif isinstance(event, Cards):
                    cards = [card.to_json() for card in event.cards]
                elif isinstance(event, Sentence):
                    note = ""
                    sentences.append(event.text)
                elif isinstance(event, Done):
                    break
                yield "", gr.skip(), live()
        except Full:
            yield message, gr.skip(), render.answer([], [], language, note=texts["full"])
            return
        except Exception:
            yield message, gr.skip(), render.answer([], [], language, note=texts["failed"])
            raise
        finally:
            running.end(conversation.id, stop)
        yield "", history(request), ""

    with Page(title=app.shop.name, analytics_enabled=False, fill_width=True) as page:
        gr.HTML(f'<header id="ov-header"><h1>{render.safe(app.shop.name)}</h1><div id="ov-tools"></div></header>')
        with gr.Column(elem_id="ov-main"):
            log = gr.HTML(elem_id="ov-log")
            current = gr.HTML(elem_id="ov-live", autoscroll=True)
            with gr.Row(elem_id="ov-form"):
                box = gr.Textbox(
                    show_label=False,
                    label="Message",
                    placeholder=f"{assistant} …",
                    lines=1,
                    max_lines=5,
                    elem_id="ov-box",
                    scale=8,
                    container=False,
                    autofocus=True,
                    max_length=MAX_MESSAGE,
                )
                send = gr.Button("➤", elem_id="ov-send", variant="primary", scale=0, min_width=56)
        gr.HTML('<aside id="ov-cart" aria-live="polite"></aside>')
        again = gr.Button("↻", elem_id="ov-again")  # pressed by page.js alone, when a person has written
        again.click(history, None, log, show_progress="hidden", concurrency_limit=AT_ONCE, api_visibility="private")
        page.load(history, None, log, show_progress="hidden", api_visibility="private")
        for trigger in (send.click, box.submit):
            trigger(
                respond,
                box,
                [box, log, current],
                show_progress="hidden",
                concurrency_limit=AT_ONCE,
                concurrency_id="turns",
                api_visibility="private",
            )
    page.max_threads = THREADS
    page.queue(default_concurrency_limit=AT_ONCE)
    return page
