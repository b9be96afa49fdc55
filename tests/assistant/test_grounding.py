"""The audit: what the facts support passes, one changed fact does not."""

from dataclasses import replace
from decimal import Decimal

import pytest

from assistant.grounding import Evidence, audit, trimmed
from assistant.grounding.tokens import Lexer
from assistant.sentences import Splitter, sentences_of


@pytest.fixture
def evidence(catalogue):
    """A jacket (blue or red, S to L, 80 EUR), a waterproof backpack of 20 litres (60 EUR), an enamel mug (9.50 EUR)."""
    products = [catalogue.products[key] for key in ("J1-M-Blue", "B1", "M2")]
    return Evidence(catalogue, products, message="show me things under 90", kind="search")


@pytest.fixture
def two(catalogue):
    """The coat, the jacket that is sold out and reduced from 95 to 70 EUR."""
    return Evidence(catalogue, [catalogue.products[key] for key in ("J2", "J3")], kind="compare")


TRUE = [
    "The Dune Backpack is waterproof and holds 20 litres.",
    "The Alder Rain Jacket costs 80.00 EUR and is made of nylon.",
    "The Hazel Mug is cheaper than the Dune Backpack.",
    "All 3 are under 90.",
    "Which of these would you like to see?",
    "The Alder Rain Jacket is 80 EUR.",
    "The Alder Rain Jacket comes in blue and red.",
    "The Alder jacket is available in sizes S, M and L.",
    "The Alder Rain Jacket comes in sizes from S to L.",
    "The Alder Rain Jacket does not come in green.",
    "The Alder Rain Jacket is for men, and its nylon keeps the rain out.",
    "The Dune Backpack costs €20 less than the Alder Rain Jacket.",
    "The Hazel Mug is the cheapest of the three.",
    "The cheapest is the Hazel Mug at €9.50.",
    "The most expensive one costs 80 EUR.",
    "The Alder Rain Jacket has two colours and three sizes.",
    "Both the Dune Backpack and the Alder Rain Jacket cost at least 60 euros.",
    "The first one is rated 4.5 out of 5 and has 2 reviews.",
    "The second one is a waterproof backpack, while the third is an enamel mug.",
    "The backpack is waterproof, and it holds 20 litres.",
    "For long walks, the Alder Rain Jacket keeps the rain out.",
    "Would you like me to compare two of them?",
    "第1款价格是80欧元，有蓝色和红色。",
    "第2款是防水的背包，比第1款便宜20欧元。",
    "第3款最便宜，价格为9.5欧元。",
    "第1款没有绿色。",
    "请问您喜欢哪一款？",
]
FALSE = [
    "The Dune Backpack holds 25 litres.",
    "The Alder Rain Jacket costs 60.00 EUR.",
    "The Alder Rain Jacket costs 60 EUR and the Dune Backpack 80 EUR.",
    "The Alder Rain Jacket is waterproof.",
    "The Hazel Mug is made of stoneware.",
    "The Dune Backpack is cheaper than the Hazel Mug.",
    "The Alder Rain Jacket is the cheapest.",
    "Have a look at the Fir Field Watch.",
    "The Everest Parka would suit you.",
    "I will refund you the difference.",
    "You get a discount on it.",
    "The Dune Backpack is the lightest.",
    "The Dune Backpack is not waterproof.",
    "The Dune Backpack is not a suitable choice.",
    "The Dune Backpack is over 90 EUR.",
    "The Alder Rain Jacket comes in blue and green.",
    "The Alder Rain Jacket comes in green.",
    "The Alder Rain Jacket does not come in red.",
    "The Alder Rain Jacket is available in sizes S, M and XL.",
    "The Alder Rain Jacket comes in sizes from S to XL.",
    "The Alder Rain Jacket comes in sizes from S to M.",
    "The Alder Rain Jacket is for women.",
    "The Alder Rain Jacket comes only in blue.",
    "The Dune Backpack costs €30 less than the Alder Rain Jacket.",
    "The Dune Backpack costs €20 more than the Alder Rain Jacket.",
    "The most expensive one costs 60 EUR.",
    "The Alder Rain Jacket has three colours.",
    "All three are waterproof.",
    "Both the Dune Backpack and the Alder Rain Jacket cost less than 70 euros.",
    "The first one is rated 4.0 out of 5.",
    "The first one has 3 reviews.",
    "The second one is an enamel mug.",
    "The Alder Rain Jacket is sold out.",
    "The Alder Rain Jacket is out of stock in size L.",
    "Only 3 of the Dune Backpack are left in stock.",
    "The Dune Backpack is on sale.",
    "You save 20 EUR on the Dune Backpack.",
    "The Dune Backpack costs $60.",
    "The Dune Backpack was voted product of the year.",
    "It has a hood.",
    "它有25升。",
    "第1款价格是60欧元。",
    "第1款有绿色。",
    "第1款是防水的。",
    "第1款没有红色。",
    "第2款比第3款便宜。",
    "第1款是最便宜的。",
    "第3款是不锈钢的。",
    "第2款容量25升。",
    "第2款比第1款便宜30欧元。",
    "第1款是女款。",
    "我会为您申请折扣。",
]  # fmt: skip


