"""The lint: every rule can fail, in each of its languages; what is well said passes untouched; what is quoted stays."""

import statistics
import time
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage

from assistant.prompts import FixedTexts, load_prompt
from assistant.sentences import Splitter, sentences_of
from assistant.voice import Quoted, Voice
from assistant.voice.rule import signs_of
from tests.assistant.test_agent import talk
from tests.toys import plan

VOICE = Voice(load_prompt("voice").head)
QUOTED = Quoted(
    ["Ping! Microwave Plate", 'Letter "L" Bling Key Ring', "Vintage Gold LOVE SIGN", "NEW!", "Where to? Atlas"]
)

# rule, language, sentence, how it is mended (None: the sentence is dropped)
BROKEN: list[tuple[str, str, str, str | None]] = [
    ("invisible", "en", "It is f\u200bree of wool.", "It is free of wool."),
    ("invisible", "zh", "这款\u202e很暖和。", "这款很暖和。"),
    ("entity", "en", "Salt &amp; pepper are sold together.", "Salt & pepper are sold together."),
    ("entity", "zh", "盐&amp;胡椒一起卖。", "盐&胡椒一起卖。"),
    ("wide_letters", "en", "It costs １２ EUR.", "It costs 12 EUR."),
    ("wide_letters", "zh", "价格是１２欧元。", "价格是12欧元。"),
    ("script", "en", "<script>alert(1)</script> It is warm.", None),
    ("script", "zh", "<img src=x onerror=alert(1)>这款很暖和。", None),
    ("markup", "en", "It is **warm** and `soft`.", "It is warm and soft."),
    ("markup", "en", "See [the mug](https://x.example/mug) there.", "See the mug there."),
    ("markup", "en", "It is <b>warm</b>.", "It is warm."),
    ("markup", "zh", "这款**很暖和**。", "这款很暖和。"),
    ("list_mark", "en", "- It is warm.", "It is warm."),
    ("list_mark", "en", "2) It is warm.", "It is warm."),
    ("list_mark", "en", "## It is warm", "It is warm."),
    ("list_mark", "zh", "• 这款很暖和。", "这款很暖和。"),
    ("label", "en", "Answer: It is warm.", "It is warm."),
    ("label", "zh", "回答：这款很暖和。", "这款很暖和。"),
    ("emoticon", "en", "It is warm :)", "It is warm."),
    ("emoticon", "zh", "这款很暖和:-)", "这款很暖和。"),
    ("emoji", "en", "It is warm 😀.", "It is warm."),
    ("emoji", "zh", "这款很暖和👍🏽。", "这款很暖和。"),
    ("exclamation", "en", "It is warm!", "It is warm."),
    ("exclamation", "en", "Is it warm?!", "Is it warm?"),
    ("exclamation", "zh", "这款很暖和！", "这款很暖和。"),
    ("ellipsis", "en", "Well... it is warm…", "Well, it is warm."),
    ("ellipsis", "zh", "这款……很暖和…", "这款，很暖和。"),
    ("repeated_marks", "en", "Which one??", "Which one?"),
    ("repeated_marks", "en", "It is warm -- and soft,, too.", "It is warm – and soft, too."),
    ("repeated_marks", "zh", "这款很暖和，，也很轻。", "这款很暖和，也很轻。"),
    ("tilde", "en", "It is warm~", "It is warm."),
    ("tilde", "zh", "这款很暖和～", "这款很暖和。"),
    ("shouting", "en", "It is VERY warm.", "It is very warm."),
    ("shouting", "en", "THIS MUG IS BIG.", "This mug is big."),
    ("shouting", "en", "It is a WONDERFUL mug.", "It is a wonderful mug."),
    ("shouting", "zh", "这款是NEW的杯子。", "这款是new的杯子。"),
    ("informal_you", "zh", "你可以退货。", "您可以退货。"),
    ("informal_you", "zh", "请问你们需要哪一款？", "请问您需要哪一款？"),
    ("particle", "zh", "这款很暖和哦。", "这款很暖和。"),
    ("half_width", "zh", "这款很暖和, 也很轻.", "这款很暖和，也很轻。"),
    ("half_width", "zh", "您要哪一款?", "您要哪一款？"),
    ("half_width", "zh", "尺码(M)有货。", "尺码（M）有货。"),
    ("half_width", "zh", "价格是12.00 EUR.", "价格是12.00 EUR。"),
    ("full_width", "en", "It is warm，and soft。", "It is warm, and soft."),
    ("uneven_quotes", "en", "It is called “warm.", "It is called warm."),
    ("uneven_quotes", "en", 'It is called "warm.', "It is called warm."),
    ("uneven_quotes", "en", "It is warm (and soft.", "It is warm and soft."),
    ("uneven_quotes", "zh", "“这款很暖和。", "这款很暖和。"),
    ("address", "en", "Dear customer, it is warm.", "It is warm."),
    ("address", "en", "Dear Ada, it is warm.", "It is warm."),
    ("address", "en", "Hi guys, here are two.", "Hi, here are two."),
    ("address", "en", "It is warm, my friend.", "It is warm."),
    ("address", "zh", "亲，这款很暖和。", "这款很暖和。"),
    ("address", "zh", "您好，亲爱的顾客，这款很暖和。", "您好，这款很暖和。"),
    ("gushing", "en", "We are so very sorry about that.", "We are sorry about that."),
    ("gushing", "en", "I sincerely apologise.", "I apologise."),
    ("gushing", "zh", "非常抱歉，这款已售罄。", "抱歉，这款已售罄。"),
    ("doubled_word", "en", "The The Slow Loaf is a book.", "The Slow Loaf is a book."),
    ("reading_aloud", "en", "Based on the provided information, it is warm.", "It is warm."),
    ("reading_aloud", "en", "The author is not stated in the given facts.", "The author is not stated."),
    ("reading_aloud", "en", "The facts do not say it.", None),
    ("reading_aloud", "zh", "根据提供的信息，这款很暖和。", "这款很暖和。"),
    ("hype", "en", "It is an amazing mug.", "It is a good mug."),
    ("hype", "en", "Incredible mugs are here.", "Good mugs are here."),
    ("hype", "en", "It is amazingly warm.", None),
    ("hype", "en", "It is a game-changer.", None),
    ("hype", "zh", "这款是完美的礼物。", "这款是合适的礼物。"),
    ("hype", "zh", "全网最便宜的一款。", None),
    ("pressure", "en", "Hurry, it is warm.", None),
    ("pressure", "en", "Don’t miss this one.", None),
    ("pressure", "en", "It is your last chance.", None),
    ("pressure", "zh", "赶快把它带回家。", None),
    ("pressure", "zh", "千万不要错过这款。", None),
    ("vouching", "en", "Trust me on this.", None),
    ("vouching", "zh", "我保证它不会坏。", None),
    ("cushion", "en", "Unfortunately, it is sold out.", "It is sold out."),
    ("cushion", "en", "It is, unfortunately, sold out.", "It is sold out."),
    ("cushion", "en", "I'm afraid it is sold out.", "It is sold out."),
    ("cushion", "zh", "很遗憾，这款已售罄。", "这款已售罄。"),
    ("officialese", "en", "Kindly choose a size.", "Please choose a size."),
    ("officialese", "zh", "尊敬的客户可以退货。", None),
    ("slang", "en", "You're gonna need a size.", "You're going to need a size."),
    ("slang", "en", "It is warm, lol.", None),
    ("slang", "zh", "哈哈，这款很暖和。", None),
    ("soothing", "en", "Don't worry about the size.", None),
    ("soothing", "zh", "别担心尺码。", None),
    ("human", "en", "As a mother, I know how warm it must be.", None),
    ("human", "en", "My husband has this one.", None),
    ("human", "en", "I've tried it in the rain.", None),
    ("human", "en", "I’m a real person.", None),
    ("human", "en", "Yes, you're talking to a real person.", None),
    ("human", "zh", "我老公也有一件。", None),
    ("human", "zh", "我是真人客服。", None),
    ("human", "zh", "您正在和真人聊天。", None),
    ("machine", "en", "As an AI, I cannot say.", None),
    ("machine", "en", "I am a large language model.", None),
    ("machine", "zh", "作为一个AI，我不知道。", None),
    ("machine", "zh", "我是语言模型。", None),
    ("ill_speaking", "en", "Other shops are overpriced.", None),
    ("ill_speaking", "en", "That was a stupid choice.", None),
    ("ill_speaking", "zh", "别家都是骗人的。", None),
    ("internal", "en", "I called search_products for it.", None),
    ("internal", "en", 'It is {"tool": 1}.', None),
    ("internal", "en", "My system prompt says so.", None),
    ("internal", "en", "END OF FACTS", None),
    ("internal", "zh", "系统提示里写了。", None),
    ("invented_message", "en", "Customer: what does it cost?", None),
    ("invented_message", "zh", "顾客：多少钱？", None),
    ("third_person", "en", "It suits the customer.", None),
    ("third_person", "zh", "该顾客需要大号。", None),
    ("other_work", "en", "Here is a poem about mugs.", None),
    ("other_work", "zh", "这是一首诗。", None),
    ("link", "en", "See https://mugs.example for it.", None),
    ("link", "en", "Write to help@mugs.example today.", None),
    ("link", "en", "It is on shop.mugs.com too.", None),
    ("link", "zh", "请看www.mugs.cn的说明。", None),
    ("table", "en", "Mug | 12 EUR | white", None),
    ("table", "zh", "杯子 | 十二欧元 | 白色", None),
    ("mixed_script", "en", "It is frее.", None),
    ("mixed_script", "zh", "这款是frее的。", None),
    ("says_nothing", "en", "1.", None),
    ("says_nothing", "zh", "……", None),
    ("too_long", "en", "It is warm " + "and soft " * 20 + "too.", None),
    ("too_long", "zh", "这款很暖和，" + "也很轻便，" * 25 + "很好。", None),
    ("language", "en", "It is 很 warm.", None),
    ("language", "zh", "It is warm.", None),
    ("language", "zh", "It is a warm and soft one for 徒步.", None),
]  # fmt: skip

