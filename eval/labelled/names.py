"""How sentences call products: titles, titles cut short, ordinals and pronouns, with the inflection that each needs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from eval.labelled.draw import terms
from eval.labelled.items import Item, World

_ORDINALS = ("first", "second", "third", "fourth")
_NO_QUALITY = ("Neck", "Up", "Down", "Top", "Head", "Base", "Size", "Hand")  # "the neck tee"
_ODD_FIRST = ("Push", "Beginner's", "Yoga", "Solo", "Advanced", "Dual", "The", "Luma", "Go-Get'r")


@dataclass(frozen=True)
class Name:
    text: str
    plural: bool = False
    pronoun: bool = False

    def inflection(self, prefix: str = "") -> dict[str, str]:
        """Endings and small words that agree with it, by the names that patterns use."""
        plural = self.plural
        found = {
            "s": "" if plural else "s",
            "es": "" if plural else "es",
            "is": "are" if plural else "is",
            "has": "have" if plural else "has",
            "do": "do" if plural else "does",
            "it": "they" if plural else "it",
            "ies": "y" if plural else "ies",
        }
        return {prefix + name: value for name, value in found.items()}


def _last(item: Item) -> str:
    """The last word of a title that is not in brackets."""
    return re.sub(r"\s*\([^)]*\)$", "", item.title).split()[-1]


def _plural(item: Item) -> bool:
    word = _last(item)
    return word.endswith("s") and not word.endswith(("ss", "us", "as", "is"))


def _noun(item: Item) -> tuple[str, bool, str] | None:
    """What it is called without its name: noun, plural, Chinese."""
    row = terms()["nouns"].get(_last(item))
    return (row[0], row[1], row[2]) if row else None


def _short(item: Item, world: World, alone: bool) -> list[Name]:
    """Titles cut short, as people do: "the Juno jacket", "the Juno", "the leather backpack"."""
    noun = _noun(item)
    words = item.title.split()
    if noun is None or len(words) < 2:
        return []
    found = []
    if item.shop == "luma" and world.first_words[words[0]] == 1 and words[0] not in _ODD_FIRST and words[0].isalpha():
        found += [Name(f"the {words[0]} {noun[0]}", noun[1]), Name(f"the {words[0]} {noun[0]}", noun[1])]
        if len(words) > 2 and words[0].lower() != noun[0]:
            found.append(Name(f"the {words[0]}"))
    elif item.shop == "outfitters" and len(words) > 2 and words[-2].isalpha() and words[-2] not in _NO_QUALITY:
        if alone:
            found.append(Name(f"the {words[-2].lower()} {noun[0]}", noun[1]))
        found.append(
            Name(f"the {' '.join(words[-3:])}", noun[1])
            if len(words) > 3 and words[-3][0].isupper()
            else Name(item.title, noun[1])
        )
    return found


def name(item: Item, place: int, facts: Sequence[Item], world: World, language: str, rng: Random) -> Name:
    """What to call a product.

    Args:
        place: where it stands among the facts, from 0; -1 where no ordinal fits.
    """
    alone = len(facts) == 1
    plain = Name(item.title, _plural(item))
    noun = _noun(item)
    if language == "zh":
        forms = [plain, plain]
        if place >= 0:
            forms += [Name(f"第{place + 1}款"), Name(f"第{'一二三四'[place]}款")] if not alone else [Name("第1款")]
        if alone:
            forms += [Name("这款", pronoun=True), Name("它", pronoun=True)]
            forms += [Name(f"这款{noun[2]}", pronoun=True)] if noun else []
        return rng.choice(forms)
    the = Name(f"the {item.title}", plain.plural)
    draw = rng.random()
    if alone and draw < 0.22:
        return Name("they", True, True) if plain.plural or (noun and noun[1]) else Name("it", pronoun=True)
    if alone and draw < 0.30 and noun:
        return Name(f"the {noun[0]}" if noun[1] else f"this {noun[0]}", noun[1], pronoun=True)
    if not alone and draw < 0.14 and place >= 0:
        return Name(f"the {_ORDINALS[place]} one")
    nouns = Counter(held[0] for fact in facts if (held := _noun(fact)))
    nouned = all(_noun(fact) for fact in facts)
    if not alone and draw < 0.22 and noun and nouned and nouns[noun[0]] == 1:
        return Name(f"the {noun[0]}", noun[1])
    if draw < 0.5:
        short = _short(item, world, alone)
        if short:
            return rng.choice(short)
    return the if draw < 0.75 else plain
