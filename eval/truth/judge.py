"""Every sentence of a reply, looked up in the shop folder."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from eval.truth.attributes import attributes
from eval.truth.comparisons import comparisons
from eval.truth.figures import figures
from eval.truth.names import Names
from eval.truth.own import without_own
from eval.truth.policies import policy_claims
from eval.truth.promises import promises
from eval.truth.records import Records
from eval.truth.spoken import Finding, Spoken, Turn, Verdict, quoted
from eval.truth.stock import availability
from eval.truth.text import sentences
from eval.truth.unseen import unseen


class Judge:
    """Looks up what replies say in one shop's folder."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self._names = Names(records)

    def reply(self, reply: Mapping[str, Any], say: str, before: Sequence[str] = ()) -> list[Finding]:
        """What the folder does not bear out of a reply, in the order of its sentences.

        Args:
            reply: as `onevoice ask --json` prints it.
            say: the message that it answers.
            before: the shopper's messages of the conversation before it.
        """
        turn = Turn(self.records, self._names, say, reply, tuple(before))
        return [finding for spoken in self.spoken(turn) for finding in judge(spoken)]

    def turn(self, reply: Mapping[str, Any], say: str, before: Sequence[str] = ()) -> Turn:
        """A reply with what it may rest on."""
        return Turn(self.records, self._names, say, reply, tuple(before))

    def spoken(self, turn: Turn) -> Iterator[Spoken]:
        """The sentences of a reply, each knowing what the one before was about."""
        previous: list[str] = []
        for sentence in sentences(_CHECKED.sub("", without_own(turn))):
            spoken = Spoken(turn, sentence, previous)
            yield spoken
            named = [m for m in spoken.mentions if not m.beside]
            previous = spoken.about() if named or not previous else previous


# When prices were read: of the turn itself, and nothing that a folder could say.
_CHECKED = re.compile(r"\s*\((?:prices )?checked at \d\d:\d\d(?: \w{3,5})?\)|（(?:价格于)?\d\d:\d\d(?: \w{3,5})?核对）")


def judge(spoken: Spoken) -> list[Finding]:
    """What the folder does not bear out of one sentence, each thing once, the surest first."""
    if quoted(spoken):
        return []
    found = [
        *_names(spoken),
        *figures(spoken),
        *comparisons(spoken),
        *attributes(spoken),
        *availability(spoken),
        *unseen(spoken),
        *promises(spoken),
        *(policy_claims(spoken) if spoken.turn.cited else ()),
    ]
    unique = {(finding.kind, finding.words): finding for finding in reversed(found)}
    return sorted(unique.values(), key=lambda finding: finding.verdict != "wrong")


def _names(spoken: Spoken) -> Iterator[Finding]:
    turn = spoken.turn
    held = [record for key in turn.held if (record := turn.records.record(key))]
    held += [record for m in spoken.mentions for key in m.products if (record := turn.records.record(key))]
    authors = " ".join(review.author for record in held for review in record.reviews)
    own = " ".join([authors, *(f"{record.text} {record.review_text}" for record in held)])
    policies = turn.records.policy_text if turn.cited or not held else ""
    people = " ".join(str(order.get("address", "")) for order in turn.orders)
    known = f"{turn.heard} {policies} {people}"
    for strange in turn.names.strange(spoken.text, spoken.mentions, known, own):
        verdict: Verdict = "wrong" if strange.wrong else "doubtful"
        yield spoken.finding("name", strange.text, verdict, strange.why)
    for mention in spoken.mentions:
        if mention.missing:
            yield spoken.finding("attribute", mention.text, "wrong", "there is no such variant", mention.products)
    for missing in turn.names.missing_places(spoken.text, turn.shown):
        yield spoken.finding("name", missing, "wrong", f"{len(turn.shown)} products are shown", turn.shown)
    for mention in spoken.mentions:
        if mention.shortened:
            yield spoken.finding(
                "name", mention.text, "doubtful", "a product's name cut to another's", mention.products
            )
    products = turn.records.catalogue.products
    groups = {products[key].group_id for key in turn.held}
    for mention in spoken.mentions:
        if mention.how == "title" and not groups & {products[key].group_id for key in mention.products}:
            if mention.text.lower() not in turn.heard.lower():
                yield spoken.finding(
                    "name", mention.text, "doubtful", "a product that this turn did not look up", mention.products
                )