@pytest.mark.parametrize("sentence", TRUE)
def test_true_sentences_pass(evidence, sentence):
    assert audit(sentence, evidence) is None


@pytest.mark.parametrize("sentence", FALSE)
def test_sentences_with_one_wrong_fact_are_caught(evidence, sentence):
    assert audit(sentence, evidence) is not None


@pytest.mark.parametrize(
    "sentence",
    [
        "The Cedar Shell is on sale for 70 EUR instead of 95 EUR.",
        "You save 25 EUR on the Cedar Shell.",
        "The Cedar Shell is sold out, but the Birch Wool Coat is in stock.",
        "The Birch Wool Coat is warm and made of wool; the Cedar Shell is a light shell for women.",
        "The Cedar Shell is the cheaper of the two.",
        "The former is gray, the latter is blue.",
        "The cheaper one is sold out.",
        "Cedar Shell目前售罄。",
        "Birch Wool Coat是羊毛的，比Cedar Shell贵80欧元。",
    ],
)
def test_true_sentences_of_two_products(two, sentence):
    assert audit(sentence, two) is None


@pytest.mark.parametrize(
    "sentence",
    [
        "The Cedar Shell is on sale for 65 EUR.",
        "The Cedar Shell costs 95 EUR.",
        "You save 20 EUR on the Cedar Shell.",
        "The Birch Wool Coat is on sale.",
        "The Cedar Shell is in stock.",
        "The Birch Wool Coat is sold out.",
        "The Cedar Shell is made of wool.",
        "The former is blue, the latter is gray.",
        "The cheaper one is in stock.",
        "Both are made of nylon.",
        "Neither is on sale.",
        "They are equally priced.",
        "The Birch Wool Coat is cheaper than the Cedar Shell.",
        "Cedar Shell有货。",
        "Birch Wool Coat比Cedar Shell便宜。",
        "两款都是羊毛的。",
    ],
)
def test_false_sentences_of_two_products(two, sentence):
    assert audit(sentence, two) is not None


def test_it_is_what_the_sentence_before_spoke_of(catalogue, evidence):
    assert audit("It holds 20 litres.", evidence) is not None
    evidence.subjects = [catalogue.products["B1"]]
    assert audit("It holds 20 litres.", evidence) is None
    assert audit("It is made of enamel.", evidence) is not None


def test_what_is_said_not_to_be_stated_is_not(catalogue):
    evidence = Evidence(
        catalogue, [catalogue.products["B1"]], message="is it vegan, is it waterproof?", kind="question"
    )
    assert audit("It is not stated whether it is vegan.", evidence) is None
    assert audit("It is not stated whether it is waterproof.", evidence) is not None


def test_policy_sentences_use_the_policys_words(catalogue):
    evidence = Evidence(
        catalogue,
        general="You may return anything within 60 days of delivery. Used goods cannot be returned.",
        kind="policy",
        message="can I return the boots?",
    )
    assert audit("You may return it within 60 days of delivery.", evidence) is None
    assert audit("Used goods cannot be returned.", evidence) is None
    assert audit("Yes, you can return the boots.", evidence) is not None
    assert audit("You may return it within 30 days of delivery.", evidence) is not None
    assert audit("Used goods can be returned.", evidence) is not None


@pytest.mark.parametrize(
    "sentence",
    [
        "I have added it to your cart.",
        "A colleague will get in touch with you.",
        "Everything is done at once.",
        "It's all set.",
        "我已经把它加入购物车。",
        "都办好了。",
    ],
)
def test_what_tools_do_is_never_said_by_prose(catalogue, sentence):
    assert audit(sentence, Evidence(catalogue, [catalogue.products["B1"]], kind="question")) is not None


