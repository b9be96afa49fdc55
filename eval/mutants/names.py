"""Names that no product has, or that the turn never looked up."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eval.mutants.case import Case
from eval.mutants.claim import Claim, spoken
from eval.mutants.folder import naming
from index.words import is_english

_ORDINALS = [("first", "一"), ("second", "二"), ("third", "三"), ("fourth", "四"), ("fifth", "五"), ("sixth", "六")]


def _shown_name(name: str, why: str) -> Claim:
    return Claim(why, f"We also have the {name}.", f"我们还有{name}。")


def _joined_name(case: Case) -> Iterator[Claim]:
    """The beginning of one title and the end of another, which no product has; of plain words it were no name."""
    titles = [group.title for group in case.folder.groups if re.fullmatch(r"[A-Za-z]+(?: [A-Za-z]+)+", group.title)]
    known = " ".join(title.lower() for title in (group.title for group in case.folder.groups))
    taken = f"{known} {' '.join(case.folder.text(group) for group in case.groups)} {case.seen.say} {case.reply['tools']}".lower()
    values = " ".join(value for listed in case.folder.catalogue.facets.values() for value in listed).lower()
    first = {title: title.split()[0].lower() for title in titles}
    for one in case.some([title for title, word in first.items() if not _plain(word) and word not in values], 6):
        for other in case.some(titles):
            name = f"{one.split()[0]} {' '.join(other.split()[1:])}"
            parts = set(name.lower().split())  # "Alder Kettle" is short for "Alder Stovetop Kettle"
            if name.lower() not in taken and not any(
                parts <= set(re.findall(r"\w+", g.title.lower())) for g in case.folder.groups
            ):
                yield _shown_name(name, "no product has that name")
                return


def _plain(word: str) -> bool:
    """Whether it is an English word, or two in one: "quickdry"."""
    halves = ((word[:place], word[place:]) for place in range(3, len(word) - 2))
    return is_english(word) or any(is_english(one) and is_english(other) for one, other in halves)


def _strange_name(case: Case) -> Iterator[Claim]:
    """A title with its letters turned round."""
    titles = [
        group.title
        for group in case.folder.groups
        if re.fullmatch(r"[A-Za-z]{5,} [A-Za-z]{5,}(?: [A-Za-z]{5,})*", group.title)
    ]
    for title in case.some(titles):
        yield _shown_name(" ".join(word[::-1].capitalize() for word in title.split()), "no product has that name")


def _maker(case: Case) -> Iterator[Claim]:
    known = " ".join(case.folder.text(group) for group in case.folder.groups)
    words = [word for group in case.groups for word in re.findall(r"[A-Za-z]{6,}", group.title)]
    words = [word for word in words if word[::-1].lower() not in known]
    for group in case.some(case.groups):
        for word in case.some(words):
            name = word[::-1].capitalize()
            yield Claim(
                "nobody there is called that",
                f"{naming(group, begins=True)} is made by {name}.",
                f"{group.title}由{name}制造。",
            )


def _other_name(case: Case) -> Iterator[Claim]:
    """A product of the shop that this turn never looked up."""
    known = " ".join(
        [case.seen.say, *case.seen.earlier, str(dict(case.reply)), *map(case.folder.text, case.groups)]
    ).lower()
    found = [
        group.title
        for group in case.folder.groups
        if " " in group.title and len(group.title) > 9 and group.title.lower() not in known
    ]
    for title in case.some(found):
        yield _shown_name(title, "this turn did not look it up")


def _place(case: Case) -> Iterator[Claim]:
    shown = len(case.cards)
    if 0 < shown < len(_ORDINALS):
        english, chinese = _ORDINALS[shown]
        yield Claim(f"{shown} are shown", f"The {english} one is here as well.", f"第{chinese}款也在这里。")


NAMES = spoken(
    {
        "name that is joined": _joined_name,
        "name from nowhere": _strange_name,
        "maker": _maker,
        "name of another product": _other_name,
        "place": _place,
    }
)
