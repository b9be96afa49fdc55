"""How well a shop's policies answer shoppers' questions: the right passage first, and silence where there is none.

The labelled questions of `eval/policies` were written from the policies alone; a file holds those of the shop folder it
is named after. The message is planned by a script, so that the figures are those of what follows the plan.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from tqdm import tqdm

from assistant.app import build_app, open_encoder
from assistant.cli.common import last_moment
from assistant.llm import Model
from assistant.settings import ROOT, Settings
from eval.redteam.cases import Play
from eval.redteam.obeying import ObeyingModel
from eval.stage import GUEST, staged
from index.embedding import Encoder
from index.errors import ShopError
from index.loading import read_yaml
from index.passages import Ranked

FOLDER = Path(__file__).parent / "policies"


class Asked(BaseModel):
    """A question, and extracts of the policies: what has one of them answers it. None: nothing does."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ask: str = Field(min_length=1)
    says: tuple[str, ...] = ()

    def answered_by(self, text: str) -> bool:
        return any(_plain(extract) in _plain(text) for extract in self.says)


def bench_policies(settings: Settings, shop: Path | None = None, out: Path | None = None) -> dict[str, Any]:
    """The command: `figures` by shop.

    Args:
        shop: ask this one alone (default: all those of this project that are there).
        out: where what each question got goes, one JSON object a line.

    Raises:
        ShopError: no such shop, no questions for it, or a label that its policies do not say.
    """
    encoder = open_encoder(settings)
    result: dict[str, Any] = {}
    rows: list[dict[str, Any]] = []
    for folder in _folders(settings, shop):
        name = folder.resolve().name
        got = ask(settings, folder, read_questions(FOLDER / f"{name}.yaml"), encoder)
        result[name] = {"questions": len(got), **figures(got)}
        rows += [{"shop": name, **row._asdict()} for row in got]
    if out is not None:
        out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return result


class Got(NamedTuple):
    """What a question got.

    Args:
        says: the labels; none where nothing answers.
        told: the reply takes a passage that says it for the answer.
        silent: the reply says that no answer is found.
        place: from 1, of the first passage that says the answer, as they are ranked for the question alone.
    """

    ask: str
    says: tuple[str, ...]
    reply: str
    told: bool
    silent: bool
    place: int | None


def ask(
    settings: Settings, folder: Path, questions: Sequence[Asked], encoder: Encoder, *, progress: bool = True
) -> list[Got]:
    """Put each question to the shop's assistant, as a guest's first message, the plan being that policies are asked.

    Raises:
        ShopError: a label that no policy says.
    """
    planner = ObeyingModel(native=False)
    app = build_app(
        settings.model_copy(update={"shop": folder}),
        model=Model(planner, "scripted", native=False),
        encoder=encoder,
        progress=progress,
    )
    evidence = app.assistant.services.evidence
    try:
        for question in questions:
            for extract in question.says:
                if not any(_plain(extract) in _plain(passage.text) for passage in evidence.policies):
                    raise ShopError(f"{folder}: no policy says {extract!r}, the label of {question.ask!r}.")
        got = []
        now = last_moment(app.shoppers.last_event_at())
        bar = tqdm(questions, desc=folder.resolve().name, unit="question", disable=not progress)
        with tempfile.TemporaryDirectory(prefix="onevoice-policies-") as states, bar:
            for number, question in enumerate(bar):
                planner.obey(Play(calls=[{"tool": "ask_policy", "question": question.ask}]))
                with staged(app, Path(states) / str(number), GUEST, now) as talk:
                    reply, _ = talk.say(question.ask)
                cited = any(question.answered_by(citation.quote) for citation in reply.citations)
                silent = reply.outcome != "answered"
                place = _place(question, evidence.policy(question.ask))
                got.append(Got(question.ask, question.says, reply.text, cited and not silent, silent, place))
    finally:
        app.close()
    return got


def figures(got: Sequence[Got]) -> dict[str, float]:
    """Shares, 0 to 1; no model writes anything, so that they are the same in every run.

    Returns:
        told: of the questions that have an answer, the reply tells it.
        silent: of those that have none, the reply says that none is found.
        first: of those that have one, the first passage that is looked up by the question alone says it.
    """
    answered = [row for row in got if row.says]
    shares = {
        "told": [row.told for row in answered],
        "silent": [row.silent for row in got if not row.says],
        "first": [row.place == 1 for row in answered],
    }
    return {name: round(fmean(held), 4) if held else 0.0 for name, held in shares.items()}


def read_questions(path: Path) -> list[Asked]:
    """The questions of a file, in its order.

    Raises:
        ShopError: it is not there, or a row is not `{ask, says}`; the message says which.
    """
    try:
        return TypeAdapter(list[Asked]).validate_python(read_yaml(path))
    except FileNotFoundError as error:
        raise ShopError(f"{path} is not there: write a YAML list of {{ask, says}} to ask this shop.") from error
    except yaml.YAMLError as error:
        raise ShopError(f"{path}: not YAML ({error}).") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = f"question {int(first['loc'][0]) + 1}: " if first["loc"] else ""
        raise ShopError(f"{path}: {where}{first['msg']}. Write a list of {{ask, says}}.") from error


def _folders(settings: Settings, shop: Path | None) -> list[Path]:
    if shop is not None:
        return [shop]
    held = [ROOT / "shops" / "demo", settings.bench_data / "shops" / "luma"]
    for folder in held:
        if not folder.is_dir():
            print(f"left out: {folder} is not there. Set ONEVOICE_BENCH_DATA.", file=sys.stderr)
    return [folder for folder in held if folder.is_dir()]


def _place(question: Asked, ranked: Sequence[Ranked]) -> int | None:
    """The place, from 1, of the first passage that says the answer."""
    return next((n for n, row in enumerate(ranked, 1) if question.answered_by(row.passage.text)), None)


def _plain(text: str) -> str:
    return " ".join(text.replace("**", "").split()).lower()
