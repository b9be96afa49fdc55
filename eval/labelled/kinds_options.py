"""Claims about colours, sizes and stock."""

from __future__ import annotations

from eval.labelled.draw import Draw, Drawn, Kind, Slots, terms
from eval.labelled.items import SIZES, Item
from eval.labelled.wording import count_zh, listing, number_en


def color_name(color: str, language: str) -> str:
    if language == "zh":
        name: str = terms()["colors"][color]["zh"]
        return name
    return color.lower()


def absent_colors(item: Item) -> list[str]:
    """Colours that it does not come in, and that nothing said of it hints at."""
    pale = {"Lavender": "Purple", "Purple": "Lavender"}
    return [
        color
        for color, term in terms()["colors"].items()
        if color not in item.colors and pale.get(color) not in item.colors and not item.says(term["touched"])
    ]


def _names(colors: list[str], draw: Draw) -> str:
    return listing([color_name(color, draw.language) for color in colors], draw.language)


def _number(value: int, draw: Draw) -> str:
    return number_en(value) if draw.language == "en" else count_zh(value)


def colors_list(draw: Draw) -> Drawn | None:
    held = list(draw.item.colors)
    absent = absent_colors(draw.item)
    if len(held) < 2 or not absent:
        return None
    draw.rng.shuffle(held)
    right: Slots = {"colors": _names(held, draw), "count": _number(len(held), draw)}
    changed = [*held]
    changed[draw.rng.randrange(len(held))] = draw.rng.choice(absent)
    more = draw.rng.choice([n for n in (2, 3, 4, 5, 6) if n != len(held)])
    return Drawn(
        right,
        [("color", right | {"colors": _names(changed, draw)}), ("number", right | {"count": _number(more, draw)})],
    )


def colors_count(draw: Draw) -> Drawn | None:
    held = len(draw.item.colors)
    if held < 2:
        return None
    wrong = draw.rng.choice([n for n in (2, 3, 4, 5, 6, 8) if n != held])
    return Drawn({"count": _number(held, draw)}, [("number", {"count": _number(wrong, draw)})])


def color_has(draw: Draw) -> Drawn | None:
    absent = absent_colors(draw.item)
    if not draw.item.colors or not absent:
        return None
    right = color_name(draw.rng.choice(draw.item.colors), draw.language)
    false: list[tuple[str, Slots]] = [("color", {"color": color_name(draw.rng.choice(absent), draw.language)})]
    for other in draw.others:
        theirs = [color for color in other.colors if color in absent]
        if theirs:
            false.append(("product", {"color": color_name(draw.rng.choice(theirs), draw.language)}))
    return Drawn({"color": right}, false)


def color_only(draw: Draw) -> Drawn | None:
    """The one colour it has; of those with several, a claim that there is but one."""
    held, absent = draw.item.colors, absent_colors(draw.item)
    if not held or not absent:
        return None
    named = color_name(draw.rng.choice(held), draw.language)
    if len(held) > 1:
        return Drawn(None, [("number", {"color": named})])
    return Drawn({"color": named}, [("color", {"color": color_name(draw.rng.choice(absent), draw.language)})])


def colors_compare(draw: Draw) -> Drawn | None:
    first, second = draw.subjects
    if not first.colors or not second.colors or len(first.colors) == len(second.colors):
        return None
    order = (0, 1) if len(first.colors) > len(second.colors) else (1, 0)
    return Drawn({"order": order}, [("direction", {"order": order[::-1]})])


def color_shared(draw: Draw) -> Drawn | None:
    """A colour that all come in; its opposite says that none does."""
    held = [set(item.colors) for item in draw.subjects]
    everywhere = held[0].intersection(*held[1:])
    shared, some = sorted(everywhere), sorted(held[0].union(*held[1:]) - everywhere)
    if not shared or not some:
        return None
    count = _number(len(held), draw)
    right = {"color": color_name(draw.rng.choice(shared), draw.language), "count": count}
    return Drawn(right, [("color", right | {"color": color_name(draw.rng.choice(some), draw.language)})])


def color_of_one(draw: Draw) -> Drawn | None:
    """Of two, only a comes in a colour."""
    first, second = draw.subjects
    only = sorted(set(first.colors) - set(second.colors))
    if not only or not second.colors:
        return None
    right = {"color": color_name(draw.rng.choice(only), draw.language)}
    return Drawn(right, [("product", right | {"order": (1, 0)})])


def sizes_range(draw: Draw) -> Drawn | None:
    held = draw.item.sizes
    if len(held) < 3 or (held[0] not in SIZES and int(held[-1]) - int(held[0]) != len(held) - 1):
        return None
    right = {"low": held[0], "high": held[-1]}
    if held[0] in SIZES:
        wrong = [{"low": "XXS", "high": held[-1]}, {"low": held[0], "high": "XXL"}, {"low": held[0], "high": "3XL"}]
    else:
        wrong = [{"low": str(int(held[0]) - 2), "high": held[-1]}, {"low": held[0], "high": str(int(held[-1]) + 4)}]
    return Drawn(right, [("size", slots) for slots in wrong])


