"""What the commands share: options, and how skipped rows are reported."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from assistant.untrusted import printable
from index.feeds import Rejected

ShopOption = Annotated[
    Path | None, typer.Option("--shop", help="The shop folder (default: ONEVOICE_SHOP, or the demo shop).")
]
NowOption = Annotated[str | None, typer.Option("--now", help="The time to assume, ISO-8601.")]


def parse_now(now: str | None) -> datetime | None:
    """A time as given on the command line, in UTC; a date alone is its noon."""
    if now is None:
        return None
    try:
        at = datetime.fromisoformat(now if "T" in now else f"{now}T12:00:00")
    except ValueError as error:
        raise typer.BadParameter(f"{now!r} is no time; write it like 2026-11-20 or 2026-11-20T10:00:00Z") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def last_moment(events_end: datetime | None) -> datetime:
    """The default `now` of an evaluation: the day after the shop's last event, or today."""
    return events_end + timedelta(days=1) if events_end else datetime.now(UTC)


def report_skipped(rows: tuple[Rejected, ...], limit: int = 10) -> None:
    for row in rows[:limit]:
        print(printable(f"skipped {row.file}, line {row.line}: {row.reason}"), file=sys.stderr)
    if len(rows) > limit:
        print(f"… and {len(rows) - limit} more rows (onevoice index DIR lists more)", file=sys.stderr)
