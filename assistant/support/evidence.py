"""What is written about policies and about one product, cut into passages that can be quoted. No shopper, no model."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property, lru_cache

from assistant.untrusted import sound
from index.answers import answers
from index.catalogue import ARRANGEMENT, Product
from index.embedding import Vectors
from index.passages import STATED_IN_POLICY, Passage, Ranked, embed, rank
from index.policies import in_translation, split_policy
from index.search import Search
from index.shop import Shop
from index.tables import Table
from index.words import content, lexicon, stem, words

ASKED = 64  # questions of policies whose passages are kept ranked
BEST = 5  # stars
KEPT = 256  # products whose passages' vectors are kept, by what they say: prices and reviews change
_BEGINS = (  # what a question begins with; after a comma it says more than "is it?"
    r"(?:how|what|what's|which|where|when|who)\b|(?:is|are|do|does|did|can|could|will|would|should|may|have|has)\s+\S+\s+\S+\s+\S"
)
# Where a question may end or begin: "how bright is it and how long does it last?".
_PIECES = re.compile(
    rf",?\s+and\s+(?=(?:how|what|which|where|when|who|is|are|does|do|can|will|would|has|have|what's)\b)|"
    rf"(?<=[,;:])\s+(?=(?:(?:and|so|but|also)\s+)?(?:{_BEGINS}))|\s*(?:^|\s)\d\)\s*|(?<=[?!.])\s+(?=\w)",
    re.I,
)
_MEASURE = re.compile(r"\b(?:how (?:many|much|long|soon|often)|what|where|when|why|who|right|yes|no|ok(?:ay)?)\b", re.I)
_ASKS = re.compile(
    r"\?\s*$|^\W*(?:(?:and|so|but|or|also|then|ok|okay|hi|hey|hello|please|just)\b[, ]*)*"
    r"(?:how|what|what's|whats|which|where|when|who|why|is|are|do|does|did|can|could|will|would|should|may|have|has|am)\b"
    r"|\bhow (?:much|many|long|soon|do|does|is|are)\b|\b(?:tell me|wondering|wonder|want to know)\b",
    re.I,
)
# A question that says nothing of its own: what it costs or how long it takes, of what was asked before.
_OF_THAT = re.compile(
    r"\W*(?:and |so )?(?:what|how much|how long|when)\b(?: (?:do|does|would|will|must|should|is|has|have))*(?: (?:i|we|it|that|this|all that))?"
    r"(?: (?:have to|need to|got to|to))? (?:pay|cost|costs|take|takes|last|charged?)(?: me| us)?\W*"
)
_SENTENCES = re.compile(r"(?<=[.!?])\s+")
_HEADING = re.compile(r"(?:[A-Z][\w'’-]*[ ,]+){2,9}[A-Z][\w'’-]*\.?")  # "Others With Whom We Share": it says nothing
_FITS = re.compile(
    r"\b(?:runs?|fits?|comes? up|sits?)\s+(?=(?:a bit |very |too |quite )?"
    r"(?:wide|narrow|small|large|big|tight|loose|short|long|true)\b)",
    re.I,
)


def parts_of(text: str) -> list[str]:
    """The questions that a text asks one after another, each with what is said before it; the last with what comes after.

    >>> parts_of("My cart is exactly $200, how much is shipping? And do you deliver on Sundays?")
    ['My cart is exactly $200, how much is shipping?', 'And do you deliver on Sundays?']
    """
    parts: list[str] = []
    held = ""
    for piece in filter(None, _PIECES.split(text)):
        held = f"{held} {piece}".strip()
        if parts and not words(_MEASURE.sub("", piece)):  # "… do you have shops? How many?"
            parts[-1], held = f"{parts[-1]} {held}", ""
        elif _ASKS.search(piece):
            parts.append(held.rstrip(" ,;"))
            held = ""
    if held.strip(" ?.!") and parts:
        parts[-1] += f" {held}"
    return parts or [text]


def whole_parts_of(text: str) -> list[str]:
    """The same, a part that says nothing of its own being one with the part before.

    >>> whole_parts_of("can you mend a zip, what does it cost and how long does it take?")
    ['can you mend a zip what does it cost how long does it take?']
    """
    parts: list[str] = []
    for part in parts_of(text):
        if parts and _OF_THAT.fullmatch(part.lower()):
            parts[-1] = f"{parts[-1]} {part}"
        else:
            parts.append(part)
    return parts


class Evidence:
    """Ranks a shop's own passages for a question."""

    def __init__(self, shop: Shop, search: Search) -> None:
        self._shop = shop
        self._search = search
        self._encoder = encoder = search.encoder
        self._vectors = lru_cache(maxsize=KEPT)(lambda passages: embed(passages, encoder))
        self._ranked = lru_cache(maxsize=ASKED)(self._rank_policies)

    def over(self, search: Search) -> Evidence:
        """The same over another version of the index; what was embedded stays known."""
        other = copy(self)
        other._search = search
        other._ranked = lru_cache(maxsize=ASKED)(other._rank_policies)
        return other

    def policy(self, question: str, spent: float | None = None) -> Sequence[Ranked]:
        """Policy passages for one question, best first. A turn asks the same several times, so the last ones are kept.

        Args:
            spent: the amount of money that is meant, where the question says none.
        """
        return self._ranked(question, spent)

    def _rank_policies(self, question: str, spent: float | None) -> Sequence[Ranked]:
        if self._policy_vectors is None:
            return []
        ranked = rank(
            question, self.policies, self._encoder, self._nouns, self._policy_vectors, spent, STATED_IN_POLICY
        )
        return [replace(row, supported=row.supported and answers(question, row.passage.text)) for row in ranked]

    def point_of(self, question: str, passage: str) -> str:
        """The sentence of a policy's passage that is nearest to a question; the passage where it is one sentence."""
        said = [Passage("", sentence) for sentence in _SENTENCES.split(passage)]
        return rank(question, said, self._encoder, self._nouns)[0].passage.text

    def product(self, question: str, product: Product) -> list[Ranked]:
        """What is known of a product, ranked for a question, best first; each of several questions in one counts."""
        passages = self.passages(product)
        vectors = self._vectors(tuple(passages))
        best: dict[Passage, Ranked] = {}
        for part in parts_of(_FITS.sub("", question)):
            for row in rank(part, passages, self._encoder, product.title, vectors):
                if (held := best.get(row.passage)) is None or (held.supported, held.score) < (row.supported, row.score):
                    best[row.passage] = row
        return sorted(best.values(), key=lambda row: -row.score)

    def offer(self, product: Product) -> list[Passage]:
        """What a product costs and whether it is there."""
        feed = f"products:{product.id}"
        return [
            Passage(feed, f"Price: {product.current_price}", "how much does it cost"),
            Passage(feed, f"Availability: {product.offered.replace('_', ' ')}", "in stock available"),
        ]

    def critical(self, product: Product) -> list[Passage]:
        """Its reviews of less than five stars, those of the fewest first."""
        reviews = self._search.catalogue.reviews.get(product.group_id, ())
        return [
            Passage(f"reviews:{product.group_id}", text, "customers say review")
            for review in sorted(reviews, key=lambda review: review.rating)
            if review.rating < BEST and (text := sound(review.text))
        ]

    def stated(self, product: Product) -> str:
        """All that is known of a product, as one text."""
        known = ". ".join(passage.text for passage in self.passages(product))
        return ". ".join([product.title, product.product_type or "", *product.gender, known])

    def prepare(self) -> None:
        """Embed the policies, and what they are not about, now and not at the first question."""
        if self._policy_vectors is not None:
            self._encoder.encode([self._nouns])  # it keeps single texts

    def passages(self, product: Product) -> list[Passage]:
        """A product's facts, attributes, description and reviews; `source` says which it is."""
        group = self._search.catalogue.groups[product.group_id]
        feed = f"products:{product.id}"
        found = self.offer(product)
        for label, values, asked in (
            ("Colours", [v.color for v in group.variants], "which colour color colors"),
            ("Sizes", [v.size for v in group.variants], "which size sizes"),
        ):
            listed = list(dict.fromkeys(value for value in values if value))
            if listed:
                found.append(Passage(feed, f"{label}: {', '.join(listed)}", asked))
        if product.material:
            found.append(Passage(feed, f"Material: {', '.join(product.material)}", "made of fabric"))
        if product.brand:
            found.append(Passage(feed, f"Brand: {product.brand}", "who makes it maker"))
        if product.rating is not None:
            text = f"Rating: {product.rating} of 5 from {product.review_count} reviews"
            found.append(Passage(feed, text, "what customers say rated"))
        for name, held in product.attributes.items():
            if name not in ("material", *ARRANGEMENT):
                found.append(Passage(feed, f"{name.replace('_', ' ').capitalize()}: {', '.join(held)}"))
        for sentence in re.split(r"(?<=[.!?])\s+|\s*•\s*", sound(product.description)):
            if len(sentence) > 3:
                found.append(Passage(feed, sentence))
        found += [
            Passage(f"reviews:{product.group_id}", text, "customers say review")
            for review in self._search.catalogue.reviews.get(product.group_id, ())
            if (text := sound(review.text))
        ]
        return found

    @cached_property
    def policies(self) -> list[Passage]:
        """What the policies say, cut into passages."""
        found = [p for policy in self._shop.policies for p in split_policy(policy.source, policy.text)]
        kept = [replace(p, text=text, table=_sound(p.table)) for p in found if (text := sound(p.text, own=True))]
        return [passage for passage in kept if not _HEADING.fullmatch(passage.text)]

    def only_there(self, question: str, passage: Passage) -> bool:
        """Whether a passage says a word of a question that no other passage of the policies has: "Hawaii"."""
        said = {stem(word) for word in content(question)}
        return any(self._passages_with[stem(word)] == 1 for word in words(passage.text) if stem(word) in said)

    @cached_property
    def _passages_with(self) -> Counter[str]:
        """Stem → how many passages of the policies have it, their headings read."""
        return Counter(base for p in self.policies for base in {stem(word) for word in words(f"{p.context} {p.text}")})

    def in_language(self, passage: Passage, language: str) -> str | None:
        """What the shop's own translation of a policy says in the place of a passage; None where it has none."""
        return self._translations.get((language, passage.source), {}).get(passage.text)

    @cached_property
    def _translations(self) -> Mapping[tuple[str, str], Mapping[str, str]]:
        """(language, policy file) → passage → its translation."""
        return {
            (language, policy.source): {
                sound(ours, own=True): said
                for ours, theirs in in_translation(policy.text, text).items()
                if (said := sound(theirs, own=True))
            }
            for policy in self._shop.policies
            for language, text in policy.translations.items()
        }

    @cached_property
    def _policy_vectors(self) -> Vectors | None:
        return embed(self.policies, self._encoder) if self.policies else None

    @cached_property
    def _nouns(self) -> str:
        """Product words: in a question about a policy they are no evidence."""
        types = " ".join(self._search.catalogue.facets.get("product_type", {}))
        return f"{types} {' '.join(lexicon()['synonyms']['en'])}"


def _sound(table: Table | None) -> Table | None:
    """A table whose cells may all be quoted."""
    return table if table and all(sound(said, own=True) == said for said in table.sayings()) else None
