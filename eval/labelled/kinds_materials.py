"""Claims about what products are made of."""

from __future__ import annotations

import re

from eval.labelled.draw import Draw, Drawn, Kind, terms
from eval.labelled.items import Item
from eval.labelled.wording import count_zh, listing, number_en

_IMITATION = re.compile(
    r"faux|vegan|imitation|-look|-effect|-inspired|inspired|print|finish|accent|trim|artificial|replica"
)
_TRADE_NAMES = ("Cocona", "CoolTech", "EverCool", "HeatTec", "LumaTech", "Lycra")
_FABRIC = re.compile(r"(\d{1,3})% (?:premium brushed |bonded )?([A-Z][\w ]*?)(?=\s*(?:/|,|\d|\.|$|•))")


def material_name(material: str, language: str) -> str:
    """A material in words; those with a trade name keep it."""
    if language == "zh" and material in terms()["materials"]:
        name: str = terms()["materials"][material]["zh"]
        return name
    return material


def materials(item: Item) -> list[str]:
    """What it is made of, as the shop lists it; where it lists nothing, a material in the title and in the text."""
    if item.shop == "luma":
        held = []
        for value in item.first.material:
            plain = re.sub(r"[®™]| performance fabric", "", value, flags=re.I).strip()
            held.append(plain if plain in _TRADE_NAMES else plain.lower())
        return [name for name in held if name not in ("synthetic", "tencel")]
    title, text = item.title.lower(), item.first.description.lower()
    found = []
    for name, term in terms()["materials"].items():
        word = rf"\b{term.get('word', name)}\b"
        if re.search(word, title) and re.search(word, text) and not _IMITATION.search(item.stated):
            found.append(name)
    return found if len(found) == 1 else []


def foreign_materials(item: Item) -> list[str]:
    """Materials that nothing said of it hints at."""
    luma = (
        "nylon",
        "polyester",
        "cotton",
        "wool",
        "spandex",
        "fleece",
        "leather",
        "canvas",
        "rubber",
        "silicone",
        "mesh",
        "rayon",
        "hemp",
        "linen",
        "plastic",
        "metal",
        "microfiber",
        "organic cotton",
    )
    wear = ("leather", "suede", "canvas", "wool", "cotton", "silk", "linen", "denim", "velvet", "rubber")
    things = (
        "wood",
        "bamboo",
        "ceramic",
        "glass",
        "marble",
        "brass",
        "copper",
        "stainless steel",
        "velvet",
        "leather",
        "rattan",
        "plastic",
        "porcelain",
    )
    usual = luma if item.shop == "luma" else wear if item.wear or item.top == "accessories" else things
    return [name for name in usual if not item.says(terms()["materials"][name]["touched"])]


def material_list(draw: Draw) -> Drawn | None:
    held, foreign = materials(draw.item), foreign_materials(draw.item)
    if not 2 <= len(held) <= 3 or not foreign:
        return None
    draw.rng.shuffle(held)
    changed = [*held]
    changed[draw.rng.randrange(len(held))] = draw.rng.choice(foreign)
    named = [listing([material_name(m, draw.language) for m in names], draw.language) for names in (held, changed)]
    return Drawn({"materials": named[0]}, [("attribute", {"materials": named[1]})])


def material_has(draw: Draw) -> Drawn | None:
    """It is made of, or contains, a material; its opposite says that it contains none."""
    held, foreign = materials(draw.item), foreign_materials(draw.item)
    if not held or not foreign:
        return None
    right = {"material": material_name(draw.rng.choice(held), draw.language)}
    false = [("attribute", {"material": material_name(draw.rng.choice(foreign), draw.language)})]
    for other in draw.others:
        theirs = [name for name in materials(other) if name in foreign]
        if theirs:
            false.append(("product", {"material": material_name(draw.rng.choice(theirs), draw.language)}))
    return Drawn(right, false)


def material_shared(draw: Draw) -> Drawn | None:
    held = [materials(item) for item in draw.subjects]
    shared = [name for name in held[0] if all(name in names for names in held)]
    first, second = draw.subjects[:2]
    lacking = [name for name in held[0] if name in foreign_materials(second)]
    lacking += [name for name in held[1] if name in foreign_materials(first)]
    if not shared or not lacking:
        return None
    count = number_en(len(held)) if draw.language == "en" else count_zh(len(held))
    right = {"material": material_name(draw.rng.choice(shared), draw.language), "count": count}
    return Drawn(right, [("attribute", right | {"material": material_name(draw.rng.choice(lacking), draw.language)})])


def material_each(draw: Draw) -> Drawn | None:
    """a is made of this, b of that; made false by exchanging them."""
    first, second = draw.subjects
    one = [name for name in materials(first) if name in foreign_materials(second)]
    two = [name for name in materials(second) if name in foreign_materials(first)]
    if not one or not two:
        return None
    names = [material_name(draw.rng.choice(names), draw.language) for names in (one, two)]
    right = {"material": names[0], "material_b": names[1]}
    return Drawn(right, [("product", {"material": names[1], "material_b": names[0]})])


def composition(draw: Draw) -> Drawn | None:
    """ "98% merino wool and 2% spandex"."""
    parts = _FABRIC.findall(draw.item.first.description)
    held = " ".join(draw.item.first.material).lower()
    if len(parts) != 2 or sum(int(share) for share, _ in parts) != 100:
        return None
    names = [name.strip().lower() for _, name in parts]
    if not all(any(word in held for word in name.split()) for name in names) or parts[0][0] == parts[1][0]:
        return None  # where the list of materials says otherwise, neither is beyond doubt
    if draw.language == "zh" and not all(name in terms()["materials"] for name in names):
        return None
    names = [material_name(name, draw.language) for name in names]
    one, two = int(parts[0][0]), int(parts[1][0])
    shift = draw.rng.choice([5, 10, 15, 20]) * (-1 if one > 50 else 1)

    def said(first: int, second: int) -> str:
        shares = [f"{first}% {names[0]}", f"{second}% {names[1]}"]
        return listing(
            [share.replace("% ", "%") for share in shares] if draw.language == "zh" else shares, draw.language
        )

    return Drawn(
        {"shares": said(one, two)},
        [("number", {"shares": said(one + shift, two - shift)}), ("number", {"shares": said(two, one)})],
    )


_LUMA = ("luma",)
KINDS: dict[str, Kind] = {
    "material_list": Kind(material_list, shops=_LUMA),
    "material_has": Kind(material_has),
    "material_shared": Kind(material_shared, (2, 2), shops=_LUMA),
    "material_each": Kind(material_each, (2, 2)),
    "composition": Kind(composition, shops=_LUMA),
}
