"""Whom a message wants a product for."""

import time

import pytest

from index.people import whom
from index.phrases import separate
from index.words import fold


def read(text):
    return whom(separate(fold(text)))


OTHERS = [
    "a gift for my brother", "it's my mum's birthday next week", "for a friend of mine", "secret santa, around 20 euros",
    "something from the wedding registry", "a baby shower present", "she likes gardening", "he wears size L",
    "for my 6-year-old", "a headlamp for my 12-year-old daughter", "20 mugs for the office", "mugs for our team",
    "a jacket for my colleague", "something for my teacher", "my boss is retiring, we want to give him gloves",
    "a thank you for our neighbour", "my husband needs a rain jacket", "what should I get my dad?", "get my mum a blanket",
    "not for me, it's for my cousin", "hubby's hands are always cold, gloves?", "my old man could do with a jacket",
    "which sweater would a grandmother of 80 enjoy?", "our scout group is short of tents", "onboarding giveaways",
    "给我妈妈买一件外套", "送给朋友的礼物", "我爸快过生日了，想买个保温杯", "帮我老公找一双徒步鞋", "他穿L码", "给同事买个杯子",
    "给6岁的孩子买个背包", "公司团队用的杯子，20个", "我男朋友想要一块手表", "不是给我买的", "送客户的手表", "老妈的手总是冷，手套有吗",
    "孩子上小学了，要个书包",
]  # fmt: skip
OWN = [
    "a jacket", "a jacket for me", "my wife says I need a jacket", "my son's game is on Saturday, I need a warm coat",
    "do you sell gift cards?", "I was given this as a gift, need another", "I want to treat myself to a mug",
    "my daughter broke mine, I need a new one", "a present to myself: trail shoes", "it's not a gift, just a kettle",
    "I'm hiking with my brother, need boots", "my brother has the same headlamp and I want one",
    "a tent for me and my wife", "a tent for the two of us", "my boss wants us to wear black trousers",
    "I need a replacement for my 6-year-old jacket", "shirts for the office", "my neighbour recommended the Skarn jacket",
    "my sister borrowed my rain jacket, I need another", "the pan my wife bought me last Christmas is worn out, I need a new one",
    "my mum's birthday party is outdoors, I need a warm fleece", "Mum always said a good jacket lasts. Show me some",
    "我老婆说我需要一件新外套", "礼品卡", "我儿子把我的杯子打碎了，想再买一个", "这是朋友送我的礼物，我想再买一个", "想犒劳自己，推荐个杯子",
    "我和妹妹一起去露营，需要帐篷", "买给自己的生日礼物，跑鞋", "不是礼物，就是我自己穿的外套", "同事推荐了这款水壶，我也想买一个",
    "儿子的比赛在周六，我需要一件厚外套", "帮我找一双徒步鞋", "给我和老公找个双人帐篷",
]  # fmt: skip


@pytest.mark.parametrize("text", OTHERS)
def test_somebody_else_is_noticed(text):
    assert read(text)[0].someone_else


@pytest.mark.parametrize("text", OWN)
def test_who_is_only_spoken_of_is_not_who_it_is_for(text):
    assert not read(text)[0].someone_else


@pytest.mark.parametrize(
    "text",
    ["and now something for me", "for myself", "what about me?", "now one of my own", "我自己也想要一双", "轮到我了"],
)
def test_one_who_speaks_of_themselves_is_noticed(text):
    assert read(text)[0].oneself


@pytest.mark.parametrize(
    "text", ["a gift for me to give to my aunt", "something warmer", "in blue", "给我推荐一件外套"]
)
def test_asking_is_not_speaking_of_oneself(text):
    assert not read(text)[0].oneself


@pytest.mark.parametrize(
    ("text", "gender", "left"),
    [
        ("a jacket for my mum", "Women", "a jacket"),
        ("a jacket for my sister-in-law", "Women", "a jacket"),
        ("boots for dad", "Men", "boots"),
        ("a headlamp for my colleague", "", "a headlamp"),
        ("给我爸爸买外套", "Men", "给 买外套"),
    ],
)
def test_the_gender_follows_from_the_word_and_what_is_wanted_is_left(text, gender, left):
    person, rest = read(text)
    assert (person.gender, " ".join(rest.split())) == (gender, left)


def test_a_long_message_is_read_at_once():
    for text in (
        "my dear old brother and the new kind of " * 50,
        "我妈妈和我的朋友一起给" * 180,
        "she really really " * 110,
    ):
        started = time.perf_counter()
        whom(fold(text))
        assert time.perf_counter() - started < 0.5
