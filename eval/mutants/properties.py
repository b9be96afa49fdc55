"""False properties, colours and materials of the products that a turn showed or looked up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from eval.mutants.case import Case
from eval.mutants.claim import Claim, spoken
from eval.mutants.folder import naming
from index.catalogue import Group

# Word → the Chinese for it, and what must not stand in anything that is stated of a product for it to be false.
_COLOURS: dict[str, tuple[str, tuple[str, ...]]] = {
    "black": ("黑色", ("black",)), "white": ("白色", ("white", "cream", "ivory")), "red": ("红色", ("red ", "rust", "burgundy", "crimson")),
    "blue": ("蓝色", ("blue", "navy", "teal", "turquoise")), "green": ("绿色", ("green", "olive", "khaki", "lime", "mint")),
    "yellow": ("黄色", ("yellow", "gold")), "orange": ("橙色", ("orange", "rust")), "brown": ("棕色", ("brown", "chestnut", "tan", "walnut")),
    "gray": ("灰色", ("gray", "grey", "charcoal", "silver")), "purple": ("紫色", ("purple", "plum", "lavender", "lilac", "violet")),
}  # fmt: skip
_MATERIALS: dict[str, tuple[str, tuple[str, ...]]] = {
    "wool": ("羊毛", ("wool", "merino", "cashmere", "fleece", "felt", "fabric")), "leather": ("皮革", ("leather", "suede", "hide")),
    "cotton": ("棉", ("cotton", "canvas", "denim", "jersey", "flannel", "fabric", "terry")), "nylon": ("尼龙", ("nylon", "polyamide", "synthetic", "fabric")),
    "steel": ("钢", ("steel", "metal", "iron", "stainless")), "glass": ("玻璃", ("glass", "crystal")), "walnut": ("胡桃木", ("walnut", "wood")),
    "ceramic": ("陶瓷", ("ceramic", "stoneware", "porcelain", "clay", "terracotta", "enamel")), "rubber": ("橡胶", ("rubber", "latex", "silicone", "foam")),
    "linen": ("亚麻", ("linen", "flax", "fabric")), "enamel": ("搪瓷", ("enamel", "ceramic", "glaz")), "stoneware": ("炻器", ("stone", "ceramic", "clay")),
}  # fmt: skip
# (English, Chinese, what must not be stated, the attribute that says no)
_PROPERTIES: list[tuple[str, str, tuple[str, ...], str]] = [
    ("is waterproof", "是防水的", ("water", "rain", "wet", "seam", "seal", "float", "ipx", "moist", "dry", "shell", "weather", "drizzle", "tight", "swim"), "waterproof"),
    ("is dishwasher safe", "可以放进洗碗机", ("wash",), "dishwasher_safe"),
    ("is microwave safe", "可以放进微波炉", ("microwave",), "microwave_safe"),
    ("works on induction", "适用于电磁炉", ("induction",), "induction"),
    ("is rechargeable", "是可充电的", ("charg", "batter", "usb", "solar"), ""),
    ("is machine washable", "可以机洗", ("wash", "clean", "care"), ""),
    ("has a hood", "带有兜帽", ("hood",), "hood"),
    ("is reversible", "可以双面使用", ("revers",), ""),
    ("has wheels", "有轮子", ("wheel", "roll"), ""),
    ("has Bluetooth", "有蓝牙", ("bluetooth", "app", "smart", "wireless"), ""),
]  # fmt: skip


def _lacks(case: Case, group: Group, words: Sequence[str]) -> bool:
    text = case.folder.text(group) + " "
    return not any(word in text for word in words)


def _colour(case: Case) -> Iterator[Claim]:
    offered = " ".join(case.folder.catalogue.facets.get("color", {})).lower()
    for group in case.some(case.groups, 2):
        if any(variant.color for variant in group.variants):
            false = [name for name, (_, words) in _COLOURS.items() if name in offered and _lacks(case, group, words)]
            for name in case.some(false):
                yield Claim(
                    "no variant is",
                    f"{naming(group, begins=True)} comes in {name}.",
                    f"{group.title}有{_COLOURS[name][0]}。",
                )


def _only_colour(case: Case) -> Iterator[Claim]:
    for group in case.groups:
        held = list(dict.fromkeys(variant.color.lower() for variant in group.variants if variant.color))
        for name, (chinese, _) in _COLOURS.items():
            if any(name in color for color in held) and not all(name in color for color in held):
                yield Claim(
                    "there are other colours",
                    f"{naming(group, begins=True)} comes only in {name}.",
                    f"{group.title}只有{chinese}。",
                )
                return


def _material(case: Case) -> Iterator[Claim]:
    offered = " ".join(case.folder.catalogue.facets.get("material", {})).lower()
    for group in case.some(case.groups, 2):
        false = [name for name, (_, words) in _MATERIALS.items() if name in offered and _lacks(case, group, words)]
        for name in case.some(false):
            yield Claim(
                "it is not",
                f"{naming(group, begins=True)} is made of {name}.",
                f"{group.title}是{_MATERIALS[name][0]}做的。",
            )


def _property(case: Case) -> Iterator[Claim]:
    """Something that neither the product's fields nor its texts nor its reviews speak of."""
    for group in case.some(case.groups, 2):
        for english, chinese, *_ in case.some([row for row in _PROPERTIES if _lacks(case, group, row[2])]):
            yield Claim("nothing says so", f"{naming(group, begins=True)} {english}.", f"{group.title}{chinese}。")


