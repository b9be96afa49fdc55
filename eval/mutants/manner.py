"""Spoils how a reply is worded: one mutant for each rule of the voice that a program can see, in each language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from assistant.prompts import FOLDER
from eval.mutants.case import Case, Maker, Mutant

# Rule → language → sentences that break it and no other.
_SENTENCES: dict[str, dict[str, list[str]]] = {
    "exclamation mark": {"en": ["Tell me more!", "Tell me more！"], "zh": ["请您告诉我更多！", "请您告诉我更多!"]},
    "emoji": {"en": ["Tell me more 😀.", "Tell me more ✨."], "zh": ["请您告诉我更多👍。", "请您告诉我更多😀。"]},
    "invisible character": {"en": ["Tell\u200b me more."], "zh": ["请您\u202e告诉我更多。"]},
    "full-width letter": {"en": ["Tell me Ｍore."], "zh": ["请您看Ｍ。"]},
    "markup": {"en": ["Tell me **more**.", "Tell me `more`.", "Tell me <b>more</b>."], "zh": ["请您**告诉我**更多。", "请您`告诉我`更多。"]},
    "json": {"en": ['Tell me {"more": 1}.'], "zh": ['请您看{"a": 1}。']},
    "table": {"en": ["More | of it | there."], "zh": ["更多 | 这里。"]},
    "list": {"en": ["\n- Tell me more.", "\n• Tell me more.", "\n2. Tell me more."], "zh": ["\n- 请您告诉我更多。", "\n• 请您告诉我更多。"]},
    "heading": {"en": ["\n# Tell me more"], "zh": ["\n# 请您告诉我更多。"]},
    "ellipsis": {"en": ["Tell me more...", "Tell me more…"], "zh": ["请您告诉我更多……", "请您告诉我更多..."]},
    "repeated marks": {"en": ["Which one??", "More,, please."], "zh": ["请问是哪一款？？", "请您看，，这里。"]},
    "uneven marks": {"en": ["Tell me “more.", "Tell me (more."], "zh": ["请您“告诉我更多。", "请您（告诉我更多。"]},
    "tilde": {"en": ["Tell me more~"], "zh": ["请您告诉我更多～"]},
    "emoticon": {"en": ["Tell me more :D", "Tell me more ^_^"], "zh": ["请您告诉我更多:D", "请您告诉我更多^_^"]},
    "capitals": {"en": ["Tell me VERY much.", "TELL ME MORE.", "It is WONDERFUL there."], "zh": ["请您看NEW的这里。"]},
    "link": {
        "en": ["See https://more.example for it.", "See www.more.com for it.", "Write to help@more.com for it."],
        "zh": ["请您看https://more.example。", "请您看www.more.cn的说明。"],
    },
    "internal words": {
        "en": ["I called search_products.", "My system prompt says so.", "The facts say so.", "FACTS", "It suits the customer."],
        "zh": ["系统提示里写了。", "工具调用完成了。", "该顾客需要它。"],
    },
    "gushing": {"en": ["We are so very sorry.", "I sincerely apologise."], "zh": ["非常抱歉。", "深表歉意。"]},
    "reading aloud": {"en": ["It says so in the provided information."], "zh": ["根据提供的信息就是这样。"]},
    "word twice": {"en": ["Tell me about the the size.", "It is is there."]},
    "full-width marks": {"en": ["Tell me more，please.", "Tell me more。"]},
    "half-width marks": {"zh": ["请您看这里, 再看那里.", "请问您要哪一款?", "请您看(这里)。", "请您看,再说。"]},
    "particle": {"zh": ["请您看这里哦。", "请您看这里啦。", "请您看一看嘛，这里。"]},
    "informal you": {"zh": ["请你告诉我更多。", "你们可以告诉我更多。"]},
    "another language": {"en": ["请您告诉我更多。"]},
    "said twice": {"en": ["You can tell me more about it. You can tell me more about it."], "zh": ["您可以再告诉我一些更多的要求。您可以再告诉我一些更多的要求。"]},
}  # fmt: skip
_OPENING = {"en": "{}, tell me more.", "zh": "{}，请您告诉我更多。"}
_GROUPS = (
    "hype",
    "pressure",
    "vouching",
    "cushion",
    "officialese",
    "slang",
    "soothing",
    "human",
    "machine",
    "ill_speaking",
)
_SAID = {"en": "Well, {} it is.", "zh": "这里{}。"}


def _rule(name: str, language: str) -> Maker:
    def make(case: Case) -> Iterator[Mutant]:
        if case.language == language:
            for sentence in case.some(_SENTENCES[name][language], 2):
                yield case.saying(name, sentence)

    return make


def _forbidden(group: str, language: str) -> Maker:
    """A word that the voice file, or the shop's own, forbids."""

    def make(case: Case) -> Iterator[Mutant]:
        if case.language == language:
            for word in case.some(_words(case, group, language), 2):
                yield case.saying(f"forbidden ({group})", _SAID[language].format(word))

    return make


