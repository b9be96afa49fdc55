"""A build that is killed at any moment leaves an index that serves, and the next build goes on."""

import json
import subprocess
import sys
from pathlib import Path

KILLS = 20
CODE = """
import json, os, random, signal, sys, time
from pathlib import Path
from index.build import Index
from index.errors import ShopError
from index.search import Query
from index.shop import read_shop
from tests.toys import ToyEncoder

shop, directory, kills = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
feed, rng = shop / "products.jsonl", random.Random(5)
good = feed.read_text()
feeds = [good, good.replace("Mug", "Cup"), good.replace("9.50 EUR", "8.50 EUR")]  # the last differs in facts alone


class Slow(ToyEncoder):
    def encode(self, texts, progress=False):
        time.sleep(0.02)
        return super().encode(texts)


def build():
    for turn in range(1_000_000):
        feed.write_text(feeds[turn % 3])
        Index(read_shop(shop), Slow(), directory).build(progress=False)


def served():
    "What is served, which must be one of the feeds, whole."
    for text in feeds:
        feed.write_text(text)
        try:
            search = Index(read_shop(shop), ToyEncoder(), directory).open()
        except ShopError:
            continue
        assert len(search.catalogue.products) == 13
        found = search.search(Query("glen")).candidates[0].product
        assert found.title in text and found.id == "M1", found
        assert str(search.catalogue.products["M2"].price) in text
        return
    raise AssertionError("nothing is served")


def in_child(work, seconds=None):
    pid = os.fork()
    if not pid:
        try:
            work()
        except BaseException as error:
            print(repr(error), file=sys.stderr)
            os._exit(1)
        os._exit(0)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
    return os.waitpid(pid, 0)[1]


if in_child(lambda: Index(read_shop(shop), ToyEncoder(), directory).build(progress=False)):
    raise SystemExit("the first build failed")
failed = [n for n in range(kills) if in_child(build, rng.uniform(0.0, 0.3)) != signal.SIGKILL or in_child(served)]
left = len(list(directory.glob("v-*/index.sqlite")))
print(json.dumps({"failed": failed, "left": left}))
"""


def test_killed_at_random_moments(shop_folder: Path, tmp_path: Path):
    """Each kill, and each look at what is served, is a process of its own; versions left behind are swept away."""
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(shop_folder), str(tmp_path / "i"), str(KILLS)],
        cwd=root,
        text=True,
        capture_output=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["failed"] == [], done.stderr
    assert result["left"] <= 3  # what is served, the one before, and one that was being built
