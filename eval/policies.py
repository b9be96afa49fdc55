"""How well a shop's policies answer shoppers' questions: the right passage first, and silence where there is none.

The labelled questions of `eval/policies` were written from the policies alone; a file holds those of the shop folder it
is named after. Nothing is tuned here, and no model is run.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from tqdm import tqdm

from assistant.app import open_encoder, open_index
from assistant.settings import ROOT, Settings
from assistant.support.evidence import Evidence
from index.embedding import Encoder
from index.errors import ShopError
from index.loading import read_yaml
from index.passages import Passage, Ranked
from index.shop import read_shop

FOLDER = Path(__file__).parent / "policies"

Ranker = Callable[[str], Sequence[Ranked]]


class Asked(BaseModel):
    """A question, and extracts of the policies: what has one of them answers it. None: nothing does."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ask: str = Field(min_length=1)
    says: tuple[str, ...] = ()

    def answered_by(self, passage: Passage) -> bool:
        return any(_plain(extract) in _plain(passage.text) for extract in self.says)


def bench_policies(settings: Settings, shop: Path | None = None, out: Path | None = None) -> dict[str, Any]:
    """The command: figures by shop, by passages read in sentences and cells ("") and as wholes ("whole_").

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
        questions = read_questions(FOLDER / f"{folder.resolve().name}.yaml")
        found, got = ask(settings, folder, questions, encoder)
        result[folder.resolve().name] = found
        rows += got
    if out is not None:
        out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return result


def ask(
    settings: Settings, folder: Path, questions: Sequence[Asked], encoder: Encoder, *, progress: bool = True
) -> tuple[dict[str, float], list[dict[str, Any]]]:
    """The figures of one shop, see `figures`, and what each question got."""
    shop = read_shop(folder)
    index = open_index(settings.model_copy(update={"shop": folder}), shop, encoder)
    index.build(progress=progress)
    search = index.open()
    evidence = Evidence(shop, search)
    for question in questions:
        for extract in question.says:
            if not any(_plain(extract) in _plain(passage.text) for passage in evidence.policies):
                raise ShopError(f"{folder}: no policy says {extract!r}, the label of {question.ask!r}.")
    rankers: Mapping[str, Ranker] = {"": evidence.policy, "whole_": evidence.rules}
    ranked: dict[str, list[tuple[Asked, Sequence[Ranked]]]] = {name: [] for name in rankers}
    for question in tqdm(questions, desc=folder.resolve().name, unit="question", disable=not progress):
        for name, ranker in rankers.items():
            ranked[name].append((question, ranker(question.ask)))
    search.close()
    found = {"questions": float(len(questions))}
    for name, answers in ranked.items():
        found |= {name + figure: value for figure, value in figures(answers).items()}
    return found, [_row(folder, question, best) for question, best in ranked[""]]


def figures(answers: Iterable[tuple[Asked, Sequence[Ranked]]]) -> dict[str, float]:
    """Shares, 0 to 1, of questions and what was ranked for them, best first.

    Returns:
        first: of those that have an answer, the first passage says it.
        answered: the same, and it is taken for an answer.
        silent: of those that have none, nothing is taken for an answer.
    """
    first, answered, silent = [], [], []
    for question, ranked in answers:
        best = next(iter(ranked), None)
        if not question.says:
            silent.append(best is None or not best.supported)
            continue
        first.append(best is not None and question.answered_by(best.passage))
        answered.append(first[-1] and best is not None and best.supported)
    shares = {"first": first, "answered": answered, "silent": silent}
    return {name: round(fmean(map(float, held)), 4) if held else 0.0 for name, held in shares.items()}


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


def _row(folder: Path, question: Asked, ranked: Sequence[Ranked]) -> dict[str, Any]:
    best = next(iter(ranked), None)
    said = [question.answered_by(row.passage) for row in ranked]
    return {
        "shop": folder.resolve().name,
        "ask": question.ask,
        "says": list(question.says),
        "first": best.passage.text if best else None,
        "score": round(best.score, 3) if best else None,
        "supported": bool(best and best.supported),
        "place": said.index(True) + 1 if any(said) else None,
    }


def _plain(text: str) -> str:
    return " ".join(text.replace("**", "").split()).lower()
