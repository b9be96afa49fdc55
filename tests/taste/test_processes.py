"""Several processes that train one model, as torchrun starts them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from assistant.taste.training import Recipe, train
from tests.taste.made import circles, judge_of_circles, texts_of

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import json, sys
from pathlib import Path
import torch
import torch.distributed as dist
from assistant.taste.training import Recipe, train
from tests.taste.made import circles, judge_of_circles, texts_of

torch.set_num_threads(1)
dist.init_process_group("gloo")
folder, epochs, size = Path(sys.argv[1]), int(sys.argv[2]), 12
judge, calls = judge_of_circles(size), []

def counted(model):
    calls.append(1)
    return judge(model)

recipe = Recipe(batch=16, negatives=32, rate=3e-3, epochs=epochs, patience=20)
model = train(circles(49, size, 6), texts_of(size), counted, recipe=recipe, checkpoint=folder / "training.pt", progress=False)
torch.save(model.state_dict(), folder / f"{dist.get_rank()}.pt")
(folder / f"{dist.get_rank()}.json").write_text(json.dumps({"judged": len(calls), "value": judge(model)}))
dist.destroy_process_group()
"""  # 49 shoppers in batches of 16: of the last window one process has nothing


def test_two_processes_learn_one_model_as_good_as_that_of_one(tmp_path: Path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", str(script),
         str(tmp_path), "6"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        cwd=tmp_path, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    first, second = (torch.load(tmp_path / f"{rank}.pt", weights_only=True) for rank in (0, 1))
    assert first.keys() == second.keys()
    for name, part in first.items():
        assert torch.equal(part, second[name]), name
    told = [json.loads((tmp_path / f"{rank}.json").read_text()) for rank in (0, 1)]
    assert [row["judged"] for row in told] == [6, 0]  # the first alone judges
    assert told[0]["value"] == told[1]["value"]
    recipe = Recipe(batch=16, negatives=32, rate=3e-3, epochs=6, patience=20)
    judge = judge_of_circles(12)
    alone = judge(train(circles(49, 12, 6), texts_of(12), judge, recipe=recipe, progress=False))
    assert told[0]["value"] == pytest.approx(alone, abs=0.1)
    assert alone > 0.9
    assert not (tmp_path / "training.pt").exists()
