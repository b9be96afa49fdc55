"""Turns that are read in threads of their own: however many wait for the model, all other routes are answered."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from typing import Any, TypeVar

from fastapi import Request

T = TypeVar("T")
Make = Callable[[threading.Event], Iterator[T]]

# More than may wait and run (`assistant.queue`), so that who is one too many is told so at once.
AT_ONCE = 64
_THREADS = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="turn")
_END = object()


async def begun(make: Make[T]) -> AsyncGenerator[T]:
    """What an iterator gives that waits; this returns when the first of it has come, and raises what it raises by then.

    Args:
        make: makes the iterator from the switch that ends it. Whoever reads no further throws it.
    """
    events = _read(make)
    first: Any = await anext(events, _END)

    async def from_first() -> AsyncGenerator[T]:
        async with aclosing(events):
            if first is not _END:
                yield first
            async for event in events:
                yield event

    return from_first()


async def unless_gone(request: Request, work: Awaitable[T]) -> T | None:
    """What `work` comes to; None where the client went away before, which ends it."""
    doing, going = asyncio.ensure_future(work), asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait((doing, going), return_when=asyncio.FIRST_COMPLETED)
        return doing.result() if doing.done() else None
    finally:
        doing.cancel()
        going.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _read(make: Make[T]) -> AsyncGenerator[T]:
    loop, stop = asyncio.get_running_loop(), threading.Event()
    come: asyncio.Queue[Any] = asyncio.Queue()

    def read() -> None:
        def tell(what: Any) -> None:
            loop.call_soon_threadsafe(come.put_nowait, what)

        try:
            for event in () if stop.is_set() else make(stop):
                tell(event)
            tell(_END)
        except Exception as error:  # it is the reader's
            tell(error)

    _THREADS.submit(read)
    try:
        while (event := await come.get()) is not _END:
            if isinstance(event, Exception):
                raise event
            yield event
    finally:
        stop.set()