GOOD_EN = """
Hello, I am Wren. What are you looking for?
You are welcome.
The Alder Rain Jacket keeps rain out on long walks.
It costs 80.00 EUR and comes in blue and red.
It weighs 1.2 kg and packs to 15" x 8" x 4".
You may return anything within 60 days of delivery.
We have nothing in that size.
That is not stated for this lamp.
I can ask a colleague for you, if you like.
Both are warm, but the first is lighter.
The second one is cheaper: 25.00 EUR instead of 60.00 EUR.
It has two USB ports, an HDMI port and an LED light.
Sizes run from XS to XXL.
The XXL is sold out at the moment.
It is made of GORE-TEX, rated IPX7.
Delivery takes 3–5 working days.
The shop is open from 9:00 to 18:00, Monday to Friday.
Which size would you like?
Sorry, I cannot do that here.
I cannot promise that.
We do not sell that here.
Take the wool throw for the sofa and the picnic blanket for outdoors.
It is rated 4.7 of 5 by 32 customers.
Customers say that it runs small.
Yes, it fits a 13-inch laptop.
No, it is not dishwasher-safe.
It suits a father who likes to cook.
For your friend, the smaller bag may be enough.
As a gift for a mother, the honey candle is a good choice.
The Honey Yellow one is in stock.
No, I am the digital assistant, not a person.
You are not talking to a person.
My colleague will answer during opening hours.
A dear friend of yours may love it.
The children's tent sleeps two.
Its robot arm is made of wood.
The manual is in English (and in German).
It is machine washable at 30 °C.
The kettle holds 1.7 l – enough for six cups.
Let us start with what you need it for.
Noted. I will remember that you avoid wool.
Done. It is in your cart.
Your cart is empty.
Please sign in first, then I can look that up for you.
You can pay by card or by bank transfer.
The code on the label starts with A.
The information is on the care label.
From the second order on, delivery is free.
It is the lightest of the three.
Everyone in the family can use it.
It was made in a limited edition of 200.
"Rain" is the name of the colour.
The shorts have a 5” inseam.
It is made by Acme Inc., which also makes tents.
""".strip().splitlines()
GOOD_ZH = """
您好，我是Wren。请问您想找什么？
不客气。
这款夹克适合长途徒步。
价格是80.00 EUR，有蓝色和红色。
您可以在收货后60天内退货。
没有这个尺码。
资料里没有说明这一点。
需要的话，我可以请同事为您确认。
两款都很暖和，但第1款更轻。
第2款更便宜，价格是25.00 EUR。
它有两个USB接口和一个HDMI接口。
尺码从XS到XXL。
配送需要3至5个工作日。
营业时间是周一至周五9:00-18:00。
请问您需要哪个尺码？
抱歉，这一点我不能做主。
这一点我不能保证。
我们这里不出售这类商品。
顾客评分为4.7分（满分5分）。
顾客说尺码偏小。
可以放进洗碗机。
这款适合送给父亲。
送给母亲，蜂蜜蜡烛是不错的选择。
这款蓝色的有货。
同事会在营业时间内答复您。
不是真人，我是数字助理。
这款“晨露”有三种颜色。
水温不超过30°C即可机洗。
容量约1.7升。
先看您的用途。
购物车里现在有2件商品。
Artemis Running Short仅有绿色。
""".strip().splitlines()


