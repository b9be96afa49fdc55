"""Rewrites a sentence that fails the audit by leaving out the part that fails, where what is left is a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from assistant.grounding.answering import OPENING
from assistant.grounding.evidence import Evidence

_CUT = re.compile(
    r"\s*[,;—]\s*(?:and|but|while|whereas|which|making|so|offering|providing|with|perfect|ideal|although|though|or|as)?\b\s*|"
    r"\s+(?:and|but|while|whereas|making|although|because|with|for|so)\s+|\s*[，；、]\s*(?:而且|并且|而|但|并|同时)?"
)
_OPEN = re.compile(r"\b(?:both|either|neither|between|from|not only|whether)\b", re.I)
_DEPENDENT = re.compile(
    r"(?:if|while|although|though|when|whether|unlike|since|as|because|for|with|both|whereas|如果|虽然|尽管)\b", re.I
)
_VERB = re.compile(
    r"\b(?:is|are|has|have|comes?|costs?|offers?|features?|fits?|suits?|includes?|holds?|keeps?|weighs?|uses?|gives?|provides?|"
    r"sells?|runs?|works?|starts?|differs?|can|cannot|must|should|would|will|may|does|do)\b|'s\b|'re\b|[是有为含可适属采价用]"
)
_FINITE = re.compile(
    r"(?:is|are|has|have|comes?|costs?|offers?|features?|fits?|keeps?|holds?|weighs?|includes?|provides?)\b"
)
_PREDICATES = re.compile(
    r"(?P<subject>(?!If\b|While\b|Both\b|For\b|Yes\b|No\b)[A-Z][^,;:]{1,90}?)\s(?P<verb>is|are|has|have|features?|offers?)\s(?P<rest>.+)"
)
_JOINT = re.compile(r"(,?\s+(?:and|but|as|because|since|so|while|although|making it)\s+|,\s+(?:which\s+)?)")
_AGAIN = re.compile(r"^(?:(?:it|they|this|that|also|which)\s+)+")  # what the subject says already
_HALF = re.compile(r"an? [\w-]+$")  # "a light, warm jacket" is one thing
_DANGLING = re.compile(
    r"[,;]? (?:which|that|as it|because it) (?:is|are) \w+[.!?]$|"
    r"\b(?:suitable|perfect|ideal|suited|designed|meant|intended|recommended)[.!?]?$"  # for whom or what, it said
)
_SHORTEST = 4  # words; 6 characters of Chinese


def shorter(sentence: str) -> Iterator[str]:
    """What a sentence may be cut down to, the longest first: without its "yes", its beginning, its end."""
    end = sentence[-1] if sentence[-1:] in ".。!?！？" else "."
    body = sentence.rstrip(".。!?！？")
    if (opening := OPENING.match(body)) and _whole(rest := body[opening.end() :]) and not _DEPENDENT.match(rest):
        yield rest[:1].upper() + rest[1:] + end
    for match in reversed(list(_CUT.finditer(body))):
        head = body[: match.start()].rstrip(" ,;，；")
        if not _DEPENDENT.match(head) and not _OPEN.search(head) and _whole(head):
            yield head + end
    if (first := re.search(r"[,，]\s*", body)) and _DEPENDENT.match(body):
        tail = body[first.end() :]
        if _whole(tail):
            yield tail[:1].upper() + tail[1:] + end


def trimmed(sentence: str, evidence: Evidence) -> str | None:
    """The longest part of a sentence that the evidence supports; None if no part of it can stand."""
    from assistant.grounding import audit

    def says(text: str) -> bool:
        return _says_something(text, evidence)

    def stands(text: str) -> bool:
        return audit(text, evidence) is None and says(text)

    cut = next((part for part in shorter(sentence) if not _DANGLING.search(part) and stands(part)), None)
    told = _recombined(sentence, stands, says)
    return max(filter(None, (cut, told)), key=len, default=None)


def _recombined(sentence: str, stands: Callable[[str], bool], says: Callable[[str], bool]) -> str | None:
    """What a sentence says of its subject, one thing at a time, put together again from what can stand.

    "It is warm and rated 4.5 of 5, but it costs 5" becomes "It is rated 4.5 of 5" where the rest is not so.
    """
    match = _PREDICATES.match(sentence.rstrip(".! "))
    if not match:
        return None
    subject = match["subject"]
    kept: list[tuple[str, str]] = []
    for verb, item in _predicates(match["verb"], match["rest"]):
        if (verb, item) in kept or _DANGLING.search(item):
            continue
        if says(item) and stands(f"{subject} {verb} {item}."):
            kept.append((verb, item))
    if not kept:
        return None
    told = [item if n and kept[n - 1][0] == verb else f"{verb} {item}" for n, (verb, item) in enumerate(kept)]
    whole = f"{subject} {', '.join(told[:-1])} and {told[-1]}." if len(told) > 1 else f"{subject} {told[0]}."
    return whole if stands(whole) else None


def _predicates(verb: str, rest: str) -> Iterator[tuple[str, str]]:
    """(verb, what follows it) of each thing that is said of one subject; what has no verb goes on with the last one."""
    pieces = ["", *_JOINT.split(rest)]  # a joint before each
    held = ""
    for joint, piece in zip(pieces[::2], pieces[1::2], strict=True):
        item = _AGAIN.sub("", f"{held}{joint if held else ''}{piece}".strip())
        held = ""
        if _HALF.match(item):
            held = item
            continue
        if own := _FINITE.match(item):
            verb, item = own[0], item[own.end() :].strip()
        elif joint.strip(" ,") not in ("", "and", "but", "which"):
            continue  # "while camping": no predicate of the subject
        if item.startswith("with "):
            verb, item = _having(verb), item.removeprefix("with ")
        if not _FINITE.search(item):
            yield verb, item
        if " with " in item:
            verb = _having(verb)


def _having(verb: str) -> str:
    return "have" if verb in ("are", "have", "feature", "offer") else "has"


def _whole(text: str) -> bool:
    long = len(text.split()) >= _SHORTEST or len(re.findall(r"[\u3400-\u9fff]", text)) >= 6
    return (
        long
        and bool(_VERB.search(text))
        and not re.search(
            r"\b(?:and|or|the|a|of|with|is|are|has|for|to|in|than|by|such as)$|由[^，。；制做织造成]*$", text
        )
    )


def _says_something(text: str, evidence: Evidence) -> bool:
    """Whether it states something: a part without a fact is filler."""
    stated = ("number", "money", "percent", "score", "color", "size", "han", "gender", "more", "most", "same", "stock")
    for clause in evidence.clauses(text):
        if clause.of(*stated) or any(evidence_has(clause_word.text, evidence) for clause_word in clause.of("word")):
            return True
    return False


def evidence_has(word: str, evidence: Evidence) -> bool:
    """Whether a word is one of a product's properties, or a policy's, and not a common one."""
    from assistant.grounding.vocabulary import plain

    read = [*(record.prose for record in evidence.records), *([evidence.read] if evidence.kind == "policy" else [])]
    return word not in plain() and any(prose.has(word) for prose in read)
