"""Two evaluations side by side."""

from math import comb

from eval.compare import compare, comparison_table
from tests.eval.dialogue_toys import line


def runs(passes: str, dialogue: str):
    return [line(dialogue, repeat=number, passed=mark == "+") for number, mark in enumerate(passes, 1)]


def test_what_passes_less_often_is_a_regression_with_how_sure_it_is():
    old = [*runs("+++", "worse"), *runs("---", "better"), *runs("+-", "same"), *runs("+", "gone")]
    new = [*runs("---", "worse"), *runs("++-", "better"), *runs("-+-+", "same"), *runs("+-", "new")]
    found = compare(old, new)
    (worse,), (better,) = found["regressions"], found["fixed"]
    assert (worse["case"], worse["before"], worse["now"], worse["p"]) == ("d.yaml: worse (guest)", "3/3", "0/3", 0.05)
    assert worse["reasons"] == ["turn 1, outcome: outcome asks, not answered"]
    assert (better["before"], better["now"], better["p"]) == ("0/3", "2/3", 0.2)
    assert (found["new"], found["new_failing"]) == (["d.yaml: new (guest)"], ["d.yaml: new (guest)"])
    assert found["gone"] == ["d.yaml: gone (guest)"]
    by_hand = sum(comb(8, k) * comb(10, 10 - k) for k in range(5)) / comb(18, 10)  # 4 or fewer of the 8 that pass
    assert found["checks"] == {"outcome": {"before": "4/8", "now": "4/10", "p": round(by_hand, 4)}}
    shown = comparison_table(found)
    assert "worse      3/3 → 0/3    p=0.05  d.yaml: worse (guest)" in shown
    assert all(words in shown for words in ("better", "gone", "new     fails", "check"))


def test_what_was_left_out_by_name_is_not_gone():
    found = compare([line("a"), line("b")], [line("a")], only=["d.yaml: a"])
    assert found["gone"] == [] and comparison_table(found) == "no dialogue differs"


def test_a_run_that_breaks_is_worse_than_one_that_passes():
    (row,) = compare([line("a")], [line("a", error="Boom: x")])["regressions"]
    assert row["reasons"] == ["turn 1, error: Boom: x"]
