import pytest

from index.spelling import mended


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("blak or rde shoes undr 50", "black or rde shoes under 50"),  # three letters may be anything
        ("a leathr belt for mens", "a leather belt for mens"),
        ("a block of wood", "a block of wood"),  # English words are meant
    ],
)
def test_one_slip_is_mended(text, read):
    assert mended(text, lambda word: False) == read


def test_a_word_of_the_catalogue_is_no_slip():
    assert mended("a whit mug", lambda word: word == "whit") == "a whit mug"
