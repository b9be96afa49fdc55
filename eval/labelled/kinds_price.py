"""Claims about prices."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from eval.labelled.draw import Draw, Drawn, Kind, Slots, other_number
from eval.labelled.wording import count_zh, listing, money, number_en


def _money(draw: Draw, value: Decimal) -> str:
    return money(value, draw.language, draw.rng)


def _alike(draw: Draw, *values: Decimal) -> list[str]:
    """Amounts that stand in one sentence, all in one form."""
    form = draw.rng.random()
    return [money(value, draw.language, Random(form)) for value in values]


def _wrong(draw: Draw, value: Decimal) -> Decimal:
    steps = [1, 2, 4, 5, 10, 20, 30] if value < 200 else [10, 50, 100, 200]
    return other_number(value, [item.price for item in draw.facts], draw.rng, steps)


def _count(draw: Draw) -> str:
    return number_en(len(draw.subjects)) if draw.language == "en" else count_zh(len(draw.subjects))


def price(draw: Draw) -> Drawn:
    value = draw.item.price
    false: list[tuple[str, Slots]] = [("number", {"price": _money(draw, _wrong(draw, value))})]
    false += [("product", {"price": _money(draw, other.price)}) for other in draw.others if other.price != value]
    return Drawn({"price": _money(draw, value)}, false)


def price_round(draw: Draw) -> Drawn | None:
    """ "about $130" of 129.99."""
    value = draw.item.price
    if value == value.to_integral_value() or (value + Decimal("0.01")) % 10:
        return None
    near = value + Decimal("0.01")
    wrong = near + draw.rng.choice([-40, -30, -20, 30, 40, 50])
    if wrong <= 0:
        return None
    return Drawn({"price": _money(draw, near)}, [("number", {"price": _money(draw, wrong)})])


def _bounds(draw: Draw, value: Decimal) -> tuple[Decimal, Decimal]:
    """A round amount below a price and one above it."""
    step = Decimal(5 if value < 100 else 50 if value < 1000 else 100)
    below = (value // step) * step
    below = below if below < value else below - step
    below -= step * draw.rng.choice([0, 0, 1])
    above = (value // step + 1) * step + step * draw.rng.choice([0, 0, 1])
    return max(below, step), above


def price_bound(draw: Draw) -> Drawn | None:
    below, above = _bounds(draw, draw.item.price)
    if not below < draw.item.price < above:
        return None
    return Drawn({"bound": _money(draw, above)}, [("number", {"bound": _money(draw, below)})])


def price_between(draw: Draw) -> Drawn | None:
    below, above = _bounds(draw, draw.item.price)
    far = above + (above - below)
    if not below < draw.item.price < above:
        return None
    low, middle, high = _alike(draw, below, above, far)
    return Drawn({"low": low, "high": middle}, [("number", {"low": middle, "high": high})])


def price_compare(draw: Draw) -> Drawn | None:
    """a is cheaper than b; its opposite says dearer, or not cheaper."""
    first, second = draw.subjects
    if first.price == second.price:
        return None
    order = (0, 1) if first.price < second.price else (1, 0)
    return Drawn({"order": order}, [("direction", {"order": order[::-1]})])


def price_same(draw: Draw) -> Drawn:
    first, second = draw.subjects
    return Drawn({}) if first.price == second.price else Drawn(None, [("comparison", {})])


def price_difference(draw: Draw) -> Drawn | None:
    first, second = draw.subjects
    if first.price == second.price:
        return None
    order = (0, 1) if first.price < second.price else (1, 0)
    difference = abs(first.price - second.price)
    wrong = other_number(difference, [], draw.rng, [1, 2, 3, 5, 10] if difference < 200 else [50, 100, 200])
    right = {"difference": _money(draw, difference), "order": order}
    return Drawn(
        right, [("number", right | {"difference": _money(draw, wrong)}), ("direction", right | {"order": order[::-1]})]
    )


def price_extreme(draw: Draw) -> Drawn | None:
    """a is the cheapest of three or four; its opposite says the dearest."""
    prices = [item.price for item in draw.subjects]
    if len(set(prices)) < len(prices):
        return None
    ranked = sorted(range(len(prices)), key=lambda place: prices[place])
    right = {"order": (ranked[0],), "count": _count(draw)}
    return Drawn(right, [("superlative", right | {"order": (place,)}) for place in ranked[1:]])


def price_each(draw: Draw) -> Drawn | None:
    first, second = draw.subjects
    if first.price == second.price:
        return None
    one, two, wrong = _alike(draw, first.price, second.price, _wrong(draw, second.price))
    right = {"price": one, "price_b": two}
    return Drawn(right, [("product", {"price": two, "price_b": one}), ("number", right | {"price_b": wrong})])


def price_list(draw: Draw) -> Drawn | None:
    """The prices of three, in the order of their names."""
    prices = [item.price for item in draw.subjects]
    if len(set(prices)) < len(prices):
        return None
    place = draw.rng.randrange(3)
    changed = [*prices]
    changed[place] = _wrong(draw, prices[place])
    turned = [prices[1], prices[0], prices[2]]
    right, wrong, exchanged = (listing(_alike(draw, *values), draw.language) for values in (prices, changed, turned))
    return Drawn({"prices": right}, [("number", {"prices": wrong}), ("product", {"prices": exchanged})])


def price_all_under(draw: Draw) -> Drawn | None:
    """All cost less than a bound; its opposite says more."""
    dearest = max(draw.subjects, key=lambda item: item.price).price
    cheapest = min(draw.subjects, key=lambda item: item.price).price
    below, above = _bounds(draw, dearest)
    if not cheapest < below < dearest < above:
        return None
    right = {"bound": _money(draw, above), "count": _count(draw)}
    return Drawn(right, [("number", right | {"bound": _money(draw, below)})])


def price_only_under(draw: Draw) -> Drawn | None:
    """Only a costs less than a bound."""
    prices = [item.price for item in draw.subjects]
    ranked = sorted(range(len(prices)), key=lambda place: prices[place])
    cheapest, next_one = prices[ranked[0]], prices[ranked[1]]
    step = Decimal(5 if cheapest < 200 else 50)
    bound = (cheapest // step + 1) * step
    if not cheapest < bound < next_one:
        return None
    right = {"order": (ranked[0],), "bound": _money(draw, bound), "count": _count(draw)}
    return Drawn(right, [("product", right | {"order": (ranked[1],)})])


def discount(draw: Draw) -> Drawn:
    """Neither shop has reduced anything; a template's opposite says that it is reduced."""
    value = draw.item.price
    more = _wrong(draw, value)
    more = max(more, value + 2 * (value - more)) if more < value else more
    percent = draw.rng.choice([5, 10, 15, 20, 25, 30])
    now, before = _alike(draw, value, more)
    return Drawn({"price": now, "before": before, "percent": percent})


KINDS = {
    "price": Kind(price),
    "price_round": Kind(price_round, shops=("outfitters",)),
    "price_bound": Kind(price_bound, flip="direction", closed=True),
    "price_between": Kind(price_between),
    "price_compare": Kind(price_compare, (2, 2), flip="direction", closed=True),
    "price_same": Kind(price_same, (2, 2), closed=True),
    "price_difference": Kind(price_difference, (2, 2), flip="direction"),
    "price_extreme": Kind(price_extreme, (3, 4), flip="direction"),
    "price_each": Kind(price_each, (2, 2)),
    "price_list": Kind(price_list, (3, 3)),
    "price_all_under": Kind(price_all_under, (2, 4), flip="direction"),
    "price_only_under": Kind(price_only_under, (2, 3), flip="direction"),
    "discount": Kind(discount, flip="discount"),
}