def size_has(draw: Draw) -> Drawn | None:
    held = draw.item.sizes
    if not held:
        return None
    absent = ["XXS", "XXL", "3XL"] if held[0] in SIZES else [str(n) for n in range(26, 46) if str(n) not in held]
    right = draw.rng.choice(held)
    return Drawn({"size": right}, [("size", {"size": draw.rng.choice(absent)})])


def sizes_list(draw: Draw) -> Drawn | None:
    held = list(draw.item.sizes)
    if not 2 <= len(held) <= 5:
        return None
    absent = ["XXL", "XXS"] if held[0] in SIZES else [str(int(held[-1]) + 2), str(int(held[0]) - 2)]
    changed = [*held]
    changed[draw.rng.randrange(len(held))] = draw.rng.choice(absent)
    right = {"sizes": listing(held, draw.language), "count": _number(len(held), draw)}
    more = _number(len(held) + draw.rng.choice([1, 2, -1]), draw)
    return Drawn(
        right, [("size", right | {"sizes": listing(changed, draw.language)}), ("number", right | {"count": more})]
    )


def stock_variant(draw: Draw) -> Drawn | None:
    """A variant is in stock; its opposite says sold out."""
    held = [v for v in draw.item.variants if v.color and v.size and v.in_stock]
    gone = [v for v in draw.item.variants if v.color and v.size and not v.in_stock]
    if not held or not gone:
        return None
    there, away = draw.rng.choice(held), draw.rng.choice(gone)
    right = {"color": color_name(there.color or "", draw.language), "size": there.size}
    wrong = {"color": color_name(away.color or "", draw.language), "size": away.size}
    return Drawn(right, [("stock", wrong)])


def stock_count(draw: Draw) -> Drawn | None:
    """How many there are of a variant, where there are few."""
    few = [v for v in draw.item.variants if v.color and v.size and v.in_stock and 1 < (v.quantity or 0) <= 20]
    if not few:
        return None
    chosen = draw.rng.choice(few)
    there = chosen.quantity or 0
    right = {"color": color_name(chosen.color or "", draw.language), "size": chosen.size, "count": str(there)}
    wrong = draw.rng.choice([n for n in (2, 3, 5, 8, 12, 16, 21) if n != there])
    false: list[tuple[str, Slots]] = [("number", right | {"count": str(wrong)})]
    for other in draw.item.variants:
        if other.color == chosen.color and other.size and other.quantity != there:
            false.append(("size", right | {"size": other.size}))
            break
    return Drawn(right, false)


def stock_single(draw: Draw) -> Drawn | None:
    """How many there are of a product that has no variants."""
    if len(draw.item.variants) > 1 or not draw.item.first.in_stock or (draw.item.first.quantity or 0) < 2:
        return None
    there = draw.item.first.quantity or 0
    wrong = draw.rng.choice([n for n in range(2, 30) if n != there and all(n != o.first.quantity for o in draw.others)])
    form = (lambda n: str(n)) if draw.rng.random() < 0.6 else (number_en if draw.language == "en" else count_zh)
    false: list[tuple[str, Slots]] = [("number", {"count": form(wrong)})]
    for other in draw.others:
        if len(other.variants) == 1 and other.first.quantity not in (there, 0, 1, None):
            false.append(("product", {"count": form(other.first.quantity or 0)}))
    return Drawn({"count": form(there)}, false)


def in_stock(draw: Draw) -> Drawn | None:
    """A product without variants is in stock; its opposite says sold out."""
    if len(draw.item.variants) > 1:
        return None
    return Drawn({}) if draw.item.first.in_stock else Drawn(None, [("stock", {})])


def found_count(draw: Draw) -> Drawn:
    """How many products are shown."""
    there = len(draw.facts)
    form = (lambda n: str(n)) if draw.rng.random() < 0.3 else (number_en if draw.language == "en" else count_zh)
    wrong = draw.rng.choice([n for n in (2, 3, 4, 5, 6) if n != there])
    return Drawn({"count": form(there)}, [("number", {"count": form(wrong)})])


_LUMA = ("luma",)
KINDS = {
    "colors_list": Kind(colors_list, shops=_LUMA),
    "colors_count": Kind(colors_count, shops=_LUMA),
    "color_has": Kind(color_has, closed=True, shops=_LUMA),
    "color_only": Kind(color_only, shops=_LUMA),
    "colors_compare": Kind(colors_compare, (2, 2), flip="direction", closed=True, shops=_LUMA),
    "color_shared": Kind(color_shared, (2, 3), shops=_LUMA),
    "color_of_one": Kind(color_of_one, (2, 2), shops=_LUMA),
    "sizes_range": Kind(sizes_range, shops=_LUMA),
    "size_has": Kind(size_has, closed=True, shops=_LUMA),
    "sizes_list": Kind(sizes_list, shops=_LUMA),
    "stock_variant": Kind(stock_variant, flip="stock", closed=True, shops=_LUMA),
    "stock_count": Kind(stock_count, shops=_LUMA),
    "stock_single": Kind(stock_single),
    "in_stock": Kind(in_stock, flip="stock", closed=True),
    "found_count": Kind(found_count, (2, 4)),
}
