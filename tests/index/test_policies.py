"""A policy in pieces that can be quoted."""

import pytest

from index.policies import in_translation, narrowed, split_policy


def test_paragraphs_are_cut_at_sentences_under_their_headings():
    first, second = split_policy("p.md", f"# Returns\n\n## How long\n\n{'Word ' * 30}ends. {'Next ' * 30}ends.")
    assert first.context == "Returns. How long"
    assert first.text.endswith("ends.") and second.text.startswith("Next")


def test_a_heading_ends_those_below_it():
    passages = split_policy("p.md", "# Delivery\n\n## Costs\n\nFree.\n\n## Times\n\nTwo days.")
    assert [passage.context for passage in passages] == ["Delivery. Costs", "Delivery. Times"]


TABLE = """| Total | Standard, 5 days | Express, next business day |
| --- | --- | --- |
| Up to $200 | $16 | $33 |
| Over $200 | $21 | $38 |"""


def test_each_row_of_a_table_says_all_its_cells_with_their_columns():
    texts = [passage.text for passage in split_policy("p.md", TABLE)]
    assert texts == [
        "Total: Up to $200. Standard, 5 days: $16. Express, next business day: $33.",
        "Total: Over $200. Standard, 5 days: $21. Express, next business day: $38.",
    ]


@pytest.mark.parametrize(
    ("columns", "spent", "answer"),
    [
        ([2], 300.0, "Total: Over $200. Express, next business day: $38."),
        ([], 300.0, "Total: Over $200. Standard, 5 days: $21. Express, next business day: $38."),
        ([1], None, "Total: Up to $200. Standard, 5 days: $16. Over $200. Standard, 5 days: $21."),
    ],
)
def test_of_a_table_the_row_of_the_amount_and_the_named_columns_are_quoted(columns, spent, answer):
    assert narrowed(split_policy("p.md", TABLE)[0], columns, spent).text == answer


def test_where_nothing_picks_a_row_or_a_column_all_of_the_table_is_quoted():
    first, second = split_policy("p.md", TABLE)
    assert narrowed(first, [], None).text == f"{first.text} {second.text.removeprefix('Total: ')}"


def test_rows_that_are_no_amounts_are_picked_by_what_they_say():
    row = split_policy("p.md", "| To | Cost |\n| --- | --- |\n| Hawaii | $9 |\n| Guam | $8 |")[1]
    assert narrowed(row, [], None) == row


def test_what_is_quoted_of_a_table_is_quoted_of_its_translation():
    ours, theirs = (
        "| To | Slow | Fast |\n|---|---|---|\n| Oslo | 1 | 2 |",
        "| 到 | 慢 | 快 |\n|---|---|---|\n| 奥斯陆 | 1 | 2 |",
    )
    paired = in_translation(ours, theirs)
    assert paired["To: Oslo. Slow: 1. Fast: 2."] == "到: 奥斯陆. 慢: 1. 快: 2."
    assert paired["To: Oslo. Fast: 2."] == "到: 奥斯陆. 快: 2."
