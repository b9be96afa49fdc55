"""What an editor changed of a draft: the tone or a fact, and whether the shop says so too.

Two texts are compared sentence by sentence and atom by atom: a fact is one atom however it is written, so that "€49" for
"49.00 EUR" changes the tone. A changed fact is checked in its sentence by the audit that the draft has passed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from assistant.conversation import Conversations
from assistant.errors import TellStaff
from assistant.sentences import sentences_of
from assistant.support.desk.grounds import About, Found, Grounds, Verdict, grounds_of
from assistant.support.desk.said import Atom, level
from assistant.turn import Services
from index.words import content

ALIKE = 0.4  # how much two sentences have in common, from which one is the other's edit
_GAP = " "


@dataclass(frozen=True, slots=True)
class Change:
    """One change.

    Args:
        before, after: the words that went and that came; one may be empty.
        sentence: where it is, as edited; of a sentence that was taken out, as drafted.
        verdict: of a fact that is stated now; None of a change of tone, and of what was only taken out.
        says: what the shop says, where it contradicts, or what it says of the same where nothing is sure; source is where.
    """

    kind: Literal["tone", "fact"]
    before: str
    after: str
    sentence: str
    verdict: Verdict | None = None
    says: str | None = None
    source: str | None = None


def changes(draft: str, edited: str, grounds: Grounds) -> list[Change]:
    """What was changed, in the order of the edited text.

    Args:
        grounds: of the conversation; from `grounds_of`, and new for each call.
    """
    titles = grounds.titles(f"{draft}\n{edited}")
    found: list[Change] = []
    for old, new in _paired(sentences_of(draft, titles), sentences_of(edited, titles)):
        if old == new:
            grounds.about(new)  # what it names is what the next one goes on with
        elif not new:
            found.append(Change(_kind(grounds.about(old).atoms(old)), old, "", old))
        elif not old:
            found.append(_added(new, grounds.about(new)))
        else:
            found += _edited(old, new, grounds)
    return found


class Edits:
    """Checks texts of a conversation before they are sent."""

    def __init__(self, services: Services, talks: Conversations) -> None:
        self._services = services
        self._talks = talks

    def changes(self, conversation_id: str, draft: str, edited: str, staff: str = "") -> list[Change]:
        """What an editor changed of a draft; see `Change`.

        Args:
            staff: the name by which they may sign.

        Raises:
            TellStaff: there is no such conversation.
        """
        return changes(draft, edited, self._grounds(conversation_id, staff))

    def check(self, conversation_id: str, text: str, staff: str = "") -> list[Change]:
        """The sentences of a text that was written from scratch, each as one addition.

        Raises:
            TellStaff: there is no such conversation.
        """
        return changes("", text, self._grounds(conversation_id, staff))

    def _grounds(self, conversation_id: str, staff: str) -> Grounds:
        conversation = self._talks.get(conversation_id)
        if conversation is None:
            raise TellStaff("there is no such conversation any more")
        names = [staff] if staff else []
        return grounds_of(self._services, conversation, self._talks.turns(conversation_id), names)


def _paired(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(sentence before, sentence after) in order; "" where one was put in or taken out."""
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from zip(old[a:b], new[c:d], strict=True)
            continue
        left = list(old[a:b])
        for sentence in new[c:d]:
            best = max(range(len(left)), key=lambda n: _likeness(left[n], sentence), default=None)
            if best is None or _likeness(left[best], sentence) < ALIKE:
                yield "", sentence
                continue
            for gone in left[:best]:
                yield gone, ""
            yield left[best], sentence
            left = left[best + 1 :]
        for gone in left:
            yield gone, ""


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.lower(), other.lower(), autojunk=False).ratio()


def _added(sentence: str, about: About) -> Change:
    """A sentence that was put in."""
    atoms = about.atoms(sentence)
    if _kind(atoms) == "tone":
        return Change("tone", "", sentence, sentence)
    found = Found("supported") if about.holds(sentence) else _look_up([a for a in atoms if a.kind], sentence, about)
    return _change("", sentence, sentence, found)


