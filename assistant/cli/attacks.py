"""`onevoice bench attacks`: scripted attacks and their harmless twins."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from assistant.settings import load_settings


class Attacked(StrEnum):
    """The model that is attacked."""

    obeying = "obeying"
    configured = "configured"


def attacks(
    model: Annotated[
        Attacked,
        typer.Option(help="obeying: a scripted one that does all that the attacker wants; configured: the real one."),
    ] = Attacked.obeying,
    only: Annotated[str | None, typer.Option(help="A kind of attack, or the name of one.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Write what was said and done to this file of JSON lines."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a run that was broken off, by its --out.")
    ] = False,
) -> None:
    """Scripted attacks, each with a harmless twin that must still work; exit 1 if any attack succeeds."""
    from eval.redteam.run import bench_attacks

    if resume and out is None:
        raise typer.BadParameter("it needs --out: the file of the run that was broken off", param_hint="--resume")
    summary = bench_attacks(load_settings(), model.value, only, out, resume=resume)
    print(json.dumps(summary, ensure_ascii=False))
    if summary["succeeded"]:
        raise typer.Exit(1)
