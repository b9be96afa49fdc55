"""Which facts a sentence rests on."""

import pytest

from assistant.events import Citation, Fact
from assistant.grounding import Evidence, sources
from tests.conftest import NOW

PASSAGE = Citation(
    "policies/returns.md", "You may return anything within 60 days of delivery. Used goods cannot be returned."
)
TABLE = Citation("policies/returns.md", "Order value: Up to 50 EUR. Express: 12 EUR.")


def fact(subject, field, value):
    return Fact(subject, field, value, "products", NOW)


FACTS = [
    fact("M1", "title", "Glen Mug"), fact("M1", "price", "12.00 EUR"), fact("M1", "availability", "in_stock"),
    fact("M1", "color", "White"), fact("M1", "material", "Stoneware"),
    fact("B1", "title", "Dune Backpack"), fact("B1", "price", "60.00 EUR"), fact("B1", "availability", "in_stock"),
    fact("B1", "features", "Waterproof"), fact("B1", "capacity", "20 l"), fact("B1", "size", "L"),
    fact("T100", "status", "delivered"),
]  # fmt: skip

SENTENCES = [
    ("The Glen Mug costs €12.", ["M1 title", "M1 price"]),
    ("The Dune Backpack is waterproof and holds 20 litres.", ["B1 title", "B1 features", "B1 capacity"]),
    ("The Glen Mug is in stock.", ["M1 title", "M1 availability"]),
    ("The Dune Backpack is in stock in L.", ["B1 title", "B1 availability", "B1 size"]),
    ("Glen Mug是白色的，价格是12.00欧元。", ["M1 title", "M1 price", "M1 color"]),
    ("Dune Backpack是防水的，容量20升。", ["B1 title", "B1 features", "B1 capacity"]),
    ("Order T100 is delivered.", ["T100 status"]),
    ("You may return anything within 60 days.", ["policies/returns.md 60"]),
    ("Used goods cannot be returned.", ["policies/returns.md 60"]),
    ("Our policy says: “Order value: Up to 50 EUR. Express: 12 EUR.”", ["policies/returns.md 12"]),
    ("I hope that helps.", []),
]


@pytest.mark.parametrize(("sentence", "wanted"), SENTENCES)
def test_a_sentence_rests_on_what_it_states(catalogue, sentence, wanted):
    evidence = Evidence(catalogue, [catalogue.products["M1"], catalogue.products["B1"]])
    found = [
        f"{one.subject} {one.field}" if isinstance(one, Fact) else f"{one.source} {'60' if one is PASSAGE else '12'}"
        for one in sources(sentence, evidence, FACTS, [PASSAGE, TABLE])
    ]
    assert found == wanted
