"""The command `onevoice`. Each command builds what it lacks, with progress on stderr, and says errors plainly."""

from __future__ import annotations

import json
import logging
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.errors import OnevoiceError
from assistant.settings import load_settings
from index.errors import ShopError
from index.feeds import Rejected
from index.shop import read_shop

cli = typer.Typer(
    help="A conversational shopping assistant: one brand voice for everybody, products chosen for each shopper.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
ShopOption = Annotated[
    Path | None, typer.Option("--shop", help="The shop folder (default: ONEVOICE_SHOP, or the demo shop).")
]
NowOption = Annotated[str | None, typer.Option("--now", help="The time to assume, ISO-8601.")]


def parse_now(now: str | None) -> datetime | None:
    """A time as given on the command line, in UTC; a date alone is its noon."""
    if now is None:
        return None
    try:
        at = datetime.fromisoformat(now if "T" in now else f"{now}T12:00:00")
    except ValueError as error:
        raise typer.BadParameter(f"{now!r} is no time; write it like 2026-11-20 or 2026-11-20T10:00:00Z") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


@cli.command()
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

    at = parse_now(now)
    app = build_app(load_settings(shop=shop), clock=(lambda: at) if at else system_clock)
    try:
        _report_skipped(app.skipped)
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
        for event in app.assistant.reply(conversation, text):
            if isinstance(event, Done) and as_json:
                print(json.dumps(event.reply.to_json(), ensure_ascii=False, indent=2))
            elif isinstance(event, Sentence) and not as_json:
                print(event.text, flush=True)
            elif isinstance(event, Cards) and not as_json:
                for card in event.cards:
                    options = " ".join(value for value in (card.color, card.size) if value)
                    print(f"  {card.ref}. {card.title} {options} · {card.price} · {card.availability} [{card.id}]")
    finally:
        app.close()


@cli.command()
def index(directory: Annotated[Path, typer.Argument(help="The shop folder.")]) -> None:
    """Build or refresh a shop's index."""
    from assistant.app import open_encoder, open_index

    settings = load_settings(shop=directory)
    report = open_index(settings, read_shop(directory), open_encoder(settings)).build()
    _report_skipped(report.rejected, limit=50)
    print(
        f"{report.read} rows read, {report.products} products; product groups: {report.indexed} indexed, "
        f"{report.unchanged} unchanged, {report.removed} removed; {report.repriced} products repriced; "
        f"{report.rejections} rows rejected" + (f" (all in {report.rejected_file})" if report.rejections else "")
    )


@cli.command()
def serve(
    shop: ShopOption = None,
    port: Annotated[int, typer.Option(help="The port on 127.0.0.1.")] = 7860,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
) -> None:
    """The web app: shopper chat /, API /v1, health /health."""
    from assistant.app import build_app
    from assistant.web.server import check_port
    from assistant.web.server import serve as run

    check_port(host, port)
    app = build_app(load_settings(shop=shop))
    try:
        _report_skipped(app.skipped)
        app.warm()
        run(app, host, port)
    finally:
        app.close()


@cli.command(name="eval")
def evaluate(
    dialogues: Annotated[Path, typer.Option(help="A YAML file of dialogues, or a folder of them.")],
    shop: ShopOption = None,
    repeat: Annotated[int, typer.Option(min=1, help="Runs of each dialogue.")] = 1,
    now: NowOption = None,
    out: Annotated[Path, typer.Option(help="Where results.jsonl, report.html and junit.xml go.")] = Path("eval-out"),
) -> None:
    """Run scripted dialogues; exit 1 if any fails."""
    from eval.run import evaluate as run

    summary = run(load_settings(shop=shop), dialogues, repeat=repeat, now=parse_now(now), out=out)
    print(json.dumps(summary))
    if summary["passed"] < summary["runs"]:
        raise typer.Exit(1)


bench = typer.Typer(help="Benchmarks; the last line printed is one JSON object.", no_args_is_help=True)
cli.add_typer(bench, name="bench")


@bench.command()
def latency(
    dialogues: Annotated[Path, typer.Option(help="A YAML file of dialogues, or a folder of them.")],
    shop: ShopOption = None,
) -> None:
    """Medians of the time to the first product, the first sentence and the whole turn, the model warm."""
    from eval.latency import measure

    print(json.dumps(measure(load_settings(shop=shop), dialogues)))


@bench.command()
def retrieval(
    shop: ShopOption = None,
    queries: Annotated[
        Path | None, typer.Option(help="A YAML file of judged queries (default: those of eval/queries for the shop).")
    ] = None,
    size: Annotated[
        int | None, typer.Option(min=1, help="Search this many varied copies of the shop's products instead of these.")
    ] = None,
    sizes: Annotated[
        str, typer.Option(help="Also measure cost at these sizes of varied copies: 1000,3000,12000,30000,100000.")
    ] = "",
    plot: Annotated[Path | None, typer.Option(help="Draw the cost by size into this PNG or SVG.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write what each query got to this file of JSON lines.")] = None,
) -> None:
    """Quality by words alone, by meaning alone, by both and of the whole; latency, memory and build time.

    Without options: every query set of this project, over its own shop.
    """
    from eval.retrieval import bench_retrieval

    try:
        wanted = [int(number) for number in sizes.replace("_", "").split(",") if number.strip()]
    except ValueError as error:
        raise typer.BadParameter(f"{sizes!r}: write numbers with commas between", param_hint="--sizes") from error
    if plot is not None and not wanted:
        raise typer.BadParameter("there is nothing to draw without --sizes", param_hint="--plot")
    print(json.dumps(bench_retrieval(load_settings(), shop, queries, size=size, sizes=wanted, plot=plot, out=out)))


def last_moment(events_end: datetime | None) -> datetime:
    """The default `now` of an evaluation: the day after the shop's last event, or today."""
    return events_end + timedelta(days=1) if events_end else datetime.now(UTC)


def _report_skipped(rows: tuple[Rejected, ...], limit: int = 10) -> None:
    for row in rows[:limit]:
        print(f"skipped {row.file}, line {row.line}: {row.reason}", file=sys.stderr)
    if len(rows) > limit:
        print(f"… and {len(rows) - limit} more rows (onevoice index DIR lists more)", file=sys.stderr)


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
