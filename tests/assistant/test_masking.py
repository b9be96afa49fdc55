"""What tells who somebody is does not leave the store; what a shop speaks of does."""

import pytest

from assistant.masking import Mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("write to Zora.Q+shop@mail.example.com, please", "write to [e-mail], please"),
        ("邮箱zora@example.com，谢谢", "邮箱[e-mail]，谢谢"),
        ("call +49 (0)30 123-4567", "call [phone]"),
        ("call 0049301234567 or 030/1234567.", "call [phone] or [phone]."),
        ("(555) 123-4567, 555-123-4567", "[phone], [phone]"),
        ("手机13812345678或138 1234 5678", "手机[phone]或[phone]"),
        ("card 4111 1111 1111 1111", "card [number]"),
        ("身份证11010519491231002X", "身份证[number]"),
        ("to DE89 3704 0044 0532 0130 00 today", "to [account] today"),
    ],
)
def test_forms_are_masked(text, masked):
    assert Mask().text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "a jacket under 120.50 EUR", "since 2026-11-20", "since 2026-11-20T10:00:00Z", "24-UG04 and HF01-MOSS-GREEN-M", "1,200,000 EUR",
        "120 x 200 x 35 cm", "size 40-42", "order T100", "4.3 of 5, 128 reviews", "60天内可以退货", "100-200-300 EUR", "@home",
    ],
)  # fmt: skip
def test_what_a_shop_speaks_of_stays(text):
    assert Mask().text(text) == text


def test_what_is_known_of_a_shopper_is_masked_as_words_of_their_own():
    mask = Mask(["Ada", "Ada Lovelace", "王芳", "", "ada-7"])
    assert mask.text("ADA LOVELACE (ada-7), not Canada") == "[private] ([private]), not Canada"
    assert mask.text("我叫王芳") == "我叫[private]"
    assert mask.value({"a": ["Ada", 1, None], "b": {"c": "x@y.example"}}) == {"a": ["[private]", 1, None], "b": {"c": "[e-mail]"}}  # fmt: skip
