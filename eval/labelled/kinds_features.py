"""Claims about what products have and can do, from the features listed in `terms.yaml`."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from eval.labelled.draw import Draw, Drawn, Kind, terms
from eval.labelled.items import Item
from eval.labelled.wording import count_zh, number_en

Feature = dict[str, Any]


@cache
def _features(item: Item) -> tuple[frozenset[int], frozenset[int]]:
    """The places in `terms.yaml` of the features that it has, and of those that nothing said of it hints at."""
    listed = list(enumerate(terms()["features"]))
    held = frozenset(place for place, feature in listed if _has(item, feature))
    lacking = (place for place, row in listed if not item.says(row["touched"]) and not item.says(row["stated"]))
    return held, frozenset(lacking)


def _has(item: Item, feature: Feature) -> bool:
    if feature.get("of") and not re.search(feature["of"], item.first.product_type or ""):
        return False
    where = item.title.lower() if feature.get("title") else item.stated
    return re.search(feature["stated"], where) is not None


def features_of(item: Item, where: frozenset[int] | None = None) -> list[Feature]:
    """The features it has, or those among them at given places."""
    held = _features(item)[0]
    return [terms()["features"][place] for place in sorted(held if where is None else held & where)]


def lacked(item: Item) -> frozenset[int]:
    return _features(item)[1]


def plausible(draw: Draw, item: Item) -> list[Feature]:
    """Features that it lacks and that others of its type have."""
    usual = frozenset[int]().union(*(_features(other)[0] for other in draw.world.like(item)))
    return [terms()["features"][place] for place in sorted(lacked(item) & usual)]


def say(draw: Draw, feature: Feature) -> str:
    """The feature as a predicate; its inflection is filled in with the name."""
    forms = feature[("held_" if draw.held_out else "") + draw.language]
    return str(draw.rng.choice(forms))


def feature(draw: Draw) -> Drawn | None:
    held, foreign = features_of(draw.item), plausible(draw, draw.item)
    if not held or not foreign:
        return None
    right = {"what": say(draw, draw.rng.choice(held))}
    false = [("attribute", {"what": say(draw, draw.rng.choice(foreign))})]
    for other in draw.others:
        theirs = features_of(other, lacked(draw.item))
        if theirs:
            false.append(("product", {"what": say(draw, draw.rng.choice(theirs))}))
    return Drawn(right, false)


def feature_pair(draw: Draw) -> Drawn | None:
    """Two features at once; made false by changing one."""
    held, foreign = features_of(draw.item), plausible(draw, draw.item)
    if len(held) < 2 or not foreign:
        return None
    one, two = draw.rng.sample(held, 2)
    right = {"what": say(draw, one), "what_b": say(draw, two)}
    wrong = say(draw, draw.rng.choice(foreign))
    return Drawn(right, [("attribute", right | {"what_b": wrong}), ("attribute", right | {"what": wrong})])


def feature_each(draw: Draw) -> Drawn | None:
    """a has this, b has that; made false by exchanging them."""
    first, second = draw.subjects
    one, two = features_of(first, lacked(second)), features_of(second, lacked(first))
    if not one or not two:
        return None
    says = [say(draw, draw.rng.choice(features)) for features in (one, two)]
    return Drawn({"what": says[0], "b_what": says[1]}, [("product", {"what": says[1], "b_what": says[0]})])


def feature_shared(draw: Draw) -> Drawn | None:
    """Both have something, and a is the cheaper; made false by what only one has, or by the order of prices."""
    first, second = draw.subjects
    held = features_of(first, _features(second)[0])
    of_one = features_of(first, lacked(second)) + features_of(second, lacked(first))
    if not held or not of_one or first.price == second.price:
        return None
    order = (0, 1) if first.price < second.price else (1, 0)
    right = {"all_what": say(draw, draw.rng.choice(held)), "order": order}
    wrong = say(draw, draw.rng.choice(of_one))
    return Drawn(right, [("attribute", right | {"all_what": wrong}), ("direction", right | {"order": order[::-1]})])


def not_stated(draw: Draw) -> Drawn | None:
    """The record does not say whether; false where it does."""
    held, foreign = features_of(draw.item), plausible(draw, draw.item)
    if not held or not foreign:
        return None
    return Drawn(
        {"what": say(draw, draw.rng.choice(foreign))}, [("negation", {"what": say(draw, draw.rng.choice(held))})]
    )


def superlative(draw: Draw) -> Drawn | None:
    """It is soft; its opposite says that it is the softest, which nothing supports."""
    if draw.item.shop == "outfitters" and not draw.item.wear:
        return None  # there, the adjectives may be those of a part
    held = [row for row in terms()["superlatives"] if draw.item.states(row["stated"])]
    held = [row for row in held if not any(item.says(row["rivals"]) for item in draw.subjects)]
    if not held:
        return None
    row, zh = draw.rng.choice(held), draw.language == "zh"
    count = count_zh(len(draw.subjects)) if zh else number_en(len(draw.subjects))
    return Drawn(
        {
            "adjective": row["zh" if zh else "adjective"],
            "superlative": row["zh_superlative" if zh else "superlative"],
            "count": count,
            "order": (0,),
        }
    )


KINDS: dict[str, Kind] = {
    "feature": Kind(feature),
    "feature_pair": Kind(feature_pair),
    "feature_each": Kind(feature_each, (2, 2)),
    "feature_shared": Kind(feature_shared, (2, 2)),
    "not_stated": Kind(not_stated),
    "superlative": Kind(superlative, (2, 4), flip="superlative"),
}
