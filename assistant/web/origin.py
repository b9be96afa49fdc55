"""Whether a request comes from our own page: what changes something is taken from nowhere else."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import HTTPException, Request

OWN_HEADER = "x-onevoice"  # a form of another site cannot set it


def own(request: Request) -> None:
    """Refuse what does not come from our own page, with 403."""
    if request.headers.get(OWN_HEADER) != "1" or not _same_origin(request):
        raise HTTPException(403, "not from this page")


def _same_origin(request: Request) -> bool:
    """As the browser says. Over plain http it may name the origin alone; what is no browser names nothing."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:  # the better one: a proxy may have changed the host
        return site == "same-origin"
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
