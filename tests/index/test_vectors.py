"""Vectors: the exact comparison, and Chroma's approximate one, embedded."""

import logging
import platform

import numpy as np
import pytest

from index.errors import ShopError
from index.vectors import Collection, Exact, client, remove, write

rng = np.random.default_rng(3)


def unit(count, d=32):
    rows = rng.normal(size=(count, d)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def chroma(tmp_path):
    with client(tmp_path / "chroma", None) as opened:
        yield opened


def ids(count):
    return [f"g{n}" for n in range(count)]


def test_exact_is_numpy_s_order():
    matrix = unit(300)
    for vector in unit(5):
        cosines = matrix @ vector
        expected = sorted(range(300), key=lambda row: -cosines[row])[:10]
        found = Exact(ids(300), matrix).rank(vector, 10)
        assert [key for key, _ in found] == [f"g{row}" for row in expected]
        assert [cosine for _, cosine in found] == pytest.approx([cosines[row] for row in expected], abs=1e-6)


def test_exact_keeps_the_catalogue_s_order_among_equals_and_gives_what_there_is():
    matrix = np.ones((4, 2), dtype=np.float16) / np.float16(2**0.5)
    found = Exact(ids(4), matrix).rank(np.array([1.0, 0.0], dtype=np.float32), 10)
    assert [key for key, _ in found] == ids(4)


def test_a_collection_finds_nearly_all_that_exact_finds(chroma):
    matrix = unit(2_000)
    write(chroma, "many", ids(2_000), matrix)
    collection, exact = Collection(chroma, "many"), Exact(ids(2_000), matrix)
    assert len(collection) == 2_000
    shares = []
    for vector in unit(100):
        found, expected = collection.rank(vector, 10), exact.rank(vector, 10)
        shares.append(len({key for key, _ in found} & {key for key, _ in expected}) / 10)
        cosines = dict(exact.rank(vector, 2_000))
        assert [cosine for _, cosine in found] == pytest.approx([cosines[key] for key, _ in found], abs=1e-5)
        assert [cosine for _, cosine in found] == sorted((cosine for _, cosine in found), reverse=True)
    assert np.mean(shares) >= 0.98


def test_half_precision_as_it_is_stored_is_taken(chroma):
    matrix = unit(10).astype(np.float16)
    write(chroma, "half", ids(10), matrix)
    (key, cosine), *_ = Collection(chroma, "half").rank(matrix[3].astype(np.float32), 1)
    assert (key, cosine) == ("g3", pytest.approx(1.0, abs=1e-2))


def test_writing_again_replaces(chroma):
    first, second = unit(20), unit(5)
    write(chroma, "one", ids(20), first)
    write(chroma, "one", [f"new{n}" for n in range(5)], second)
    collection = Collection(chroma, "one")
    assert len(collection) == 5
    assert collection.rank(second[2], 1)[0][0] == "new2"


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc fills memory that it hands out")
def test_nothing_of_the_process_s_memory_is_written(tmp_path):
    """Places of the index that are not taken hold one value, whatever was in memory before."""
    seen = set()
    for number in range(6):
        words = [b"a shopper's words " * size for size in (10, 100, 1_000, 4_000) for _ in range(500)]
        del words
        chroma = client(tmp_path / str(number), None)
        write(chroma, "some", [str(n) for n in range(7)], np.eye(7, 64))
        chroma.close()
        (data,) = (tmp_path / str(number)).rglob("data_level0.bin")
        seen |= set(data.read_bytes()[-(data.stat().st_size // 2) :])
    assert len(seen) == 1


def test_removing_ignores_what_is_missing(chroma):
    write(chroma, "here", ids(3), unit(3))
    remove(chroma, ["missing", "here", "here"])
    assert chroma.list_collections() == []


def test_a_collection_that_cannot_be_read_is_compared_exactly_or_says_so(chroma, caplog):
    matrix = unit(50)
    exact = Exact(ids(50), matrix)
    write(chroma, "gone", ids(50), matrix)
    helped, alone = Collection(chroma, "gone", exact), Collection(chroma, "gone")
    remove(chroma, ["gone"])
    with caplog.at_level(logging.WARNING, "onevoice"):
        assert helped.rank(matrix[7], 5) == exact.rank(matrix[7], 5)
    assert "every product is compared instead" in caplog.text
    with pytest.raises(ShopError, match="ONEVOICE_CHROMA_URL"):
        alone.rank(matrix[7], 5)


def test_a_dropped_collection_closes_its_client(tmp_path):
    opened = client(tmp_path / "c", None)
    write(opened, "one", ids(3), unit(3))
    collection = Collection(opened, "one")
    assert collection.rank(unit(1)[0], 1)
    del collection
    assert opened._closed


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "chroma.example", "ftp://x", "http://", "http://h:port"])
def test_an_address_that_is_none_is_said(url, tmp_path):
    with pytest.raises(ShopError, match="ONEVOICE_CHROMA_URL"):
        client(tmp_path, url)


def test_nothing_is_reported_to_anybody(chroma):
    assert chroma.get_settings().anonymized_telemetry is False
