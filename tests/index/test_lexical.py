"""BM25 over weighted fields: by hand, against a plain reference, and the same on SQLite and PostgreSQL."""

from math import log

import numpy as np
import pytest

from index.fields import ATTRIBUTES, DESCRIPTION, LONGEST, TITLE, WEIGHTS
from index.lexical import K1, B, LexicalIndex
from index.versions import versions_of
from index.words import stem
from tests.index.conftest import fill_store, local_store

WORDS = [
    "kettle",
    "lamp",
    "rain",
    "raincoat",
    "rainbow",
    "pot",
    "blue",
    "bluebell",
    "steel",
    "oak",
    "oaken",
    "tin",
    "tea",
    "teapot",
    "cup",
]


def row(key, title, description="", **more):
    return {"id": key, "title": title, "description": description, "price": "1.00 EUR", **more}


@pytest.fixture
def lexical(stored):
    """lexical(rows) is the lexical index of a feed."""
    return lambda rows: LexicalIndex(stored(rows))


def numbers(postings):
    return postings.groups.tolist()


def test_scores_are_those_computed_by_hand(lexical):
    """Three groups of 3, 4 and 3 words, on average 10/3: the title's and the id. "kettle" counts 8 in a title."""
    index = lexical([row("a1", "Red Kettle"), row("a2", "Blue Kettle Pot"), row("a3", "Green Lamp")])
    idf = log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    assert idf == pytest.approx(0.470004)
    first = idf * 8 * 2.2 / (8 + 1.2 * (0.25 + 0.75 * 3 / (10 / 3)))
    second = idf * 8 * 2.2 / (8 + 1.2 * (0.25 + 0.75 * 4 / (10 / 3)))
    assert (first, second) == (pytest.approx(0.908020, abs=1e-5), pytest.approx(0.881883, abs=1e-5))
    assert index.scores(["kettle"]).tolist() == pytest.approx([first, second, 0.0], abs=1e-6)


def test_an_attribute_says_by_its_name_what_a_product_is(lexical):
    index = lexical(
        [
            row("a1", "Shell", attributes={"waterproof_rating": ["10000 mm"]}),
            row("a2", "Coat", attributes={"waterproof": ["Yes"]}),
            row("a3", "Vest", attributes={"waterproof": ["No"]}),
            row("a4", "Pan", attributes={"oven_safe": ["260 C"]}),
        ]
    )
    assert numbers(index.matches("waterproof")) == [0, 1]
    assert numbers(index.matches("oven")) == [3]


def reference(documents, asked):
    """BM25 by the book: documents are lists of (term, weight)."""
    average = sum(map(len, documents)) / len(documents)
    scores = np.zeros(len(documents))
    for word in asked:
        counts = []
        for document in documents:
            same = [weight for term, weight in document if term == word or (len(word) >= 4 and term.startswith(word))]
            counts.append(sum(same))
        having = sum(1 for count in counts if count)
        idf = log(1 + (len(documents) - having + 0.5) / (having + 0.5))
        for number, (document, count) in enumerate(zip(documents, counts, strict=True)):
            scores[number] += idf * count * (K1 + 1) / (count + K1 * (1 - B + B * len(document) / average))
    return scores


def random_rows(seed, count=40):
    rng = np.random.default_rng(seed)
    rows, documents = [], []
    for number in range(count):
        title, text, made = (list(rng.choice(WORDS, size=n)) for n in rng.integers(1, 12, size=3))
        rows.append(row(f"id{number:03}", " ".join(title), " ".join(text), material=" ".join(made)))
        fields = {TITLE: title, DESCRIPTION: text, ATTRIBUTES: made}
        terms = [(stem(word), WEIGHTS[field]) for field, words in fields.items() for word in words]
        documents.append([*terms, (f"id{number:03}", 8.0)])
    return rows, documents


@pytest.mark.parametrize("seed", range(4))
def test_scores_are_those_of_a_plain_reference(tmp_path, seed):
    rows, documents = random_rows(seed)
    index = LexicalIndex(local_store(tmp_path, rows))
    for asked in (["rain"], ["tea", "lamp"], ["blue", "oak", "steel"], ["id007"], ["zebra"]):
        expected = reference(documents, [stem(word) for word in asked])
        assert index.scores(asked) == pytest.approx(expected, abs=1e-5), asked


