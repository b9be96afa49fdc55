"""What tells that a text is about a shopper: whole words, in every way they may be written."""

import io
import random

import pytest

from assistant.shoppers.needles import Mark, Needles
from assistant.shoppers.traces import BLOCK, blocks

ADA, NAME, WANG = Mark("id", "ada"), Mark("name", "Inês Duarte"), Mark("name", "王芳")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ada", 1), ("shopper:ada", 1), ('{"shopper_id": "ada"}', 1), ("is it ada.", 1), ("ada, ada", 2), ("我是ada吗", 1), ("x是ada", 1),
        ("a line\\nada", 1), ("/ada/", 1), ("Canada", 0), ("ada2", 0), ("ada_b", 0), ("ada-lovelace", 0), ("x.ada", 0),
        ("ada@example.com", 0), ("Ada", 0), ("", 0),
    ],
)  # fmt: skip
def test_an_id_is_found_as_a_word_of_its_own(text, found):
    needles = Needles([ADA])
    assert needles.count(text.encode())[ADA] == found
    assert needles.count(text.replace("\\n", "\n").encode("utf-16-le"))[ADA] == found


@pytest.mark.parametrize(
    "text", ["Inês Duarte", "INêS DUARTE", "inês duarte", '"In\\u00eas Duarte"', "say Inês Duarte!"]
)
def test_a_name_is_found_however_it_is_written(text):
    assert Needles([NAME]).count(text.encode())[NAME] == 1


def test_a_name_without_spaces_around_is_found():
    assert Needles([WANG]).count("我叫王芳，想买杯子".encode())[WANG] == 1
    assert Needles([WANG]).count(rb'{"text": "\u6211\u53eb\u738b\u82b3"}')[WANG] == 1


def test_short_words_among_numbers_are_no_alarm_and_those_in_texts_are():
    noise = random.Random(7).randbytes(1 << 22)
    two = Mark("id", "u1")
    assert Needles([two]).count(noise)[two] > 0  # by chance
    assert Needles([two]).count(noise, binary=True)[two] == 0
    assert Needles([two]).count(noise + b"the shopper u1 was here" + noise, binary=True)[two] == 1
    long = Mark("id", "zora-7")
    assert Needles([long]).count(noise + b"\0zora-7\1" + noise, binary=True)[long] == 1


@pytest.mark.parametrize("shift", range(-90, 90, 9))
def test_a_stream_is_searched_in_blocks_that_miss_and_double_nothing(shift):
    needles = Needles([ADA])
    data = b"." * (BLOCK + shift) + b" ada Canada ada" + b"." * BLOCK + b" ada"
    counts = [needles.count(*block)[ADA] for block in blocks(io.BytesIO(data), needles.longest)]
    assert sum(counts) == 2 + 1  # the second "ada" is followed by full stops, which begin no word
    assert sum(needles.anywhere(*block)[ADA] for block in blocks(io.BytesIO(data), needles.longest)) == 4
