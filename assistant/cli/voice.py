"""`onevoice voice …`: replies against the rules of the voice, and one voice against another."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.common import NowOption, ShopOption, parse_now
from assistant.settings import load_settings

voice = typer.Typer(help="The brand voice: check replies against it, compare two versions of it.", no_args_is_help=True)


@voice.command()
def check(
    file: Annotated[
        Path,
        typer.Argument(
            help="JSON lines with `reply` and, optionally, `language` (en, zh); the results.jsonl of `onevoice eval`; or plain text, one reply a line."
        ),
    ],
    shop: ShopOption = None,
) -> None:
    """Check a file of replies against the voice, the shop's own rules and names included; exit 1 if any breaks a rule.

    Prints each violation with file, line, rule and the words at fault, then a line a rule with its count. Rows that
    are malformed are reported and skipped.
    """
    from assistant.app import composer_of
    from assistant.prompts import FixedTexts
    from assistant.voice import Voice
    from assistant.voice.replies import lint, read_replies
    from index.intake import read_catalogue
    from index.shop import read_shop

    served = read_shop(load_settings(shop=shop).shop)
    titles = {product.title for product in read_catalogue(served, lambda row: None).products.values()}
    composer, fixed = composer_of(served), FixedTexts().patterns()
    rules = Voice(composer.voice_head)
    read = read_replies(file)
    for line, reason in read.malformed:
        print(f"{file}, line {line}: skipped: {reason}", file=sys.stderr)
    counts: Counter[str] = Counter()
    at_fault = 0
    for written in read.replies:
        found = lint(rules, fixed, written, (*titles, composer.shop, composer.assistant))
        at_fault += bool(found)
        for rule, words in found:
            counts[rule] += 1
            place = f" ({written.place})" if written.place else ""
            print(f"{file}, line {written.line}{place}: {rule}: {words}")
    for rule, count in counts.most_common():
        print(f"{count:6} {rule}")
    print(
        f"{len(read.replies)} replies, {at_fault} with violations, {counts.total()} violations, "
        f"{len(read.malformed)} rows skipped; voice {composer.voice_version}"
    )
    if counts:
        raise typer.Exit(1)


@voice.command()
def diff(
    old: Annotated[Path, typer.Argument(help="A voice file: in the form of prompts/voice.md, or a shop's own.")],
    new: Annotated[Path, typer.Argument(help="The voice file to compare it with, of either form.")],
    dialogues: Annotated[Path, typer.Option(help="A YAML file of dialogues, or a folder of them.")],
    shop: ShopOption = None,
    now: NowOption = None,
    show: Annotated[
        bool, typer.Option("--show", help="Show the two wordings of each reply, one under the other.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Keep both runs (results.jsonl, report.html) under this folder, in old and new.")
    ] = None,
) -> None:
    """Run dialogues in two voices; exit 1 if anything differs but the wording.

    A file whose front matter names `variables` stands in for prompts/voice.md, with the shop's own voice on top; any
    other stands in for the shop's own voice. Compared are, turn by turn: outcome, tool calls, product cards, facts,
    policies cited, cart and hand-off. The last line printed is one JSON object.
    """
    from eval.voice_diff import compare

    summary = compare(load_settings(shop=shop), old, new, dialogues, now=parse_now(now), show=show, out=out)
    print(json.dumps(summary, ensure_ascii=False))
    if summary["differences"]:
        raise typer.Exit(1)
