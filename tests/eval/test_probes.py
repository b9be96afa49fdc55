"""When not to personalize, measured: the format is strict, the figures can be bad, and they are good."""

import importlib
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant import restraint, wanted
from assistant.cli import cli
from assistant.settings import Settings
from assistant.tools import searching, suggesting
from eval import probes
from eval.dialogues import read_documents
from eval.probes import PROBES, Outcome, Probes, bench_probes, summary
from index.errors import ShopError
from tests.toys import ToyEncoder

BY_EVIDENCE = ("stale", "thin")  # weighed event by event, in `assistant.ranking`


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return Settings(data_dir=tmp_path_factory.mktemp("probes"), _env_file=None)


@pytest.fixture(scope="module")
def figures(settings):
    return bench_probes(settings, encoder=ToyEncoder(), progress=False)


def one(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "some.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kind: gifts\nprobes: [{by: a, say: b}]", "kind"),
        ("kind: gift\nprobes: []", "probes"),
        ("kind: gift\nprobes: [{by: a}]", "turns"),
        ("kind: gift\nprobes: [{by: a, say: b, turns: [{say: c}]}]", "turns"),
        ("kind: gift\nprobes: [{say: b}]", "history"),
        ("kind: thin\nprobes: [{say: b, history: [{product_id: X, days_ago: 0}]}]", "days_ago"),
        ("kind: gift\nprobes: [{by: a, say: b, expect: c}]", "expect"),
    ],
)
def test_a_wrong_probe_is_refused_with_its_place(tmp_path, text, message):
    with pytest.raises(ShopError, match=rf"(?s)some\.yaml, probes at line 1: .*{message}"):
        list(read_documents(one(tmp_path, text), Probes, "probes"))


def test_a_shopper_or_product_that_is_not_there_is_said(settings, tmp_path):
    nobody = one(tmp_path, "kind: gift\nprobes: [{by: nobody, say: a mug}]")
    with pytest.raises(ShopError, match="no shopper 'nobody'"):
        bench_probes(settings, encoder=ToyEncoder(), path=nobody, progress=False)
    nothing = one(tmp_path, "kind: thin\nprobes: [{history: [{product_id: NIX, days_ago: 9}], say: a mug}]")
    with pytest.raises(ShopError, match="NIX"):
        bench_probes(settings, encoder=ToyEncoder(), path=nothing, progress=False)


def test_the_figures_are_counted():
    rows = [
        Outcome("gift", "en", "a", True, False, 1),
        Outcome("gift", "zh", "b", False, True, 0),
        Outcome("control", "en", "c", True, False, 0),
        Outcome("control", "en", "d", False, False, 0),
    ]
    assert summary(rows) == {
        "probes": 2, "personalized": 1, "over_personalized": 0.5, "controls": 2, "controls_personalized": 0.5,
        "kinds": {"gift": {"probes": 2, "personalized": 1, "share": 0.5}, "control": {"probes": 2, "personalized": 1, "share": 0.5}},
        "failed": ["a", "d"], "empty": ["b"], "sensitive_reasons": 1, "chinese": 1,
    }  # fmt: skip


def test_there_are_enough_of_every_kind_and_a_third_is_chinese(figures):
    assert figures["probes"] >= 160 and figures["controls"] >= 60
    assert 3 * figures["chinese"] >= 0.9 * (figures["probes"] + figures["controls"])
    assert set(figures["kinds"]) == {
        "gift", "other_person", "continued", "contradiction", "sensitive", "opted_out", "stale", "thin", "guest", "control",
    }  # fmt: skip
    assert figures["empty"] == []


def test_history_is_left_alone_where_it_must_be_and_at_work_where_it_may(figures):
    held = {kind: row for kind, row in figures["kinds"].items() if kind not in (*BY_EVIDENCE, "control")}
    assert sum(row["personalized"] for row in held.values()) <= 0.01 * sum(row["probes"] for row in held.values())
    assert figures["controls_personalized"] >= 0.9


def test_stale_and_thin_evidence_moves_nothing(figures):
    assert figures["over_personalized"] <= 0.01


def test_without_restraint_the_probes_are_personal(settings, monkeypatch):
    for module in (restraint, searching, suggesting, wanted):
        monkeypatch.setattr(module, "held_back", lambda context, best=None: None)
    found = bench_probes(settings, encoder=ToyEncoder(), path=PROBES / "other_person.yaml", progress=False)
    assert found["over_personalized"] > 0.6


def test_the_command_prints_one_json_object_last(settings, tmp_path, monkeypatch):
    path = one(tmp_path, "kind: gift\nprobes: [{by: ines, say: a mug for my aunt}]")
    command = importlib.import_module("assistant.cli.probes")  # the package holds the command by this name
    monkeypatch.setattr(command, "load_settings", lambda **given: settings)
    bench = probes.bench_probes
    monkeypatch.setattr(probes, "bench_probes", lambda *a, **k: bench(*a, **k, encoder=ToyEncoder(), progress=False))
    result = CliRunner().invoke(cli, ["bench", "probes", "--probes", str(path)])
    printed = json.loads(result.stdout.splitlines()[-1])
    assert (printed["probes"], printed["personalized"], printed["controls"]) == (1, 0, 0)