@pytest.mark.postgres
def test_sqlite_and_postgres_score_alike(tmp_path, postgres):
    rows, _ = random_rows(9)
    in_files = LexicalIndex(local_store(tmp_path, rows))
    versions = versions_of(tmp_path, "alike", postgres)
    in_postgres = LexicalIndex(fill_store(versions.open(versions.create()), tmp_path / "shop", rows))
    for word in WORDS:
        assert np.array_equal(in_files.scores([word]), in_postgres.scores([word]))
    assert in_files.titled == in_postgres.titled and in_files.fields == in_postgres.fields


def test_a_word_of_four_letters_finds_what_begins_with_it(lexical):
    index = lexical([row("a", "Rain"), row("b", "Raincoat"), row("c", "Train"), row("d", "Oak"), row("e", "Oaken")])
    assert numbers(index.matches("rain")) == [0, 1]
    assert numbers(index.matches("raining")) == [0, 1]
    assert numbers(index.matches("oak")) == [3]
    assert numbers(index.matches("")) == []


def test_a_hyphen_is_a_word_a_join_and_two_words(lexical):
    index = lexical(
        [row("a", "V-Neck Tee"), row("b", "Vneck Tee"), row("c", "Neck Warmer"), row("d", "Rain-proof Hat")]
    )
    assert numbers(index.matches("v-neck")) == [0, 1]
    assert numbers(index.matches("neck")) == [0, 2]
    assert numbers(index.matches("hat-proof")) == [3]  # not so written: both of its words


def test_a_phrase_is_all_its_words(lexical):
    index = lexical([row("a", "Yoga Mat"), row("b", "Yoga Block"), row("c", "Door Mat", "For yoga")])
    assert numbers(index.matches("yoga mat")) == [0, 2]
    assert numbers(index.matches("yoga zebra")) == []
    assert index.matches("yoga mat").fields.tolist() == [TITLE, 0]  # no field has both


def test_titles_have_a_stem_and_descriptions_do_not_count(lexical):
    index = lexical([row("a", "Running Shoe"), row("b", "Shoes"), row("c", "Sock", "For shoes")])
    assert index.titles_with(stem("shoes")).tolist() == [0, 1]
    assert index.titles_with("sock").tolist() == [2]
    assert index.titles_with("zebra").tolist() == []
    assert (index.titled[stem("shoes")], index.titled["zebra"]) == (2, 0)
    assert index.is_kind(stem("shoes")) and index.is_kind("sock") and not index.is_kind("run")


def test_a_misspelt_word_is_mended_and_one_that_occurs_is_not(lexical):
    titles = ["Canvas Backpack", "Canvas Jacket", "Leather Jacket", "Jacked Handle"]
    index = lexical([row(f"i{n}", title) for n, title in enumerate(titles)])
    assert index.mended("bakcpack") == "backpack"
    assert index.mended("jackett") == "jacket"
    assert index.mended("canvas") == "canvas"
    assert index.mended("jack") == "jack"  # the start of one
    assert index.mended("umbrella") == "umbrella"
    assert index.mended("ba8kpack") == "ba8kpack"


def test_other_variants_add_what_the_first_does_not_say(lexical):
    rows = [
        row("m1", "Mug", "A mug.", item_group_id="m", color="Red", material="Tin"),
        row("m2", "Mug with Lid", "A mug. Insulated.", item_group_id="m", color="Blue", material="Steel"),
    ]
    index = lexical(rows)
    assert all(numbers(index.matches(word)) == [0] for word in ("blue", "steel", "lid", "insulated", "m2"))
    assert index.titles_with("lid").tolist() == []  # the group's title is the first's
    alone = lexical([rows[0], {**rows[0], "id": "m2"}])
    assert alone.matches("mug").counts.tolist() == index.matches("mug").counts.tolist()


def test_no_word_is_too_long(lexical):
    words = ["x" * 5_000, "y" * LONGEST + "z"]
    index = lexical([row("a", "Tag", words[0]), row("b", f"Tag {words[1]}")])
    assert [numbers(index.matches(word)) for word in words] == [[0], [1]]