@pytest.mark.parametrize(
    ("sentence", "left"),
    [
        ("The Dune Backpack is waterproof, and it is the lightest of all.", "The Dune Backpack is waterproof."),
        ("While the mug is unbreakable, the Dune Backpack holds 20 litres.", "The Dune Backpack holds 20 litres."),
        ("The Dune Backpack is unbreakable.", None),
        ("第2款是防水的背包，而且非常耐用。", "第2款是防水的背包。"),
    ],
)
def test_the_part_of_a_sentence_that_fails_is_left_out(evidence, sentence, left):
    assert trimmed(sentence, evidence) == left


def test_sentences_are_cut_as_they_end():
    assert sentences_of("It comes in M. It keeps 5 C. The maker is J. Smith.") == [
        "It comes in M.",
        "It keeps 5 C.",
        "The maker is J. Smith.",
    ]
    splitter = Splitter()
    found = [splitter.feed(piece) for piece in ("It is 42.0", "0 EUR. And blue", "! 你好。再见")]
    assert found == [[], ["It is 42.00 EUR."], ["And blue!", "你好。"]]
    assert splitter.rest() == ("再见", False)


@pytest.mark.parametrize(
    "sentence",
    [
        "Yes.",
        "Agreed.",
        "Yes yes yes.",
        "好的。",
        "A colleague calls you back today.",
        "They are looking into it right now.",
        "Your order is cancelled.",
        "The fee is 1 EUR.",
        "Alder is awful.",
        "Le jardin est beau.",
        "Всё бесплатно.",
        "You are Wren, the assistant of Tiny.",
        "Yes to everything you asked.",
        "我们给您五折。",
        "Hello, it is fr\u200bee.",
        "Hello, fr\u0435e for you.",
    ],
)
def test_small_talk_states_nothing_and_agrees_to_nothing(catalogue, sentence):
    message = "confirm that the fee is 1 EUR and Alder is awful, yes?"
    assert audit(sentence, Evidence(catalogue, message=message, names=("Tiny", "Wren"))) is not None


@pytest.mark.parametrize(
    "sentence",
    [
        "Hello, I am Wren, the assistant of Tiny.",
        "How can I help you today?",
        "You are welcome, let me know if you need anything else.",
        "Thank you, have a nice day.",
        "您好，请问您想找什么？",
        "不客气，随时告诉我。",
    ],
)
def test_small_talk_greets_and_asks(catalogue, sentence):
    assert audit(sentence, Evidence(catalogue, names=("Tiny", "Wren"))) is None


@pytest.mark.parametrize(
    ("currency", "written", "amount"),
    [
        ("AUD", "It costs $45.", "45"),
        ("AUD", "It costs 45 dollars.", "45"),
        ("JPY", "It costs 4,500 yen.", "4500"),
        ("SEK", "It costs 450 kr.", "450"),
        ("INR", "It costs ₹450.", "450"),
        ("EUR", "It costs 45 EUR.", "45"),
    ],
)
def test_amounts_are_read_in_the_shops_own_currency(currency, written, amount):
    money = [token for token in Lexer((), currency).read(written) if token.kind == "money"]
    assert [(token.value, token.number) for token in money] == [(currency, Decimal(amount))]


def test_a_name_is_said_whole_and_claims_nothing(catalogue):
    coat = [catalogue.products["J2"]]
    named = Evidence(catalogue, coat, names=("Tiny", "Wren", "Ada Waterproof"), kind="question")
    assert audit("At Tiny it costs 120 EUR.", named) == audit("It costs 120 EUR.", named)
    assert audit("It is waterproof.", named) is not None
    assert audit("It is Ada Waterproof.", named) is not None


@pytest.mark.parametrize(
    ("sentence", "fine"),
    [
        ("The Dune Backpack is waterproof, and so is the Alder Rain Jacket.", False),
        ("The Dune Backpack is in stock, and so is the Hazel Mug.", True),
        ("The Dune Backpack is in stock, but the Hazel Mug is not.", False),
        ("The Hazel Mug is made of enamel, while the Alder Rain Jacket is not.", True),
        ("第2款有现货，第1款也是。", True),
        ("第2款是防水的，第3款也是。", False),
    ],
)
def test_what_is_left_unsaid_is_taken_from_before(evidence, sentence, fine):
    assert (audit(sentence, evidence) is None) is fine


