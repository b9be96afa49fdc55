"""Builds and opens a shop's index. A new version is built beside the old and taken up by moving one pointer file.

The index holds nothing that changes daily: prices and stock are read from the shop folder. It is a cache, and can
always be built again; whatever ends a build half-way leaves the old version served.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from tqdm import tqdm

from index import lexical, vectors
from index.embedding import Encoder, Vectors
from index.errors import ShopError
from index.search import Search
from index.shop import Rejected, Shop

SCHEMA = 1
BATCH = 64


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did, counted in product groups but for `read` and `products` (rows)."""

    read: int
    products: int
    indexed: int
    unchanged: int
    removed: int
    rejected: tuple[Rejected, ...]


def build(
    shop: Shop, encoder: Encoder, directory: Path, *, progress: bool = True, chroma_url: str | None = None
) -> BuildReport:
    """Bring the index up to date. Groups whose text has not changed are not embedded again."""
    directory.mkdir(parents=True, exist_ok=True)
    with FileLock(directory / "build.lock"):
        old = _manifest(directory)
        same_encoder = bool(old) and old["encoder"] == encoder.name and old["schema"] == SCHEMA
        groups = shop.catalogue.groups
        hashes = {key: group.text_hash for key, group in groups.items()}
        before: Mapping[str, str] = old.get("groups", {}) if same_encoder else {}
        kept = [key for key, value in hashes.items() if before.get(key) == value]
        report = BuildReport(
            shop.rows,
            len(shop.catalogue.products),
            len(groups) - len(kept),
            len(kept),
            len(set(before) - set(hashes)),
            shop.rejected,
        )
        if same_encoder and before == hashes and _complete(directory, old, chroma_url):
            return report
        known = _known(directory, old, kept, chroma_url) if kept else {}
        fresh = [key for key in groups if key not in known]
        encoded = _encode([groups[key].text for key in fresh], encoder, progress)
        known.update(zip(fresh, encoded, strict=True))
        matrix = np.stack([known[key] for key in groups])
        version = f"v-{uuid.uuid4().hex[:12]}"
        target = directory / version
        target.mkdir()
        vectors.write(vectors.client(target / "chroma", chroma_url), _collection(shop, version), list(groups), matrix)
        lexical.write(target / "lexical.sqlite", shop.catalogue)
        manifest = {
            "schema": SCHEMA,
            "encoder": encoder.name,
            "collection": _collection(shop, version),
            "chroma_url": chroma_url,
            "groups": hashes,
        }
        (target / "manifest.json").write_text(json.dumps(manifest))
        draft = directory / "current.draft"
        draft.write_text(version)
        os.replace(draft, directory / "current")
        _sweep(directory, version)
        return report


def open_index(shop: Shop, encoder: Encoder, directory: Path, *, chroma_url: str | None = None) -> Search:
    """Open the index that `build` has made.

    Raises:
        ShopError: there is none, or it is of another catalogue, encoder or version; with the remedy.
    """
    manifest = _manifest(directory)
    if not manifest:
        raise ShopError(f"{shop.folder}: not indexed yet. Run: onevoice index {shop.folder}")
    hashes = {key: group.text_hash for key, group in shop.catalogue.groups.items()}
    if manifest["encoder"] != encoder.name or manifest["schema"] != SCHEMA or manifest["groups"] != hashes:
        raise ShopError(f"{shop.folder}: its index is of another catalogue or model. Run: onevoice index {shop.folder}")
    target = directory / _current(directory)
    return Search(
        shop.catalogue,
        encoder,
        vectors.VectorIndex(vectors.client(target / "chroma", chroma_url), manifest["collection"]),
        lexical.LexicalIndex(target / "lexical.sqlite", shop.catalogue),
    )


def _encode(texts: list[str], encoder: Encoder, progress: bool) -> list[Vectors]:
    encoded: list[Vectors] = []
    with tqdm(total=len(texts), desc="indexing", unit="product", disable=not progress or not texts) as bar:
        for start in range(0, len(texts), BATCH):
            batch = texts[start : start + BATCH]
            encoded.extend(encoder.encode(batch))
            bar.update(len(batch))
    return encoded


def _collection(shop: Shop, version: str) -> str:
    name = "".join(char if char.isalnum() or char == "-" else "-" for char in shop.key)
    return f"s-{name[-40:]}-{version}"


def _current(directory: Path) -> str:
    try:
        return (directory / "current").read_text().strip()
    except OSError:
        return ""


def _manifest(directory: Path) -> dict[str, Any]:
    """The manifest of the version that is served; empty where there is none that can be read."""
    version = _current(directory)
    if not version:
        return {}
    try:
        loaded: dict[str, Any] = json.loads((directory / version / "manifest.json").read_text())
        return loaded
    except (OSError, ValueError):
        return {}


def _complete(directory: Path, manifest: Mapping[str, Any], chroma_url: str | None) -> bool:
    """Whether the served version can be opened; a cache that cannot is built again."""
    if manifest.get("chroma_url") != chroma_url:
        return False
    target = directory / _current(directory)
    try:
        held = vectors.client(target / "chroma", chroma_url).get_collection(manifest["collection"]).count()
    except Exception:  # Chroma raises of every kind on a damaged store; all mean the same: build again
        return False
    return held == len(manifest["groups"]) and (target / "lexical.sqlite").is_file()


def _known(directory: Path, manifest: Mapping[str, Any], kept: list[str], chroma_url: str | None) -> dict[str, Vectors]:
    """Vectors of the unchanged groups, from the version that is served."""
    if manifest.get("chroma_url") != chroma_url:
        return {}
    try:
        target = directory / _current(directory) / "chroma"
        index = vectors.VectorIndex(vectors.client(target, chroma_url), manifest["collection"])
    except Exception:  # as in _complete
        return {}
    return {key: index.matrix[index.row[key]] for key in kept if key in index.row}


def _sweep(directory: Path, version: str) -> None:
    """Remove other versions, but the one before: a process may still be reading it."""
    others = [path for path in directory.glob("v-*") if path.name != version]
    for path in sorted(others, key=lambda p: p.stat().st_mtime)[:-1]:
        shutil.rmtree(path, ignore_errors=True)
