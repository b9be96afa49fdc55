"""What an answer to a question looks like, and which row of a table an amount belongs to."""

import pytest

from index.answers import amount, answers, forms, in_range


@pytest.mark.parametrize(
    ("question", "answer", "other"),
    [
        ("does it fit a 14 inch laptop?", "Yes, with room to spare.", "A daypack for the city."),
        ("hi there, is it washable?", "No, wipe it clean.", "There is no label."),
        ("how long does a repair take?", "A repair takes 2-3 weeks.", "We repair 3 jackets."),
        ("how long is the cord?", 'The cord is 1.5" thick and 6 ft long.', "The cord is long."),
        ("how much is express delivery?", "Express costs $9.", "Express is fast."),
        ("how many people sleep in it?", "Sleeps: 2 people", "Sleeps well."),
        ("what are the dimensions?", "40 x 30 cm", "It is large."),
        ("is it compatible with induction?", "Works on gas and induction.", "An enamel kettle."),
    ],
)
def test_an_answer_has_the_form_that_is_asked_for(question, answer, other):
    looks = forms(question)
    assert any(form.search(answer) for form in looks)
    assert not any(form.search(other) for form in looks)


def test_a_question_for_a_word_asks_for_no_form():
    assert forms("which colours does it come in?") == []
    assert forms("what can I use instead?") == []


@pytest.mark.parametrize(
    ("question", "passage", "answered"),
    [
        ("do you wrap things up as a present?", "Gifts are refunded as a gift card.", False),
        ("do you wrap things up as a present?", "Gift wrapping costs 3 EUR.", True),
        ("can I rent a tent?", "You may return anything within 60 days.", False),
        ("can I rent a tent?", "Tents can be hired for a weekend.", True),
        ("may my dog come in?", "Both stores are open on Sundays.", False),
        ("must I show my age?", "Gas is not delivered.", False),
        ("must I show my age?", "Axes are sold to adults.", True),
        ("who pays the return?", "Returns are free.", True),
        ("when do you close on Saturdays?", "We ship on Saturdays.", False),
    ],
)
def test_what_is_asked_for_by_its_name_must_be_named(question, passage, answered):
    assert answers(question, passage) == answered


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("an order of 80 EUR", 80.0),
        ("if I spend $12.50", 12.5),
        ("an order over 70", 70.01),
        ("above $500", 500.01),
        ("around 1,400 bucks before tax", 1400.0),
        ("$1.2k of gear", 1200.0),
        ("49,99 EUR", 49.99),
        ("like a $45 order", 45.0),
        ("a 130 order, and overnight is like 20 bucks?", 130.0),
        ("free over $50, they say. My order is $60", 60.0),
        ("spending about 60", 60.0),
        ("what if it's 200.01?", 200.01),
        ("and for 600?", 600.0),
        ("a tent of 4.50 kg", None),
        ("my order 12345 is late", None),
        ("within 30 days", None),
    ],
)
def test_the_amount_of_money(question, found):
    assert amount(question) == found


@pytest.mark.parametrize(
    ("row", "fits"),
    [
        ("Order value: Up to 49.99 EUR. Germany: 4.90 EUR.", -1.0),
        ("Order value: 50.00-99.99 EUR. Germany: free.", 1.0),
        ("Order value: Over 100.00 EUR. Germany: free.", -1.0),
        ("We deliver with the post.", 0.0),
    ],
)
def test_a_row_holds_an_amount_or_does_not(row, fits):
    assert in_range(80.0, row) == fits
