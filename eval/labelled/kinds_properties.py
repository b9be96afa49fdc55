"""Claims about what a product is made of, for whom and what it is, and what it has."""

from __future__ import annotations

import re
from typing import Any

from eval.labelled.draw import Draw, Drawn, Kind, Slots, terms
from eval.labelled.items import Item
from eval.labelled.wording import count_zh, listing, number_en

_IMITATION = re.compile(r"faux|vegan|imitation|-look|-effect|-inspired|inspired|print|finish|accent|trim|artificial|replica")
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
    luma = ("nylon", "polyester", "cotton", "wool", "spandex", "fleece", "leather", "canvas", "rubber", "silicone", "mesh", "rayon", "hemp", "linen", "plastic", "metal", "microfiber", "organic cotton")
    wear = ("leather", "suede", "canvas", "wool", "cotton", "silk", "linen", "denim", "velvet", "rubber")
    things = ("wood", "bamboo", "ceramic", "glass", "marble", "brass", "copper", "stainless steel", "velvet", "leather", "rattan", "plastic", "porcelain")
    usual = luma if item.shop == "luma" else wear if item.wear or item.first.path[0] == "accessories" else things
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
        return listing([share.replace("% ", "%") for share in shares] if draw.language == "zh" else shares, draw.language)

    return Drawn({"shares": said(one, two)}, [("number", {"shares": said(one + shift, two - shift)}), ("number", {"shares": said(two, one)})])


def _of_attribute(draw: Draw, attribute: str, table: str) -> Drawn | None:
    """A value of one of luma's attributes, in words; made false by one that nothing hints at."""
    held, words = draw.item.values(attribute), terms()[table]
    named = [value for value in held if value in words]
    foreign = [
        value
        for value, term in words.items()
        if value not in held and not set(term.get("near", ())) & set(held) and not draw.item.says(term["touched"])
    ]
    if not named or not foreign:
        return None

    def said(value: str) -> str:
        forms = words[value][draw.language]
        return forms if isinstance(forms, str) else str(draw.rng.choice(forms))

    return Drawn({"what": said(draw.rng.choice(named))}, [("attribute", {"what": said(draw.rng.choice(foreign))})])


def climate(draw: Draw) -> Drawn | None:
    return _of_attribute(draw, "climate", "climates")


def activity(draw: Draw) -> Drawn | None:
    return _of_attribute(draw, "activity", "activities")


def pattern(draw: Draw) -> Drawn | None:
    return _of_attribute(draw, "pattern", "patterns")


def eco(draw: Draw) -> Drawn | None:
    """It belongs to the eco collection; its opposite says that it does not. The shop states both."""
    held = draw.item.values("eco_collection")
    if not held or (held == ("No",) and draw.item.says("eco|sustain|recycl")):
        return None
    return Drawn({}) if held == ("Yes",) else Drawn(None, [("attribute", {})])


def gender(draw: Draw) -> Drawn | None:
    held = draw.item.first.gender
    if held not in (("Men",), ("Women",)):
        return None
    other = "Women" if held == ("Men",) else "Men"
    if draw.item.says(terms()["genders"][other]["touched"]):
        return None
    said = {name: terms()["genders"][name][draw.language] for name in (held[0], other)}
    return Drawn({"gender": said[held[0]]}, [("attribute", {"gender": said[other]})])


def _types(item: Item) -> dict[str, list[str]]:
    held: dict[str, list[str]] = terms()["types"]
    return held


def product_type(draw: Draw) -> Drawn | None:
    """What kind of thing it is; made false by another kind."""
    words = _types(draw.item)
    if draw.item.leaf not in words or not re.search(words[draw.item.leaf][3], draw.item.title.lower()):
        return None
    foreign = [leaf for leaf, row in words.items() if not draw.item.says(row[3])]
    place = 0 if draw.language == "en" else 2
    if not foreign:
        return None
    return Drawn({"type": words[draw.item.leaf][place]}, [("attribute", {"type": words[draw.rng.choice(foreign)][place]})])


def types_shared(draw: Draw) -> Drawn | None:
    words = _types(draw.item)
    leaf = draw.item.leaf
    if leaf not in words or any(item.leaf != leaf for item in draw.subjects):
        return None
    foreign = [name for name, row in words.items() if not any(item.says(row[3]) for item in draw.subjects)]
    count = number_en(len(draw.subjects)) if draw.language == "en" else count_zh(len(draw.subjects))
    place = 1 if draw.language == "en" else 2
    if not foreign:
        return None
    right = {"types": words[leaf][place], "count": count}
    return Drawn(right, [("attribute", right | {"types": words[draw.rng.choice(foreign)][place]})])


