"""Building: incremental, taken up in one step, and never served when it is of something else."""

import json
from pathlib import Path

import pytest

from index.build import build, open_index
from index.errors import ShopError
from index.search import Query
from index.shop import read_shop
from tests.conftest import rows, write_jsonl
from tests.toys import ToyEncoder


def test_only_what_changed_is_embedded_again(shop_folder: Path, tmp_path: Path):
    encoder = ToyEncoder()
    first = build(read_shop(shop_folder), encoder, tmp_path / "i", progress=False)
    assert (first.indexed, first.unchanged, first.removed) == (8, 0, 0)
    changed = [row for row in rows() if row["id"] != "M2"]
    changed[-1]["title"] = "Glen Stoneware Mug"
    write_jsonl(shop_folder / "products.jsonl", changed)
    before = encoder.encoded
    second = build(read_shop(shop_folder), encoder, tmp_path / "i", progress=False)
    assert (second.indexed, second.unchanged, second.removed) == (1, 6, 1)
    assert encoder.encoded == before + 1


def test_a_price_changes_without_embedding(shop_folder: Path, tmp_path: Path):
    encoder = ToyEncoder()
    build(read_shop(shop_folder), encoder, tmp_path / "i", progress=False)
    changed = rows()
    changed[-1]["price"] = "11.00 EUR"
    write_jsonl(shop_folder / "products.jsonl", changed)
    before = encoder.encoded
    shop = read_shop(shop_folder)
    assert build(shop, encoder, tmp_path / "i", progress=False).unchanged == 8
    assert encoder.encoded == before
    found = open_index(shop, encoder, tmp_path / "i").search(Query("hazel mug"))
    assert str(found.candidates[0].product.current_price) == "11.00 EUR"


def test_an_index_of_something_else_is_refused_with_the_remedy(shop_folder: Path, tmp_path: Path):
    shop, encoder = read_shop(shop_folder), ToyEncoder()
    with pytest.raises(ShopError, match="onevoice index"):
        open_index(shop, encoder, tmp_path / "i")
    build(shop, encoder, tmp_path / "i", progress=False)
    other = ToyEncoder()
    other.name = "another"
    with pytest.raises(ShopError, match="onevoice index"):
        open_index(shop, other, tmp_path / "i")


def test_a_build_that_died_half_way_leaves_the_old_version(shop_folder: Path, tmp_path: Path):
    shop, encoder = read_shop(shop_folder), ToyEncoder()
    build(shop, encoder, tmp_path / "i", progress=False)
    served = (tmp_path / "i" / "current").read_text()
    half = tmp_path / "i" / "v-half"
    (half / "chroma").mkdir(parents=True)
    (tmp_path / "i" / "current.draft").write_text("v-half")
    assert open_index(shop, encoder, tmp_path / "i").search(Query("mug")).verdict == "found"
    assert (tmp_path / "i" / "current").read_text() == served


def test_a_damaged_version_is_built_again(shop_folder: Path, tmp_path: Path):
    shop, encoder = read_shop(shop_folder), ToyEncoder()
    build(shop, encoder, tmp_path / "i", progress=False)
    target = tmp_path / "i" / (tmp_path / "i" / "current").read_text()
    (target / "lexical.sqlite").unlink()
    build(shop, encoder, tmp_path / "i", progress=False)
    assert open_index(shop, encoder, tmp_path / "i").search(Query("mug")).verdict == "found"
    manifest = json.loads((tmp_path / "i" / (tmp_path / "i" / "current").read_text() / "manifest.json").read_text())
    assert manifest["encoder"] == "toy"
