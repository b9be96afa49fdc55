"""`onevoice bench …`: the last line printed is one JSON object."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.common import ShopOption
from assistant.settings import load_settings

bench = typer.Typer(help="Benchmarks; the last line printed is one JSON object.", no_args_is_help=True)


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
    shop: Annotated[
        Path | None,
        typer.Option(
            help="The shop folder (default: the demo shop, Luma and Outfitters, those of them that are there)."
        ),
    ] = None,
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


@bench.command()
def policies(
    shop: Annotated[
        Path | None, typer.Option(help="The shop folder (default: the demo shop and Luma, those that are there).")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write what each question got to this file of JSON lines.")] = None,
) -> None:
    """Questions that policies answer or do not: the right passage first, and silence where there is none."""
    from eval.policies import bench_policies

    print(json.dumps(bench_policies(load_settings(), shop, out)))


@bench.command()
def audit(
    cases: Annotated[
        list[Path] | None, typer.Option("--cases", help="A file of labelled sentences (default: those of eval/audits).")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the sentences that were judged wrong to this file.")] = None,
) -> None:
    """Labelled sentences against the audit: false ones caught, true ones refused, milliseconds a sentence."""
    from eval.audit import bench_audit, own_cases

    print(json.dumps(bench_audit(load_settings().bench_data, cases or own_cases(), out), ensure_ascii=False))


@bench.command()
def tau2(
    shop: Annotated[
        Path | None, typer.Option(help="A folder with the domain's db.json (default: shops/tau2-retail of the data).")
    ] = None,
    tasks: Annotated[
        Path | None, typer.Option(help="A JSON file of tasks (default: tasks_train.json of the shop folder).")
    ] = None,
    trials: Annotated[
        int, typer.Option(min=0, help="With an endpoint: how often each task is played with a simulated customer.")
    ] = 4,
) -> None:
    """τ²-bench retail: each task's reference actions through our store of orders and through the reference; is all the same?

    The shop (default: shops/tau2-retail of the data) is a folder with the domain's db.json. With an endpoint each task is
    also played in words, a model being the customer and the agent: pass^1 … pass^4.
    """
    from eval.tau2 import bench_tau2

    settings = load_settings()
    folder = shop or settings.bench_data / "shops" / "tau2-retail"
    chat = None
    if settings.hosted:
        from assistant.llm import hosted

        name = settings.llm_model or "default"
        chat = hosted(settings.llm_base_url, name, settings.llm_api_key, settings.llm_timeout_s)
    result = bench_tau2(folder, tasks or folder / "tasks_train.json", chat, trials)
    print(json.dumps(result, ensure_ascii=False))


@bench.command()
def replies(
    shop: Annotated[Path | None, typer.Option(help="The shop folder (default: the demo shop and Luma).")] = None,
    messages: Annotated[
        Path | None, typer.Option(help="A YAML file of messages (default: those of eval/messages for the shop).")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only this many conversations, drawn at random.")] = None,
    sample: Annotated[int, typer.Option(min=0, help="Sentences to write down for reading one by one.")] = 60,
    seed: Annotated[int, typer.Option(help="Of what is drawn at random.")] = 1,
    out: Annotated[
        Path,
        typer.Option(
            help="Where replies.jsonl, findings.jsonl and sample.md go; replies there are not asked for again."
        ),
    ] = Path("replies-out"),
) -> None:
    """Replies to many messages, every sentence looked up again in the shop folder; how much of the prose is kept.

    Without --shop: the demo shop and Luma. A run that was broken off goes on where it stopped; begin a new measurement
    in a new folder.
    """
    from eval.replies import bench_replies

    settings = load_settings()
    result = bench_replies(settings, shop, messages, limit=limit, sample=sample, seed=seed, out=out)
    print(json.dumps(result, ensure_ascii=False))


@bench.command()
def plans(
    shop: Annotated[Path | None, typer.Option(help="The shop folder (default: the demo shop and Luma).")] = None,
    messages: Annotated[
        Path | None, typer.Option(help="A YAML file of messages (default: those of eval/planned for the shop).")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the failures to this file of JSON lines.")] = None,
) -> None:
    """Single messages that no example of the prompt repeats: the right tool, and the right arguments after correction.

    Without --shop: the demo shop and Luma.
    """
    from eval.plans import bench_plans

    print(json.dumps(bench_plans(load_settings(), shop, messages, out), ensure_ascii=False))


@bench.command()
def recommend(
    data: Annotated[
        Path,
        typer.Option(help="A folder of purchase histories: sequences.txt, or *.inter files, or a shop with events."),
    ],
    quick: Annotated[bool, typer.Option("--quick", help="A few shoppers and epochs: whether it runs.")] = False,
    seeds: Annotated[int, typer.Option(min=1, help="Runs, each with a seed of its own, for the variance.")] = 1,
    folds: Annotated[
        bool, typer.Option("--folds", help="Five-fold cross-validation over shoppers: a fold is new to the model.")
    ] = False,
    seed: Annotated[int, typer.Option(help="The first seed.")] = 0,
) -> None:
    """What is bought next, by every method of the recommender and by their blend, ranked over the whole catalogue."""
    from eval.recommend import bench_recommend

    result = bench_recommend(load_settings(), data, quick=quick, seeds=seeds, folds=folds, seed=seed)
    print(json.dumps(result, ensure_ascii=False))


@bench.command()
def balance(
    shop: ShopOption = None,
    data: Annotated[
        Path | None, typer.Option(help="A folder of real purchases, for the lift (default: bench/beauty of the data).")
    ] = None,
    scripts: Annotated[
        Path | None, typer.Option(help="A YAML file of scripts (default: those of eval/balance/scripts for the shop).")
    ] = None,
    sample: Annotated[int, typer.Option(min=2, help="Replies of the model at each strength.")] = 40,
    model: Annotated[bool, typer.Option("--model/--no-model", help="Whether a language model speaks.")] = True,
    whole_training: Annotated[
        bool, typer.Option("--whole-training", help="Train the recommender of the lift in full, and keep it.")
    ] = False,
    out: Annotated[
        Path, typer.Option(help="Where the picture and the replies go; replies there are not asked for again.")
    ] = Path("balance-out"),
) -> None:
    """Consistency against personalization, by strength, beside an assistant that has the history in its prompt.

    A run that was broken off goes on where it stopped; begin a new measurement in a new folder.
    """
    from eval.balance import Options, bench_balance

    settings = load_settings(shop=shop)
    found = data or settings.bench_data / "bench" / "beauty"
    options = Options(found, out, sample=sample, model=model, whole=whole_training, scripts=scripts)
    print(json.dumps(bench_balance(settings, options), ensure_ascii=False))


@bench.command()
def simulate(
    data: Annotated[
        Path | None,
        typer.Option(
            help="A folder of real purchases: what was bought next is the goal (default: shops/giftware of the data)."
        ),
    ] = None,
    a: Annotated[
        str,
        typer.Option("--a", help="The settings of one arm: strength (0 to 1, default), recommender (trained, none)."),
    ] = "strength=0",
    b: Annotated[str, typer.Option("--b", help="Those of the other arm; commas between several.")] = "strength=default",
    shoppers: Annotated[
        int | None, typer.Option(min=2, help="How many simulated shoppers (default: 1500, and 12 with --model).")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of goals, patience, budgets and words.")] = 0,
    worded: Annotated[
        bool, typer.Option("--worded", help="A model behind an endpoint words their messages, not templates.")
    ] = False,
    model: Annotated[
        bool, typer.Option("--model", help="The configured model plans and speaks: a small sample, which is slow.")
    ] = False,
    sensitivity: Annotated[
        bool, typer.Option("--sensitivity", help="Also with other patience and vagueness, in a table.")
    ] = False,
    whole_training: Annotated[
        bool, typer.Option("--whole-training", help="Train the recommender in full, and keep it.")
    ] = False,
    out: Annotated[Path, typer.Option(help="Where conversations.jsonl and found.svg go.")] = Path("simulated-out"),
) -> None:
    """Simulated shoppers, each after a product that a real one bought next: which of two settings do more of them find it with?

    The same simulated shoppers talk with the whole assistant in both arms. Without --model no language model is measured.
    """
    from eval.simulated import Asked, bench_simulate, read_arm

    settings = load_settings()
    asked = Asked(
        data or settings.bench_data / "shops" / "giftware", read_arm(a), read_arm(b), out,
        shoppers=shoppers, seed=seed, worded=worded, model=model, sensitivity=sensitivity, whole=whole_training,
    )  # fmt: skip
    print(json.dumps(bench_simulate(settings, asked), ensure_ascii=False))