@pytest.mark.parametrize(("rule", "language", "sentence", "mended"), BROKEN)
def test_each_rule_is_broken_and_mended_or_dropped(rule, language, sentence, mended):
    assert rule in {violation.rule for violation in VOICE.violations(sentence, language)}
    found = VOICE.mend(sentence, language)
    assert found.text == mended
    if mended is None:
        assert found.broken and not found.mended
    else:
        assert rule in found.mended and not found.broken


def test_no_rule_goes_untried():
    tried = {(rule, language) for rule, language, _, _ in BROKEN}
    assert {(rule.name, language) for rule in VOICE.rules for language in rule.languages} <= tried


@pytest.mark.parametrize("sentence", GOOD_EN)
def test_good_english_is_left_alone(sentence):
    assert [VOICE.mend(part, "en") for part in sentences_of(sentence)] == [
        (part, (), ()) for part in sentences_of(sentence)
    ]


@pytest.mark.parametrize("sentence", GOOD_ZH)
def test_good_chinese_is_left_alone(sentence):
    assert [VOICE.mend(part, "zh") for part in sentences_of(sentence)] == [
        (part, (), ()) for part in sentences_of(sentence)
    ]


def test_there_are_enough_good_sentences():
    assert len(GOOD_EN) + len(GOOD_ZH) >= 60


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("The Ping! Microwave Plate is white.", "en"),
        ("The Vintage Gold LOVE SIGN hangs on a wall.", "en"),
        ("NEW! is its name.", "en"),
        ("Ping! Microwave Plate有货。", "zh"),
    ],
)
def test_what_is_quoted_is_neither_judged_nor_changed(sentence, language):
    assert VOICE.mend(sentence, language, QUOTED) == (sentence, (), ())
    assert VOICE.violations(sentence, language, QUOTED) == ()
    assert VOICE.violations(sentence, language)  # the same words of our own are at fault


