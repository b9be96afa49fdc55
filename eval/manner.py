"""How a reply is worded, judged apart from the assistant's own lint: its words are read from the voice files, the rest
is looked for by the kind of character and by runs of words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from assistant.prompts import FOLDER
from index.shop import Shop

_QUOTE = "□"  # stands for what is quoted from the shop
_TOKEN = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]|[^\sa-z0-9]")
_SENTENCE = re.compile(r"(?:[^.!?。！？]|(?<=\d)\.(?=\d))+[.!?。！？]*")  # "85.00" ends none
_ENDINGS = ("", "s", "es", "d", "ed", "ing", "ly", "er", "est")
_SHORT = (("i'm", "i am"), ("i've", "i have"), ("it's", "it is"), ("they're", "they are"), ("you're", "you are"))
_INTERNAL = (
    "json", "system prompt", "my instructions", "tool call", "end of facts", "the facts", "the passage", "the customer", "the user",
    "def ", "系统提示", "提示词", "工具调用", "该顾客",
)  # fmt: skip
_GUSHING = re.compile(
    r"\b(?:so|very|really|truly|terribly|deeply|sincerely)\s+(?:sorry|apolog)|(?:非常|十分|万分|深表|实在)(?:抱歉|歉意|对不起)"
)
_SITE = re.compile(r"https?:|www\.|\S@\S+\.\w|\w\.(?:com|org|net|io|cn|shop)\b", re.I)
_LIST = re.compile(r"^\s*(?:[-*•#>]|\d{1,2}[.)]\s)", re.M)
_SMILE = re.compile(r"(?<!\w)[:;=]-?[()DP](?!\w)|<3|\^_?\^", re.A)
_LOUD = re.compile(
    r"\b[A-Z]{7,}\b|\b[A-Z]{3,}(?: [A-Z]{3,})+\b|\b[A-Z]{2,}(?: [A-Z]{2,}){2,}\b|\b(?:AMAZING|BEST|FREE|NEW|NEVER|ONLY|SALE|VERY|MUST|GREAT)\b",
    re.A,
)
_TWICE = re.compile(r"\b(of|to|and|is|are|in|for|with) \1\b", re.I)
_ARTICLES = re.compile(r"\b(?:the|an?) (?:the|an?)\b", re.I)  # before a title that has one of its own
_GIVEN = re.compile(r"\b(?:provided|given) (?:facts|information|data)\b|(?:提供|所给|给出)的?(?:信息|事实|数据)")


def fault(
    text: str, language: str, *, words: Sequence[Sequence[str]], address: Sequence[str], quoted: Iterable[str], limits: Mapping[str, int], calls: int = 1
) -> str:  # fmt: skip
    """What is wrong with a reply's wording, or nothing.

    Args:
        words: what is never said, each as its tokens.
        address: what nobody is called.
        quoted: what it may hold word for word.
        calls: tools called: each may have a fixed text of its own.
    """
    if language == "en" and (match := _ARTICLES.search(text)):
        return f"a word twice: {match[0]}"
    for string in sorted({q for q in quoted if len(q) > 2}, key=len, reverse=True):
        text = text.replace(string, _QUOTE + _stop(string, language))
    for look in (_characters, _marks, _leaks):
        if found := look(text):
            return found
    tokens = _tokens(text)
    for run in words:
        if _says(tokens, run):
            return f"forbidden: {' '.join(run)}"
    plain = text.lower()
    for name in address:
        form = re.escape(name)
        before, after = (
            r"(?:^|[.。?？][”’』」]?\s*|\b(?:hi|hello|hey)[ ,]+|[好谢][，,]?)",
            r"(?:\s+[\w-]+)?" if name == "dear" else "",
        )
        if re.search(rf"{before}{form}{after}\s*[,，!]|[,，]\s*{form}\s*[.!?。！？]?$", plain):
            return f"addresses with: {name}"
    sentences = [s.strip() for s in _SENTENCE.findall(text) if re.search(r"\w", s)]
    return (
        _chinese(text, sentences, limits) if language == "zh" else _english(text, sentences, limits)
    ) or _whole(text, sentences, limits, calls)  # fmt: skip


def _stop(quoted: str, language: str) -> str:
    """A quoted sentence ends one of the reply."""
    return ("。" if language == "zh" else ".") if quoted.endswith((".", "!", "?", "。", "！", "？")) else ""


def _characters(text: str) -> str:
    for char in text:
        kind = unicodedata.category(char)
        if kind in ("Cf", "Co", "Cs", "Cn", "Cc") and char not in "\n\t":
            return f"invisible character {ord(char):x}"
        if kind == "So" and char not in f"©®™°{_QUOTE}":
            return f"emoji: {char}"
        if char in "{}<>`|*":
            return f"markup or internal words: {char}"
        if kind[0] in "LN" and unicodedata.name(char, "").startswith("FULLWIDTH"):
            return f"full-width letter: {char}"
    return ""


def _marks(text: str) -> str:
    for name, pattern in (
        ("exclamation mark", "[!！]"),
        ("ellipsis", r"\.\.|…"),
        ("repeated marks", r"[?？]{2}|[,，]{2}|[。]{2}"),
    ):
        if match := re.search(pattern, text):
            return f"{name}: {match[0]}"
    text = re.sub(r"(?<![“\"\d.])(\d+(?:\.\d+)?)[”\"]", r"\1", text)  # inches, but for a number in quotes
    for opening, closing in ("“”", "（）", "()", "《》", "「」"):
        if text.count(opening) != text.count(closing):
            return f"uneven {opening}{closing}"
    if text.count('"') % 2:
        return 'uneven "'
    for name, seen in (
        ("list or heading", _LIST),
        ("emoticon", _SMILE),
        ("capitals", _LOUD),
        ("tilde", re.compile(r"[~～](?!\d)")),
    ):
        if match := seen.search(text):
            return f"{name}: {match[0]}"
    return ""


def _leaks(text: str) -> str:
    if match := _SITE.search(text):
        return f"link: {match[0]}"
    if match := re.search(r"\b[a-z]+_[a-z_]+\b|\bFACTS\b|\w\(\)", text):
        return f"markup or internal words: {match[0]}"
    plain = text.lower()
    for phrase in _INTERNAL:
        if phrase in plain:
            return f"markup or internal words: {phrase}"
    for name, pattern in (("gushing", _GUSHING), ("reads aloud", _GIVEN)):
        if match := pattern.search(plain):
            return f"{name}: {match[0]}"
    return ""


def _chinese(text: str, sentences: Sequence[str], limits: Mapping[str, int]) -> str:
    han = [char for char in text if "\u3400" <= char <= "\u9fff"]
    if len(han) < 2:
        return "not in the language of the message"
    if "你" in text:
        return "你 for 您"
    if match := re.search(
        r"[\u3400-\u9fff][,;?!:][\u3400-\u9fff]|[\u3400-\u9fff]\(|\)[\u3400-\u9fff]|[,;?!.]\s*$", text
    ):
        return f"half-width marks: {match[0]}"
    if match := re.search(r"[\u3400-\u9fff][哦喔哟呦啦嘛噢哈呀](?=[。，？]|$)", text):
        return f"particle: {match[0]}"
    for sentence in sentences:
        if sum("\u3400" <= char <= "\u9fff" for char in sentence) > limits["max_characters_per_sentence"]:
            return f"too long: {sentence}"
    return ""


def _english(text: str, sentences: Sequence[str], limits: Mapping[str, int]) -> str:
    if match := re.search(r"[\u3040-\u9fff\uac00-\ud7af]", text):
        return f"not in the language of the message: {match[0]}"
    if match := re.search(r"[，。？；：！、（）]", text):
        return f"full-width marks: {match[0]}"
    if match := _TWICE.search(text):
        return f"a word twice: {match[0]}"
    for sentence in sentences:
        if len(sentence.split()) > limits["max_words_per_sentence"]:
            return f"too long: {sentence}"
    return ""


def _whole(text: str, sentences: Sequence[str], limits: Mapping[str, int], calls: int) -> str:
    said = [
        re.sub(r"\W+", " ", s.lower()).strip()
        for s in (sentence.lstrip("”’』」 ") for sentence in sentences)
        if _QUOTE not in s and s[:1].isalpha()
    ]  # two names, two sentences
    long = [s for s in said if len(s) > 12 and (len(s.split()) > 2 or not s.isascii())]  # "Status: delivered."
    if len(set(long)) < len(long):
        return "says the same twice"
    if len(re.findall("[?？]", text)) > limits["max_questions"] * calls:
        return "several questions"
    return ""


def _says(tokens: Sequence[str], run: Sequence[str]) -> bool:
    """Whether the tokens hold a run; the last word of it may be inflected."""
    *first, last = run
    if last.isascii() and len(last) > 3:
        stem = last[:-1] if last[-1] == "e" else last
        forms = {last, *(stem + ending for ending in (_ENDINGS if not first else ("", "s")) if stem + ending)}
        forms.discard(stem if stem != last else "")
    else:
        forms = {last}
    size = len(run)
    return any(
        tokens[place + size - 1] in forms and list(tokens[place : place + size - 1]) == first
        for place in range(len(tokens) - size + 1)
    )


@cache
def spoken(shop_folder: Path, voice: str | None) -> dict[str, Any]:
    """The words and limits of the shared voice and of a shop's own on top of it, for `fault`."""
    shared = _front(FOLDER / "voice.md")
    own = _front(shop_folder / voice) if voice else {}
    groups = [*shared["forbidden"].values(), own.get("forbidden") or {}]
    words = [word for group in groups for listed in group.values() for word in _flat(listed)]
    called = [shared["never_address_as"], own.get("never_address_as") or {}]
    limits = {name: min(value, own.get(name) or value) for name, value in shared.items() if name.startswith("max_")}
    return {
        "words": [run for word in words if (run := _tokens(word))],
        "address": [name.lower() for group in called for listed in group.values() for name in _flat(listed)],
        "limits": limits,
    }


