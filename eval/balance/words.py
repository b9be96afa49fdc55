"""What a language model says, ours and the naive assistant's, judged alike and counted by strength."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.app import App, build_app
from assistant.cli.common import last_moment
from assistant.llm import Model
from assistant.settings import Settings
from eval.balance import judging, spoken
from eval.balance.careless import over_personalized, sampled
from eval.balance.judging import Bench, Judged, as_json
from eval.balance.kept import Kept
from eval.balance.scripts import Script, cast
from eval.naive import Naive
from eval.rows import Row
from eval.stage import GUEST
from index.embedding import Encoder
from index.intake import read_catalogue

SPEAKING = 20  # shoppers of the sample, at most; the naive assistant, which reads far more for an answer, hears half
PROBED = 8  # probes that are put to the naive assistant
FILE = "rows.jsonl"

Points = Mapping[float, dict[str, Any]]
Written = list[tuple[Row, Judged]]


@dataclass(frozen=True)
class Sample:
    """What to have said.

    Args:
        replies: at each strength.
        points, naive: strength → its figures, to which those of the words are added.
    """

    scripts: Sequence[Script]
    replies: int
    points: Points
    naive: Points

    def of(self, everybody: Sequence[str]) -> tuple[list[str], list[Script]]:
        """Who speaks, and what each says: as many shoppers as there may be, and then as many scripts."""
        shoppers = list(everybody)[:SPEAKING]
        said = [script for script in self.scripts if script.spoken] or list(self.scripts)
        said = said[: max(1, self.replies // len(shoppers))]
        return shoppers[: max(2, self.replies // len(said))], said


def in_words(
    settings: Settings, sample: Sample, kept: Kept, encoder: Encoder, chat: Model | None, *, progress: bool = True
) -> dict[str, Any]:
    """Have both assistants speak, and count; writes the replies with their verdicts for reading.

    Args:
        chat: the model; None: the configured one.
    """
    app = build_app(settings, model=chat, encoder=encoder, progress=progress)
    try:
        app.warm().wait(180)
        bench = Bench(app.shop, read_catalogue(app.shop, lambda row: None))
        shoppers, said = sample.of(cast(app.shop.folder, app.shoppers.all()))
        written: Written = []
        with tempfile.TemporaryDirectory(prefix="onevoice-balance-") as folder:
            rows = spoken.ours(app, kept, list(sample.points), said, shoppers, Path(folder), progress=progress)
            written += [(row, bench.judged(row)) for row in rows]
        careless = Naive(app, app.model, last_moment(app.shoppers.last_event_at()))
        fewer = shoppers[: max(2, len(shoppers) // 2)]
        pairs = [(shopper, script.say) for shopper in fewer for script in said]
        rows = spoken.naive(app, careless, kept, list(sample.naive), pairs, progress=progress)
        written += [(row, bench.judged(row)) for row in rows]
        for strength, point in sample.points.items():
            point |= judging.figures(_of(written, spoken.OURS, strength))
        for strength, point in sample.naive.items():
            point |= _naively(judging.figures(_of(written, spoken.NAIVE, strength), named=True))
        _probe(app, careless, kept, bench, sample.naive, progress)
        with (kept.folder / FILE).open("w", encoding="utf-8") as sink:
            sink.writelines(as_json(row, judged) + "\n" for row, judged in written)
        return {"model": app.model.name, "sample": len(shoppers) * len(said), "naive_sample": len(pairs)}
    finally:
        app.close()


def _of(written: Written, assistant: str, strength: float) -> list[Judged]:
    return [judged for row, judged in written if (row["assistant"], row["strength"]) == (assistant, strength)]


def _naively(figures: dict[str, Any]) -> dict[str, Any]:
    """With the keys of our points: all that the naive assistant states, and its list, is in its words."""
    return figures | {
        "facts_identical": figures["claims_identical"],
        "facts_identical_interval": figures["claims_identical_interval"],
        "facts": figures["claims"],
        "lists_differ": figures["spoken_lists_differ"],
        "lists_differ_interval": figures["spoken_lists_differ_interval"],
        "agreement": figures["right"],
        "lift": None,
        "reasons_hold": None,
    }


def _probe(app: App, careless: Naive, kept: Kept, bench: Bench, points: Points, progress: bool) -> None:
    """Messages for which history must be left alone, put to the naive assistant."""
    probes = [(probe.by, probe.say) for probe in sampled([shopper.id for shopper in app.shoppers.all()], PROBED)]
    guests = list(spoken.naive(app, careless, kept, [0.0], [(GUEST, say) for _, say in probes], progress=progress))
    for strength, point in points.items():
        rows = list(spoken.naive(app, careless, kept, [strength], probes, progress=progress))
        point |= {"over_personalized": over_personalized(rows, guests, bench), "probes": len(probes)}
