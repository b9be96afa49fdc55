"""The labelled sentences against the audit: what is caught, what is refused, and what is no set of sentences."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli import cli
from eval.audit import bench_audit
from index.errors import ShopError

JACKET, MUG = ["J1-M-Blue"], ["M2"]


@pytest.fixture
def data(tmp_path: Path, shop_folder: Path) -> Path:
    """A folder of benchmark data with the small shop in it."""
    (tmp_path / "data" / "shops").mkdir(parents=True)
    shop_folder.rename(tmp_path / "data" / "shops" / "tiny")
    return tmp_path / "data"


def written(path: Path, *cases: tuple[list[str], str, bool | None]) -> Path:
    rows = [
        {"shop": "tiny", "facts": facts, "sentence": sentence, "language": "en", "true": true, "kind": "price"}
        for facts, sentence, true in cases
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_what_is_caught_and_what_is_refused_is_counted(data, tmp_path):
    cases = written(
        tmp_path / "cases.jsonl",
        (JACKET, "It costs 80.00 EUR.", True),
        (JACKET, "It is a marvel of zygotic engineering.", True),  # true or not, nobody can look it up
        (JACKET, "It costs 90.00 EUR.", False),
        (MUG, "It costs 9.50 EUR.", False),  # a wrong label: it is true and released
    )
    found = bench_audit(data, [cases], tmp_path / "wrong.jsonl", progress=False)
    assert (found["sentences"], found["false_caught"], found["true_refused"]) == (4, 0.5, 0.5)
    assert found["wrong_by_kind"] == {"price": 2}
    wrong = [json.loads(line) for line in (tmp_path / "wrong.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(row["sentence"], bool(row["reason"])) for row in wrong] == [
        ("It is a marvel of zygotic engineering.", True),
        ("It costs 9.50 EUR.", False),
    ]


@pytest.mark.parametrize(
    ("cases", "message"),
    [
        ([], "no labelled sentences"),
        ([(JACKET, "It costs 80.00 EUR.", None)], "not labelled"),
        ([(["J9"], "It costs 80.00 EUR.", True)], "no product 'J9'"),
    ],
)
def test_what_is_no_set_of_sentences_is_no_success(data, tmp_path, cases, message):
    with pytest.raises(ShopError, match=message):
        bench_audit(data, [written(tmp_path / "cases.jsonl", *cases)], progress=False)


def test_a_malformed_line_is_named(data, tmp_path, monkeypatch):
    cases = written(tmp_path / "cases.jsonl", (JACKET, "It costs 80.00 EUR.", True))
    with cases.open("a", encoding="utf-8") as sink:
        sink.write('{"shop": "tiny"}\n')
    monkeypatch.setenv("ONEVOICE_BENCH_DATA", str(data))
    result = CliRunner().invoke(cli, ["bench", "audit", "--cases", str(cases)])
    assert isinstance(result.exception, ShopError)
    assert "line 2" in str(result.exception)
