"""Which row of a table an amount is in, and which columns a question names."""

import pytest

from index.tables import read_table

PRICES = read_table(
    [
        "| Total | STANDARD, 5-7 days | PRIORITY, 2-3 days | OVERNIGHT, next business day |",
        "| --- | --- | --- | --- |",
        "| Up to $200 | $16 | $26 | $33 |",
        "| $200.01-$500.00 | $21 | $31 | $38 |",
        "| Over $500.00 | $34 | $44 | $51 |",
    ]
)


@pytest.mark.parametrize(("spent", "row"), [(200.0, 0), (200.01, 1), (1400.0, 2)])
def test_an_amount_is_in_the_row_of_its_range(spent, row):
    assert PRICES.row_of(spent) == row


def test_rows_without_ranges_are_no_amounts():
    places = read_table(["| To | Cost |", "| --- | --- |", "| Hawaii | $9 |"])
    assert PRICES.of_amounts and not places.of_amounts
    assert places.row_of(20.0) is None


@pytest.mark.parametrize(
    ("question", "columns"),
    [
        ("how much is priority shipping?", [2]),
        ("what does the normal speed cost?", [1]),
        ("I need it the next business day", [3]),
        ("can it be here tomorrow?", [3]),
        ("need it in 2 or 3 days", [2]),
        ("standard or overnight?", [1, 3]),
        ("what does shipping cost, and how many days is it?", []),
    ],
)
def test_a_question_names_columns_by_words_that_not_all_have(question, columns):
    assert PRICES.columns_named(question) == columns
