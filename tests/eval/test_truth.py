"""The look-up tells what the shop folder bears out from what it does not: every kind, in English and Chinese."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.settings import ROOT, load_settings
from eval.truth import Judge, Records
from index.shop import read_shop

CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("truth.yaml").read_text(encoding="utf-8"))


@cache
def judge_of(name: str) -> Judge:
    folder = ROOT / "shops" / "demo" if name == "demo" else load_settings().bench_data / "shops" / name
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there: set ONEVOICE_BENCH_DATA")
    return Judge(Records.of(read_shop(folder)))


def reply(judge: Judge, text: str, case: dict[str, Any]) -> dict[str, Any]:
    """A reply's JSON, with cards for the case's products: of a group its first variant in stock."""
    catalogue = judge.records.catalogue
    cards = []
    for key in case["about"]:
        variants = [catalogue.products[key]] if key in catalogue.products else catalogue.groups[key].variants
        product = next((v for v in variants if v.in_stock), variants[0])
        cards.append({"id": product.id, "title": product.title, "price": str(product.current_price)})
    return {
        "reply": text,
        "products": cards,
        "facts": [],
        "tools": [{"name": name, "args": {}, "ok": True} for name in case.get("tools", ())],
        "citations": [{"source": f"policies/{name}", "quote": ""} for name in case.get("cites", ())],
        "cart": {},
    }


def cases(which: str) -> list[Any]:
    return [pytest.param(case, id=case[which]) for case in CASES]


def test_there_are_enough_of_every_kind():
    assert len(CASES) >= 80
    kinds = {case["kind"] for case in CASES}
    assert kinds == {"number", "name", "attribute", "comparison", "promise", "availability", "policy"}


@pytest.mark.parametrize("case", cases("wrong"))
def test_what_is_wrong_is_reported(case):
    judge = judge_of(case["shop"])
    found = judge.reply(reply(judge, case["wrong"], case), case.get("say", ""))
    told = [(f.kind, f.verdict) for f in found]
    assert (case["kind"], case.get("verdict", "wrong")) in told, told


@pytest.mark.parametrize("case", cases("right"))
def test_what_is_right_passes(case):
    judge = judge_of(case["shop"])
    found = judge.reply(reply(judge, case["right"], case), case.get("say", ""))
    assert [(f.kind, f.words, f.why) for f in found] == []
