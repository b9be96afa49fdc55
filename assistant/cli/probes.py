"""`onevoice bench probes`: messages for which a shopper's history must be left alone, and such for which it is at work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.common import ShopOption
from assistant.settings import load_settings


def probes(
    shop: ShopOption = None,
    only: Annotated[
        Path | None,
        typer.Option("--probes", help="A YAML file of probes, or a folder (default: those of eval/probes)."),
    ] = None,
) -> None:
    """Gifts, other people, what was just said, sensitive goods, opting out, stale and thin evidence: who is left alone?

    Beside them controls, for which history must be at work. No language model is measured: a planner is scripted.
    """
    from eval.probes import PROBES, bench_probes

    print(json.dumps(bench_probes(load_settings(shop=shop), path=only or PROBES), ensure_ascii=False))