def _words(case: Case, group: str, language: str) -> list[str]:
    if group == "the shop's own":
        held = _own(case).get("forbidden") or {}
    else:
        held = _front(FOLDER / "voice.md")["forbidden"].get(group, {})
    return list(_flat(held.get(language, ())))


def _address(language: str) -> Maker:
    def make(case: Case) -> Iterator[Mutant]:
        if case.language == language:
            fronts = (_front(FOLDER / "voice.md"), _own(case))
            names = [n for front in fronts for n in _flat((front.get("never_address_as") or {}).get(language, ()))]
            for name in case.some(names, 2):
                yield case.saying("address", _OPENING[language].format(name[:1].upper() + name[1:]))

    return make


def _limit(case: Case, name: str) -> int:
    """The lower one of the shared voice's and the shop's own."""
    return min(int(front[name]) for front in (_front(FOLDER / "voice.md"), _own(case)) if name in front)


def _long_english(case: Case) -> Iterator[Mutant]:
    if case.language == "en":
        words = _limit(case, "max_words_per_sentence") + 1
        yield case.saying("too long", " ".join(["Tell", *["more"] * (words - 2), "now."]))


def _long_chinese(case: Case) -> Iterator[Mutant]:
    if case.language == "zh":
        characters = _limit(case, "max_characters_per_sentence") + 1
        yield case.saying("too long", "请" + "多" * (characters - 2) + "说。")


_ASKED = ("size", "colour", "kind", "use", "price", "brand", "shape", "weight", "length", "width", "height", "season")


def _questions(language: str) -> Maker:
    """One question more than each call of a tool may ask."""

    def make(case: Case) -> Iterator[Mutant]:
        many = _limit(case, "max_questions") * max(1, len(case.reply["tools"])) + 1
        if case.language == language and many <= len(_ASKED):
            asked = [
                f"Which {word}?" if language == "en" else f"您要哪种{'甲乙丙丁戊己庚辛壬癸子丑'[n]}？"
                for n, word in enumerate(_ASKED[:many])
            ]
            yield case.saying("several questions", (" " if language == "en" else "").join(asked))

    return make


def _empty(case: Case) -> Iterator[Mutant]:
    yield case.with_reply("nothing is said", reply=" ")


def _english_for_chinese(case: Case) -> Iterator[Mutant]:
    if case.language == "zh":
        yield case.with_reply("it answers in English", reply="Tell me more.")


def _own(case: Case) -> Mapping[str, Any]:
    """The front matter of the shop's own voice."""
    shop = case.seen.shop
    return _front(shop.folder / shop.settings.voice) if shop.settings.voice else {}


@cache
def _front(path: Path) -> dict[str, Any]:
    text = path.read_text(encoding="utf-8")
    found = yaml.safe_load(text.split("---\n", 2)[1]) if text.startswith("---\n") else None
    return found if isinstance(found, dict) else {}


def _flat(listed: Iterable[Any]) -> Iterator[str]:
    """The words of nested lists, and of mappings from a word to what replaces it."""
    for item in listed:
        if isinstance(item, str):
            yield item
        else:
            yield from _flat(item)


def _both(name: str, of: Callable[[str], Maker]) -> dict[tuple[str, str], Maker]:
    return {("voice", f"{name}.{language}"): of(language) for language in ("en", "zh")}


MANNER: dict[tuple[str, str], Maker] = {
    **{
        ("voice", f"{name}.{language}"): _rule(name, language) for name, held in _SENTENCES.items() for language in held
    },
    **{
        ("voice", f"forbidden {group}.{language}"): _forbidden(group, language)
        for group in (*_GROUPS, "the shop's own")
        for language in ("en", "zh")
    },
    **_both("address", _address),
    **_both("several questions", _questions),
    ("voice", "too long.en"): _long_english,
    ("voice", "too long.zh"): _long_chinese,
    ("voice", "another language.zh"): _english_for_chinese,
    ("voice", "empty"): _empty,
}
