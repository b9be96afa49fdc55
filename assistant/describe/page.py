"""The page for review beside the file of drafts: now and proposed side by side. Everything in it is escaped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Sequence
from pathlib import Path

from jinja2 import Environment

from assistant.describe.drafts import Row, write_whole
from assistant.errors import SetupError
from index.catalogue import Catalogue

_MARK = 'content="onevoice describe"'


def page_of(out: Path) -> Path:
    """Where the page of a file of drafts lies."""
    return out.with_suffix(".html")


def check_page(out: Path) -> None:
    """Nothing but an earlier page of ours is replaced.

    Raises:
        SetupError: another file lies where the page goes.
    """
    path = page_of(out)
    if path.exists() and not (path.is_file() and _MARK in path.read_text(encoding="utf-8", errors="replace")[:2000]):
        raise SetupError(f"{path}: the page for review goes there, and something else is there. Name another --out.")


def write_page(out: Path, rows: Sequence[Row], catalogue: Catalogue, stale: Container[str]) -> Path:
    """Write the page of a file's rows, those of products that are no longer there among them."""
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(Path(__file__).with_name("page.html").read_text(encoding="utf-8"))
    shown = []
    for row in rows:
        group = catalogue.groups.get(row["item_group_id"])
        shown.append((row, group.variants[0] if group else None, row["item_group_id"] in stale))
    path = page_of(out)
    counts = Counter(row["status"] for row in rows)
    write_whole(path, template.render(rows=shown, counts=counts, file=out.name))
    return path