def _property_denied(case: Case) -> Iterator[Claim]:
    for group in case.groups:
        for english, chinese, _, name in _PROPERTIES:
            if [value.lower() for value in group.variants[0].attributes.get(name, ())] in (["no"], ["none"]):
                yield Claim(f"{name}: no", f"{naming(group, begins=True)} {english}.", f"{group.title}{chinese}。")


def _property_affirmed(case: Case) -> Iterator[Claim]:
    refused = {
        "waterproof": ("is not waterproof", "不防水"), "dishwasher_safe": ("is not dishwasher safe", "不能放进洗碗机"),
        "microwave_safe": ("is not microwave safe", "不能放进微波炉"), "induction": ("does not work on induction", "不适用于电磁炉"),
    }  # fmt: skip
    for group in case.groups:
        for name, (english, chinese) in refused.items():
            if [value.lower() for value in group.variants[0].attributes.get(name, ())] == ["yes"]:
                yield Claim(f"{name}: yes", f"{naming(group, begins=True)} {english}.", f"{group.title}{chinese}。")


def _gender(case: Case) -> Iterator[Claim]:
    for group in case.groups:
        stated = {gender for variant in group.variants for gender in variant.gender}
        if stated in ({"Men"}, {"Women"}):
            english, chinese = ("men", "男款") if stated == {"Women"} else ("women", "女款")
            yield Claim(
                f"it is for {stated}",
                f"{naming(group, begins=True)} is made for {english}.",
                f"{group.title}是{chinese}。",
            )


def _variant(case: Case) -> Iterator[Claim]:
    for group in case.groups:
        first = group.variants[0]
        if first.color and first.size in ("XS", "S", "M", "L", "XL") and all(v.size != "3XL" for v in group.variants):
            option = f"{first.color}, 3XL"
            yield Claim(
                "there is no such variant",
                f"{naming(group, begins=True)} ({option}) is here.",
                f"{group.title}（{option}）在这里。",
            )
            return


def _quotation(case: Case) -> Iterator[Claim]:
    """A sentence of another product's description in quotes."""
    held = {group.id for group in case.groups}
    for group in case.some(case.groups):
        texts = " ".join([*(case.folder.text(one) for one in case.groups), case.folder.policies.lower()])
        found = [
            re.split(r"(?<=[.!?])\s", other.variants[0].description)[0].rstrip(".")
            for other in case.folder.groups
            if other.id not in held
        ]
        for quote in case.some(
            [q for q in found if 30 < len(q) < 90 and q.lower() not in texts and '"' not in q and "“" not in q]
        ):
            yield Claim(
                "it is written of another",
                f"About {naming(group)} it is written “{quote}”.",
                f"{group.title}的说明写着“{quote}”。",
            )


PROPERTIES = spoken(
    {
        "colour": _colour,
        "only colour": _only_colour,
        "material": _material,
        "property": _property,
        "property that is denied": _property_denied,
        "property that is affirmed": _property_affirmed,
        "gender": _gender,
        "variant": _variant,
        "quotation": _quotation,
    }
)
