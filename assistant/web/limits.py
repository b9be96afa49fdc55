"""How much a request may bring, and Gradio's routes that are none of ours: nothing here takes a file."""

from __future__ import annotations

from fastapi import FastAPI, HTTPException, Request, Response

MAX_BODY = 64 * 1024  # bytes of a request
MAX_HISTORY = 1024 * 1024  # of an OpenAI client's, which sends the whole conversation each time
# Those that take files, recordings and streams, or reach elsewhere, anonymously, whether a page has a use for them or not.
_CLOSED = ("upload", "stream", "process_recording", "component_server", "vibe-", "run-history", "proxy=")


def close_gradio(web: FastAPI, *pages: str) -> None:
    """Answer 404 in the place of what Gradio would take; to be called before the pages are mounted.

    Args:
        pages: the paths at which they will be, without a slash at their end.
    """

    async def closed(_: Request) -> Response:
        raise HTTPException(404)

    for page in pages:
        for name in _CLOSED:
            web.add_route(f"{page}/gradio_api/{name}{{rest:path}}", closed, methods=["GET", "HEAD", "POST"])
