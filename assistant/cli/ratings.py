"""`onevoice ratings`: what shoppers say of replies, as a file that an evaluation reads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.common import ShopOption
from assistant.settings import load_settings
from index.shop import read_shop

ratings = typer.Typer(help="What shoppers say of replies: thumbs up or down.", no_args_is_help=True)


@ratings.callback()
def _group() -> None:
    """Keeps `export` a command of its own, although it is the only one."""


@ratings.command()
def export(
    shop: ShopOption = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The file to write (default: ratings.jsonl in the shop's data folder)."),
    ] = None,
) -> None:
    """Write the ratings, one a line, for `onevoice eval --ratings FILE`.

    Each with the message, the reply, its outcome, tools, model and versions.
    The desk's drafts, if there are any, are written beside them, to a file
    that ends in .drafts.jsonl: what was drafted, what it rests on, what was
    sent in its place and what staff said of it.
    No shopper is named: ids, names, addresses and orders that the shop knows
    of them, e-mail addresses and numbers of phones, cards and accounts are
    masked. Other personal things that somebody wrote are not: read the file
    before you pass it on. A file in the data folder is cleared of a shopper
    who is forgotten; one elsewhere is yours to write again.
    """
    from assistant.app import open_state, state_folder, system_clock
    from assistant.ratings import Ratings
    from assistant.ratings_file import NAME, write_ratings
    from assistant.support.desk.drafts import all_drafts
    from assistant.support.desk.drafts_file import beside, write_drafts

    settings = load_settings(shop=shop)
    found = read_shop(settings.shop)
    path = out or state_folder(settings, found) / NAME
    if path.resolve().is_relative_to(found.folder.resolve()):
        raise typer.BadParameter(f"{path}: the shop folder is never written; name another", param_hint="--out")
    engine, _ = open_state(settings, found)
    try:
        count = write_ratings(path, Ratings(engine, system_clock).all(), engine)
        drafts = all_drafts(engine)
        if drafts or beside(path).exists():  # an older file is not left as it was
            write_drafts(beside(path), drafts, engine)
    except OSError as error:
        raise typer.BadParameter(f"{path}: cannot be written ({error})", param_hint="--out") from error
    finally:
        engine.dispose()
    print(f"{count} ratings: {path}")
    if drafts:
        print(f"{len(drafts)} drafts: {beside(path)}")
