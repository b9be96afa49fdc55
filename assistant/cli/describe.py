"""`onevoice describe`: titles and descriptions in the brand voice, for a person to approve."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.common import ShopOption, report_skipped
from assistant.settings import load_settings
from index.feeds import Rejected
from index.shop import read_shop


def describe(
    ids: Annotated[
        list[str] | None, typer.Argument(help="Products or product groups (default: all groups).", metavar="[ID]...")
    ] = None,
    shop: ShopOption = None,
    language: Annotated[
        str | None, typer.Option(help="en or zh (default: the first of the shop's locales that is one of them).")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="The YAML file of drafts (default: descriptions-SHOP.yaml here). Never in the shop folder."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Write at most this many, and the next ones next time.")
    ] = None,
) -> None:
    """Write product titles and descriptions in the brand voice, to approve.

    They rest on attributes (title, type, brand, material, colours, sizes, …)
    and reviews ALONE: never on the description that a product has now, nor on
    price, stock or rating. Variants share one. Every sentence is audited like
    a reply's; what was dropped, and why, stands in the file and on the page
    beside it (same name, .html).

    The catalogue is never written. In the file, set a row's status to
    approved, edited or rejected. Such rows, rows that you have edited, and
    drafts whose facts have not changed are kept at the next run. Stop with
    Ctrl-C at any time: what is written stays, and the same command goes on.
    """
    from assistant.app import composer_of, open_model
    from assistant.describe.drafts import check_out
    from assistant.describe.page import check_page, page_of
    from assistant.describe.run import LANGUAGES
    from assistant.describe.run import describe as run
    from index.intake import read_catalogue

    settings = load_settings(shop=shop)
    found = read_shop(settings.shop)
    if language is not None and language not in LANGUAGES:
        raise typer.BadParameter(f"{language!r}: it is one of {', '.join(LANGUAGES)}", param_hint="--language")
    spoken = language or next((known for known in found.settings.locales if known in LANGUAGES), LANGUAGES[0])
    path = check_out(out or Path(f"descriptions-{found.folder.resolve().name}.yaml"), found.folder)
    check_page(path)
    skipped: list[Rejected] = []
    catalogue = read_catalogue(found, skipped.append)
    report_skipped(tuple(skipped))
    composer = composer_of(found)
    summary = run(catalogue, composer, lambda: open_model(settings), path, ids or (), language=spoken, limit=limit)
    print(
        f"{summary.written} written, for {summary.none} of them nothing that the facts support; {summary.kept} kept. "
        f"Decide in {path}; see {page_of(path)}"
    )
    if summary.stale:
        print(f"decided or edited, and their facts have changed since: {', '.join(summary.stale)}", file=sys.stderr)
    if summary.interrupted:
        print("stopped; the same command goes on where it was", file=sys.stderr)
        raise typer.Exit(130)
