"""`onevoice desk`: who may sign in at the support desk."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from assistant.cli.common import ShopOption
from assistant.errors import SetupError
from assistant.settings import load_settings
from assistant.untrusted import printable
from index.shop import read_shop

desk = typer.Typer(help="The support desk.", no_args_is_help=True)
staff = typer.Typer(help="Who may sign in at the support desk.", no_args_is_help=True)
desk.add_typer(staff, name="staff")
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="As shoppers read it.")]


@desk.callback()
def _group() -> None:
    """Keeps `staff` a group of its own, although it is the only one."""


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