def test_only_the_quoted_words_are_spared():
    plain = 'The Where to? Atlas and the Letter "L" Bling Key Ring.'
    assert VOICE.mend(plain, "en", QUOTED).text == plain
    assert VOICE.beside("Which Where to? Atlas?", [], QUOTED) is None
    assert VOICE.beside("Which Where to? Atlas?", []).rule == "several_questions"
    assert VOICE.mend("The Ping! Microwave Plate is GREAT!", "en", QUOTED).text == "The Ping! Microwave Plate is great."
    assert VOICE.mend("The Pinging! plate.", "en", QUOTED).text == "The Pinging. plate."
    assert VOICE.mend("\ue000 is a plate.", "en", QUOTED).text == "is a plate."  # nobody forges a placeholder


def test_a_name_is_never_cut():
    for names, text, wanted in (
        (["Ping! Microwave Plate"], "The Ping! Microwave Plate is white. It is light.", 2),
        (["Ping! Microwave Plate"], "The Ping! Microphone is white. It is light.", 3),
        (["Go. Now. Bag"], "Go. Now. Bag is blue. Good.", 2),
    ):
        for size in range(1, 9):
            splitter = Splitter(lambda names=names: names)
            found = [s for at in range(0, len(text), size) for s in splitter.feed(text[at : at + size])]
            left, whole = splitter.rest()
            assert [*found, left] == sentences_of(text, names) and whole
            assert len(found) + 1 == wanted


PIECES = (
    [sentence for _, _, sentence, _ in BROKEN]
    + GOOD_EN
    + GOOD_ZH
    + list("!?.,;:…~*_#<>|&\"'“”（）()[]{}，。？！ 你亲😀\u200b\ue000aA1@/")
)
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(PIECES), max_size=5).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=6).map("".join),
    st.lists(st.sampled_from([word for sentence in PIECES for word in sentence.split()]), max_size=12).map(" ".join),
)  # fmt: skip