def brand(draw: Draw) -> Drawn:
    others = ("Nike", "Adidas", "Puma", "Under Armour", "Patagonia", "Reebok")
    return Drawn({"brand": draw.item.first.brand}, [("name", {"brand": draw.rng.choice(others)})])


Feature = dict[str, Any]


def has(item: Item, feature: Feature) -> bool:
    if feature.get("of") and not re.search(feature["of"], item.first.product_type or ""):
        return False
    where = item.title.lower() if feature.get("title") else item.stated
    return re.search(feature["stated"], where) is not None


def lacks(item: Item, feature: Feature) -> bool:
    """Nothing said of it hints at the feature."""
    return not item.says(feature["touched"]) and not item.says(feature["stated"])


def features_of(item: Item) -> list[Feature]:
    return [feature for feature in terms()["features"] if has(item, feature)]


def plausible(draw: Draw, item: Item) -> list[Feature]:
    """Features that it lacks and that others of its type have."""
    return [
        feature
        for feature in terms()["features"]
        if lacks(item, feature) and any(has(other, feature) for other in draw.world.like(item))
    ]


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
        theirs = [f for f in features_of(other) if lacks(draw.item, f)]
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
    one = [f for f in features_of(first) if lacks(second, f)]
    two = [f for f in features_of(second) if lacks(first, f)]
    if not one or not two:
        return None
    says = [say(draw, draw.rng.choice(features)) for features in (one, two)]
    return Drawn({"what": says[0], "b_what": says[1]}, [("product", {"what": says[1], "b_what": says[0]})])


def feature_shared(draw: Draw) -> Drawn | None:
    """Both have something, and a is the cheaper; made false by what only one has, or by the order of prices."""
    first, second = draw.subjects
    held = [f for f in features_of(first) if has(second, f)]
    of_one = [f for f in features_of(first) if lacks(second, f)] + [f for f in features_of(second) if lacks(first, f)]
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
    return Drawn({"what": say(draw, draw.rng.choice(foreign))}, [("negation", {"what": say(draw, draw.rng.choice(held))})])


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
    return Drawn({"adjective": row["zh" if zh else "adjective"], "superlative": row["zh_superlative" if zh else "superlative"], "count": count, "order": (0,)})


def title_color(draw: Draw) -> Drawn | None:
    """The colour of a product without variants, where its title and its description agree on it."""
    title, text = draw.item.title.lower(), draw.item.first.description.lower()
    held = [c for c in terms()["colors"] if re.search(rf"\b{c.lower()}\b", title) and re.search(rf"\b{c.lower()}\b", text)]
    absent = [c for c, term in terms()["colors"].items() if c != "Lavender" and not draw.item.says(term["touched"])]
    if len(held) != 1 or not absent or draw.item.first.path[0] in ("groceries", "salty snacks", "books"):
        return None  # blue cheese is not blue

    def named(color: str) -> str:
        return str(terms()["colors"][color]["zh"]) if draw.language == "zh" else color.lower()

    return Drawn({"color": named(held[0])}, [("color", {"color": named(draw.rng.choice(absent))})])


_LUMA, _STORE = ("luma",), ("outfitters",)
KINDS: dict[str, Kind] = {
    "material_list": Kind(material_list, shops=_LUMA),
    "material_has": Kind(material_has),
    "material_shared": Kind(material_shared, (2, 2), shops=_LUMA),
    "material_each": Kind(material_each, (2, 2)),
    "composition": Kind(composition, shops=_LUMA),
    "climate": Kind(climate, shops=_LUMA),
    "activity": Kind(activity, shops=_LUMA),
    "pattern": Kind(pattern, shops=_LUMA),
    "eco": Kind(eco, closed=True, shops=_LUMA),
    "gender": Kind(gender),
    "product_type": Kind(product_type),
    "types_shared": Kind(types_shared, (2, 4)),
    "brand": Kind(brand, shops=_LUMA),
    "feature": Kind(feature),
    "feature_pair": Kind(feature_pair),
    "feature_each": Kind(feature_each, (2, 2)),
    "feature_shared": Kind(feature_shared, (2, 2)),
    "not_stated": Kind(not_stated),
    "superlative": Kind(superlative, (2, 4), flip="superlative"),
    "title_color": Kind(title_color, shops=_STORE),
}
