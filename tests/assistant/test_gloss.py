"""What a question in Chinese asks, in English words."""

import pytest

from assistant.gloss import gloss


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("Keep Thermos Flask能保温多久？", "keep hot warm how long"),
        ("它是什么材质的，能机洗吗？", "material machine wash"),
        ("多重？", "how heavy weight"),
        ("防水吗？防水的吗？", "waterproof"),
        ("is it waterproof?", ""),
        ("你好", ""),
    ],
)
def test_what_is_asked_is_given_in_english(text, english):
    assert gloss(text) == english