def _edited(old: str, new: str, grounds: Grounds) -> Iterator[Change]:
    """The changes within a sentence."""
    before = grounds.about(old)
    old_atoms, told = before.atoms(old), before.holds(old)
    about = grounds.about(new)
    new_atoms = about.atoms(new)
    holds = about.holds(new)
    was, now = level(old), level(new)
    same = SequenceMatcher(None, [a.same for a in old_atoms], [a.same for a in new_atoms], autojunk=False)
    for tag, a, b, c, d in same.get_opcodes():
        if tag == "equal":
            for one, other in zip(old_atoms[a:b], new_atoms[c:d], strict=True):  # the same, otherwise written
                left, right = _text(was, [one]), _text(now, [other])
                if left.lower() != right.lower():
                    yield Change("tone", left, right, new)
            continue
        gone, come = old_atoms[a:b], new_atoms[c:d]
        left, right = _text(was, gone), _text(now, come)
        facts = [atom for atom in (*gone, *come) if atom.kind]
        alone = _with(was, now, old_atoms, new_atoms, (a, b, c, d))
        if not facts:
            claimed = told and not holds and not about.holds(alone) and _claims(right, alone, about)
            yield Change("fact", left, right, new, "not_found") if claimed else Change("tone", left, right, new)
        elif not come and not any(atom.kind == "not" for atom in gone):
            yield Change("fact", left, right, new)  # nothing is stated in its place
        elif _states(gone) and not _states(come) and not any(atom.kind == "mention" for atom in come):
            yield _change(
                left, right, new, about.nearest()
            )  # "Germany" is "every country" now: of words nothing is sure
        elif holds or about.holds(alone):
            yield _change(left, right, new, Found("supported"))
        else:
            wrong = [atom for atom in come if atom.kind] or [atom for atom in gone if atom.kind]
            if any(atom.kind == "mention" for atom in wrong):  # of another product all that follows is new
                wrong = [atom for atom in new_atoms if atom.kind]
            yield _change(left, right, new, _look_up(wrong, new, about))


def _look_up(atoms: Sequence[Atom], sentence: str, about: About) -> Found:
    """The worst that is found of some facts: what is contradicted, what is not found; else that all are supported."""
    found = [about.look_up(atom, sentence) for atom in atoms]
    for verdict in ("contradicted", "not_found"):
        if row := next((row for row in found if row.verdict == verdict), None):
            return row
    return Found("supported")


def _states(atoms: Sequence[Atom]) -> bool:
    """Whether some atoms state a value: more than a denial, or which product is meant."""
    return any(atom.kind not in ("", "not", "mention") for atom in atoms)


def _claims(words: str, sentence: str, about: About) -> bool:
    """Whether the audit refuses a sentence for one of these words, of which nothing else is known."""
    return any(about.refused(sentence, word) for word in content(words))


def _with(was: str, now: str, old: Sequence[Atom], new: Sequence[Atom], op: tuple[int, int, int, int]) -> str:
    """The sentence before with one change alone."""
    a, b, c, d = op
    start = old[a].start if a < len(old) else len(was)
    end = old[b - 1].end if b > a else start
    if c == d:
        return " ".join(f"{was[:start]}{was[end:]}".split())
    left, right = now[: new[c].start], now[new[d - 1].end :]  # what is put in stands apart as it does in the new one
    spaces = [_GAP if side == _GAP else "" for side in (left[-1:], right[:1])]
    put = f"{was[:start].rstrip()}{spaces[0]}{_text(now, new[c:d])}{spaces[1]}{was[end:].lstrip()}"
    return put.strip()


def _text(sentence: str, atoms: Sequence[Atom]) -> str:
    return sentence[atoms[0].start : atoms[-1].end] if atoms else ""


def _kind(atoms: Sequence[Atom]) -> Literal["tone", "fact"]:
    return "fact" if any(atom.kind for atom in atoms) else "tone"


def _change(before: str, after: str, sentence: str, found: Found) -> Change:
    return Change("fact", before, after, sentence, found.verdict, found.says, found.source)