def _tokens(text: str) -> list[str]:
    """Words in small letters, contractions written out, and Chinese characters; marks but for those within a clause."""
    plain = text.lower().replace("’", "'")
    for short, long in _SHORT:
        plain = re.sub(rf"\b{short}\b", long, plain)
    return [token for token in _TOKEN.findall(plain) if token not in "'-,"]


def _flat(listed: Iterable[Any]) -> Iterator[str]:
    for item in listed:
        if isinstance(item, str):
            yield item
        else:
            yield from _flat(item)


def _front(path: Path) -> dict[str, Any]:
    parts = path.read_text(encoding="utf-8").split("---\n")
    loaded = yaml.safe_load(parts[1]) if len(parts) > 2 and not parts[0].strip() else None
    return loaded if isinstance(loaded, dict) else {}


def quoted_of(reply: Mapping[str, Any], titles: Iterable[str], shop: Shop) -> list[str]:
    """What a reply may hold word for word: names of products and of the shop, and what it cites."""
    text = reply["reply"]
    named = [title for title in titles if title in text]
    cited = [citation["quote"] for citation in reply["citations"]]
    stated = [str(fact["value"]) for fact in reply["facts"] if fact["field"] == "evidence"]
    parts = [part for quote in cited for part in re.split(r"(?<=[.!?])\s+|(?<=[。！？])|\n+", quote)]
    return [*named, *cited, *stated, *parts, shop.name, shop.settings.assistant]
