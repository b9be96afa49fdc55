"""Sentences made by rule: a pattern, products, a claim about them; true, or with one fact changed."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from eval.labelled import (
    kinds_features,
    kinds_materials,
    kinds_options,
    kinds_price,
    kinds_properties,
    kinds_reviews,
    kinds_text,
)
from eval.labelled.cases import Case
from eval.labelled.draw import FOLDER, Draw, Drawn, Kind, Slots
from eval.labelled.items import Item, World, read_world
from eval.labelled.names import Name, name
from eval.labelled.wording import capital, count_zh, number_en

SHOPS = ("luma", "outfitters")
KINDS: dict[str, Kind] = {
    **kinds_price.KINDS,
    **kinds_options.KINDS,
    **kinds_reviews.KINDS,
    **kinds_materials.KINDS,
    **kinds_properties.KINDS,
    **kinds_features.KINDS,
    **kinds_text.KINDS,
    "small_talk": Kind(lambda draw: Drawn({})),
    "promise": Kind(lambda draw: Drawn({}), flip="promise"),
}
TRIES = 400  # draws of products before a pattern is given up for this time
TRUE_SHARE = 0.45
_WEIGHTED = {
    "small_talk": 1,
    "in_stock": 2,
    "discount": 2,
    "found_count": 2,
    "brand": 2,
    "phrase": 7,
    "phrase_changed": 8,
    "purpose": 5,
    "sentence": 24,
    "feature": 4,
}  # cases a pattern, where not the usual
_LEADS = {"en": ("Yes, ", "Well, ", "As far as I can see, "), "zh": ("是的，", "您好，")}
_VERBS = "add|buy|deliver|find|gave|get|have|order|ordered|put|rates|reserved|reviewed|sell|take|use|wear"
_SUBJECT = re.compile(
    r"\{a\}(?:的| \{(?:is|has|do|what|one)\}| \w+\{(?:s|es)\}| not only| both| can| may| will| would)"
)
_PRONOUN = re.compile(rf"{_SUBJECT.pattern}|\b(?:{_VERBS}) \{{a\}}|[\u4e00-\u9fff“]|\{{a\}}[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Set:
    """A file of sentences: its patterns, and how many cases each makes."""

    file: str
    patterns: str
    held_out: bool
    english: int
    chinese: int
    seed: int


DEV = Set("rule.jsonl", "patterns.yaml", False, 3, 3, 11)
HELD_OUT = Set("rule_held_out.jsonl", "held_out.yaml", True, 3, 3, 12)


def make(shops: Path, of: Set) -> list[Case]:
    """The cases of a set, from the shops below a folder; the same for the same data.

    Raises:
        ShopError: a shop is not there.
    """
    patterns = yaml.safe_load((FOLDER / of.patterns).read_text(encoding="utf-8"))
    worlds = {shop: read_world(shops, shop).half(of.held_out) for shop in SHOPS}
    made: dict[str, Case] = {}
    for kind, language, pattern in _patterns(patterns):
        rng = random.Random(f"{of.seed} {kind} {language} {pattern}")
        wanted = _WEIGHTED.get(kind, of.english if language == "en" else of.chinese)
        for _ in range(wanted):
            case = _case(worlds, kind, language, pattern, patterns, of, rng, made)
            if case is not None:
                made[case.sentence] = case
    return sorted(made.values(), key=lambda c: (c.notes["kind"], c.language, c.sentence))


def _patterns(patterns: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """(kind, language, pattern) of all single claims, then of all joined ones."""
    for kind, by_language in patterns.items():
        if kind in KINDS:
            for language, listed in by_language.items():
                yield from ((kind, language, pattern) for pattern in listed)
    for language, listed in patterns["joined"].items():
        times = 8 if language == "en" else 6
        yield from (("joined", language, pattern) for pattern in listed for _ in range(times))


def _case(
    worlds: Mapping[str, World], kind: str, language: str, pattern: Any, patterns: Mapping[str, Any], of: Set, rng: random.Random, made: Mapping[str, Case],
) -> Case | None:  # fmt: skip
    wanted = rng.random() < TRUE_SHARE
    for attempt in range(TRIES):
        if attempt == TRIES // 2:
            wanted = not wanted  # a pattern that has only true or only false cases
        if kind == "joined":
            found = _joined(worlds, language, pattern, patterns["clauses"][language], of, rng, wanted)
        else:
            found = _single(worlds, kind, language, pattern, of, rng, wanted)
        if found is not None and found.sentence not in made:
            return found
    return None


def _single(
    worlds: Mapping[str, World], kind: str, language: str, pattern: Any, of: Set, rng: random.Random, wanted: bool
) -> Case | None:
    rule = KINDS[kind]
    draw = _draw(worlds, rule, language, of, rng)
    drawn = rule.draw(draw) if draw else None
    if draw is None or drawn is None:
        return None
    says, opposite = (pattern, None) if isinstance(pattern, str) else pattern
    options: list[tuple[str, Slots, str]] = []
    if wanted:
        if drawn.true is not None:
            options.append((says, drawn.true, ""))
        if opposite and rule.closed:
            options += [(opposite, slots, "") for _, slots in drawn.false]
    else:
        options += [(says, slots, changed) for changed, slots in drawn.false]
        if opposite and drawn.true is not None:
            options.append((opposite, drawn.true, rule.flip))
    if not options:
        return None
    form, slots, changed = rng.choice(options)
    facts, names = _facts(draw, form, rng)
    if facts is None:
        return None
    sentence = _fill(form, slots, names, draw)
    right = _fill(says, drawn.true, names, draw) if drawn.true is not None else ""
    if opposite and drawn.true is None:  # the claim is false of this product, so that its opposite is the true one
        right = _fill(opposite, drawn.false[0][1], names, draw)
    if not wanted and sentence == right:
        return None
    return _finish(draw, facts, sentence, right, wanted, kind, changed, form, rng)


def _joined(
    worlds: Mapping[str, World],
    language: str,
    pattern: str,
    clauses: Mapping[str, Sequence[str]],
    of: Set,
    rng: random.Random,
    wanted: bool,
) -> Case | None:
    """Two claims about one product in one sentence; false where one of them is."""
    one, two = rng.sample(sorted(clauses), 2)
    rules = [KINDS[one], KINDS[two]]
    shops = [shop for shop in SHOPS if all(shop in rule.shops for rule in rules)]
    if not shops or {one, two} in (
        {"price", "price_bound"},
        {"colors_list", "colors_count"},
        {"color_has", "colors_list"},
        {"color_has", "colors_count"},
        {"material_list", "material_has"},
    ):
        return None
    world = worlds[_shop(shops, rng)]
    item = rng.choice(world.items)
    others = (
        tuple(rng.sample([i for i in world.like(item) if i is not item], k=1))
        if len(world.like(item)) > 1 and rng.random() < 0.3
        else ()
    )
    draw = Draw(world, (item,), others, language, rng, of.held_out)
    drawn = [rule.draw(draw) for rule in rules]
    if any(found is None or found.true is None for found in drawn):
        return None
    right = [found.true for found in drawn if found is not None and found.true is not None]
    slots, changed = [*right], ""
    if not wanted:
        place = rng.randrange(2)
        false = (drawn[place] or Drawn(None)).false
        if not false:
            return None
        changed, slots[place] = rng.choice(list(false))
    forms = [rng.choice(list(clauses[kind])) for kind in (one, two)]
    facts, names = _facts(draw, pattern, rng)
    if facts is None:
        return None

    def said(filled: Sequence[Slots]) -> str:
        parts = {
            key: _insert(form, values, names) for key, form, values in zip(("one", "two"), forms, filled, strict=True)
        }
        return _fill(pattern, parts, names, draw)

    sentence, true = said(slots), said(right)
    if not wanted and sentence == true:
        return None
    return _finish(draw, facts, sentence, true, wanted, "joined", changed, pattern, rng, claims=[one, two])


def _draw(worlds: Mapping[str, World], rule: Kind, language: str, of: Set, rng: random.Random) -> Draw | None:
    world = worlds[_shop(rule.shops, rng)]
    first = rng.choice(world.items)
    near = [item for item in (world.around if rng.random() < 0.3 else world.like)(first) if item is not first]
    least, most = rule.subjects
    count = rng.randint(least, most)
    extra = 0 if least > 1 else rng.choice([0, 0, 1, 1, 2, 3])
    if len(near) < count - 1 + extra:
        return None
    more = rng.sample(near, count - 1 + extra)
    return Draw(world, (first, *more[: count - 1]), tuple(more[count - 1 :]), language, rng, of.held_out)


def _shop(shops: Sequence[str], rng: random.Random) -> str:
    """One of the shops; luma has kinds of its own, so that the other is drawn more often where both have something."""
    return rng.choices(list(shops), [1 if shop == "luma" else 2 for shop in shops])[0]


def _facts(draw: Draw, pattern: str, rng: random.Random) -> tuple[list[Item] | None, list[Name]]:
    """The products of the turn in the order shown, and names for those spoken of; None where names would be unclear."""
    facts = list(draw.facts)
    rng.shuffle(facts)
    names = [name(item, facts.index(item), facts, draw.world, draw.language, rng) for item in draw.subjects]
    if any(given.pronoun for given in names) and (pattern.startswith("~") or not _PRONOUN.search(pattern)):
        return None, names
    if names[0].text == "they" and not _SUBJECT.search(pattern):
        names[0] = replace(names[0], text="them")
    if "{a}" not in pattern and draw.others:  # the sentence names nobody: it speaks of the one product there is
        return None, names
    for item, given in zip(draw.subjects, names, strict=True):
        bare = given.text.removeprefix("the ").lower()
        if any(bare in other.title.lower() for other in facts if other is not item):
            return None, names
    return facts, names


def _insert(form: str, slots: Slots, names: Sequence[Name]) -> str:
    """Fill a predicate in: its words first, then what agrees with the name."""
    agree = names[0].inflection()
    if len(names) > 1:
        agree |= names[1].inflection("b_")
    values = {key: str(value) for key, value in slots.items()}
    for key, value in values.items():
        if "{" in value:  # a predicate with its own inflection; `b_what` agrees with b, `all_what` with all
            whose = names[1] if key.startswith("b_") else Name("", plural=True) if key.startswith("all_") else names[0]
            values[key] = value.format_map(whose.inflection())
    return form.format_map(agree | values)


def _fill(pattern: str, slots: Slots, names: Sequence[Name], draw: Draw) -> str:
    order = slots.get("order", tuple(range(len(names))))
    ordered = [names[place] for place in order]
    count = len(draw.subjects)
    many = number_en(count) if draw.language == "en" else count_zh(count)
    values: Slots = {
        "count": many,
        "all": "both" if count == 2 else f"all {many}",
        "none": "neither" if count == 2 else "none",
    }
    values |= {key: value for key, value in slots.items() if key != "order"}
    values |= {key: given.text for key, given in zip("abcd", ordered, strict=False)}
    return capital(_insert(pattern.removeprefix("~"), values, ordered))


def _finish(
    draw: Draw,
    facts: list[Item],
    sentence: str,
    right: str,
    true: bool,
    kind: str,
    changed: str,
    pattern: str,
    rng: random.Random,
    **more: object,
) -> Case:
    """The case, with a variant of each product as the evidence."""
    language = draw.language
    if rng.random() < 0.05 and pattern.startswith("{a}"):
        lead = rng.choice(_LEADS[language])
        keep = sentence.startswith(tuple(item.title for item in facts))
        sentence = lead + (sentence if keep else sentence[:1].lower() + sentence[1:])
    ids = tuple(_variant(item, rng) for item in facts)
    notes: dict[str, Any] = {"kind": kind, **more}
    if not true:
        notes |= {"changed": changed} | ({"from": right} if right else {})
    return Case(draw.world.shop, ids, sentence, language, true, notes)


def _variant(item: Item, rng: random.Random) -> str:
    return rng.choice(item.variants).id


def counts(cases: Sequence[Case]) -> dict[str, Any]:
    """How many there are: in all, true, Chinese, by kind and by what was changed."""
    return {
        "cases": len(cases),
        "true": sum(case.true is True for case in cases),
        "chinese": sum(case.language == "zh" for case in cases),
        "by_shop": dict(Counter(case.shop for case in cases)),
        "by_changed": dict(sorted(Counter(case.notes["changed"] for case in cases if case.true is False).items())),
        "by_kind": dict(sorted(Counter(case.notes["kind"] for case in cases).items())),
    }
