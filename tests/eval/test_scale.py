"""Varied copies, what they cost, and what is expected of a million."""

from pathlib import Path

import pytest

from assistant.settings import Settings
from eval.plots import plot_scale
from eval.scale import build, curve, fit
from eval.serving import Wish
from eval.varied import write_copies
from index.intake import read_catalogue
from index.shop import read_shop
from tests.toys import ToyEncoder

SIZE = 60


@pytest.fixture
def settings(shop_folder: Path, tmp_path: Path) -> Settings:
    return Settings(shop=shop_folder, data_dir=tmp_path / "data", cache_dir=tmp_path / "cache", _env_file=None)  # type: ignore[call-arg]


def test_copies_are_groups_of_their_own_varied_and_the_same_each_time(shop, tmp_path: Path):
    folder = write_copies(shop, SIZE, tmp_path / "a", progress=False)
    rejected = []
    copies = read_catalogue(read_shop(folder), rejected.append)
    assert (len(copies.products), len(copies.groups), rejected) == (SIZE, SIZE, [])
    originals = {product.title for product in read_catalogue(shop, rejected.append).products.values()}
    assert len({copy.title for copy in copies.products.values()} - originals) > 5
    assert {copy.color for copy in copies.products.values()} <= {None, "Blue", "Red", "Gray", "White"}
    prices = [copy.current_price.amount for copy in copies.products.values() if copy.path[0] == "Kitchen"]
    assert all(9.5 * 0.6 - 0.01 <= price <= 12 * 1.4 + 0.01 for price in prices)
    assert len(set(prices)) > 5
    other = write_copies(shop, SIZE, tmp_path / "b", progress=False)
    assert (other / "products.jsonl").read_text() == (folder / "products.jsonl").read_text()
    smaller = write_copies(shop, 10, tmp_path / "a", progress=False)
    assert (folder / "products.jsonl").read_text().startswith((smaller / "products.jsonl").read_text())


def test_a_build_is_timed_by_its_parts_and_kept(settings):
    encoder = ToyEncoder()
    built = build(settings, settings.shop, SIZE, encoder, progress=False)
    assert set(built.seconds) == {"reading", "embedding", "words_facets", "vector_index", "other"}
    assert built.total > 0
    embedded = encoder.encoded
    assert build(settings, settings.shop, SIZE, encoder, progress=False) == built
    assert encoder.encoded == embedded


def test_the_curve_has_a_row_a_size_and_a_guess_at_a_million(settings, tmp_path: Path):
    wishes = [Wish("mug under 10 euros"), Wish("rain jacket")]
    result = curve(settings, settings.shop, wishes, [SIZE, 20], ToyEncoder(), fresh=False, progress=False)
    assert [row["products"] for row in result["sizes"]] == [20, SIZE]
    assert {"build_s", "rss_mb", "index_mb", "p50_ms"} <= set(result["million"])
    assert result["sizes"][0]["vector_recall@10"] == 1
    plot_scale(result["sizes"], "tiny", tmp_path / "scale.png")
    assert (tmp_path / "scale.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(("base", "scale", "power"), [(0, 2, 1), (500, 0.003, 1), (5, 0.001, 1.25), (7, 0, 1)])
def test_a_law_is_found_again(base, scale, power):
    sizes = [1_000, 3_000, 12_000, 30_000, 100_000]
    found = fit(sizes, [base + scale * size**power for size in sizes])
    assert found.at(1_000_000) == pytest.approx(base + scale * 1_000_000**power, rel=0.01)


def test_noise_neither_bends_it_nor_makes_it_negative():
    sizes = [1_000, 3_000, 12_000, 30_000, 100_000]
    linear = [1.02 * 510, 0.98 * 530, 1.02 * 620, 0.99 * 800, 1.01 * 1500]
    assert fit(sizes, linear).at(1_000_000) == pytest.approx(10_500, rel=0.1)
    found = fit([1_000, 3_000, 12_000], [9.0, 8.0, 8.5])
    assert found.base >= 0 and found.scale >= 0
    assert fit([500], [3.0]).at(1_000_000) == 3
