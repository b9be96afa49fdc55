"""`onevoice desk`: what the support desk needs besides its page."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated

import typer

from assistant.cli.common import ShopOption, parse_now
from assistant.settings import load_settings
from assistant.untrusted import printable
from index.shop import read_shop

desk = typer.Typer(help="The support desk: what it needs besides its page.", no_args_is_help=True)


@desk.callback()
def _group() -> None:
    """Keeps a command of its own, although it is the only one."""


@desk.command()
def gaps(
    shop: ShopOption = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Only what was asked from then on.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on the last line.")] = False,
) -> None:
    """Questions that the policies and product texts leave open.

    What got "not stated" or went to a colleague, alike questions together,
    the most frequent first, with examples. No shopper is named: what the shop
    knows of them is masked, and so are e-mail addresses and numbers of
    phones, cards and accounts. Other personal things that somebody wrote are
    not.
    """
    from assistant.app import open_encoder, open_state
    from assistant.support.desk.gaps import grouped, unanswered

    start = _start(since)
    settings = load_settings(shop=shop)
    engine, _ = open_state(settings, read_shop(settings.shop))
    try:
        questions = unanswered(engine, start)
    finally:
        engine.dispose()
    found = grouped(questions, open_encoder(settings)) if questions else []
    if as_json:
        document = {"questions": len(questions), "gaps": [gap.to_json() for gap in found]}
        print(json.dumps(document, ensure_ascii=False))
        return
    print(f"{len(questions)} questions without an answer, in {len(found)} groups.")
    for gap in found:
        passed_on = f", {gap.handed_off} handed off" if gap.handed_off else ""
        print(f"{gap.count} times{passed_on}, last {gap.last:%Y-%m-%d}:")
        for text in gap.examples:
            print(printable(f"  {text}"))


def _start(since: str | None) -> datetime | None:
    """The beginning of a day, or a moment."""
    if since is not None and "T" not in since:
        since = f"{since}T00:00:00"
    at = parse_now(since)
    return at.astimezone(UTC) if at else None
