"""What the demo shop states, and what it does not, by the real encoder."""

import re
from pathlib import Path

import pytest

from assistant.settings import Settings
from assistant.support.evidence import Evidence
from index.build import Index
from index.embedding import open_fastest
from index.fetch import MINILM, fetch_folder
from index.shop import read_shop

pytestmark = pytest.mark.model
SHOP = Path(__file__).resolve().parents[2] / "shops" / "demo"


@pytest.fixture(scope="module")
def shop():
    return read_shop(SHOP)


@pytest.fixture(scope="module")
def search(shop, tmp_path_factory):
    encoder = open_fastest(fetch_folder(MINILM, Settings().cache_dir), progress=False)
    index = Index(shop, encoder, tmp_path_factory.mktemp("index"))
    index.build(progress=False)
    return index.open()


@pytest.fixture(scope="module")
def evidence(shop, search):
    return Evidence(shop, search)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("how long can I return something?", "60 days"),
        ("can I return a gift?", "Gifts are refunded"),
        ("do I have to pay for return shipping from Germany?", "Returns from Germany are free"),
        ("how much is delivery to Norway for an order of 120 euros?", "14.90"),
        ("are prices including VAT?", "value added tax"),
        ("how old must I be to buy a knife?", "18 years"),
        ("when do you answer the phone on Saturday?", "10:00 to 16:00"),
        ("do boots run large?", "half a size"),
        ("do you wipe my old orders after a year?", "10 years"),
        ("will the refund go on my card?", "payment method that was used"),
    ],
)
def test_a_policy_that_answers_is_first_and_stated(evidence, question, answer):
    best = evidence.policy(question)[0]
    assert answer in best.passage.text
    assert best.supported


@pytest.mark.parametrize(
    "question",
    [
        "do you have a loyalty programme?",
        "do you offer student discounts?",
        "can I pay with bitcoin?",
        "can I pay in instalments?",
        "do you offer gift wrapping?",
        "do you rent out tents?",
        "can I trade in my old jacket?",
    ],
)
def test_what_no_policy_says_is_not_stated(evidence, question):
    assert not any(row.supported for row in evidence.policy(question))


def test_each_of_two_questions_is_answered(evidence, search):
    lantern = search.catalogue.products["HL03-MOSS-GREEN"]
    stated = [
        row.passage.text
        for row in evidence.product("how bright is it and how long does it last?", lantern)
        if row.supported
    ]
    assert stated == ["Brightness: 300 lumen", "Burn time: 40 h"]


def test_a_property_that_is_asked_for_by_its_name_is_stated(evidence, search):
    kettle = search.catalogue.products["KK02-BLACK"]
    rows = evidence.product("does it let me choose the temperature?", kettle)
    assert [row.passage.text for row in rows if row.supported] == ["Temperatures: 60 to 100 C"]


def test_how_it_fits_is_no_verb_of_the_question(evidence, search):
    boots = search.catalogue.products["HB03-MOSS-GREEN-41"]
    assert "Width: Wide" in [row.passage.text for row in evidence.product("do they run wide?", boots) if row.supported]


@pytest.mark.parametrize(
    ("product", "question", "answer"),
    [
        ("HJ01-MOSS-GREEN-S", "how heavy is it?", "Weight: 310 g"),
        ("HJ01-MOSS-GREEN-S", "can I wear it over a fleece?", "fit over a fleece"),
        ("HJ06-RUST-RED-XS", "is the Tindra down jacket waterproof?", "[Nn]ot waterproof"),
        ("HJ06-RUST-RED-XS", "does it lose feathers?", "feathers"),
        ("HR01-MOSS-GREEN", "how many litres does it hold?", "20 l"),
        ("HT12-SLATE-BLUE", "is the underside waterproof?", "aterproof"),
        ("KK01-CREAM-WHITE", "does it work on induction?", "nduction"),
        ("BK03", "are there vegan recipes?", "vegan"),
        ("HL03-MOSS-GREEN", "how bright is it and how long does it last?", "Brightness"),
        ("HL03-MOSS-GREEN", "how long does the second one last?", "Burn time"),
    ],
)
def test_what_is_known_of_a_product_is_first_and_stated(evidence, search, product, question, answer):
    best = evidence.product(question, search.catalogue.products[product])[0]
    assert re.search(answer, best.passage.text)
    assert best.supported


@pytest.mark.parametrize(
    ("product", "question"),
    [
        ("KK01-CREAM-WHITE", "does it have a timer?"),
        ("HR01-MOSS-GREEN", "does it have a USB port?"),
        ("HB01-CHESTNUT-BROWN-41", "are they steel toed?"),
        ("KD05-SLATE-BLUE", "is it lead free?"),
        ("HC02-MOSS-GREEN", "does it come with a footprint?"),
        ("HF01-MOSS-GREEN-XS", "is it certified by Oeko-Tex?"),
    ],
)
def test_what_is_not_known_of_a_product_is_not_stated(evidence, search, product, question):
    assert not any(row.supported for row in evidence.product(question, search.catalogue.products[product]))
