"""The words of a reply as the dialogue format reads them: phrases, sentences and script."""

from __future__ import annotations

import re
import unicodedata

CJK = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[^\W\d_\u3400-\u9fff]+")  # a word of letters
_TYPED = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " ", "\u202f": " "})
_STOP = re.compile(r"""(?:[.!?]+["'”’)\]]*(?=\s|$)|[。！？]+["'”’」』）]*|\n+)""")
_SHORT = re.compile(r"(?:^|[^\w.])(e\.g|i\.e|vs|approx|incl|excl|mr|mrs|ms|dr|st|fig|nr)\.$", re.I)  # never ends one
_LAST = re.compile(r"(?:^|[^\w.])(etc|a\.m|p\.m|pcs|u\.s|u\.k)\.$", re.I)  # ends one before a capital
_NUMBER = re.compile(r"(?:^|[^\w.])no\.$", re.I)  # "No. 5", and not "No. We do not."
LANGUAGES = ("en", "zh")  # those whose script is told apart


def has(text: str, phrase: str) -> bool:
    """Whether a phrase is in a text, without case, at word boundaries; "5" is not in "15".

    Chinese has no spaces: one of its characters is no part of a word of letters, and nothing bounds it.
    """
    text, phrase = (unicodedata.normalize("NFC", part).translate(_TYPED) for part in (text, phrase))
    start = r"(?<![^\W\u3400-\u9fff])" if re.match(r"[^\W\u3400-\u9fff]", phrase) else ""
    end = r"(?![^\W\u3400-\u9fff])" if re.search(r"[^\W\u3400-\u9fff]$", phrase) else ""
    words = r"\s+".join(re.escape(word) for word in phrase.split())
    return bool(words and re.search(f"{start}{words}{end}", text, re.I))


def sentences(text: str) -> list[str]:
    """The sentences of a text, English or Chinese. A line break ends one too; what has no letter is none.

    "59.00 EUR", "e.g. a mug" and a stop within quotes end none.
    """
    found, start = [], 0
    for stop in _STOP.finditer(text):
        if stop[0] == "." and _ends_short(text[start : stop.end()], text[stop.end() :]):
            continue
        found.append(text[start : stop.end()])
        start = stop.end()
    return [part.strip() for part in (*found, text[start:]) if re.search(r"[^\W\d_]", part)]


def speaks(text: str, language: str) -> bool:
    """Whether a text is in a language, by its script: of Chinese characters and words of letters, which are more.

    A name of three words in a Chinese sentence weighs as much as three characters do. Text without any is in none.

    Args:
        language: one of `LANGUAGES`; a region ("zh-CN") makes no difference.
    """
    chinese, other = len(CJK.findall(text)), len(_LATIN.findall(text))
    return chinese > other if language.split("-")[0] == "zh" else other > chinese


def _ends_short(before: str, after: str) -> bool:
    """Whether the stop at the end of `before` belongs to an abbreviation."""
    following = after.lstrip()[:1]
    return bool(
        _SHORT.search(before)
        or (_LAST.search(before) and not following.isupper())
        or (_NUMBER.search(before) and following.isdigit())
    )
