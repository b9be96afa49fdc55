"""The figures of an evaluation."""

import pytest

from eval.summary import count_checks, failures, pass_hat, summarize
from tests.eval.dialogue_toys import line


def runs(passes: str, dialogue="a"):
    return [line(dialogue, repeat=number, passed=mark == "+") for number, mark in enumerate(passes, 1)]


def test_pass_hat_is_the_unbiased_estimator():
    # of four runs three pass: C(3,k)/C(4,k) is 3/4, 3/6, 1/4, 0; by hand
    assert pass_hat(runs("+++-"), 4) == [0.75, 0.5, 0.25, 0.0]
    assert pass_hat(runs("++++"), 4) == [1.0, 1.0, 1.0, 1.0]
    both = [*runs("+++-"), *runs("++++", "b")]
    assert pass_hat(both, 4) == [0.875, 0.75, 0.625, 0.5]


def test_shoppers_are_cases_of_their_own_and_a_short_case_counts_as_far_as_it_goes():
    assert pass_hat([line(shopper="ada"), line(shopper="ben", passed=False)], 1) == [0.5]
    assert pass_hat([*runs("++"), *runs("-", "b")], 2) == [0.5, 1.0]
    assert pass_hat([], 2) == []


def test_the_summary_counts_runs_checks_turns_and_tokens():
    results = [line("a"), line("b", passed=False), line("c", error="Traceback\nValueError: x\n")]
    summary = summarize(results, dialogues=3, repeat=1, seconds=4.25)
    assert (summary["dialogues"], summary["runs"], summary["passed"], summary["k"]) == (3, 3, 1, 1)
    assert summary["pass_1"] == pytest.approx(1 / 3, abs=1e-4)
    assert summary["pass_k"] == summary["pass_hat"][-1]
    assert summary["failed"] == ["d.yaml: b (guest)", "d.yaml: c (guest)"]
    assert summary["errors"] == 1
    assert summary["checks"] == {"outcome": {"passed": 1, "failed": 1, "not_evaluated": 1}}
    assert (summary["turns"], summary["seconds_per_turn"], summary["seconds"]) == (2, 0.5, 4.2)
    assert summary["tokens"] == {"prompt": 20, "cached": 16, "completion": 4}
    assert (summary["models"], summary["prompt_versions"]) == (["scripted"], ["1+abc"])


def test_failures_are_told_with_their_turn():
    assert list(failures(line(passed=False))) == ["turn 1, outcome: outcome asks, not answered"]
    assert list(failures(line(error="Traceback\nValueError: x\n"))) == ["turn 1, error: ValueError: x"]
    assert list(failures(line())) == []
    assert count_checks([]) == {}
