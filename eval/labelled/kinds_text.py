"""Claims taken from a product's description: its phrases, literally, and its measures."""

from __future__ import annotations

import re

from eval.labelled.draw import Draw, Drawn, Kind, Slots, terms
from eval.labelled.items import Item
from index.words import stem, words

_FEATURES = re.compile(
    r"(?:[Ff]eatur(?:es|ing)|boasts|showcases) ((?:a|an|the|two|three|four|five|six) [^.,;:!?()\"—]{12,90})(?:\.|, (?=making|perfect|ideal|creating|adding|ensuring|offering|while|bringing|providing))"
)
_PURPOSE = re.compile(r"(?:[Pp]erfect|[Ii]deal) for ([^.,;:!?()\"—]{8,80})\.")
_BULLET_END = r"(?:pockets?|cuffs|waistband|seams?|hood|collar|hem|zippers?|straps?|handles?|liner|lining|inserts|details|accents|stitching|compartments?|sleeves|panels|drawcords?|drawstring|gusset|brief|holes|neckline|grips|case|buckle|trim|binding|closure|venting)"
_BULLET = re.compile(
    rf"(?:Two|Three|Dual|[A-Z][a-z-]+)(?: [a-z/,-]+){{0,4}} ?{_BULLET_END}(?: (?:at|on|for|with|of) [a-z -]{{3,24}})?"
)
_SINGULAR = re.compile(
    r"\b(?:pocket|waistband|seam|hood|collar|hem|zipper|strap|handle|liner|lining|compartment|sleeve|drawcord|drawstring|gusset|brief|neckline|case|buckle|closure)\b"
)
_COLORS = "|".join(
    name.lower()
    for name in (
        "Black",
        "Blue",
        "Brown",
        "Gray",
        "Green",
        "Orange",
        "Pink",
        "Purple",
        "Red",
        "White",
        "Yellow",
        "Cream",
        "Ivory",
        "Navy",
        "Teal",
        "Lime",
        "Mint",
        "Royal",
        "Seafoam",
        "Salmon",
        "Slate",
    )
)
_MEASURES: tuple[tuple[str, str, str, str], ...] = (
    # pattern over the description, English predicate, Chinese predicate, what is measured
    (r"[Ii]nseam: (\d+(?:\.\d+)?)[\"”']|(?<!\d)(\d+(?:\.\d+)?)(?:\"|”|'') inseam", "{has} an inseam of {n} inches", "的内缝长{n}英寸", "inseam"),
    (r"(\d+(?:\.\d+)?)\" body length", "{has} a body length of {n} inches", "的衣长为{n}英寸", "body length"),
    (r"Volume: (\d+) L\b", "hold{s} {n} liters", "的容量为{n}升", "volume"),
    (r"(\d+) cm plastic shell", "{has} a plastic shell of {n} cm", "的塑料外壳为{n}厘米", "shell"),
    (r"(\d+)' long", "{is} {n} feet long", "长{n}英尺", "length"),
    (r"(\d+) lbs(?!,)", "weigh{s} {n} pounds", "重{n}磅", "weight"),
    (r"Water resistant \((\d+) meters\)", "{is} water resistant to {n} meters", "可防水{n}米", "depth"),
    (r"(\d+) minutes of movement", "run{s} for {n} minutes", "时长{n}分钟", "minutes"),
    (r"UPF (\d+)", "{has} UPF {n} protection", "的防晒指数为UPF {n}", "UPF"),
    (r"(\d+) (?:main )?zippered compartments", "{has} {n} main zippered compartments", "有{n}个主拉链隔层", "compartments"),
)  # fmt: skip
_DIMENSIONS = re.compile(r"Dimensions: (\d+)\" x (\d+)\" x (\d+)\"")
_ALONE = re.compile(r"(?:This|These|Its|Crafted|Featuring|The) [A-Za-z][^:;!?()\"—]+\.")
_PICTURED = re.compile(r"\b(?:image|photo|backdrop|background|captured|pictured|posed|model|shown|your|our|you)\b")
_VAGUE = re.compile(
    r"\b(?:adventures?|moments?|occasions?|settings?|outings?|wear|casual|everyday|touch|style|stylish|special|seasons?|lovers?|memor\w+)\b"
)
_FILLER = frozenset(
    stem(w)
    for w in words(
        "both any your every with that this those these who and the for from perfect ideal touch style stylish design look sleek modern elegant adding making creating"
    )
)


