"""The command `onevoice`. Each command builds what it lacks, with progress on stderr, and says errors plainly."""

from __future__ import annotations

import logging
import os
import sys
from typing import Any

import typer

from assistant.cli import run
from assistant.cli.attacks import attacks
from assistant.cli.bench import bench
from assistant.cli.describe import describe
from assistant.cli.desk import desk
from assistant.cli.probes import probes
from assistant.cli.ratings import ratings
from assistant.cli.shopper import shopper
from assistant.cli.train import train
from assistant.cli.voice import voice
from assistant.errors import OnevoiceError
from index.errors import ShopError

cli = typer.Typer(
    help="A conversational shopping assistant: one brand voice for everybody, products chosen for each shopper.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cli.command()(run.ask)
cli.command()(run.index)
cli.command()(run.serve)
cli.command(name="eval")(run.evaluate)
cli.command()(describe)
cli.command()(train)
bench.command()(attacks)
bench.command()(probes)
cli.add_typer(bench, name="bench")
cli.add_typer(voice, name="voice")
cli.add_typer(shopper, name="shopper")
cli.add_typer(ratings, name="ratings")
cli.add_typer(desk, name="desk")


def main(arguments: list[str] | None = None) -> Any:
    """Entry point: our own errors become one plain line and exit code 2."""
    level = os.environ.get("ONEVOICE_LOG", "ERROR").upper()
    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("onevoice").setLevel(level)
    try:
        return cli(arguments)
    except (OnevoiceError, ShopError) as error:
        print(f"onevoice: {error}", file=sys.stderr)
        raise SystemExit(2) from error
