"""`python -m eval.labelled`: makes the files of labelled sentences in `eval/audits`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from assistant.app import open_model
from assistant.settings import load_settings
from eval.labelled import free as prose
from eval.labelled import rules
from eval.labelled.cases import FOLDER, Case, write_cases
from index.errors import ShopError

app = typer.Typer(add_completion=False, no_args_is_help=True)
ShopsOption = Annotated[
    Path | None, typer.Option("--shops", help="The folder that holds luma and outfitters (default: BENCH_DATA/shops).")
]


@app.command("rules")
def write_rules(shops: ShopsOption = None) -> None:
    """Write the sentences made by rule: rule.jsonl and rule_held_out.jsonl. The same data makes the same files."""
    folder = shops or load_settings().bench_data / "shops"
    for of in (rules.DEV, rules.HELD_OUT):
        cases = rules.make(folder, of)
        write_cases(FOLDER / of.file, cases)
        print(json.dumps({"file": of.file, **rules.counts(cases)}))


@app.command("free")
def write_free(
    out: Annotated[Path, typer.Argument(help="The file to write; its sentences wait for a person to label them.")],
    shops: ShopsOption = None,
    calls: Annotated[int, typer.Option(help="How often the model is asked.", min=1)] = 60,
    seed: Annotated[int, typer.Option(help="Which products and messages.")] = 5,
    skip: Annotated[int, typer.Option(help="Leave out the first messages: those of an earlier run.", min=0)] = 0,
) -> None:
    """Ask the configured model about products, and write its sentences as they came, unlabelled."""
    settings = load_settings()
    folder = shops or settings.bench_data / "shops"
    asked = prose.questions(folder, skip + calls, seed)[skip:]
    found: list[Case] = []
    model = open_model(settings)
    try:
        for cases in prose.collect(folder, model.chat, asked):  # kept as they come: the model may take long
            found += cases
            write_cases(out, found)
    finally:
        if model.server is not None:
            model.server.stop()
    print(json.dumps({"file": str(out), "calls": calls, "sentences": len(found)}))


if __name__ == "__main__":
    try:
        app()
    except ShopError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
