"""`onevoice desk`: who may sign in at the support desk, and what it leaves open."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, tzinfo
from typing import Annotated, Literal

import typer

from assistant.cli.common import ShopOption, parse_now
from assistant.errors import SetupError
from assistant.settings import load_settings
from assistant.untrusted import printable
from index.shop import read_shop

desk = typer.Typer(help="The support desk: who may sign in, and what policies leave open.", no_args_is_help=True)
staff = typer.Typer(help="Who may sign in at the support desk.", no_args_is_help=True)
desk.add_typer(staff, name="staff")
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="As shoppers read it.")]


@desk.callback()
def _group() -> None:
    """A group of commands."""


@staff.command()
def add(
    name: NameArgument,
    role: Annotated[
        Literal["agent", "lead"],
        typer.Option(help="An agent sees what waits and what they have taken, a lead everything."),
    ],
    shop: ShopOption = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input, and do not ask.")
    ] = False,
) -> None:
    """Make an account. The password is asked for; only a hash of it is kept."""
    from assistant.app import open_state, system_clock
    from assistant.support.desk.accounts import Accounts

    settings = load_settings(shop=shop)
    found = read_shop(settings.shop)
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    engine, _ = open_state(settings, found)
    try:
        made = Accounts(engine, system_clock).add(name, role, password)
    finally:
        engine.dispose()
    print(printable(f"{made.name} may sign in at the desk of {found.name} ({made.role})."))


@staff.command(name="list")
def list_staff(shop: ShopOption = None) -> None:
    """Who has an account, and in which role."""
    from assistant.app import open_state, system_clock
    from assistant.support.desk.accounts import Accounts

    settings = load_settings(shop=shop)
    engine, _ = open_state(settings, read_shop(settings.shop))
    try:
        for member in Accounts(engine, system_clock).all():
            print(printable(f"{member.role}\t{member.name}"))
    finally:
        engine.dispose()


@staff.command()
def remove(name: NameArgument, shop: ShopOption = None) -> None:
    """Remove an account.

    It is signed out at once; the conversations that it had taken over go back
    to the assistant, and wait again if they were in the queue.
    """
    from assistant.app import open_state, system_clock
    from assistant.prompts import FixedTexts
    from assistant.support.desk.accounts import Accounts
    from assistant.support.desk.takeover import Takeovers

    settings = load_settings(shop=shop)
    engine, _ = open_state(settings, read_shop(settings.shop))
    try:
        gone = Accounts(engine, system_clock).remove(name)
        if gone is None:
            raise SetupError(printable(f"there is no {name!r} at the desk"))
        given_back = Takeovers(engine, system_clock, FixedTexts()).release(gone.name)
    finally:
        engine.dispose()
    print(printable(f"{gone.name} may no longer sign in. Given back: {given_back} conversations."))


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

    settings = load_settings(shop=shop)
    the_shop = read_shop(settings.shop)
    start = _start(since, the_shop.zone)
    engine, _ = open_state(settings, the_shop)
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
        print(f"{gap.count} times{passed_on}, last {gap.last.astimezone(the_shop.zone):%Y-%m-%d}:")
        for text in gap.examples:
            print(printable(f"  {text}"))


def _start(since: str | None, zone: tzinfo) -> datetime | None:
    """The beginning of a day by the shop's clock, or a moment."""
    at = parse_now(since)
    if at is not None and "T" not in str(since):
        at = at.replace(hour=0, tzinfo=zone)
    return at.astimezone(UTC) if at else None
