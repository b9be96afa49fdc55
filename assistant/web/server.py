"""The web app: our routes first, then the desk at `/desk`, then the chat page at `/`, which takes whatever is left. Knows HTTP; who is asking is decided in `identity`."""

from __future__ import annotations

import json
import logging
import mimetypes
import socket
import threading
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import Body, FastAPI, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles

from assistant.app import App
from assistant.conversation import Conversation, Identity
from assistant.errors import SetupError
from assistant.events import Done, Event, Sentence
from assistant.support.cart import BadQuantity, OutOfStock
from assistant.untrusted import inert
from assistant.web import desk_routes, login, origin, rating, refusing, render, turns
from assistant.web.identity import COOKIE, YEAR, Desk, Identities
from assistant.web.limits import MAX_BODY, MAX_HISTORY, close_gradio
from assistant.web.plain import is_id, is_text
from assistant.web.unread import unread

logger = logging.getLogger("onevoice")
MINDS = 20.0  # seconds between two looks for conversations that a person has left alone
SCRIPTS = "/scripts"
IMAGE_TYPES = {".jpg", ".jpeg", ".png", ".webp", ".gif"}
CONTENT = "img-src 'self' data: blob:; object-src 'none'; base-uri 'self'"  # no picture of another site is loaded


def create_web(app: App) -> FastAPI:
    """All routes of a shop's web app."""
    from assistant.web.desk import build_desk
    from assistant.web.page import STATIC, Running, build_page

    web = FastAPI(title=app.shop.name, docs_url=None, redoc_url=None, openapi_url=None, max_body_size=MAX_BODY)
    state = app.settings.data_dir / app.shop.key
    identities = Identities(app.conversations, state / "cookie.key")
    desk = Desk(app.desk.sessions, state / "desk.key")
    running = Running()
    pictures = (app.shop.folder / "images").resolve()

    web.add_exception_handler(RequestValidationError, unread)
    # no other site reads anything; without it Gradio, at `/`, would let every one
    web.add_middleware(CORSMiddleware, allow_origins=[])

    @web.middleware("http")
    async def conversation(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        """Gives a new browser a guest's conversation when it opens the page."""
        if not is_text(request.scope["path"]):  # it names nothing, and some of what looks for names could not read it
            return JSONResponse({"detail": "Not Found"}, 404)
        # the database in a thread: nobody is answered while the loop waits
        fresh = request.url.path == "/" and await run_in_threadpool(identities.current, request.cookies) is None
        response = await call_next(request)
        private = request.url.path.startswith(("/desk", "/v1/desk"))
        response.headers.setdefault(
            "Content-Security-Policy", f"{CONTENT}; frame-ancestors 'none'" if private else CONTENT
        )
        if private:
            response.headers.setdefault("Cache-Control", "no-store")
        elif request.url.path.startswith(
            SCRIPTS
        ):  # modules of two versions must not meet: asked for anew, by their tag
            response.headers.setdefault("Cache-Control", "no-cache")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if fresh:
            _set_cookie(request, response, (await run_in_threadpool(identities.start, Identity()))[1])
        return response

    def mine(request: Request) -> Conversation:
        found = identities.current(request.cookies)
        if found is None:
            raise HTTPException(401, "open the page first")
        return found

    def speaking(request: Request) -> tuple[Conversation, str | None]:
        """The conversation of a request; a new one, with its cookie, where there is none."""
        found = identities.current(request.cookies)
        return (found, None) if found is not None else identities.start(Identity())

    def own(request: Request) -> Conversation:
        """As `mine`, for what changes something: only from our own page."""
        origin.own(request)
        return mine(request)

    @web.get("/health")
    def health() -> dict[str, Any]:
        warm = app.warmed is None or app.warmed.is_set()
        return {
            "status": "ok",
            "shop": app.shop.name,
            "products": len(app.search.catalogue.products),
            "model": app.model.name,
            "model_warm": warm,
            "version": _version(),
        }

    @web.get("/images/{path:path}")
    def image(path: str) -> FileResponse:
        try:
            target = (pictures / path).resolve()
            there = target.is_relative_to(pictures) and target.suffix.lower() in IMAGE_TYPES and target.is_file()
        except (OSError, ValueError):  # no file can have such a name
            there = False
        if not there:
            raise HTTPException(404, "no such picture")
        kind = mimetypes.guess_type(target.name)[0] or "application/octet-stream"
        return FileResponse(target, media_type=kind, headers={"Cache-Control": "public, max-age=86400"})

    @web.get("/shop/news")
    def news(request: Request) -> dict[str, int]:
        """How many turns the browser's conversation has: more than the page shows where a person has written."""
        return {"turns": app.conversations.count(mine(request).id)}

    @web.get("/shop/state")
    def shop_state(request: Request) -> dict[str, Any]:
        """What the page shows around the chat: texts, cart, who is signed in, who may be."""
        found = mine(request)
        lang = render.language_of(request.headers.get("accept-language", ""), request.cookies.get("onevoice-lang", ""))
        shopper = app.shoppers.get(found.identity.shopper_id) if found.identity.shopper_id else None
        people = [{"id": s.id, "name": s.name} for s in app.shoppers.all()] if app.shop.settings.demo else []
        texts = {
            name: text.replace("{assistant}", app.shop.settings.assistant) for name, text in render.TEXTS[lang].items()
        }
        return {
            "language": lang,
            "texts": texts,
            "cart": _cart(app, found),
            "shopper": shopper.name if shopper else None,
            "strength": app.assistant.services.ranking.strength_of(shopper)
            if shopper and shopper.personalization
            else None,
            "people": people,
            "demo": app.shop.settings.demo,
            "sign_in": app.shop.settings.sign_in if app.settings.sign_in_key else None,
        }

    @web.post("/shop/cart")
    def cart(request: Request, body: dict[str, Any] = Body(...)) -> JSONResponse:
        found = own(request)
        lang = render.language_of(request.headers.get("accept-language", ""), request.cookies.get("onevoice-lang", ""))
        mode, product_id, quantity = body.get("mode"), body.get("product_id"), body.get("quantity", 1)
        if mode not in ("add", "set", "remove") or not is_id(product_id) or type(quantity) is not int:
            raise HTTPException(422, "product_id, quantity and mode (add, set, remove)")
        try:
            app.carts.update(found.cart_owner, product_id, quantity, mode)
        except OutOfStock as error:
            few = render.TEXTS[lang]["few"].format(n=error.available)
            message = few if error.available else render.TEXTS[lang]["sold_out"]
            return JSONResponse({"error": message, "cart": _cart(app, found)}, 409)
        except BadQuantity as error:
            return JSONResponse({"error": str(error), "cart": _cart(app, found)}, 422)
        return JSONResponse({"cart": _cart(app, found)})

    login.add_routes(web, app, identities, own, _set_cookie)
    refusing.add_routes(web, app, own)
    rating.add_routes(web, app, own)
    desk_routes.add_routes(web, app, desk)

    @web.post("/shop/stop")
    def stop(request: Request) -> dict[str, bool]:
        running.stop(mine(request).id)  # harmless from elsewhere: it needs the cookie, and only ends a generation
        return {"stopped": True}

    @web.post("/shop/new")
    def new(request: Request) -> JSONResponse:
        """A new conversation of the same person."""
        found = own(request)
        return _with_cookie(request, {"new": True}, identities.change(found, found.identity)[1])

    @web.post("/shop/forget")
    def forget(request: Request) -> JSONResponse:
        """Erase the browser's conversation, and begin a new one. A guest's has no other name than their cookie."""
        found = own(request)
        running.stop(found.id)
        app.forget_conversation(found.id)
        return _with_cookie(request, {"forgotten": True}, identities.start(found.identity)[1])

    @web.post("/shop/sign-out")
    def sign_out(request: Request) -> JSONResponse:
        return _with_cookie(request, {"signed_out": True}, identities.change(own(request), Identity())[1])

    @web.get("/v1/models")
    def models() -> dict[str, Any]:
        return {"object": "list", "data": [{"id": "onevoice", "object": "model", "owned_by": app.shop.name}]}

    @web.post("/v1/chat/completions", max_body_size=MAX_HISTORY)
    async def completions(request: Request, body: dict[str, Any] = Body(...)) -> Response:
        """The OpenAI protocol. Of the messages only the last of the user counts: the conversation is ours."""
        messages = body.get("messages")
        said = [
            m
            for m in (messages if isinstance(messages, list) else [])
            if isinstance(m, dict) and m.get("role") == "user"
        ]
        content = said[-1].get("content") if said else None
        if not isinstance(content, str):
            raise HTTPException(422, "messages must end with a user message of text")
        found, cookie = await run_in_threadpool(speaking, request)
        events = await turns.begun(lambda stop: app.assistant.reply(found.id, content, cancel=stop))
        if body.get("stream"):
            response: Response = StreamingResponse(_chunks(events), media_type="text/event-stream")
        else:
            done = await turns.unless_gone(request, _done(events))
            if done is None:
                return Response(status_code=499)  # nobody reads it
            message = {"role": "assistant", "content": inert(done.reply.text)}
            response = JSONResponse(
                {
                    "id": f"chatcmpl-{found.id[:12]}",
                    "object": "chat.completion",
                    "created": int(time.time()),
                    "model": "onevoice",
                    "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                    "usage": _usage(done.reply.tokens),
                    "onevoice": done.reply.to_json(),
                }
            )
        if cookie:
            _set_cookie(request, response, cookie)
        return response

    @web.get("/desk")
    def slash() -> RedirectResponse:
        return RedirectResponse("/desk/")  # without it the page at `/` would have taken it

    close_gradio(web, "", "/desk")
    web.mount(SCRIPTS, StaticFiles(directory=STATIC))
    _mount(web, build_desk(app.shop.name), "/desk", STATIC, ["style.css", "desk.css"], "desk/main.js")
    # `/` takes the rest
    return _mount(web, build_page(app, identities, running), "/", STATIC, ["style.css"], "page.js")


def _mount(web: FastAPI, page: Any, path: str, static: Path, styles: list[str], script: str) -> FastAPI:
    """Mount a Gradio page in our style."""
    import gradio as gr

    return gr.mount_gradio_app(  # type: ignore[no-any-return]
        web,
        page,
        path=path,
        theme=gr.themes.Base(
            font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"], primary_hue="stone"
        ),
        css_paths=[static / name for name in styles],
        head=_head(static, styles, script),
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        app_kwargs={"exception_handlers": {RequestValidationError: unread}},
    )


def _head(static: Path, styles: list[str], script: str) -> str:
    """Our style and script. Gradio's own `css` puts every rule under its container: that wins over its theme, but
    does not reach rules that hang on the body's state, so the style is given in both ways."""
    style = "".join((static / name).read_text(encoding="utf-8") for name in styles)
    return f'<style>{style}</style><script type="module" src="{SCRIPTS}/{script}"></script>'


def check_port(host: str, port: int) -> None:
    """Say so at once if the port is taken, before anything is built.

    Raises:
        SetupError: it is in use.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SetupError(f"Port {port} on {host} is in use. Choose another with --port.") from error


def serve(app: App, host: str, port: int) -> None:
    """Serve until interrupted."""
    check_port(host, port)
    web = create_web(app)
    threading.Thread(target=_mind, args=(app,), name="mind", daemon=True).start()
    print(f"{app.shop.name}: http://{host}:{port}  (stop with Ctrl+C)", flush=True)
    uvicorn.run(web, host=host, port=port, log_level="warning", timeout_graceful_shutdown=3)


def _mind(app: App) -> None:
    """End, every `MINDS` seconds, what a person at the desk has left alone."""
    while True:
        time.sleep(MINDS)
        try:
            app.desk.takeovers.lapse()
        except Exception:  # the database may be away; the next time may be better
            logger.warning("what was left alone at the desk was not looked at", exc_info=True)


async def _done(events: AsyncGenerator[Event]) -> Done | None:
    """The last of a turn's events."""
    async with aclosing(events):
        return await anext((event async for event in events if isinstance(event, Done)), None)


async def _chunks(events: AsyncGenerator[Event]) -> AsyncGenerator[str]:
    def line(delta: dict[str, Any], finish: str | None = None, **more: Any) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        chunk = {"object": "chat.completion.chunk", "model": "onevoice", "choices": [choice], **more}
        return f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n"

    async for event in events:
        if isinstance(event, Sentence):
            yield line({"role": "assistant", "content": inert(event.text) + " "})
        elif isinstance(event, Done):
            yield line({}, "stop", usage=_usage(event.reply.tokens), onevoice=event.reply.to_json())
    yield "data: [DONE]\n\n"


def _usage(tokens: Any) -> dict[str, int]:
    prompt, completion = tokens["prompt"], tokens["completion"]
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def _cart(app: App, conversation: Conversation) -> dict[str, Any]:
    """The cart as the page shows it, priced now."""
    products = app.search.catalogue.products
    held = [(products[k], n) for k, n in app.carts.view(conversation.cart_owner).items() if k in products]
    lines = [
        {
            "id": product.id,
            "title": product.title,
            "options": " · ".join(value for value in (product.color, product.size) if value),
            "quantity": count,
            "price": str(product.current_price.times(count)),
            "image": render.picture(product.image_link),
        }
        for product, count in held
    ]
    prices = [product.current_price.times(count) for product, count in held]
    total = str(type(prices[0])(sum(p.minor for p in prices), prices[0].currency)) if prices else ""
    return {"lines": lines, "count": sum(count for _, count in held), "total": total}


def _with_cookie(request: Request, body: dict[str, Any], cookie: str) -> JSONResponse:
    response = JSONResponse(body)
    _set_cookie(request, response, cookie)
    return response


def _set_cookie(request: Request, response: Response, value: str) -> None:
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, value, max_age=YEAR, httponly=True, samesite="lax", secure=secure)


def _version() -> str:
    try:
        return version("onevoice")
    except PackageNotFoundError:
        return "unknown"
