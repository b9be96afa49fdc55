"""The gate between the model's prose and the shopper: whole sentences, audited and linted, or nothing."""

from __future__ import annotations

import logging
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator

from assistant.events import Sentence
from assistant.grounding import Evidence, audit, sources, trimmed
from assistant.labels import sponsored_note
from assistant.prompts import FixedText
from assistant.sentences import Splitter, sentences_of
from assistant.support.evidence import parts_of
from assistant.turn import STATED, TurnContext
from assistant.voice import Quoted, Voice
from index.answers import forms
from index.words import content, stem, words

logger = logging.getLogger("onevoice")
UNSPOKEN = 2  # products that are added to a comparison that leaves them out
_LETTER = re.compile(r"[^\W\d_]")


_NUMBER = re.compile(r"\d")
_NUMBER_ASKED = re.compile(
    r"how (?:long|much|many|late|soon)|when|costs?\b|charges?\b|fees?\b|extra\b|too late|deadline|still (?:time|return|send)|多久|多少|几天"
)


class Gate:
    """Releases sentences of one turn, and counts what it held back."""

    def __init__(self, context: TurnContext, voice: Voice) -> None:
        self._context = context
        self._voice = voice
        self._splitter = Splitter(lambda: [card.title for card in context.cards])
        self._evidence: Evidence | None = None
        self._quoted = Quoted()
        self._rests_on: tuple[object, ...] = ()
        self.sent: list[str] = []
        self.released: list[str] = []  # those of `sent` that the model wrote
        self.written = 0  # sentences that the model wrote
        self.judged = 0
        self.dropped = 0
        self.repaired = 0
        self.mended: Counter[str] = Counter()  # sentences by the rule of the voice that mended them
        self.unmended: Counter[str] = Counter()  # and that kept them back
        self._broken: list[str] = []

    @property
    def text(self) -> str:
        """What was shown, as one text."""
        return ("" if self._context.language == "zh" else " ").join(self.sent)

    @property
    def violations(self) -> tuple[str, ...]:
        """The voice's rules that what was shown breaks, fixed texts among it; none is what we mean to see."""
        return tuple(self._broken)

    def whole(self, piece: str) -> list[str]:
        """Take a piece of the model's prose; gives the sentences that end with it, to be judged."""
        return self._splitter.feed(piece)

    def closing(self) -> Iterator[Sentence]:
        """The end of the turn: the last sentence, the fixed texts, and what stands for prose that says too little."""
        left, whole = self._splitter.rest()
        if whole:
            yield from self.judge([left])
        elif _LETTER.search(left):  # cut off by the limit of tokens
            self.written += 1
            self.judged += 1
            self.dropped += 1
        context = self._context
        texts = list(dict.fromkeys(context.fixed))
        fallbacks = [text for kind, text in context.answers if kind in STATED or not texts]
        if texts or context.plainly:
            texts += fallbacks
        elif not self.sent:
            texts = fallbacks[-1:] or [context.text_of("nothing_more")]
        elif self._left_out():
            texts = fallbacks[-1:]
        else:
            texts = self._unspoken()
        if note := sponsored_note(context, said := " ".join([*self.sent, *texts]), self._facts().about(said)):
            texts.append(note)
        for text in texts:
            self.judged += 1
            self._show(text, Quoted(text.values if isinstance(text, FixedText) else ()))
            yield self._sentence(text)

    def judge(self, sentences: Iterable[str]) -> Iterator[Sentence]:
        """Judge whole sentences; gives those that may be shown, as they may be."""
        for sentence in sentences:
            if not _LETTER.search(sentence):  # the number of a list, a smile after a full stop: no sentence
                self.unmended["says_nothing"] += 1
                continue
            started = time.perf_counter()
            self.written += 1
            self.judged += 1
            kept = self._kept(sentence)
            self._context.spend("audit", started)
            if kept is None:
                self.dropped += 1
            else:
                self._show(kept, self._quoted)
                self.released.append(kept)
                yield self._sentence(kept)

    def _sentence(self, text: str) -> Sentence:
        """What is shown, with what it rests on."""
        return Sentence(text, sources(text, self._facts(), self._context.facts, self._context.citations))

    def _show(self, text: str, quoted: Quoted) -> None:
        """Keep what is shown, and look at it once more as it stands."""
        self.sent.append(text)
        for sentence in sentences_of(text, quoted.strings):
            self._broken += map(str, self._voice.violations(sentence, self._context.language, quoted))

    def _kept(self, sentence: str) -> str | None:
        """The sentence as it may be shown, or None."""
        if self._context.fixed or self._context.plainly or len(self.sent) >= self._voice.max_sentences - 1:
            return None
        evidence = self._facts()
        text, mended, broken = self._voice.mend(sentence, self._context.language, self._quoted)
        whole = text
        if text is not None and (beside := self._voice.beside(text, self.sent, self._quoted)):
            broken = (beside,)
        reason = ", ".join(map(str, broken)) or audit(text or "", evidence)
        if text is not None and reason and not broken:
            text = trimmed(text, evidence)
            logger.info("%s (%s): %s", "dropped" if text is None else "trimmed", reason, sentence)
        elif reason:
            self.unmended.update(violation.rule for violation in broken)
            logger.info("dropped (%s): %s", reason, sentence)
            text = None
        if text is None or text in self.sent:
            return None
        if named := evidence.about(text):
            evidence.subjects = named
        self.repaired += bool(mended) or text != whole
        self.mended.update(mended)
        return text

    def _facts(self) -> Evidence:
        """What the turn's tools have returned; made again only when they have returned more."""
        context = self._context
        rests_on = (context.kind, len(context.cards), len(context.citations))
        if self._evidence is None or rests_on != self._rests_on:
            self._evidence, self._rests_on = _evidence(context), rests_on
            self._quoted = _quoted(context)
        return self._evidence

    def _unspoken(self) -> list[str]:
        """What was asked of several products, of those that the prose does not speak of."""
        of_each = self._context.of_each
        if of_each is None:
            return []
        told = {product.group_id for product in self._facts().about(self.text)}
        left = [product for product in self._facts().products if product.group_id not in told]
        return [line for product in left[:UNSPOKEN] if (line := of_each(product))]

    def _left_out(self) -> bool:
        """Whether the prose misses the point: a policy's time or price that was asked for, or which one is the dearest."""
        context = self._context
        if context.kind == "policy":
            lines = " ".join(context.lines)
            asked = [form for part in parts_of(context.text) for form in forms(part)]
            if _NUMBER_ASKED.search(context.text.lower()):
                asked.append(_NUMBER)
            return self._beside_the_point() or any(form.search(lines) and not form.search(self.text) for form in asked)
        query = context.state.last_query()
        if context.kind == "search" and query is not None and query.sort != "relevance" and context.cards:
            first = context.cards[0].id
            return all(product.id != first for product in self._facts().about(self.text))
        return False

    def _beside_the_point(self) -> bool:
        """Whether prose in English on one passage has nothing of the sentence in it that answers: neither word nor number."""
        context = self._context
        if context.language != "en" or len(context.citations) != 1:
            return False
        question = context.state.policy
        point = context.services.evidence.point_of(question, context.citations[0].quote)
        asked, told = (set(map(stem, words(text))) for text in (f"{question} {context.text}", self.text))
        new = set(map(stem, content(point))) - asked
        return bool(new) and not new & told


def _quoted(context: TurnContext) -> Quoted:
    """What prose may hold word for word: names of what is shown, and the policies that are cited."""
    products = [context.product(card.id) for card in context.cards]
    shop = context.services.shop
    names = (shop.name, shop.settings.assistant, *(p.title for p in products), *(p.brand or "" for p in products))
    return Quoted((*names, *(citation.quote for citation in context.citations)))


def _evidence(context: TurnContext) -> Evidence:
    services = context.services
    products = [context.product(card.id) for card in context.cards]
    shop = services.shop
    return Evidence(
        catalogue=services.search.catalogue,
        products=products,
        general=" ".join(citation.quote for citation in context.citations),
        message=context.text,
        names=(shop.name, shop.settings.assistant, *([context.shopper.name] if context.shopper else [])),
        kind=context.kind,
        subjects=products if len(products) == 1 else (),
    )
