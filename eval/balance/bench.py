"""The balance of consistency and personalization, by strength: the assistant, and beside it a naive one.

What is stated and how products are ranked is measured without a language model; how it is said, and the naive
assistant, on a sample of replies with one.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.app import build_app, open_encoder
from assistant.llm import Model
from assistant.settings import Settings
from eval.balance import facts
from eval.balance.compared import rounded
from eval.balance.kept import Kept
from eval.balance.lift import Lift, measure_lift
from eval.balance.scripts import Script, cast, read_scripts
from eval.balance.words import Sample, in_words
from eval.plots import plot_balance
from eval.probes import bench_probes
from eval.redteam.obeying import ObeyingModel
from index.embedding import Encoder
from index.errors import ShopError
from index.intake import read_catalogue
from index.shop import read_shop

STRENGTHS = (0.0, 0.25, 0.5, 0.75, 1.0)
NAIVE_STRENGTHS = (0.0, 0.5, 1.0)  # shares of the history: it is slow
PROBED = ("probes", "over_personalized", "controls", "controls_personalized")
MISSING = ("naive: lift", "naive: reasons_hold")  # hundreds of conversations with a model; and it names no events
IN_WORDS = ("voice_mean", "voice_spread", "claims_identical", "claims_wrong", "naive")
LIFT_IS = "NDCG@10 of held-out purchases with a strength over that with 0; its share: the gain over 0, of the gain at 1"


@dataclass(frozen=True)
class Options:
    """What to measure.

    Args:
        data: a folder of real purchases, for the lift.
        out: where the picture and the replies go, and what a run that was broken off goes on from.
        sample: replies of the model at each strength.
        model: whether a language model is asked at all.
        whole: whether the recommender of the lift is trained in full, if it is not kept yet.
        scripts: a file of scripts; None: those of this project for the shop.
        strengths: to which the shop's own is added.
    """

    data: Path
    out: Path
    sample: int = 40
    model: bool = True
    whole: bool = False
    scripts: Path | None = None
    strengths: Sequence[float] = STRENGTHS
    naive_strengths: Sequence[float] = NAIVE_STRENGTHS


def bench_balance(
    settings: Settings,
    options: Options,
    *,
    encoder: Encoder | None = None,
    chat: Model | None = None,
    progress: bool = True,
) -> dict[str, Any]:
    """Measure, write `balance.svg`, `balance.png` and `rows.jsonl` into `options.out`, and return what is printed.

    Args:
        encoder, chat: instead of the configured ones (tests).

    Raises:
        ShopError: the shop has no scripts or too few shoppers, or there are no purchases in the data folder.
    """
    started = time.perf_counter()
    shop = read_shop(settings.shop)
    default = shop.settings.personalization.strength
    scripts = read_scripts(settings.shop, options.scripts)
    encoder = encoder or open_encoder(settings, progress=progress)
    points = {strength: {"strength": strength} for strength in sorted({*options.strengths, default})}
    naive = {share: {"strength": share} for share in options.naive_strengths if options.model}
    with Kept(options.out) as kept:
        name = f"{settings.shop.resolve().name} | {sorted(points)}"
        stated = kept.row(f"facts | {name}", lambda: _stated(settings, scripts, list(points), encoder, progress))
        for point, figures in zip(points.values(), stated["points"], strict=True):
            strength = point["strength"]
            point |= figures
            point |= kept.row(f"probes | {name} | {strength}", lambda: _probed(settings, strength, encoder, progress))  # noqa: B023
        trained = "whole" if options.whole else "as kept"
        key = f"lift | {name} | {options.data} | {trained}"
        lift = Lift.of(kept.row(key, lambda: _lift(settings, options, list(points), encoder, progress)))
        for strength, point in points.items():
            point |= _lifted(lift, strength)
        about = {}
        if options.model:
            sample = Sample(scripts, options.sample, points, naive)
            about = in_words(settings, sample, kept, encoder, chat, progress=progress)
        else:
            print("without a model: no voice, no claims, no naive assistant", file=sys.stderr)
    result = {
        "points": [_plain(point) for point in points.values()],
        "naive": list(naive.values()),
        "shop": settings.shop.resolve().name,
        "default": default,
        "events_simulated": shop.settings.demo,
        "shoppers": stated["shoppers"],
        "scripts": len(scripts),
        "facts_identical_over_strengths": stated["over_strengths"],
        "lift_is": LIFT_IS,
        "lift_data": lift.dataset,
        "lift_recommender": lift.recipe,
        "lift_conversations": lift.gains.shape[1],
        "lift_share_at_default": rounded(lift.share(default)),
        "lift_share_at_default_interval": lift.share_interval(default),
        **about,
        "missing": MISSING if options.model else [*MISSING, *IN_WORDS],
        "seconds": round(time.perf_counter() - started, 1),
    }
    plot_balance(result["points"], result["naive"], default, options.out)
    return result


def _stated(
    settings: Settings, scripts: Sequence[Script], strengths: Sequence[float], encoder: Encoder, progress: bool
) -> dict[str, Any]:
    """What `facts.figures` counts, for each strength, and whether all strengths state the same."""
    chat = ObeyingModel(native=False)
    app = build_app(settings, model=Model(chat, "planner", native=False), encoder=encoder, progress=progress)
    try:
        shoppers = cast(app.shop.folder, app.shoppers.all())
        catalogue = read_catalogue(app.shop, lambda row: None)
        with tempfile.TemporaryDirectory(prefix="onevoice-balance-") as folder:
            heard = [
                facts.hear(app, chat, catalogue, scripts, shoppers, s, Path(folder) / str(n), progress=progress)
                for n, s in enumerate(strengths)
            ]
    finally:
        app.close()
    over = facts.compared_over_strengths([row for rows in heard for row in rows])
    points = [facts.figures(rows) for rows in heard]
    return {"shoppers": len(shoppers), "over_strengths": rounded(over), "points": points}


def _probed(settings: Settings, strength: float, encoder: Encoder, progress: bool) -> dict[str, Any]:
    """Whether history is left alone where it must be; of a shop without the probes' shoppers nothing is known."""
    try:
        found = bench_probes(settings, encoder=encoder, strength=strength, progress=progress)
    except ShopError as error:
        print(f"no probes: {error}", file=sys.stderr)
        found = {}
    return {name: found.get(name) for name in PROBED}


def _lift(
    settings: Settings, options: Options, strengths: Sequence[float], encoder: Encoder, progress: bool
) -> dict[str, Any]:
    tried = sorted({*strengths, 0.0, 1.0})
    kept = settings.data_dir / "bench"
    return measure_lift(options.data, tried, encoder, kept, whole=options.whole, progress=progress).to_json()


def _lifted(lift: Lift, strength: float) -> dict[str, Any]:
    return {
        "lift": rounded(lift.ratio(strength)),
        "lift_interval": lift.interval(strength),
        "ndcg@10": round(lift.ndcg(strength), 5),
    }


def _plain(point: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in point.items() if name not in ("key", "seconds")}
