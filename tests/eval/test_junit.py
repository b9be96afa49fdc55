"""JUnit XML as continuous integration reads it."""

from pathlib import Path
from xml.etree import ElementTree

from eval.junit import write_junit
from tests.eval.dialogue_toys import line


def test_a_suite_is_a_file_and_failures_and_errors_are_told_apart(tmp_path: Path):
    results = [
        line("a"),
        line("b", passed=False),
        line("c", error="Traceback\nValueError: \x1b[31mred\x00 & <bad>\n"),
        line("d", shopper="ada", repeat=2, file="more/e.yaml"),
    ]
    results[1]["turns"][0]["checks"][0]["reason"] = 'says "夹克\x08" & <b>'
    write_junit(tmp_path / "j.xml", results, {"model": "m", "prompt_version": "1+a"}, "2026-11-20T12:00:00")
    root = ElementTree.parse(tmp_path / "j.xml").getroot()
    assert root.tag == "testsuites"
    counts = ("tests", "failures", "errors", "time")
    assert [root.get(name) for name in counts] == ["4", "1", "1", "6.00"]
    first, second = root.findall("testsuite")
    assert [first.get(name) for name in ("name", *counts, "skipped")] == ["d.yaml", "3", "1", "1", "4.50", "0"]
    assert (second.get("name"), second.get("tests"), second.get("timestamp")) == (
        "more/e.yaml",
        "1",
        "2026-11-20T12:00:00",
    )
    assert first[0].tag == "properties"  # the schema wants them first
    assert {p.get("name"): p.get("value") for p in first[0]} == {"model": "m", "prompt_version": "1+a"}
    good, failed, broken = first.findall("testcase")
    assert (good.get("classname"), good.get("name"), good.get("time"), len(good)) == ("d", "a (guest, 1)", "1.50", 0)
    assert [child.tag for child in failed] == ["failure"] and [child.tag for child in broken] == ["error"]
    assert "夹克" in failed[0].get("message") and failed[0].get("type") == "failure"
    assert broken[0].get("message") == "turn 1, error: ValueError: �[31mred� & <bad>"
    assert "Traceback" in broken[0].text
    assert second.find("testcase").get("name") == "d (ada, 2)"


def test_nothing_that_ran_is_a_report_too(tmp_path: Path):
    write_junit(tmp_path / "j.xml", [], {}, "")
    assert ElementTree.parse(tmp_path / "j.xml").getroot().get("tests") == "0"
