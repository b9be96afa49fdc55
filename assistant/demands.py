"""Demands that nobody here may meet, recognised by their words in `prompts/demands.yaml`: no model is asked.

Special prices, promises, other people's data, the assistant's instructions, advice on health and law, other shops,
work that is not a shop's. English and Chinese; whatever alphabet tricks they are written with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from assistant.patterns import load_patterns
from index.words import fold

_LOOKALIKES = str.maketrans(
    "аеорсухіѕјԁԛԝһӏкмтнвʟοαеιρτυνκ\u2010\u2011\u2012\u2013\u2014\u2212`´＇",
    "aeopcyxisjdqwhlkmthblaaeiptuvk------'''",
)
_LEET = str.maketrans("0134578@$!", "oieastbasi")
_MIXED = re.compile(r"(?<![\w.])(?=[\w@$!]*[a-z])(?=[\w@$!]*[\d@$!])[\w@$!]{3,}")
OF_OTHERS = ("private", "competitors")  # kinds in which the shop's own names are nobody else's
_SPACED = re.compile(r"(?<!\w)(?:\w[ ._*-]){3,}\w(?!\w)")
_QUESTION = re.compile(
    r"[?？]|^(?:(?:hi|hello|hey|ok|okay|so|and|but|also|then|well|oh|hm+|lol|please|excuse me)[,. ]+)*(?:whether|do|does|did|is|are|was|can|could|will|would|may|might|have|"
    r"has|whats?|hows?|which|when|wheres?|why|who|should|am)\b|\b(?:tell me|let me know|i wonder|wondering|want to know|like to know) "
    r"(?:how|what|when|where|which|why|who|if|whether)\b|[.!;:] +(?:and |so |but )?(?:how|what|when|where|which|why|who|do|does|can|could|is|are)\b|"
    r", *(?:and |so |but )?(?:do|does|can|could|is|are|will|would) (?:i|you|that|this|it|they|we|there) \w|吗|呢|是否|能不能|可不可以|有没有|会不会|多少|怎么|如何|什么"
)


@dataclass(frozen=True, slots=True)
class Demand:
    """What is demanded: `kind` names the answer (`decline_KIND`); `policy`: where a policy speaks of it, that answers."""

    kind: str
    policy: bool = False


@dataclass(frozen=True, slots=True)
class _Entry:
    demand: Demand
    patterns: Mapping[str, tuple[re.Pattern[str], ...]]
    unless: Mapping[str, tuple[re.Pattern[str], ...]]

    def made_by(self, text: str) -> bool:
        return any(
            any(pattern.search(text) for pattern in patterns)
            and not any(pattern.search(text) for pattern in self.unless[language])
            for language, patterns in self.patterns.items()
        )


def demanded(text: str, own: Iterable[str] = ()) -> Demand | None:
    """The demand that a message makes, if it makes one.

    Args:
        own: folded names that are the shop's own, whatever they sound like: its name, the brands that it sells.
    """
    said = fold(text)
    names = [name for name in own if name and name in said]
    for written in _ways(text):
        ours = written
        for name in names:
            ours = re.sub(rf"(?<!\w){re.escape(name)}(?:'s)?(?!\w)", "our", ours)
        for entry in _entries():
            if entry.made_by(ours if entry.demand.kind in OF_OTHERS else written):
                return entry.demand
    return None


def policy_question(text: str) -> str | None:
    """What to look up for a question that only a policy can answer; None for any other message."""
    said = fold(text)
    if not is_question(text):
        return None
    return next((looked for looked, patterns in _questions() if any(p.search(said) for p in patterns)), None)


def is_question(text: str) -> bool:
    """Whether a message asks, and does not only demand."""
    return bool(_QUESTION.search(fold(text)))


def _ways(text: str) -> list[str]:
    """The message as it is read: folded; with digits for letters and letters set apart undone, where there are any."""
    plain = " ".join(fold(text).translate(_LOOKALIKES).split())
    found = [plain]
    mixed = _MIXED.sub(lambda match: match[0].translate(_LEET), plain)
    joined = _SPACED.sub(lambda match: re.sub(r"[ ._*-]", "", match[0]), plain)
    return list(dict.fromkeys([*found, mixed, joined]))


@cache
def _questions() -> tuple[tuple[str, tuple[re.Pattern[str], ...]], ...]:
    loaded, compiled = load_patterns("demands")
    return tuple((row["look_up"], compiled([*row["en"], *row["zh"]])) for row in loaded["questions"])


@cache
def _entries() -> tuple[_Entry, ...]:
    loaded, compiled = load_patterns("demands")
    return tuple(
        _Entry(
            Demand(row["kind"], row.get("policy", False)),
            {language: compiled(row.get(language, ())) for language in ("en", "zh")},
            {language: compiled(row.get(f"unless_{language}", ())) for language in ("en", "zh")},
        )
        for row in loaded["entries"]
    )
