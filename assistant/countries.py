"""What countries are called in English, Chinese and their own languages, by `prompts/countries.yaml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from assistant.prompts import FOLDER
from index.loading import read_yaml
from index.words import fold

SHORT = 3  # letters of a name that may be a word


def code_of(name: str) -> str | None:
    """The ISO 3166 code of a country by one of its names, or by the code itself; None where it is none that is known."""
    said = fold(name).strip(" .")
    return _codes().get(said) or (said.upper() if said.upper() in _codes().values() else None)


def country_in(text: str) -> str | None:
    """The country that a text names at its end, or in Chinese anywhere, as it is written."""
    match = next((m for p in _patterns() if (m := p.search(text.strip(" .,!。")))), None)
    return match[1] if match else None


def countries_named(text: str) -> list[str]:
    """The countries that a text in English names anywhere, as they are written, in its order; none by a short name ("us")."""
    return [match[0] for match in _anywhere().finditer(text)]


@cache
def _anywhere() -> re.Pattern[str]:
    names = (name for several in read_yaml(FOLDER / "countries.yaml")["names"].values() for name in several)
    long = sorted((re.escape(name) for name in names if name.isascii() and len(name) > SHORT), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(long)})(?!\w)", re.I)


@cache
def _codes() -> Mapping[str, str]:
    names = read_yaml(FOLDER / "countries.yaml")["names"]
    return {fold(name): code for code, several in names.items() for name in several}


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    every = [name for several in read_yaml(FOLDER / "countries.yaml")["names"].values() for name in several]
    longest = sorted(every, key=len, reverse=True)
    chinese = [name for name in longest if not re.search(r"[a-zà-ÿ]", name)]
    other = [re.escape(name) for name in longest if name not in chinese]
    return re.compile(rf"(?<!\w)({'|'.join(other)})$", re.I), re.compile(f"({'|'.join(chinese)})")