def _telling(phrase: str) -> set[str]:
    return {stem(word) for word in words(phrase) if len(word) > 3} - _FILLER


def _foreign(phrase: str, item: Item, share: float) -> bool:
    """Whether a phrase says something that nothing said of an item does: few of its telling words occur there."""
    telling = _telling(phrase)
    held = {stem(word) for word in words(item.text)}
    return len(telling) >= 2 and len(telling & held) <= share * len(telling)


def phrases(item: Item) -> list[str]:
    """Things that the description says it has, with their article: "a chunky heel and ankle strap for stability"."""
    if item.shop == "outfitters":
        return [
            found
            for found in _FEATURES.findall(item.first.description)
            if len(found.split()) <= 14 and not _PICTURED.search(found)
        ]
    found = []
    for bullet in re.split(r"• ?|(?<=[.!?]) ", item.first.description):
        plain = bullet.strip().rstrip(".")
        if _BULLET.fullmatch(plain) and not re.search(rf"\b(?:{_COLORS})\b", plain.lower()) and len(plain.split()) > 1:
            lower = plain if plain.split()[0].isupper() or plain.startswith("Luma") else plain[0].lower() + plain[1:]
            head = re.split(r" (?:at|on|for|with|of) ", lower)[0].split()[-1]
            article = ("an " if lower[0] in "aeiou" else "a ") if _SINGULAR.fullmatch(head) else ""
            found.append(article + lower)
    return found


def purposes(item: Item) -> list[str]:
    """What the description says it is perfect for."""
    return [
        found
        for found in _PURPOSE.findall(item.first.description)
        if len(found.split()) <= 12 and " any " not in f" {found} " and " your " not in f" {found} "
    ]


def phrase(draw: Draw) -> Drawn | None:
    """What it has, in the words of its description; made false by what another product of its type has."""
    own = phrases(draw.item)
    if not own:
        return None
    others = [
        *draw.others,
        *draw.rng.sample(
            sorted(draw.world.like(draw.item), key=lambda item: item.key), k=min(12, len(draw.world.like(draw.item)))
        ),
    ]
    false: list[tuple[str, Slots]] = []
    for other in others:
        for theirs in phrases(other):
            if other is not draw.item and _foreign(theirs, draw.item, 0.34):
                false.append(("product" if other in draw.others else "attribute", {"phrase": theirs}))
    return Drawn({"phrase": draw.rng.choice(own)}, false[:2])


def purpose(draw: Draw) -> Drawn | None:
    own = purposes(draw.item)
    if not own:
        return None
    others = [
        *draw.others,
        *draw.rng.sample(sorted(draw.world.items, key=lambda item: item.key), k=min(25, len(draw.world.items))),
    ]
    false: list[tuple[str, Slots]] = []
    for other in others:
        for theirs in purposes(other):
            if (
                other is not draw.item
                and other.top != draw.item.top
                and _foreign(theirs, draw.item, 0.0)
                and not _VAGUE.search(theirs)
            ):
                false.append(("attribute", {"purpose": theirs}))
    return Drawn({"purpose": draw.rng.choice(own)}, false[:2])


def phrase_changed(draw: Draw) -> Drawn | None:
    """A phrase of its description; made false by changing one word of it to another that it never uses."""
    options = [(own, changed) for own in phrases(draw.item) for changed in _one_word_changed(own, draw.item)]
    if not options:
        return None
    own, changed = draw.rng.choice(options)
    changed = re.sub(r"^(a|an) (?=[aeiou])", "an ", re.sub(r"^(a|an) (?=[^aeiou])", "a ", changed))
    return Drawn({"phrase": own}, [("attribute", {"phrase": changed})])


