"""Whom a message is about: somebody else, men or women, children. English and Chinese."""

from __future__ import annotations

import re
from functools import cache

from index.phrases import said, without
from index.words import mapped, phrases_of

_CHILDREN = r"\b(?:kids?|child(?:ren)?(?:'s)?|toddlers?|bab(?:y|ies)|infants?)\b|儿童|小孩|宝宝|婴儿"


def someone_else(text: str) -> tuple[bool, str, str]:
    """Whether the product is for somebody else, their gender where the word has one, and the text without them."""
    if re.search(r"\bgift ?cards?\b|\bgift vouchers?\b|礼品卡", text):
        return False, "", text
    gift = any(said(word, text) for word in phrases_of("gift"))
    plain = text
    for word in phrases_of("gift"):
        plain = re.sub(rf"\b{word}s?\b" if word.isascii() else word, " ", plain) if word in plain else plain
    for word, gender, pattern in _people():
        if word in text and pattern.search(text):
            whose = re.search(rf"\bmy {word}(?:'s)? (?:said|says|told|recommended|has|have)\b", text)
            if whose and not gift:
                continue
            return True, gender, pattern.sub(" ", plain)
    return gift, "", plain


def genders(text: str) -> tuple[tuple[str, ...], str]:
    """The genders that a message says, of the one who asks or of the thing; and the text without them."""
    found: list[str] = []
    text = re.sub(r"\b(?:i'm|im|i am) (?:a |an )?(?:girl|lady|woman|female)\b", " women ", text)
    text = re.sub(r"\b(?:i'm|im|i am) (?:a |an )?(?:guy|boy|man|dude|male)\b", " men ", text)
    text = re.sub(r"\bfor her\b", " women ", re.sub(r"\bfor him\b", " men ", text))
    for word, gender in sorted(mapped("genders").items(), key=lambda item: -len(item[0])):
        if said(word, text):
            found.append(gender)
            text = without(text, word)
    return tuple(dict.fromkeys(found)), text


def for_children(text: str) -> bool:
    """Whether a folded message speaks of children."""
    return bool(re.search(_CHILDREN, text))


@cache
def _people() -> list[tuple[str, str, re.Pattern[str]]]:
    """Words for people, the gender that each says, and how a message says that something is for them."""
    found = []
    for word, gender in sorted(mapped("people").items(), key=lambda item: -len(item[0])):
        english = rf"\bfor (?:my |our |a |his |her |the )?[\w ]{{0,16}}?\b{word}\b|\bmy {word}(?:'?s)?\b"
        found.append((word, gender, re.compile(english if word.isascii() else re.escape(word))))
    return found
