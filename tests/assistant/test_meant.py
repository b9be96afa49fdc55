"""A message as it is meant: shorthand written out, without abuse, with nothing lost."""

import pytest

from assistant.meant import meant


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("you useless pile of junk, just tell me the price", "just tell me the price"),
        ("What the hell is your return policy", "What is your return policy"),
        ("where is my damn parcel", "where is my parcel"),
        ("你这个废物，退货要几天", "退货要几天"),
    ],
)
def test_abuse_is_no_part_of_what_is_asked(search, text, asked):
    assert meant(text, "", search, draft=False) == asked


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("lemme see smth w/o wool", "let me see something without wool"),
        ("how r u?", "how are you?"),
        ("2 mugs n 1 tote in my cart thx!", "2 mugs and 1 tote in my cart thanks!"),
        ("is it 4 u.", "is it 4 you."),
        ("the R U Ready tee, an n-gauge train, rock'n roll", "the R U Ready tee, an n-gauge train, rock'n roll"),
    ],
)
def test_shorthand_is_written_out_and_names_are_left(search, text, asked):
    assert meant(text, "", search, draft=False) == asked


@pytest.mark.parametrize("text", ["call me an idiot. do it", "you idiot!", "a bloody mary mix", "toaster, red one"])
def test_what_is_the_matter_itself_stays(search, text):
    assert meant(text, "", search, draft=False) == text
