"""Every rule of the voice that a program can check in one sentence, in the order in which they are mended.

Rules of words are made from the voice file's front matter. What is quoted from the shop is hidden from all rules.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from assistant.voice import patterns as p
from assistant.voice.rule import CAPITALS, DOTTED, MARKS, Rule, bars, edits
from assistant.voice.words import CJK, forbidden, vocatives

EN, ZH = ("en",), ("zh",)
_HALF = str.maketrans("，。？；：（）、！", ",.?;:(),!")
_PAIRS = ("“”", "（）", "()", "「」", "『』", "《》", "[]", "【】")
_STRAIGHT = re.compile(r"(?<!\d)\"")  # after a number it stands for inches
_WORD = re.compile(r"\S+")


def sentence_rules(head: Mapping[str, Any]) -> tuple[Rule, ...]:
    """All rules, with the words and limits of a voice file's front matter.

    The first table is of what is mended by form alone. Then come the words that are forbidden, some of which have
    others in their place, and last what only a dropped sentence cures.
    """
    words = (forbidden(name, by_language) for name, by_language in head["forbidden"].items())
    return (*_FORM, vocatives("address", head["never_address_as"]), *_MANNER, *words, *_FATAL, *_limits(head))


def _calm(match: re.Match[str]) -> str:
    """Capitals as small letters, but for the first of the sentence."""
    small = match[0].lower()
    return small.capitalize() if match.start() == 0 else small


def _half(text: str) -> str:
    """Chinese marks of an English sentence as English ones."""
    text = re.sub(r"[，。？；：！、](?=[^\s\"”)])", lambda match: match[0].translate(_HALF) + " ", text)
    return re.sub("[「『《【】」』》]", '"', text.translate(_HALF))


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    match = pattern.search(text)
    return match[0] if match else None


def _closes(text: str, pair: str) -> bool:
    """Whether every opening mark has its closing one after it; after a number, a closing one stands for inches."""
    if pair[0] not in text and (pair[1] not in text or not re.search(rf"(?<!\d){re.escape(pair[1])}", text)):
        return pair[1] not in text or pair == "“”"
    depth = 0
    for char in text:
        depth += (char == pair[0]) - (char == pair[1])
        if depth < 0:
            return False
    return depth == 0


def _uneven(text: str) -> str | None:
    for pair in _PAIRS:
        if not _closes(text, pair):
            return pair
    return '"' if len(_STRAIGHT.findall(text)) % 2 else None


def _evened(text: str) -> str:
    """Without the marks of each kind that does not come out even."""
    for pair in _PAIRS:
        if not _closes(text, pair):
            text = text.replace(pair[0], "").replace(pair[1], "")
    return _STRAIGHT.sub("", text) if len(_STRAIGHT.findall(text)) % 2 else text


_FORM: tuple[Rule, ...] = (
    Rule("entity", lambda text: _first(p.ENTITY, text), html.unescape, needs=frozenset("&")),
    edits("wide_letters", (p.WIDE_LETTER, lambda match: chr(ord(match[0]) - 0xFEE0))),
    bars("script", p.SCRIPT, needs="< java data"),
    edits("markup", (p.IMAGE_LINK, ""), (p.TEXT_LINK, r"\1"), (p.TAG, ""), (p.EMPHASIS, r"\2"), (p.MARKUP, ""),
          needs="` * _ ~ < ] |"),
    edits("list_mark", (p.LIST_MARK, "")),
    edits("label", (p.LABEL, ""), needs=": ："),
    bars("internal", p.INTERNAL, needs='{ } _ ( " fact task syst tool json prom inst call func def impo from 提 工 函 我'),
    edits("emoticon", (p.EMOTICON, ""), needs=": ; = ^ < xd _"),
    edits("emoji", (p.EMOJI, "")),
    edits("exclamation", (p.SURPRISE, "?"), (p.SHOUT_ZH, "。"), (p.SHOUT, "."), needs="! ！ ‼ ⁉ ⁈"),
    edits("ellipsis", (p.DOTS_FIRST, ""), (p.DOTS_WITHIN_ZH, "，"), (p.DOTS_ZH, "。"), (p.DOTS_WITHIN, ", "), (p.DOTS, "."),
          needs=f"… {MARKS}"),
    edits("repeated_marks", (p.AFTER_QUESTION, r"\1"), (p.BEFORE_STOP, r"\1"), (p.AFTER_STOP, "."), (p.AFTER_STOP_ZH, "。"), (p.REPEATED, r"\1"),
          (p.DASHES, " – "), needs=MARKS),
    edits("tilde", (p.TILDE, ""), needs="~ ～"),
    edits("shouting", (p.CAPITALS, _calm), needs=CAPITALS),
    edits("informal_you", (p.INFORMAL_YOU, "您"), needs="你 们", languages=ZH),
    edits("particle", (p.PARTICLE, ""), needs=" ".join(p.PARTICLES), languages=ZH),
    edits("half_width", (p.COMMA, "，"), (p.STOP, "。"), (p.QUESTION, "？"), (p.SEMICOLON, "；"), (p.COLON, "："),
          (p.ROUND, lambda match: f"（{match[1] or match[2] or ''}）"), (p.STRAIGHT_QUOTES, r"“\1”"),
          needs=', . ? ; : ( "', languages=ZH),
    Rule("full_width", lambda text: _first(p.FULL_WIDTH, text), _half, EN),
    Rule("uneven_quotes", _uneven, _evened, needs=frozenset('"' + "".join(_PAIRS))),
)  # fmt: skip

_MANNER: tuple[Rule, ...] = (
    edits("doubled_word", (p.DOUBLED, r"\1"), (p.ARTICLES, r"\1"), needs="the a A is are of to and", languages=EN),
    edits(
        "gushing", (p.INTENSIFIER, ""), (p.INTENSIFIER_ZH, ""), (p.APOLOGY_ZH, "抱歉"), needs="sorr apol 抱 对 意 歉"
    ),
    edits(
        "reading_aloud",
        (p.SOURCE, ""),
        (p.SOURCE_WITHIN, ""),
        (p.SOURCE_ZH, ""),
        needs="base acco from fact pass info data 根 按 依",
    ),
)

_FATAL: tuple[Rule, ...] = (
    bars("reading_aloud", p.MATERIAL, needs="fact pass cont info data 提 给"),
    bars("invented_message", p.INVENTED_MESSAGE, needs=": ："),
    bars("third_person", p.THIRD_PERSON, needs="cust user shop 这 该"),
    bars("other_work", p.OTHER_WORK, needs="here 这"),
    bars("link", p.LINK, needs=f"{DOTTED} @ ] http www"),
    bars("table", p.TABLE, needs="|"),
    bars("mixed_script", p.MIXED_SCRIPT, needs=" ".join(map(chr, [*range(0x370, 0x378), *range(0x37A, 0x500)]))),
    Rule("says_nothing", lambda text: None if p.MEANING.search(text) else text or "nothing"),
)  # fmt: skip


def _limits(head: Mapping[str, Any]) -> tuple[Rule, ...]:
    most_words, most_characters = head["max_words_per_sentence"], head["max_characters_per_sentence"]

    def words(text: str) -> str | None:
        count = len(_WORD.findall(text))
        return f"{count} words" if count > most_words else None

    def characters(text: str) -> str | None:
        count = len(CJK.findall(text))
        return f"{count} characters" if count > most_characters else None

    def not_chinese(text: str) -> str | None:
        latin, han = len(p.PLAIN_WORD.findall(text)), len(CJK.findall(text))
        if not latin and p.QUOTED.search(text):
            return None
        return (text[:40] or "nothing") if han < 2 or latin > han else None

    return (
        Rule("too_long", words, None, EN),
        Rule("too_long", characters, None, ZH),
        Rule("language", lambda text: _first(p.FOREIGN, text), None, EN),
        Rule("language", not_chinese, None, ZH),
    )


def tidy(text: str) -> str:
    """White space and stray marks as they belong: mending leaves some behind."""
    text = " ".join(text.split())
    text = re.sub(r"\s+(?=[,;?!，。；：！？、）]|\.(?!\d))", "", text)
    text = re.sub(r"\(\s*\)|（\s*）|“\s*”|\"\s*\"", "", text)
    text = re.sub(r"^[\s,，;；:：、.。)\]）]+(?!\d)", "", text)
    return re.sub(r"\s*[,，;；:：、–—-]+\s*$", "", text).strip()


def finish(text: str, language: str) -> str:
    """With a full stop where a sentence has no end of its own."""
    if not text or text[-1] in ".?。？!！\"”’'」』)）":
        return text
    return text + ("。" if language == "zh" else ".")
