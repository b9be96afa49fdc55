"""What is remembered of a shopper was said by them."""

import pytest

from tests.assistant.arguments.talks import preference

KEPT = [
    # (shopper, said, passed, preferences that changed, consent)
    ("ada", "what is your return policy?", preference("size", "S"), {}, True),
    ("ada", "what is your return policy?", preference("personalization", "false"), {}, True),
    ("ada", "what is your return policy?", preference("size", forget=True), {}, True),
    ("ada", "do you have it in S?", preference("size", "S"), {}, True),
    ("ada", "is it made of wool?", preference("avoids", "wool"), {}, True),
    ("ada", "I like the blue one", preference("prefers", "blue"), {}, True),
    ("ada", "how do you use my data?", preference("personalization", "true"), {}, True),
    ("ada", "you are great", preference("personalization", "false"), {}, True),
    ("kit", "do you use my history?", preference("personalization", "true"), {}, False),
    ("kit", "stop using my history", preference("personalization", "true"), {}, False),
    ("kit", "hello", preference("personalization", True), {}, False),
    ("kit", "you may use my history again", preference("personalization", "false"), {}, True),
    ("ada", "stop using my history", preference("prefers", "history"), {}, False),
    ("ada", "stop using my history", preference("personalization"), {}, False),
    ("ada", "switch personalization off", preference("personalization", ["true"]), {}, False),
    ("ada", "不要用我的购买记录", preference("personalization", "true"), {}, False),
    ("ada", "I never wear wool, please remember that", preference("prefers", "wool"), {"avoids": ["wool"]}, True),
    ("ada", "I never wear wool, please remember that", preference("avoids", "wool and gold"), {"avoids": ["wool"]}, True),
    ("ada", "I never wear wool, please remember that", preference("avoids", "silk"), {"avoids": ["wool"]}, True),
    ("ada", "remember that I like cotton", preference("avoids", "cotton"), {"prefers": ["cotton"]}, True),
    ("ada", "my size is L, please note that", preference("size", "S"), {"size": "L"}, True),
    ("ada", "my size is L, please note that", preference("nonsense", {"a": 1}), {"size": "L"}, True),
    ("ada", "my size is L, please note that", preference("size", "<script>alert(1)</script>"), {"size": "L"}, True),
    ("ada", "my budget is about 60, keep that in mind", preference("budget", "6000"), {"budget": "60"}, True),
    ("ada", "forget my size", preference("size", forget=False), {"size": None}, True),
    ("ben", "forget what I said about wool", preference("avoids", "wool"), {"avoids": []}, True),
    ("ben", "forget what I said about wool", preference("prefers", "silk", True), {"avoids": []}, True),
    ("ben", "show me wool coats", preference("avoids", "wool", True), {}, True),
    ("ben", "我对羊毛过敏，请记住", preference("avoids", "Wool"), {}, True),  # kept already
    ("ada", "我从来不穿羊毛，请记住", preference("avoids", "Wool"), {"avoids": ["Wool"]}, True),
    ("ada", "我从来不穿羊毛，请记住", preference("avoids", "everything by Rolex"), {}, True),
]  # fmt: skip


def plain(preferences):
    return {key: str(value).lower() for key, value in preferences.items() if value}


@pytest.mark.parametrize(("shopper", "text", "call", "changed", "consent"), KEPT)
def test_a_preference_must_have_been_said(begin, shopper, text, call, changed, consent):
    talk = begin(shopper=shopper)
    before = dict(talk.app.shoppers.get(shopper).preferences)
    talk.say(text, call)
    after = talk.app.shoppers.get(shopper)
    expected = {**before, **changed}
    assert plain(after.preferences) == plain(expected)
    assert after.personalization is consent
