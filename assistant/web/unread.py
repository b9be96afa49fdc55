"""The answer to a request that cannot be read."""

from __future__ import annotations

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse


def unread(_: Request, error: Exception) -> Response:
    """422 with what is wrong where, as FastAPI says it, but nothing of what was sent: not all of that is JSON again."""
    assert isinstance(error, RequestValidationError)
    wrong = [{"loc": one["loc"], "msg": one["msg"], "type": one["type"]} for one in error.errors()]
    return JSONResponse({"detail": wrong}, 422)
