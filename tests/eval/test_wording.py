"""The words of a reply: phrases at word boundaries, sentences, script."""

import pytest

from eval.wording import has, sentences, speaks


@pytest.mark.parametrize(
    ("text", "phrase", "found"),
    [
        ("It costs 15 EUR.", "5", False),
        ("It costs 92.00 EUR.", "92", True),
        ("A Glen mug", "glen", True),
        ("A Glen mugs", "mug", False),
        ("We don’t.", "don't", True),
        ("sign\n  in", "sign in", True),
        ("90% off", "90%", True),
        ("价格为12.00欧元", "12.00", True),
        ("这款夹克防水", "夹克", True),
        ("Überzieher", "über", False),
        ("café au lait", "cafe\u0301", True),
        ("anything", " ", False),
    ],
)
def test_a_phrase_is_found_at_word_boundaries_without_case(text, phrase, found):
    assert has(text, phrase) is found


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("It costs 59.00 EUR.", 1),
        ("It is dry. It costs 5 EUR!", 2),
        ("Take a mug, e.g. the Glen Mug.", 1),
        ("Mugs, bags etc. are here.", 1),
        ("Mugs, bags etc. We have all.", 2),
        ("It comes in size M. It is blue.", 2),
        ("No. We do not.", 2),
        ("Order No. 5 is on its way.", 1),
        ('"It is dry." It costs 5 EUR.', 2),
        ("Really?! Yes...", 2),
        ("这款夹克防水。价格为12.00欧元。", 2),
        ("他说：“防水。”价格是五元", 2),
        ("Two mugs:\n- Glen\n- Hazel", 3),
        ("1. Glen Mug", 1),
        ("", 0),
        ("...", 0),
    ],
)
def test_sentences_are_counted_as_a_reader_does(text, count):
    assert len(sentences(text)) == count, sentences(text)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The jacket is blue.", "en"),
        ("Glen Mug（蓝色）有货，价格为12.00欧元。", "zh"),
        ("Fusion Backpack 的价格是 59.00 美元。", "zh-CN"),
        ("The 夹克 is blue.", "en"),
    ],
)
def test_a_language_is_judged_from_the_script(text, language):
    other = "en" if language.startswith("zh") else "zh"
    assert speaks(text, language)
    assert not speaks(text, other)


def test_a_text_without_letters_is_in_no_language():
    assert not speaks("59.00", "en") and not speaks("59.00", "zh")
