"""`onevoice train`: the shop's recommender, from its events."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from assistant.cli.common import ShopOption
from assistant.settings import load_settings
from assistant.taste.files import Precision


def train(
    shop: ShopOption = None,
    seed: Annotated[int, typer.Option(help="The same seed, events and machine give the same recommender.")] = 0,
    epochs: Annotated[int, typer.Option(min=1, help="Of the sequence model, at most.")] = 25,
    precision: Annotated[
        Precision, typer.Option(help="What is kept: four times as large as int8, or fewer neighbours of each product.")
    ] = "int8",
) -> None:
    """Train the shop's recommender from its events; ends with a report on orders that were held out.

    It takes 1,000 purchases. The events of those who opted out are not read. Broken off, the same command goes on after the last epoch. Under
    torchrun, processes share the work:

    torchrun --nproc-per-node 2 --no-python onevoice train --shop DIR
    """
    from assistant.taste.report import table
    from assistant.trained import train_recommender

    found = train_recommender(load_settings(shop=shop), seed=seed, epochs=epochs, precision=precision)
    if found is None:  # another process of several tells
        return
    print(table(found))
    print(f"{found['events']:,} events of {found['shoppers']:,} shoppers; kept in {found['folder']}", file=sys.stderr)