def _concrete(text: str, item: Item) -> bool:
    """Whether a text names a colour, a material or a feature that nothing said of an item hints at: more than praise."""
    said = text.lower()
    named = [name.lower() for name in (*terms()["colors"], *terms()["materials"])]
    if any(re.search(rf"\b{name}\b", said) and not item.says(rf"\b{name}\b") for name in named):
        return True
    return any(re.search(row["stated"], said) and not item.says(row["touched"]) for row in terms()["features"])


def _sentences(item: Item) -> list[str]:
    """The sentences of a description that can stand alone: "Its round shape adds ..."."""
    parts = re.split(r"(?<=[.!?]) ", item.first.description)
    return [part for part in parts if _ALONE.fullmatch(part) and len(part.split()) <= 28 and not _PICTURED.search(part)]


def _one_word_changed(text: str, item: Item) -> list[str]:
    """The text with one word changed to another that nothing said of the item uses."""
    found = []
    for pair in terms()["opposites"]:
        for word, other in (pair, pair[::-1]):
            lone = rf"(?<![-\w]){word}(?![-\w])"
            if re.search(lone, text) and not item.says(rf"\b{other}"):
                found.append(re.sub(lone, other, text, count=1))
    return found


def sentence(draw: Draw) -> Drawn | None:
    """A sentence of its description as it stands; made false by one of another product, or by changing a word."""
    own = _sentences(draw.item)
    if not own or draw.others:
        return None
    chosen = draw.rng.choice(own)
    false: list[tuple[str, Slots]] = [
        ("attribute", {"sentence": text}) for text in _one_word_changed(chosen, draw.item)
    ]
    others = draw.rng.sample(
        sorted(draw.world.like(draw.item), key=lambda item: item.key), k=min(8, len(draw.world.like(draw.item)))
    )
    for other in others:
        theirs = [text for text in _sentences(other) if _foreign(text, draw.item, 0.25) and _concrete(text, draw.item)]
        false += [("product", {"sentence": text}) for text in theirs[:1]]
    return Drawn({"sentence": chosen}, false[-3:])


def measure(draw: Draw) -> Drawn | None:
    text = draw.item.first.description
    found = []
    for pattern, english, chinese, _ in _MEASURES:
        for match in re.finditer(pattern, text):
            value = next(group for group in match.groups() if group)
            found.append((english if draw.language == "en" else chinese, value))
    if box := _DIMENSIONS.search(text):
        found.append(
            ("measure{s} {n} inches" if draw.language == "en" else "的尺寸为{n}英寸", " x ".join(box.groups()))
        )
    if not found:
        return None
    form, value = draw.rng.choice(found)
    if " x " in value:
        sides = value.split(" x ")
        place = draw.rng.randrange(3)
        sides[place] = str(int(sides[place]) + draw.rng.choice([2, 3, 4]))
        wrong = " x ".join(sides)
    else:
        number = float(value)
        choices = (
            [number + step for step in (1, 2, 3, 5)]
            + ([number - 1] if number > 2 else [])
            + ([number * 2] if number > 4 else [])
        )
        wrong = f"{draw.rng.choice(choices):g}"
        value = f"{number:g}"
    if re.search(rf"(?<!\d){re.escape(wrong)}(?!\d)", text):
        return None
    return Drawn({"what": form.replace("{n}", value)}, [("number", {"what": form.replace("{n}", wrong)})])


KINDS = {
    "phrase": Kind(phrase),
    "phrase_changed": Kind(phrase_changed),
    "sentence": Kind(sentence, shops=("outfitters",)),
    "purpose": Kind(purpose, shops=("outfitters",)),
    "measure": Kind(measure, shops=("luma",)),
}
