"""A policy in pieces that can be quoted."""

from index.policies import split_policy


def test_paragraphs_are_cut_at_sentences_under_their_headings():
    first, second = split_policy("p.md", f"# Returns\n\n## How long\n\n{'Word ' * 30}ends. {'Next ' * 30}ends.")
    assert first.context == "Returns. How long"
    assert first.text.endswith("ends.") and second.text.startswith("Next")


def test_a_heading_ends_those_below_it():
    passages = split_policy("p.md", "# Delivery\n\n## Costs\n\nFree.\n\n## Times\n\nTwo days.")
    assert [passage.context for passage in passages] == ["Delivery. Costs", "Delivery. Times"]


def test_each_cell_of_a_table_says_its_row_and_column():
    table = "| Total | Standard | Express |\n| --- | --- | --- |\n| Up to $200 | $16 | $33 |"
    texts = [passage.text for passage in split_policy("p.md", table)]
    assert texts == ["Total: Up to $200. Standard: $16.", "Total: Up to $200. Express: $33."]