@settings(max_examples=600)
@given(text=TEXTS, language=st.sampled_from(["en", "zh"]), quoted=st.sampled_from([Quoted(), QUOTED]))
def test_what_is_mended_breaks_no_rule_and_stays_as_it_is(text, language, quoted):
    once = VOICE.mend(text, language, quoted)
    if once.text is None:
        assert once.broken
    else:
        assert VOICE.violations(once.text, language, quoted) == ()
        assert VOICE.mend(once.text, language, quoted) == (once.text, (), ())


@settings(max_examples=300)
@example(text="A A")
@given(text=TEXTS)
def test_the_signs_that_a_rule_needs_hide_nothing_from_it(text):
    signs = signs_of(text)
    for rule in VOICE.rules:
        assert bool(rule.find(text)) == bool(rule.found(text, signs)), rule.name


@pytest.mark.parametrize("unwritten", [False, True])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_fixed_text_keeps_to_the_voice(language, unwritten):
    texts = FixedTexts(unwritten=unwritten)
    for key, template in texts._texts[language].items():
        names = [name for _, name, _, _ in Formatter().parse(template) if name]
        text = texts(language, key, **dict.fromkeys(names, "Ping! 你好 😀 AMAZING"))  # no rule would let it pass
        quoted, chips = Quoted(text.values), key.startswith("chips")
        parts = text.split("|") if chips else sentences_of(text, quoted.strings)
        said: list[str] = []
        for part in parts:
            assert not VOICE.violations(part, language, quoted), (key, part)
            assert chips or VOICE.beside(part, said, quoted) is None, (key, part)
            said.append(part)
        assert VOICE.violations(text, language) or not names  # but for what was filled in


def test_a_reply_says_nothing_twice_and_asks_once():
    assert VOICE.beside("It is warm.", ["IT IS WARM!"]).rule == "repeated_sentence"
    assert VOICE.beside("您要哪一款？", ["您要哪个尺码？"]).rule == "several_questions"
    assert VOICE.beside("Which one? Which size?", []).rule == "several_questions"
    assert VOICE.beside("E.", ["A.", "B.", "C.", "D."]).rule == "too_many_sentences"
    assert VOICE.beside("It is soft.", ["It is warm.", "Which size?"]) is None


def test_the_lint_takes_a_fifth_of_a_millisecond_at_most():
    for language, sentences in (("en", GOOD_EN), ("zh", GOOD_ZH)):
        times = []
        for _ in range(7):
            started = time.process_time()
            for sentence in sentences:
                VOICE.mend(sentence, language, QUOTED)
            times.append((time.process_time() - started) / len(sentences))
        assert statistics.median(times) < 0.0002


def test_what_was_mended_and_dropped_is_counted_in_the_reply(make_app):
    prose = "Hello there! 1. As an AI I cannot say. 😀 I am **glad** to help! Hello there. 😀"
    (reply,) = talk(make_app(plan(("chat", {})), AIMessage(prose)), "hi there")
    voice = reply.to_json()["voice"]
    assert voice["violations"] == []
    assert voice["mended"] == {"exclamation": 2, "markup": 1, "emoji": 1}
    assert voice["dropped"] == {"says_nothing": 1, "machine": 1, "repeated_sentence": 1}
    assert (reply.sentences, reply.dropped, reply.repaired) == (4, 2, 2)
    assert reply.text == "Hello there. I am glad to help."


def test_a_title_with_marks_of_its_own_reaches_the_shopper_whole(shop_folder: Path, make_app):
    rows = (shop_folder / "products.jsonl").read_text() + (
        '{"id": "P1", "title": "Ping! Microwave PLATE", "description": "A plate.", "price": "5.00 EUR", "product_type": "Kitchen > Plates", "quantity": 3}\n'
    )
    (shop_folder / "products.jsonl").write_text(rows)
    app = make_app(
        plan(("show_product", {"product_id": "P1"})), AIMessage("The Ping! Microwave PLATE is 5.00 EUR! It is a plate."),
        plan(("update_cart", {"product_id": "P1", "quantity": 1, "mode": "add"})),
    )  # fmt: skip
    shown, added = talk(app, "show me the Ping! Microwave PLATE", "add it to my cart")
    assert shown.text.startswith("The Ping! Microwave PLATE is 5.00 EUR.")
    assert "Ping! Microwave PLATE" in added.text
    assert shown.voice_violations == added.voice_violations == ()
