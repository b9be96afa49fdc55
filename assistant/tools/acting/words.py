"""What a message says about acting on an order, by the words of `prompts/ordering.yaml`. No store, no model."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

from assistant.patterns import load_patterns
from index.numbers import order_ids
from index.words import fold

Kind = Literal["exchange", "return", "cancel", "default_address", "address", "payment", "change"]
KINDS: tuple[Kind, ...] = get_args(Kind)  # in the order in which they are looked for
TOOL: Mapping[Kind, str] = {
    "exchange": "request_return",
    "return": "request_return",
    "cancel": "cancel_order",
    "default_address": "change_order",
    "address": "change_order",
    "payment": "change_order",
    "change": "change_order",
}
SENDS_BACK: tuple[Kind, ...] = ("return", "exchange")  # what one has in hand, and needs no word of an order
ADDRESSES: tuple[Kind, ...] = ("address", "default_address")
_SENTENCE = re.compile(r"(?<=[.?!。？！;；\n])\s*")


def asked_kind(text: str) -> Kind | None:
    """What a message asks to be done about an order, where a sentence of it asks for that and not for the rules."""
    words = _words()
    for sentence in _sentences(text):
        found = _first(sentence)
        if found is not None and not _any(words["unless"], sentence):
            return found
    return None


def asked_with_number(text: str) -> Kind | None:
    """The same of "can I still cancel H2110?": a question, and a request since it names the order by its number."""
    if not order_ids(text):
        return None
    for sentence in _sentences(text):
        if _any(_words()["asking"], sentence):
            plain = re.sub(r"^.*?\b(?:can|could|may|to|able to)\b (?:i |we )?(?:still )?", "", sentence.rstrip("?？"))
            return _first(plain.replace("吗", "")) or _first(sentence)
    return None


def says(name: str, text: str) -> bool:
    """Whether a text has what a list of patterns names: evidence, own_address, pointing, another, of_it, latest, all, other_reason, back_to, declined, unclear."""
    return _any(_words()[name], fold(text))


def reason_in(text: str, accepted: Sequence[str]) -> str | None:
    """The accepted reason that a text gives; None where it gives none of them."""
    said = fold(text)
    for reason in accepted:
        if fold(reason) in said or _any(_words()["reasons"].get(reason, ()), said):
            return reason
    return None


def methods_in(text: str) -> list[str]:
    """The kinds of ways to pay that a text names."""
    said = fold(text)
    return [kind for kind, patterns in _words()["methods"].items() if _any(patterns, said)]


def is_yes(text: str, kind: Kind, order_id: str | None, pieces: int) -> bool:
    """Whether all of a message is a clear yes to an action that was listed, as it was listed.

    "Yes", "ok, go ahead please", "yes, cancel order H2110": nothing besides, no question, nothing in quotation marks.

    Args:
        text: as it was typed.
        order_id: of the action; the message may name it, and no other.
        pieces: how many items are in question: "return it" is no yes to two.
    """
    words = _words()
    said = " ".join(fold(text).split())
    if words["quoting"].search(said) or "..." in said or "…" in said or re.search(r"[^\w\s,.!'、。#-]", said):
        return False
    if order_id is not None:
        own = re.escape(fold(order_id).removeprefix("#"))
        said = re.sub(rf"(?<=cancel )(?:order )?#?{own}(?!\w)", "it", said)
        said = re.sub(rf" (?:for |of |in )?(?:order )?#?{own}(?!\w)", "", said)
    return any(pattern.fullmatch(said) for pattern in _yes(kind, pieces > 1))


def look_up_for(code: str) -> str | None:
    """The question by which the policies are asked about a rule; None where they have nothing to say of it."""
    found: str | None = _words()["policies"].get(code)
    return found


def refunds_question() -> str:
    """The question by which the policies are asked when money comes back."""
    return str(_words()["refunds"])


@dataclass(frozen=True, slots=True)
class Claim:
    """Who somebody says they are: by an e-mail address, or by name and postal code. Never kept, never logged."""

    email: str = ""
    name: str = ""
    code: str = ""

    def __repr__(self) -> str:  # a traceback must not print it
        return "Claim(…)"


def claim_in(text: str, *, answer: bool) -> Claim | None:
    """Who a message says its writer is; None where it says too little, or several at once.

    Args:
        answer: it answers the question who they are, so that a bare "Kai Yamamoto, 40213" is one.
    """
    emails = set(re.findall(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", text))
    if emails:
        return Claim(email=emails.pop()) if len(emails) == 1 else None
    words, said = _words(), unicodedata.normalize("NFKC", text)
    for key in order_ids(text):
        said = re.sub(rf"#?{re.escape(key)}(?!\w)", " , ", said, flags=re.I)
    name, code = words["proof_name"].search(said), words["proof_zip"].search(said)
    if name and code:
        return Claim(name=_tidy(name["name"]), code=_tidy(code["zip"]))
    if not answer:
        return None
    rest = words["proof_around"].sub(" ", said)
    tokens = re.findall(r"[\w'’.-]+", rest)
    codes = [token.strip(".") for token in tokens if any(char.isdigit() for char in token)]
    names = [token for token in tokens if not any(char.isdigit() for char in token) and re.search(r"\w", token)]
    if not names or not 1 <= len(codes) <= 2 or len(names) > 5:
        return None
    return Claim(name=" ".join(names).strip(" .-'"), code=" ".join(codes))


def _tidy(text: str) -> str:
    return " ".join(text.split()).strip(" .,")


def _first(sentence: str) -> Kind | None:
    acts = _words()["acts"]
    return next((kind for kind in KINDS if _any(acts[kind], sentence)), None)


def _sentences(text: str) -> list[str]:
    """The sentences of a text, folded; of one that asks for help politely, without what makes it look like a question."""
    polite, found = _words()["polite"], []
    for part in _SENTENCE.split(text):
        said = fold(part).strip()
        found.append(polite.sub("", said).rstrip("? 吗") if polite.search(said) else said)
    return [said for said in found if said]


def _any(patterns: Sequence[re.Pattern[str]], said: str) -> bool:
    return any(pattern.search(said) for pattern in patterns)


@cache
def _yes(kind: Kind, several: bool) -> tuple[re.Pattern[str], ...]:
    loaded, _ = load_patterns("ordering")
    yes, same = loaded["agreed"], loaded["same"]
    again = same[kind]["en"].replace("{them}", same["several" if several else "one"])
    english = rf"(?:{yes['en']}[,.! ]*\b[,.! ]*)+(?:(?:{yes['more']}|{again})[,.! ]*)*"
    chinese = rf"(?:{yes['zh']}[,、。! ]*)+(?:(?:{yes['more_zh']}|{same[kind]['zh']})[,、。! ]*)*"
    return re.compile(english), re.compile(chinese)


@cache
def _words() -> Mapping[str, Any]:
    loaded, compiled = load_patterns("ordering")

    def both(row: Mapping[str, Any]) -> tuple[re.Pattern[str], ...]:
        return compiled([*_listed(row["en"]), *_listed(row["zh"])])

    lists = (
        "unless",
        "asking",
        "evidence",
        "own_address",
        "pointing",
        "another",
        "of_it",
        "latest",
        "all",
        "single",
        "other_reason",
        "back_to",
        "declined",
        "unclear",
        "thanks",
    )
    return {
        **{name: both(loaded[name]) for name in lists},
        **{name: {key: both(row) for key, row in loaded[name].items()} for name in ("acts", "reasons", "methods")},
        "quoting": re.compile(loaded["quoting"]),
        "polite": re.compile(loaded["polite"]),
        "policies": loaded["policies"],
        "refunds": loaded["refunds"],
        **{f"proof_{name}": re.compile(pattern, re.I) for name, pattern in loaded["proof"].items()},
    }


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
