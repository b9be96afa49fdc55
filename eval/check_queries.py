"""Checks a query set against a shop folder: each query has a right answer there, or truly none. Nothing is searched.

python -m eval.check_queries --shop shops/demo [--queries eval/queries/demo.yaml] [--list]
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from eval.dialogues import Predicate
from eval.lookup import fits
from index.catalogue import Catalogue
from index.errors import ShopError
from index.shop import read_shop

MOST = 40  # a query that more groups answer tells little about their order


class Query(BaseModel):
    """What a shopper types, and what the products that answer it are."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field(min_length=1)
    language: Literal["en", "zh"] = "en"
    kind: list[str] = Field(default_factory=list)
    match: list[Predicate] | Literal["nothing"]

    @field_validator("match", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return value if isinstance(value, list) or value == "nothing" else [value]


def read_queries(path: Path) -> list[Query]:
    """All queries of a file. An error names the query and the key."""
    found = []
    for row in yaml.safe_load(path.read_text(encoding="utf-8")):
        try:
            found.append(Query.model_validate(row))
        except ValidationError as error:
            raise ShopError(f"{path}: {row.get('q') if isinstance(row, dict) else row}: {error}") from error
    return found


def answers(query: Query, catalogue: Catalogue) -> list[str]:
    """Ids of the groups one of whose variants fits one of the predicates."""
    if query.match == "nothing":
        return []
    return [
        key
        for key, group in catalogue.groups.items()
        if any(fits(predicate, variant) for variant in group.variants for predicate in query.match)
    ]


def problems(query: Query, catalogue: Catalogue) -> list[str]:
    if query.match == "nothing":
        return []
    found = []
    if len(answers(query, catalogue)) > MOST:
        found.append(f"more than {MOST} groups answer it")
    for predicate in query.match:
        if not any(fits(predicate, product) for product in catalogue.products.values()):
            found.append(f"no product is {predicate.model_dump(exclude_defaults=True, by_alias=True)}")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shop", type=Path, default=Path("shops/demo"))
    parser.add_argument("--queries", type=Path, help="default: the file of this folder named like the shop")
    parser.add_argument("--list", action="store_true", help="print every query with the titles that answer it")
    args = parser.parse_args()
    try:
        catalogue = read_shop(args.shop).catalogue
        queries = read_queries(args.queries or Path(__file__).parent / "queries" / f"{args.shop.resolve().name}.yaml")
    except (ShopError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    wrong = [f"{text!r} is there twice" for text, count in Counter(query.q for query in queries).items() if count > 1]
    for query in queries:
        wrong += [f"{query.q!r}: {problem}" for problem in problems(query, catalogue)]
        if args.list:
            print(query.q, [catalogue.groups[key].title for key in answers(query, catalogue)], sep="\n    ")
    kinds = Counter(kind for query in queries for kind in query.kind)
    print(f"{len(queries)} queries;", ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())))
    print(*wrong, sep="\n", end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
