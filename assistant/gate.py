"""The gate between the model's prose and the shopper: whole sentences, audited and linted, or nothing."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator

from assistant.events import Sentence
from assistant.grounding import Evidence, about, audit
from assistant.sentences import sentences
from assistant.turn import TurnContext
from assistant.voice import Voice
from index.catalogue import Product

logger = logging.getLogger("onevoice")


class Gate:
    """Releases sentences of one turn, and counts what it held back."""

    def __init__(self, context: TurnContext, voice: Voice) -> None:
        self._context = context
        self._voice = voice
        self._taken = 0  # sentences of the prose that were judged
        self.sent: list[str] = []
        self.judged = 0
        self.dropped = 0
        self.repaired = 0
        self.mended: list[str] = []
        self._subject: Product | None = None

    @property
    def text(self) -> str:
        """What was shown, as one text."""
        joint = "" if self._context.language == "zh" else " "
        return joint.join(self.sent)

    def released(self, prose: list[str]) -> Iterator[Sentence]:
        """The sentences that are whole by now, but for the last: more of it may come."""
        whole = list(sentences(prose))[:-1]
        yield from self._judge(whole[self._taken :])
        self._taken = max(self._taken, len(whole))

    def rest(self, prose: list[str]) -> Iterator[Sentence]:
        """What is left when the model has ended. A sentence that was cut off by a limit is not one."""
        whole = list(sentences(prose))
        left = whole[self._taken :]
        if left and not re.search(r"[.!?。！？\"”)]$", left[-1]):
            left = left[:-1]
            self.judged += 1
            self.dropped += 1
        yield from self._judge(left)

    def closing(self) -> Iterator[Sentence]:
        """Fixed texts of the turn; and where no prose survived, or it left out what was asked, what stands for it."""
        context = self._context
        texts = list(context.fixed)
        if not texts and not self.sent:
            texts = [context.fallback or context.text_of("nothing_more")]
        elif not texts and self._left_out():
            texts = [context.fallback]
        for text in texts:
            self.judged += 1
            self.sent.append(text)
            yield Sentence(text)

    def _judge(self, whole: list[str]) -> Iterator[Sentence]:
        for sentence in whole:
            started = time.perf_counter()
            self.judged += 1
            kept = self._kept(sentence)
            self._context.spend("audit", started)
            if kept is None:
                self.dropped += 1
            else:
                self.sent.append(kept)
                yield Sentence(kept)

    def _kept(self, sentence: str) -> str | None:
        """The sentence as it may be shown, or None."""
        if self._context.fixed or len(self.sent) >= self._voice.max_sentences - 1:
            return None
        text, wrong = self._voice.mend(sentence, self._context.language)
        self.mended += wrong
        if text is None:
            logger.info("dropped (%s): %s", ", ".join(wrong), sentence)
            return None
        if text in self.sent:
            return None
        evidence = self._evidence()
        reason = audit(text, evidence)
        if reason is not None:
            logger.info("dropped (%s): %s", reason, sentence)
            return None
        named = about(text, evidence.products)
        self._subject = named[-1] if named else self._subject
        self.repaired += bool(wrong)
        return text

    def _evidence(self) -> Evidence:
        context = self._context
        search = context.services.search
        products = [search.catalogue.products[card.id] for card in context.cards]
        passages = context.services.evidence.passages
        shop = context.services.shop
        return Evidence(
            products=products,
            texts={
                p.id: ". ".join([p.title, p.product_type or "", *p.gender, *(x.text for x in passages(p))])
                for p in products
            },
            general=" ".join([*(c.quote for c in context.citations), *context.fixed]),
            message=context.text,
            names=f"{shop.name} {shop.settings.assistant} {context.shopper.name if context.shopper else ''}",
            catalogue=search.catalogue,
            kind=context.kind,
            subject=self._subject or (products[0] if len(products) == 1 else None),
        )

    def _left_out(self) -> bool:
        """Whether the prose misses the point: a policy's number that was asked for, or which product is the dearest."""
        context = self._context
        if context.kind == "policy":
            asked = re.search(r"how (?:long|much|many)|when|cost|多久|多少|几天", context.text.lower())
            return bool(asked and re.search(r"\d", context.lines[0]) and not re.search(r"\d", self.text))
        query = context.state.last_query()
        if context.kind == "search" and query is not None and query.sort != "relevance" and context.cards:
            top = context.services.search.catalogue.products[context.cards[0].id]
            return not about(self.text, [top])
        return False