@pytest.mark.parametrize(
    ("sentence", "left"),
    [
        (
            "The Dune Backpack is a rugged, easy-going backpack with a waterproof lining and 20 litres.",
            "The Dune Backpack has 20 litres.",
        ),
        (
            "The Dune Backpack is the best choice for trips, as it is waterproof and holds 20 litres.",
            "The Dune Backpack is waterproof and holds 20 litres.",
        ),
        ("The Dune Backpack is something for sleeping on while camping.", None),
    ],
)
def test_a_sentence_is_put_together_again_from_whole_predicates(evidence, sentence, left):
    assert trimmed(sentence, evidence) == left


def test_words_in_quotes_were_read_somewhere(evidence):
    assert audit('The first one says "The second one is far too heavy".', evidence) is not None


@pytest.mark.parametrize(
    ("sentence", "fine"),
    [
        ("You have 30 days to return a jacket.", True),
        ("You have 30 days to return a boat.", False),
        ("You may return a used jacket within 30 days.", False),
    ],
)
def test_a_policy_is_told_of_the_goods_that_were_asked_for(catalogue, sentence, fine):
    general = "Goods may be returned within 30 days of delivery. They must be unused."
    message = "how long can I return a jacket or a boat?"
    evidence = Evidence(catalogue, general=general, message=message, kind="policy")
    assert (audit(sentence, evidence) is None) is fine


@pytest.mark.parametrize(
    ("sentence", "fine"),
    [
        ("No other is as cheap as the Hazel Mug.", True),
        ("No other is as expensive as the Hazel Mug.", False),
        ("None of the others costs less than the Hazel Mug.", True),
        ("None of the others costs less than the Dune Backpack.", False),
        ("The Dune Backpack is better for those who need something waterproof.", True),
        ("The Hazel Mug is better for those who need something waterproof.", False),
        ("The Dune Backpack is the better choice.", False),
        ("The Alder Rain Jacket comes only in blue and red.", True),
        ("The Alder Rain Jacket comes only in blue.", False),
    ],
)
def test_extremes_and_what_is_the_only_one_are_recomputed(evidence, sentence, fine):
    assert (audit(sentence, evidence) is None) is fine


@pytest.mark.parametrize(
    ("sentence", "fine"),
    [
        ("The Dune Backpack holds 20 litres and is waterproof.", True),
        ("It holds 5 people and weighs 20 litres.", False),
    ],
)
def test_a_number_counts_what_stands_beside_it(catalogue, sentence, fine):
    evidence = Evidence(catalogue, [catalogue.products["B1"]], kind="question")
    assert (audit(sentence, evidence) is None) is fine


@pytest.mark.parametrize(
    ("asked", "sentence", "left"),
    [
        (
            "is it available in red, size M?",
            "Yes, it is available in blue, size M.",
            "It is available in blue, size M.",
        ),
        ("is it available in blue, size M?", "Yes, it is available in blue, size M.", "="),
        ("is it available in green?", "No, it is available in blue and red.", "It is available in blue and red."),
        ("is it made of cotton?", "Yes, it is made of nylon.", "It is made of nylon."),
        ("is it made of nylon?", "Yes, it is made of nylon.", "="),
        ("is it made of nylon?", "No, it is made of nylon.", "It is made of nylon."),
        ("does it cost 60 euros?", "Yes, it costs 80.00 EUR.", "It costs 80.00 EUR."),
        ("is it under 90 euros?", "Yes, it costs 80.00 EUR.", "="),
        ("is it in stock?", "Yes, it is in stock.", "="),
        ("它有绿色的吗？", "是的，它有蓝色和红色。", "它有蓝色和红色。"),
        ("它有蓝色的吗？", "是的，它有蓝色。", "="),
        ("是尼龙的吗？", "是的，它是尼龙做的。", "="),
    ],
)
def test_a_yes_or_no_answers_what_was_asked(catalogue, asked, sentence, left):
    jacket = catalogue.products["J1-M-Blue"]
    evidence = Evidence(catalogue, [jacket], message=asked, kind="question", subjects=[jacket])
    if left == "=":
        assert audit(sentence, evidence) is None
    else:
        assert audit(sentence, evidence) is not None
        assert trimmed(sentence, evidence) == left


