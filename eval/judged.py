"""Queries with judged answers: what shoppers type, and predicates that say which products answer it.

python -m eval.judged --shop shops/demo [--queries eval/queries/demo.yaml] [--list]

checks a query set against a shop folder: each query has a right answer there, or truly none. Nothing is searched.
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
from index.catalogue import Catalogue, Product
from index.errors import ShopError
from index.intake import read_catalogue
from index.shop import read_shop

FOLDER = Path(__file__).parent / "queries"
MOST = 40  # a query that more groups answer tells little about their order
CONSTRAINTS = ("price_min", "price_max", "color", "size", "gender", "brand", "in_stock", "not_")


class Judged(BaseModel):
    """What a shopper types, and what the products that answer it are."""

    model_config = ConfigDict(extra="ignore")

    q: str = Field(min_length=1)
    language: str = "en"
    kind: list[str] = Field(default_factory=list)
    match: list[Predicate] | Literal["nothing"]

    @field_validator("match", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return value if isinstance(value, list) or value == "nothing" else [value]

    @field_validator("kind", mode="before")
    @classmethod
    def _kinds(cls, value: Any) -> Any:
        return value if isinstance(value, list) else [value]


def read_queries(path: Path) -> list[Judged]:
    """All queries of a file.

    Raises:
        ShopError: the file cannot be read, or a query is wrong; the message names file, query and key.
    """
    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    except (OSError, yaml.YAMLError) as error:
        raise ShopError(f"{path}: no query set ({error}).") from error
    if not isinstance(rows, list):
        raise ShopError(f"{path}: not a list of queries; write a list of {{q, match}}.")
    found = []
    for number, row in enumerate(rows, 1):
        try:
            found.append(Judged.model_validate(row))
        except ValidationError as error:
            name = row.get("q") if isinstance(row, dict) else row
            problems = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
            raise ShopError(f"{path}: query {number} ({name}): {problems}") from error
    return found


def answers(query: Judged, catalogue: Catalogue) -> list[str]:
    """Ids of the groups one of whose variants fits one of the predicates."""
    if query.match == "nothing":
        return []
    return [
        key
        for key, group in catalogue.groups.items()
        if any(fits(predicate, variant) for variant in group.variants for predicate in query.match)
    ]


def breaks(query: Judged, product: Product) -> bool:
    """Whether a result breaks a constraint of the query: of several predicates, of each.

    What is for everybody, or states no gender, breaks no wish for one. A `not` in a query whose kinds are given, and
    negation is none of them, only narrows what is meant.
    """
    if query.match == "nothing":
        return False
    negated = not query.kind or "negation" in query.kind
    return all(_breaks(predicate, product, negated) for predicate in query.match)


def _breaks(predicate: Predicate, product: Product, negated: bool) -> bool:
    stated: dict[str, Any] = {name: getattr(predicate, name) for name in CONSTRAINTS}
    if not negated:
        stated["not_"] = None
    if not product.gender or "Unisex" in product.gender:
        stated["gender"] = None
    return not fits(Predicate(**stated), product)


def problems(query: Judged, catalogue: Catalogue) -> list[str]:
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
        catalogue = read_catalogue(read_shop(args.shop), lambda row: None)
        queries = read_queries(args.queries or FOLDER / f"{args.shop.resolve().name}.yaml")
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
