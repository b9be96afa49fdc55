"""The commands that run a shop's assistant: ask, index, serve, eval."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.common import NowOption, ShopOption, parse_now, report_skipped
from assistant.settings import load_settings
from index.shop import read_shop


def ask(
    text: Annotated[str, typer.Argument(help="The message.")],
    shop: ShopOption = None,
    shopper: Annotated[str | None, typer.Option(help="Ask as this shopper; default: a guest.")] = None,
    now: NowOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole reply as JSON.")] = False,
    session: Annotated[
        Path | None, typer.Option(help="A file that holds the id of the conversation to go on with.")
    ] = None,
) -> None:
    """One turn in the terminal."""
    from assistant.app import build_app, system_clock
    from assistant.conversation import Identity
    from assistant.events import Cards, Done, Sentence
    from assistant.untrusted import escaped, printable

    at = parse_now(now)
    app = build_app(load_settings(shop=shop), clock=(lambda: at) if at else system_clock)
    try:
        report_skipped(app.skipped)
        if shopper is not None and app.shoppers.get(shopper) is None:
            known = ", ".join(s.id for s in app.shoppers.all()[:12]) or "none"
            raise typer.BadParameter(f"no shopper {shopper!r} in this shop; there are: {known}", param_hint="--shopper")
        identity = Identity("shopper", shopper) if shopper else Identity()
        conversation = ""
        if session is not None and session.is_file():
            conversation = session.read_text().strip()
            held = app.conversations.get(conversation)
            if held is None or held.identity != identity:
                raise typer.BadParameter(
                    f"{session}: not a conversation of {shopper or 'a guest'} in this shop; remove the file to begin anew",
                    param_hint="--session",
                )
        if not conversation:
            conversation = app.conversations.start(identity)
            if session is not None:
                session.write_text(conversation + "\n")
        app.warm().wait()  # restored from disk after the first time; the turn itself would read it again
        for event in app.assistant.reply(conversation, text):
            if isinstance(event, Done) and as_json:
                print(escaped(json.dumps(event.reply.to_json(), ensure_ascii=False, indent=2)))
            elif isinstance(event, Sentence) and not as_json:
                print(printable(event.text), flush=True)
            elif isinstance(event, Cards) and not as_json:
                for card in event.cards:
                    options = " ".join(value for value in (card.color, card.size) if value)
                    note = " · sponsored" if card.sponsored else ""
                    line = f"{card.ref}. {card.title} {options} · {card.price} · {card.availability}{note} [{card.id}]"
                    print(f"  {printable(line)}")
    finally:
        app.close()


def index(directory: Annotated[Path, typer.Argument(help="The shop folder.")]) -> None:
    """Build or refresh a shop's index, and take up what is new of its shoppers, events and orders.

    A server that runs takes all of it up at once. Of shop.yaml and policies it knows what they were when it was started.
    """
    from assistant.app import open_encoder, open_index, open_state

    settings, shop = load_settings(shop=directory), read_shop(directory)
    report = open_index(settings, shop, open_encoder(settings)).build()
    engine, skipped = open_state(settings, shop)
    engine.dispose()
    report_skipped((*report.rejected, *skipped), limit=50)
    print(
        f"{report.read} rows read, {report.products} products; product groups: {report.indexed} indexed, "
        f"{report.unchanged} unchanged, {report.removed} removed; {report.repriced} products repriced; "
        f"{report.rejections} rows rejected" + (f" (all in {report.rejected_file})" if report.rejections else "")
    )


def serve(
    shop: ShopOption = None,
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 7860,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
) -> None:
    """The web app: shopper chat /, staff desk /desk, API /v1, health /health."""
    from assistant.app import build_app
    from assistant.web.server import check_port
    from assistant.web.server import serve as run

    check_port(host, port)
    app = build_app(load_settings(shop=shop))
    try:
        report_skipped(app.skipped)
        app.warm()
        run(app, host, port)
    finally:
        app.close()


def _print_schema(asked: bool) -> None:
    if asked:
        from eval.schema import schema_text

        print(schema_text(), end="")
        raise typer.Exit


def evaluate(
    dialogues: Annotated[Path, typer.Option(help="A YAML file of dialogues, or a folder of them.")],
    shop: ShopOption = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help='Run the dialogues with this in "file: name", or that match it as a pattern (*tent*). May be given '
            "several times.",
        ),
    ] = None,
    repeat: Annotated[
        int,
        typer.Option(
            min=1, metavar="K", help="Runs of each dialogue for each of its shoppers: gives pass^1 to pass^K."
        ),
    ] = 1,
    now: NowOption = None,
    out: Annotated[
        Path,
        typer.Option(
            help="Where results.jsonl (a run a line), evaluation.json, report.html and junit.xml go. An evaluation that "
            "was broken off there goes on where it stopped; one that is finished is run again."
        ),
    ] = Path("eval-out"),
    fresh: Annotated[bool, typer.Option("--fresh", help="Start anew, whatever was broken off in --out.")] = False,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", help="Runs at a time. Default: 4 on an endpoint; the embedded model takes one."
        ),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(
            metavar="RESULTS",
            help="Compare with the results.jsonl (or its folder) of an earlier evaluation: a dialogue that passes less "
            "often is a regression.",
        ),
    ] = None,
    ratings: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Shoppers' ratings, by `onevoice ratings export`, for the report."),
    ] = None,
    prove: Annotated[
        bool,
        typer.Option("--prove", help="Afterwards spoil the replies one by one, to see that every check would notice."),
    ] = False,
    schema: Annotated[
        bool,
        typer.Option(
            "--schema",
            is_eager=True,
            callback=_print_schema,
            help="Print the JSON schema of a dialogue, for editors, and do nothing else.",
        ),
    ] = False,
) -> None:
    """Run scripted dialogues and judge every reply.

    Each dialogue is run for each of its shoppers, from the state in the shop folder. The last line printed is the
    summary as JSON. Exit 0: all runs pass; 1: one fails, there is a regression, or a spoiled reply was not noticed;
    2: a dialogue or the shop cannot be used, and nothing was run; 130: broken off by Ctrl-C, and the same command goes on.
    """
    from eval.run import evaluate as run

    summary = run(
        load_settings(shop=shop),
        dialogues,
        only=only or (),
        repeat=repeat,
        now=parse_now(now),
        out=out,
        jobs=jobs,
        fresh=fresh,
        against=against,
        ratings=ratings,
        prove=prove,
    )
    print(json.dumps(summary))
    if summary["unfinished"]:
        raise typer.Exit(130)
    missed = summary.get("prove", {}).get("missed")
    if summary["passed"] < summary["runs"] or summary.get("regressions") or missed:
        raise typer.Exit(1)