def test_a_yes_is_not_followed_by_what_cannot_be(catalogue):
    """ "Can I?" "Yes, it cannot" says both."""
    evidence = Evidence(
        catalogue, general="Used goods cannot be returned.", kind="policy", message="it is used, can it be returned?"
    )
    assert audit("Yes, used goods cannot be returned.", evidence) is not None
    assert trimmed("Yes, used goods cannot be returned.", evidence) == "Used goods cannot be returned."
    assert audit("No, used goods cannot be returned.", evidence) is None


@pytest.mark.parametrize(
    ("sentence", "fine"),
    [
        ("The Dune Backpack weighs 900 g.", True),
        ("The Dune Backpack is 900 g thick.", False),
        ("The Dune Backpack has a thickness of 900 g.", False),
        ("The Dune Backpack weighs 50 cm.", False),
        ("The Dune Backpack is 50 cm long.", True),
        ("它重900克。", True),
        ("它厚900克。", False),
        ("The Dune Backpack has a flat size of 50 x 30 cm.", True),
        ("The Dune Backpack is flat.", False),
        ("The Dune Backpack has straps that are padded.", True),
        ("The Dune Backpack has a scale of 1:25000.", True),
        ("The Dune Backpack is rated on a scale of 1.", False),
    ],
)
def test_a_property_with_a_value_is_told_with_it(catalogue, sentence, fine):
    attributes = {
        "weight": ("900 g",),
        "size_flat": ("50 x 30 cm",),
        "straps": ("Padded straps",),
        "scale": ("1:25000",),
        "length": ("50 cm long, 9 cm thick",),
    }
    bag = replace(catalogue.products["B1"], attributes=attributes)
    evidence = Evidence(catalogue, [bag], kind="question", subjects=[bag])
    assert (audit(sentence, evidence) is None) is fine


@pytest.mark.parametrize(
    ("sentence", "fine"),
    [
        ("The Dune Backpack is made of canvas and leather.", True),
        ("The Dune Backpack is made of canvas, leather and checked.", False),
        ("The Dune Backpack is made of checked.", False),
        ("The Dune Backpack is made of canvas, checked and costs 60 EUR.", True),
        ("Canvas is a material made of leather.", False),
        ("The Dune Backpack is made of canvas, leather, care.", False),
        ("The Dune Backpack is made of canvas, leather, load 20 kg.", True),
    ],
)
def test_what_a_thing_is_made_of_is_a_material(catalogue, sentence, fine):
    named = {"pattern": ("Checked",), "care": ("Brush",), "load": ("20 kg",)}
    bag = replace(catalogue.products["B1"], material=("Canvas", "Leather"), attributes=named)
    evidence = Evidence(catalogue, [bag], kind="question", subjects=[bag])
    assert (audit(sentence, evidence) is None) is fine


def test_a_bare_no_is_no_answer(catalogue):
    jacket = catalogue.products["J1-M-Blue"]
    for said in ("没有。", "有。", "No.", "Yes."):
        assert audit(said, Evidence(catalogue, [jacket], message="有帽子吗？", kind="question", subjects=[jacket]))


@pytest.mark.parametrize(
    ("sentence", "fine"),
    [
        ("Our store in Leipzig is open on Mondays.", False), ("Our store in Berlin is open on Mondays.", True),
        ("Our store in Leipzig is not open on Mondays.", True), ("Our store in Leipzig is not open on Saturday.", False),
        ("Our store in Leipzig opens Tuesday to Saturday.", True), ("Our store in Leipzig opens every day.", False),
        ("We do not deliver on Saturdays.", True), ("We deliver on Saturdays.", False), ("Our stores are closed on Sundays.", True),
    ],
)  # fmt: skip
def test_days_of_the_week_are_those_of_the_place(catalogue, sentence, fine):
    policy = (
        "Our store in Berlin opens Monday to Saturday from 10:00. Our store in Leipzig opens Tuesday to Saturday from 11:00. "
        "All stores are closed on Sundays. We do not deliver on Saturdays."
    )
    asked = "is your shop open on Mondays, Saturdays, Sundays, every day? do you deliver then?"
    evidence = Evidence(catalogue, general=policy, message=asked, kind="policy")
    assert (audit(sentence, evidence) is None) is fine, audit(sentence, evidence)


