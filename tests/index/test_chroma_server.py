"""A real Chroma server: built on, shared by processes, swept, and dead."""

import json
import logging
import socket
import subprocess
import sys
import time
from pathlib import Path

import chromadb
import httpx
import pytest

from index.build import Index
from index.errors import ShopError
from index.search import Query
from index.shop import read_shop
from tests.conftest import rows, write_jsonl
from tests.toys import ToyEncoder

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(sys.executable).with_name("chroma")
START_S = 30
ASK = """
import json, logging, sys
from pathlib import Path
from index.build import Index
from index.search import Query
from index.shop import read_shop
from tests.toys import ToyEncoder

logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(name)s %(message)s")
index = Index(read_shop(Path(sys.argv[1])), ToyEncoder(), Path(sys.argv[2]), chroma_url=sys.argv[3])
found = index.open().search(Query("waterproof jacket")).candidates
print(json.dumps([candidate.product.id for candidate in found]))
"""


class Server:
    """`chroma run` on a free port of this machine."""

    def __init__(self, path: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self._log = (path.parent / f"chroma-{port}.log").open("w")
        self._process = subprocess.Popen(
            [str(BINARY), "run", "--host", "127.0.0.1", "--port", str(port), "--path", str(path)],
            stdout=self._log,
            stderr=self._log,
        )

    def answers(self) -> bool:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                return httpx.get(f"{self.url}/api/v2/heartbeat").is_success
            except httpx.HTTPError:
                time.sleep(0.1)
        return False

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        self._log.close()


def start(path: Path) -> Server:
    if not BINARY.is_file():
        pytest.skip(f"no Chroma server: {BINARY} is missing")
    server = Server(path)
    if not server.answers():
        server.stop()
        pytest.skip("the Chroma server did not start")
    return server


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """A server that lives as long as the tests do."""
    running = start(tmp_path_factory.mktemp("chroma") / "data")
    yield running
    running.stop()


@pytest.fixture
def mortal(tmp_path):
    """A server for one test, which may stop it."""
    running = start(tmp_path / "data")
    yield running
    running.stop()


@pytest.fixture
def index_on(shop_folder, tmp_path):
    """index_on(url) is the shop's index with its vectors on a Chroma server."""

    def make(url, **more):
        return Index(read_shop(shop_folder), ToyEncoder(), tmp_path / "i", chroma_url=url, **more)

    return make


def found(search, text="waterproof jacket"):
    return [candidate.product.id for candidate in search.search(Query(text)).candidates]


def collections(url):
    parts = httpx.URL(url)
    with chromadb.HttpClient(host=parts.host, port=parts.port) as chroma:
        return {collection.name for collection in chroma.list_collections()}


def test_a_server_serves_as_the_embedded_index_does(index_on, server, shop_folder, tmp_path, caplog, index_settings):
    index_on(server.url, **index_settings).build(progress=False)
    embedded = Index(read_shop(shop_folder), ToyEncoder(), tmp_path / "embedded")
    embedded.build(progress=False)
    with caplog.at_level(logging.WARNING, "onevoice"):
        here, there = index_on(server.url, **index_settings).open(), embedded.open()
        for text in ("waterproof jacket", "mug", "rain coat", ""):
            assert found(here, text) == found(there, text) != []
    assert not caplog.records
    assert not list((tmp_path / "i").glob("*/chroma-*"))


def test_two_processes_share_a_server(shop_folder, server, tmp_path):
    index = Index(read_shop(shop_folder), ToyEncoder(), tmp_path / "i", chroma_url=server.url)
    index.build(progress=False)
    search = index.open()
    ask = [sys.executable, "-c", ASK, str(shop_folder), str(tmp_path / "i"), server.url]
    others = [
        subprocess.Popen(ask, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)
    ]
    for other in others:
        out, problems = other.communicate(timeout=120)
        assert other.returncode == 0, problems
        assert json.loads(out.splitlines()[-1]) == found(search)
        assert "onevoice" not in problems


def test_versions_that_are_swept_leave_no_collection(index_on, server, shop_folder, index_settings):
    before = collections(server.url)
    for turn in range(4):
        changed = [{**rows()[0], "title": f"Alder Rain Jacket {turn}"}, *rows()[1:]]
        write_jsonl(shop_folder / "products.jsonl", changed)
        index_on(server.url, **index_settings).build(progress=False)
    assert len(collections(server.url) - before) <= 3  # what is served, the one before, and the one before that
    write_jsonl(shop_folder / "products.jsonl", [{**row, "price": "77.00 EUR", "sale_price": None} for row in changed])
    index_on(server.url, **index_settings).build(progress=False)
    assert len(collections(server.url) - before) == 2
    assert found(index_on(server.url, **index_settings).open())


def test_a_collection_that_the_server_has_lost_is_made_again(index_on, server):
    index = index_on(server.url)
    known = collections(server.url)
    index.build(progress=False)
    expected = found(index.open())
    (name,) = collections(server.url) - known
    parts = httpx.URL(server.url)
    with chromadb.HttpClient(host=parts.host, port=parts.port) as chroma:
        chroma.delete_collection(name)
    assert found(index_on(server.url).open()) == expected
    assert name in collections(server.url)


def test_a_server_that_dies_between_two_searches_is_done_without_and_said(index_on, mortal, caplog):
    index_on(mortal.url).build(progress=False)
    search = index_on(mortal.url).open()
    expected = found(search)
    mortal.stop()
    with caplog.at_level(logging.WARNING, "onevoice"):
        assert found(search) == expected
    assert "ONEVOICE_CHROMA_URL" in caplog.text and "every product is compared instead" in caplog.text


def test_a_dead_server_is_said_at_open_and_while_building(index_on, mortal, shop_folder):
    index_on(mortal.url).build(progress=False)
    mortal.stop()
    with pytest.raises(ShopError, match=f"ONEVOICE_CHROMA_URL={mortal.url}"):
        index_on(mortal.url).open()
    write_jsonl(shop_folder / "products.jsonl", rows()[1:])
    with pytest.raises(ShopError, match=f"ONEVOICE_CHROMA_URL={mortal.url}"):
        index_on(mortal.url).build(progress=False)


def test_prices_change_though_the_server_is_dead(index_on, mortal, shop_folder):
    index = index_on(mortal.url)
    index.build(progress=False)
    search = index.open()
    mortal.stop()
    write_jsonl(shop_folder / "products.jsonl", [{**row, "price": "77.00 EUR", "sale_price": None} for row in rows()])
    assert index_on(mortal.url).build(progress=False).repriced == 13
    assert str(search.search(Query("glen mug")).candidates[0].product.current_price) == "77.00 EUR"
