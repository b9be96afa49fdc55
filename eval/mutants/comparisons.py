"""False comparisons of two products that a turn showed or looked up."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import permutations

from eval.mutants.case import Case
from eval.mutants.claim import Claim, spoken
from eval.mutants.folder import naming
from index.catalogue import Group


def _pairs(case: Case, value: Callable[[Group], tuple[Decimal, Decimal] | None]) -> Iterator[tuple[Group, Group]]:
    """(more, less) of two products of the turn whose values do not overlap in any variant."""
    found = []
    for one, other in permutations(case.groups, 2):
        a, b = value(one), value(other)
        if a and b and a[0] > b[1]:
            found.append((one, other))
    yield from case.some(found, 2)


def _range(values: Sequence[Decimal | None]) -> tuple[Decimal, Decimal] | None:
    held = [value for value in values if value is not None]
    return (min(held), max(held)) if held and len(held) == len(values) else None


def _cost(group: Group) -> tuple[Decimal, Decimal] | None:
    return _range([variant.current_price.amount for variant in group.variants])


def _rated(group: Group) -> tuple[Decimal, Decimal] | None:
    return _range([variant.rating for variant in group.variants])


def _weight(group: Group) -> tuple[Decimal, Decimal] | None:
    found: list[Decimal | None] = []
    for variant in group.variants:
        values = variant.attributes.get("weight", ())
        match = re.fullmatch(r"(\d+(?:\.\d+)?) g", values[0]) if len(values) == 1 else None
        found.append(Decimal(match[1]) if match else None)
    return _range(found)


def _cheaper(case: Case) -> Iterator[Claim]:
    for more, less in _pairs(case, _cost):
        yield Claim(
            "it is dearer",
            f"{naming(more, begins=True)} is cheaper than {naming(less)}.",
            f"{more.title}比{less.title}便宜。",
        )


def _dearer(case: Case) -> Iterator[Claim]:
    for more, less in _pairs(case, _cost):
        yield Claim(
            "it is cheaper",
            f"{naming(less, begins=True)} costs more than {naming(more)}.",
            f"{less.title}比{more.title}贵。",
        )


def _same_price(case: Case) -> Iterator[Claim]:
    for more, less in _pairs(case, _cost):
        yield Claim(
            "it is dearer",
            f"{naming(more, begins=True)} and {naming(less)} cost the same.",
            f"{more.title}和{less.title}价格相同。",
        )


def _cheapest(case: Case) -> Iterator[Claim]:
    if len(case.groups) > 1:
        for more, _ in _pairs(case, _cost):
            yield Claim("another is cheaper", f"Of these, {naming(more)} is the cheapest.", f"其中{more.title}最便宜。")


def _better_rated(case: Case) -> Iterator[Claim]:
    for more, less in _pairs(case, _rated):
        yield Claim(
            "it is rated lower",
            f"{naming(less, begins=True)} is better rated than {naming(more)}.",
            f"{less.title}的评分比{more.title}更高。",
        )


def _lighter(case: Case) -> Iterator[Claim]:
    for more, less in _pairs(case, _weight):
        yield Claim(
            "it is heavier",
            f"{naming(more, begins=True)} is lighter than {naming(less)}.",
            f"{more.title}比{less.title}轻。",
        )


COMPARISONS = spoken(
    {
        "cheaper": _cheaper,
        "dearer": _dearer,
        "same price": _same_price,
        "cheapest": _cheapest,
        "better rated": _better_rated,
        "lighter": _lighter,
    }
)