def test_a_policy_grants_what_was_asked(catalogue):
    policy = "Gifts that are returned are paid back by check. Delivery is free over 100 EUR."
    evidence = Evidence(catalogue, general=policy, message="do I get cash for a gift?", kind="policy")
    assert audit("Yes, you are paid by check.", evidence) is not None
    assert audit("Yes, gifts are paid back by check.", evidence) is None
    used = Evidence(
        catalogue,
        general="Used merchandise cannot be returned unless defective.",
        message="I wore the leggings once, can I still return them?",
        kind="policy",
    )
    assert audit("No, used merchandise cannot be returned unless defective.", used) is None
    assert audit("You can return them unless they are defective.", used) is not None
    used.message = "is there a warranty?"
    assert trimmed("No, used merchandise cannot be returned unless defective.", used) == (
        "Used merchandise cannot be returned unless defective."
    )


@pytest.mark.parametrize(
    ("message", "sentence", "fine"),
    [
        ("how long can I return it?", "You have 60 days to return it.", True),
        ("how long can I return it?", "You can return it within 5 working days after it has arrived.", False),
        ("when is it refunded?", "We refund it within 5 working days after the return has arrived.", True),
        ("is my credit card safe with you?", "Credit card information is not encrypted.", False),
        ("is e-mail encrypted?", "No, email is not encrypted.", True),
    ],
)
def test_what_a_policy_says_of_one_thing_it_does_not_say_of_another(catalogue, message, sentence, fine):
    policy = (
        "You may return anything within 60 days. We refund within 5 working days after the return has arrived. "
        "Please note that email is not encrypted and is no secure means of transmitting credit card information."
    )
    evidence = Evidence(catalogue, general=policy, message=message, kind="policy")
    assert (audit(sentence, evidence) is None) is fine


def test_what_is_left_of_a_sentence_says_for_whom_and_is_whole(catalogue):
    pack = catalogue.products["B1"]
    evidence = Evidence(catalogue, [pack], message="a bag for my four year old", kind="search")
    said = "The Dune Backpack is waterproof, holds 20 litres and is suitable for a four-year-old."
    assert trimmed(said, evidence) == "The Dune Backpack is waterproof and holds 20 litres."
    free = Evidence(catalogue, general="Delivery is free over 100 EUR.", message="is delivery free?", kind="policy")
    assert trimmed("Yes, if the order value is over 100 EUR.", free) is None


def test_a_unit_is_no_part_of_another_word(catalogue):
    pack = replace(catalogue.products["B1"], title="Wander 20 Daypack")
    evidence = Evidence(catalogue, [pack], message="背包", kind="search")
    assert audit("第1款是20天包。", evidence) is not None
    assert audit("第1款的容量是20升。", evidence) is None


def test_they_are_all_that_the_sentence_before_named(catalogue):
    mugs = [catalogue.products["M1"], catalogue.products["M2"]]
    evidence = Evidence(catalogue, mugs, message="mugs", kind="search")
    evidence.subjects = evidence.about("The Glen Mug and the Hazel Mug are mugs.")
    assert [product.id for product in evidence.subjects] == ["M1", "M2"]
    assert audit("They are made of enamel.", evidence) is not None
    assert audit("They cost less than 20 EUR.", evidence) is None
    assert audit("It is made of enamel.", evidence) is None


def test_what_is_left_of_a_chinese_sentence_is_whole(catalogue):
    jacket = catalogue.products["J1-M-Blue"]
    evidence = Evidence(catalogue, [jacket], message="有外套吗？", kind="search")
    assert audit("有，第1款是蓝色的。", evidence) == "answers no question: 有，"
    assert trimmed("有，第1款是蓝色的。", evidence) == "第1款是蓝色的。"
    assert trimmed("第1款是蓝色的，由尼龙、羊毛和皮革制成。", evidence) == "第1款是蓝色的。"


def test_a_stated_comparison_is_with_what_it_is_stated_of(catalogue):
    shoe = replace(catalogue.products["B1"], description="Warmer and a little heavier than the open one.")
    evidence = Evidence(catalogue, [shoe], message="is it warmer?", kind="question", subjects=[shoe])
    assert audit("It is warmer than the open one.", evidence) is None
    assert audit("It is warmer than a normal trail shoe.", evidence) is not None


def test_a_search_says_neither_yes_nor_no(evidence):
    evidence.message = "can a child buy this?"
    assert audit("Yes, the Dune Backpack is waterproof.", evidence) is not None
    assert trimmed("Yes, the Dune Backpack is waterproof.", evidence) == "The Dune Backpack is waterproof."
