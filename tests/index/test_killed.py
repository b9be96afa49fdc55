"""A build that is killed at any moment leaves an index that serves, and the next build goes on."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from index.build import build, open_index
from index.search import Query
from index.shop import read_shop
from tests.toys import ToyEncoder

CODE = """
import sys, time
from pathlib import Path
from index.build import build
from index.shop import read_shop
from tests.toys import ToyEncoder

class Slow(ToyEncoder):
    def encode(self, texts, progress=False):
        time.sleep(0.05)
        return super().encode(texts)

shop, directory = Path(sys.argv[1]), Path(sys.argv[2])
feed = (shop / "products.jsonl")
print("ready", flush=True)
for n in range(1000):
    feed.write_text(feed.read_text().replace("Mug", "Mug" if n % 2 else "Cup"))
    build(read_shop(shop), Slow(), directory, progress=False)
"""


def test_killed_at_random_moments(shop_folder: Path, tmp_path: Path):
    rng = random.Random(5)
    root = Path(__file__).resolve().parents[2]
    good = (shop_folder / "products.jsonl").read_text()
    build(read_shop(shop_folder), ToyEncoder(), tmp_path / "i", progress=False)
    for _ in range(5):
        child = subprocess.Popen(
            [sys.executable, "-c", CODE, str(shop_folder), str(tmp_path / "i")],
            stdout=subprocess.PIPE,
            cwd=root,
            text=True,
        )
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(rng.uniform(0.0, 0.8))
        child.send_signal(signal.SIGKILL)
        child.wait()
        (shop_folder / "products.jsonl").write_text(good)
        shop = read_shop(shop_folder)
        build(shop, ToyEncoder(), tmp_path / "i", progress=False)
        found = open_index(shop, ToyEncoder(), tmp_path / "i").search(Query("glen mug"))
        assert found.candidates[0].product.id == "M1"
