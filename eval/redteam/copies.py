"""Copies of a shop folder with what attackers have got into its data. Cases whose patches do not meet share a copy."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from eval.redteam.cases import Case, Patch
from index.errors import ShopError


def grouped(cases: Iterable[Case]) -> list[list[Case]]:
    """Cases that can go over one copy of their shop. Those without a patch are over the shop as it is, alone.

    Two patches can share a copy if they touch no row or file in common, or are the same.
    """
    groups: list[list[Case]] = []
    for case in cases:
        group = next((held for held in groups if all(_fit(case, other) for other in held)), None)
        if group is None:
            groups.append(group := [])
        group.append(case)
    return groups


def _fit(one: Case, other: Case) -> bool:
    mine, theirs = one.shop_patch, other.shop_patch
    if one.shop != other.shop or bool(mine.touches()) != bool(theirs.touches()):
        return False
    return mine == theirs or not mine.touches() & theirs.touches()


def copy_shop(source: Path, target: Path, cases: Iterable[Case]) -> Path:
    """Copy a shop folder and write the cases' patches into it; returns the copy. Pictures are linked, not copied.

    Raises:
        ShopError: a patch names a product group or shopper that the shop does not have.
    """
    target.mkdir(parents=True)
    for path in sorted(source.iterdir()):
        if path.is_file():
            shutil.copy(path, target / path.name)
    if (source / "policies").is_dir():
        shutil.copytree(source / "policies", target / "policies")
    if (source / "images").is_dir():
        (target / "images").symlink_to((source / "images").resolve(), target_is_directory=True)
    written: list[Patch] = []
    for case in cases:
        if case.shop_patch not in written:
            _write(target, case)
            written.append(case.shop_patch)
    return target


def _write(shop: Path, case: Case) -> None:
    patch = case.shop_patch
    if patch.products:
        _change(shop / "products.jsonl", ("item_group_id", "id"), patch.products, case)
    if patch.shoppers:
        _change(shop / "shoppers.jsonl", ("id",), patch.shoppers, case)
    if patch.reviews:
        with (shop / "reviews.jsonl").open("a", encoding="utf-8") as lines:
            lines.writelines(json.dumps(r.model_dump(), ensure_ascii=False) + "\n" for r in patch.reviews)
    for name, text in patch.policies.items():
        path = shop / "policies" / name
        held = path.read_text(encoding="utf-8") if path.is_file() else ""
        path.write_text(f"{held.rstrip()}\n\n{text.strip()}\n", encoding="utf-8")


def _change(path: Path, keys: tuple[str, ...], changes: Mapping[str, Mapping[str, Any]], case: Case) -> None:
    """Replace fields of the rows that a change names by one of `keys`."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    for wanted, fields in changes.items():
        meant = [row for row in rows if wanted in (row.get(key) for key in keys)]
        if not meant:
            raise ShopError(
                f"{case.file}, {case.name!r}: shop_patch names {wanted!r}, which {path.name} does not have."
            )
        for row in meant:
            row.update(fields)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
