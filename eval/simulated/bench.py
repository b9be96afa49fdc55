"""An A/B of two settings over simulated shoppers, through the whole assistant: agent, tools, ranking, cards, state.

A planner obeys the messages and writes no prose, so that no language model is measured unless one is asked for.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from assistant.app import App, build_app, open_encoder, taste_folder
from assistant.llm import Model
from assistant.settings import Settings
from assistant.taste.files import save
from eval.balance.lift import fitted_on
from eval.plots import plot_found
from eval.purchases import read_purchases
from eval.recommend import vectors
from eval.redteam.obeying import ObeyingModel
from eval.simulated.arms import Arm
from eval.simulated.faults import of_goal, of_persona
from eval.simulated.figures import PATIENCE_IS, TURNS_IS, Pair, compared, report, row, split
from eval.simulated.goals import Market, open_market
from eval.simulated.shoppers import VAGUENESS, Persona, persona
from eval.simulated.talk import Worder, play
from eval.simulated.worded import Worded
from eval.simulated.words import Vocabulary
from index.embedding import Encoder

SHOPPERS = 1_500
SAMPLED = 12  # with a language model, of which every turn takes seconds
PATIENCES = (2, 4, 6, 8)  # of the sensitivity table
NO_MODEL = "SIMULATED shoppers, and a planner that obeys them: no language model is measured."
A_MODEL = "SIMULATED shoppers; the model {model} plans and speaks."


@dataclass(frozen=True)
class Asked:
    """What to simulate.

    Args:
        data: a folder of real purchases.
        out: where conversations.jsonl and found.svg go.
        shoppers: how many; None: `SHOPPERS`, or `SAMPLED` with a model.
        worded: a model puts the messages into words.
        model: the configured model plans and speaks, instead of the planner that obeys.
        sensitivity: also with other patience and vagueness.
        whole: train the recommender in full, if that is not kept yet; else a quick training does, where none is.
    """

    data: Path
    a: Arm
    b: Arm
    out: Path
    shoppers: int | None = None
    seed: int = 0
    worded: bool = False
    model: bool = False
    sensitivity: bool = False
    whole: bool = False


def bench_simulate(
    settings: Settings,
    asked: Asked,
    *,
    encoder: Encoder | None = None,
    worded: Worder | None = None,
    model: Model | None = None,
    progress: bool = True,
) -> dict[str, Any]:
    """Play, write what was said and the picture into `asked.out`, print tables, and return the figures.

    Args:
        encoder, worded, model: instead of the configured ones (tests).

    Raises:
        ShopError: no purchases in the data folder; a setting or value that there is not; no endpoint for `worded`.
    """
    started = time.perf_counter()
    worder = worded or (Worded.of(settings) if asked.worded else None)
    count = asked.shoppers or (SAMPLED if asked.model else SHOPPERS)
    with opened(settings, asked, encoder, model, progress) as stage:
        found, faults = stage.drawn(count, "as drawn", None)
        pairs = stage.played(found, worder, "simulated shoppers", progress)
        varied = _varied(stage, count, worder, progress) if asked.sensitivity else None
        name = stage.app.model.name
    _write(asked.out / "conversations.jsonl", pairs)
    plot_found(
        {f"{side}: {arm}": [getattr(pair, side).found_at for pair in sound(pairs)] for side, arm in _arms(asked)},
        f"SIMULATED shoppers of {stage.market.name}: who had found their product by which message",
        asked.out / "found.svg",
    )
    result = compared(sound(pairs))
    for side, arm in _arms(asked):
        result[side] = {"settings": str(arm), **result[side]}
    result = {
        "data": stage.market.name,
        "simulated": True,
        "shoppers": len(sound(pairs)),
        "seed": asked.seed,
        "training": stage.training,
        **result,
        "goals": split(sound(pairs)),
        "gave_up": {side: result[side]["gave_up"] for side in ("a", "b")},
        "simulator_faults": dict(faults + Counter(fault for pair in pairs for fault in pair.faults)),
        "sensitivity": varied,
        "turns_are": TURNS_IS,
        "patience_is": PATIENCE_IS,
        "measured": A_MODEL.format(model=name) if asked.model else NO_MODEL,
        "seconds": round(time.perf_counter() - started, 1),
    }
    print(report(result), file=sys.stderr)
    return result


def sound(pairs: Sequence[Pair]) -> list[Pair]:
    """Those without a fault of the simulation in either arm."""
    return [pair for pair in pairs if not pair.faults]


@dataclass(frozen=True)
class Stage:
    """A data set as a shop, open in both arms; `training`: how the recommender was trained, whole or quick."""

    asked: Asked
    market: Market
    app: App
    arms: tuple[App, App]
    planner: ObeyingModel | None
    training: str

    def drawn(self, count: int, vagueness: str, patience: int | None) -> tuple[list[Persona], Counter[str]]:
        """So many shoppers who can be simulated, and the faults of those that were drawn and cannot."""
        catalogue = self.app.search.catalogue
        vocabulary = Vocabulary(product for group in catalogue.groups.values() for product in group.variants[:1])
        faults: Counter[str] = Counter()
        found: list[Persona] = []
        for number, goal in enumerate(self.market.goals):
            if len(found) == count:
                break
            if fault := of_goal(goal.product, catalogue):
                faults[fault] += 1
                continue
            product = catalogue.products[goal.product]
            one = persona(
                goal, product, vocabulary.spoken(product), number, self.asked.seed,
                vagueness=vagueness, patience=patience, priced=self.market.currency is not None,
            )  # fmt: skip
            if fault := of_persona(one):
                faults[fault] += 1
            else:
                found.append(one)
        return found, faults

    def played(self, personas: Sequence[Persona], worder: Worder | None, what: str, progress: bool) -> list[Pair]:
        return [
            Pair(one, *(play(app, one, self.planner, worder) for app in self.arms))
            for one in tqdm(personas, desc=what, unit="shopper", disable=not progress)
        ]


def _varied(stage: Stage, count: int, worder: Worder | None, progress: bool) -> list[dict[str, Any]]:
    """A row for each vagueness and patience. Those of one vagueness are one run, cut where patience ends."""
    rows = []
    for vagueness in VAGUENESS:
        personas, _ = stage.drawn(count, vagueness, max(PATIENCES))
        pairs = sound(stage.played(personas, worder, f"simulated, {vagueness}", progress))
        for patience in PATIENCES:
            found = compared([pair.within(patience) for pair in pairs])
            rows.append({"of": f"{vagueness}, {patience} messages", **row(found)})
    return rows


@contextmanager
def opened(
    settings: Settings, asked: Asked, encoder: Encoder | None, model: Model | None, progress: bool
) -> Iterator[Stage]:
    """The shop of the data set in both arms, with the recommender that was fitted on what came before."""
    data = read_purchases(asked.data)
    found = encoder or open_encoder(settings, progress=progress)
    kept = settings.data_dir / "bench"
    texts = vectors(data.texts, found, kept)
    fitted, training = fitted_on(data, texts, kept / data.name, found.name, asked.whole, progress)
    market = open_market(data, asked.data, kept / data.name / "simulated", asked.seed)
    planner = None if asked.model else ObeyingModel(native=False)
    chat = Model(planner, "planner", native=False) if planner is not None else model
    own = settings.model_copy(update={"shop": market.folder, "data_dir": kept / data.name / "simulated" / "data"})
    app = build_app(own, model=chat, encoder=found, progress=progress)
    try:
        with tempfile.TemporaryDirectory(prefix="onevoice-simulated-") as folder, ExitStack() as stack:
            peopled = replace(app, shop=replace(app.shop, folder=market.people), _template=None)
            save(fitted, market.ids, taste_folder(own, peopled.shop), {}, "float32")
            arms = [
                stack.enter_context(arm.opened(peopled, Path(folder) / side, market.now)) for side, arm in _arms(asked)
            ]
            yield Stage(asked, market, app, (arms[0], arms[1]), planner, training)
    finally:
        app.close()


def _arms(asked: Asked) -> tuple[tuple[str, Arm], ...]:
    return ("a", asked.a), ("b", asked.b)


def _write(path: Path, pairs: Sequence[Pair]) -> None:
    """One line for each simulated shopper and arm."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as out:
        for pair in pairs:
            for arm, played in (("a", pair.a), ("b", pair.b)):
                told = {"simulated": True, "arm": arm, **pair.persona.to_json(), **played.to_json()}
                out.write(json.dumps(told, ensure_ascii=False) + "\n")
