"""Figures over a file that is small enough to check them by hand."""

from math import log2

import pytest

from eval.questions import BM25, FILE, measure, ranking_figures, read_questions
from index.errors import ShopError
from tests.toys import ToyEncoder

HEADER = "qid,question,ASIN,candidate,source,qa_pair_id,title,label,answer\n"
KETTLE = (
    "1,does the lid lock?,K,The lid does lock when it boils.,review,1,Alder Kettle,2,Yes.\n"
    "1,does the lid lock?,K,The lid is shiny.,review,2,Alder Kettle,1,Perhaps.\n"
    "1,does the lid lock?,K,Arrived on Monday.,review,3,Alder Kettle,0,\n"
    "1,does the lid lock?,K,A gift for my aunt.,review,4,Alder Kettle,0,\n"
)
UNANSWERED = (
    "2,is the handle bamboo?,K,Boils fast.,review,5,Alder Kettle,0,\n"
    "2,is the handle bamboo?,K,It whistles. Question: is the handle bamboo? ,cqa,6,Alder Kettle,0,\n"
)


@pytest.fixture
def write(tmp_path):
    def _write(rows, header=HEADER):
        (tmp_path / FILE).write_text(header + rows, encoding="utf-8")
        return tmp_path

    return _write


def test_a_question_whose_answer_is_first_scores_one(write):
    figures = measure(write(KETTLE + UNANSWERED), ToyEncoder())
    assert figures["questions"] == 2
    for ranker in ("", "bm25_", "dense_"):
        assert figures[f"{ranker}mrr"] == figures[f"{ranker}ndcg@10"] == figures[f"{ranker}p@1"] == 1.0
    assert figures["supported_precision"] == figures["supported_recall"] == figures["supported_f1"] == 1.0


def test_a_false_claim_costs_precision(write):
    """One question is answered; the second has a passage of its very words that is labelled 0."""
    rows = KETTLE + "2,is the handle bamboo?,K,Is the handle bamboo?,review,5,Alder Kettle,0,\n"
    figures = measure(write(rows), ToyEncoder())
    assert (figures["supported_precision"], figures["supported_recall"]) == (0.5, 1.0)
    assert figures["supported_f1"] == pytest.approx(2 / 3, abs=1e-4)


def test_questions_without_an_answer_count_in_no_ranking_figure():
    figures = ranking_figures([[1, 2, 0], [0, 0], [2, 0]])
    assert figures["mrr"] == (1 / 2 + 1) / 2
    assert figures["p@1"] == 1 / 2
    first = (1 + 3 / log2(3)) / (3 + 1 / log2(3))  # gains 1 and 3 where 3 and 1 would be best
    assert figures["ndcg@10"] == pytest.approx((first + 1) / 2)


def test_ties_do_not_gain_by_the_order_of_the_file(write):
    """The answers stand first in the file; a ranker that knows nothing must not find them there."""
    rows = "".join(
        f"1,x,A,{word},review,{n},T,{2 * (n == 0)},\n" for n, word in enumerate(["oak", "elm", "ash", "fir"])
    )
    turned = "".join(reversed(rows.splitlines(keepends=True)))
    held = read_questions(write(rows) / FILE)[0]
    assert held.labels == read_questions(write(turned) / FILE)[0].labels
    assert {passage.text for passage in held.passages} == {"oak", "elm", "ash", "fir"}


def test_the_question_that_a_community_answer_was_given_to_is_cut_off(write):
    texts = [passage.text for passage in read_questions(write(UNANSWERED) / FILE)[0].passages]
    assert sorted(texts) == ["Boils fast.", "It whistles."]


def test_bm25_weighs_rare_words_and_short_texts():
    bm25 = BM25(["lid", "lid and spout", "spout and handle and base"])
    assert bm25.score("handle", "handle") > bm25.score("lid", "lid") > bm25.score("lid", "lid and spout") > 0
    assert bm25.score("rope", "lid") == 0


def test_the_missing_file_is_named(tmp_path):
    with pytest.raises(ShopError, match=FILE):
        measure(tmp_path, ToyEncoder())


@pytest.mark.parametrize(("header", "rows"), [("a,b\n", "1,2\n"), (HEADER, "1,x,A,oak,review,1,T,two,\n")])
def test_a_file_of_another_kind_is_refused(write, header, rows):
    with pytest.raises(ShopError, match="not ePQA"):
        measure(write(rows, header), ToyEncoder())
