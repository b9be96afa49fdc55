"""The report: every part of it is there, nothing in it is markup or from elsewhere, and it is read in a browser."""

import shutil
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from eval.ratings import Rating
from eval.report import is_scripted, write_report
from eval.report_plots import axis, strip
from eval.report_rows import cases_of, check_rows, share_tables, tokens_by_turn
from eval.shares import Share, shares_by
from eval.summary import summarize
from tests.eval.dialogue_toys import line, turn

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
CARD = {
    "ref": 1, "id": "M1", "title": "Glen Mug", "color": "White", "size": "L", "price": "12.00 EUR", "list_price": "15.00 EUR",
    "availability": "in_stock", "sponsored": True, "alternative": True, "because": {"text": "because you bought Hazel Mug"},
    "reason": "material: Stoneware",
}  # fmt: skip


def whole(**changes):
    """A turn in which everything happened."""
    return turn(
        "show me mugs",
        [("cart", True, ""), ("outcome", False, "outcome asks, not answered"), ("tool", None, "not asked")],
        reply="The Glen Mug costs 12.00 EUR.",
        products=[CARD],
        tools=[{"name": "search_products", "args": {"query": "mug", "max_price": 20}, "ok": True},
               {"name": "update_cart", "args": {}, "ok": False}],
        citations=[{"source": "policies/returns.md", "quote": "Within 60 days."}],
        facts=[{"subject": "M1", "field": "price", "value": "12.00 EUR", "source": "products", "at": ""}],
        cart={"M1": 2},
        timings_ms={"first_product": 300.0, "first_sentence": 800.0, "total": 1250.0},
        tokens={"prompt": 1200, "cached": 1100, "completion": 30},
        **changes,
    )  # fmt: skip


def rating(**changes):
    held = {
        "conversation": "c1", "turn": 2, "thumbs": "down", "reason": "too dear", "at": AT, "channel": "shop", "message": "a mug?",
        "reply": "No.", "outcome": "not_sold", "tools": [{"name": "search_products", "args": {}, "ok": True}], "model": "m-1",
        "prompt_sha": "ab", "voice_version": "2.1",
    }  # fmt: skip
    return Rating.model_validate(held | changes)


def report(tmp_path, results, repeat=1, model="m-1", ratings=(), **extra):
    path = tmp_path / "report.html"
    summary = summarize(results, dialogues=1, repeat=repeat, seconds=75.0) | extra
    write_report(path, summary, results, "Tiny", model, ratings=ratings, at=AT)
    return path


class Page(HTMLParser):
    """Tags with their attributes, and the text of each id."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.words, self.ids = [], "", set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        held = dict(attrs)
        self.tags.append((tag, held))
        self.words += " "
        if "id" in held:
            assert held["id"] not in self.ids, held["id"]
            self.ids.add(held["id"])

    def handle_data(self, data):
        if not self.tags or self.tags[-1][0] not in ("style", "script"):
            self.words += data


def read(path):
    page = Page(path.read_text(encoding="utf-8"))
    page.words = " ".join(page.words.split())
    return page


def test_the_summary_says_how_many_pass_and_how_sure_that_is(tmp_path):
    results = [line("a", repeat=1), line("a", repeat=2, passed=False), line("b", repeat=1), line("b", repeat=2)]
    words = read(report(tmp_path, results, repeat=2)).words
    assert "75% of runs pass" in words
    assert "3 of 4; 95% interval 30% to 95% (Wilson)" in words  # by hand: (.75 + z²/8 ± …) / (1 + z²/4), z = 1.96
    assert "pass^1 75%" in words and "pass^2 50%" in words
    assert "1 min 15 s" in words and "2026-11-01 12:00 UTC" in words and "1+abc" in words
    assert "pass^" not in read(report(tmp_path, [line("a")])).words


def test_wilson_and_shares_are_those_of_the_formula():
    low, high = Share(3, 4).interval
    assert (round(low, 4), round(high, 4)) == (0.3006, 0.9544)
    assert (Share(0, 0).value, Share(0, 0).interval) == (None, None)
    found = shares_by([(1, "ab"), (0, "b"), (1, "bb")], lambda item: item[1], lambda item: bool(item[0]))
    assert found == {"b": Share(2, 3), "a": Share(1, 1)}
    assert list(found) == ["b", "a"]


@pytest.mark.parametrize(
    ("model", "told"), [("scripted", True), ("obeying", True), ("planner", True), ("qwen2.5", False)]
)
def test_a_scripted_model_is_never_taken_for_quality(tmp_path, model, told):
    result = line("a")
    result["turns"][0]["reply"]["model"] = model
    words = read(report(tmp_path, [result], model=model)).words
    assert ("says nothing about quality" in words) is told
    assert is_scripted(model) is told


def test_regressions_and_what_the_checks_would_miss_are_told(tmp_path):
    row = {"case": "d.yaml: a (guest)", "before": "3/3", "now": "1/3", "p": 0.2, "reasons": ["turn 1, cart: empty"]}
    other = {"fixed": [], "new": ["n"], "new_failing": ["n"], "gone": ["g"], "checks": {}}
    proof = {"mutants": 9, "caught": 8, "missed": [{"check": "cart", "dialogue": "a", "mutation": "doubled"}]}
    words = read(report(tmp_path, [line()], regressions=[row], comparison=other, prove=proof)).words
    assert "Regressions" in words and "d.yaml: a (guest) 3/3 1/3 0.2 turn 1, cart: empty" in words
    assert "new: n, fails" in words and "not run: g" in words
    assert "8 of 9 spoiled replies were noticed" in words and "cart missed in a: doubled" in words
    assert "Regressions" not in read(report(tmp_path, [line()])).words


def test_checks_are_counted_and_each_failure_leads_to_its_turn(tmp_path):
    results = [
        line("a"),
        {**line("b", passed=False), "turns": [turn(), whole()]},
        line("c", error="Traceback\nKeyError: 'x'"),
    ]
    rows = {row.name: row for row in check_rows(cases_of(results))}
    assert (rows["outcome"].passed, rows["outcome"].failed, rows["outcome"].not_evaluated) == (1, 1, 1)
    assert (rows["broke"].passed, rows["broke"].failed) == (2, 1)
    assert [(f.anchor, f.turn, f.reason) for f in rows["outcome"].failures] == [
        ("r2t2", 2, "outcome asks, not answered")
    ]
    page = read(report(tmp_path, results))
    links = {held["href"][1:] for tag, held in page.tags if tag == "a"}
    assert {"r2t2", "r3t1"} <= links <= page.ids  # every link leads somewhere
    assert "b (guest), turn 2 : outcome asks, not answered" in page.words.replace("turn 2:", "turn 2 :")
    assert "KeyError: 'x'" in page.words and "No reply: the run broke in this turn." in page.words


def test_a_transcript_shows_what_was_said_shown_done_and_measured(tmp_path):
    words = read(report(tmp_path, [{**line(passed=False), "turns": [whole()]}])).words
    for shown in (
        "show me mugs", "The Glen Mug costs 12.00 EUR.", "Glen Mug", "White · L", "12.00 EUR 15.00 EUR · in stock", "because you bought",
        "material: Stoneware", "sponsored", "alternative", 'search_products {"query": "mug", "max_price": 20}', "update_cart not done",
        "Within 60 days. policies/returns.md", "cart: 2 × M1", "product 0.30 s, sentence 0.80 s, whole turn 1.25 s",
        "tokens: 1,200 read, 1,100 of them cached; 30 written", "1 fact it rests on", "M1 price: 12.00 EUR", "✗ outcome", "✓ cart",
    ):  # fmt: skip
        assert shown in words, shown


def test_repeats_of_a_dialogue_are_together_and_say_which_failed(tmp_path):
    results = [line("a", repeat=1), line("b"), line("a", repeat=2, passed=False), line("a", shopper="ada")]
    cases = cases_of(results)
    assert [(case.dialogue, case.shopper, [run.anchor for run in case.runs]) for case in cases] == [
        ("a", "guest", ["r1", "r3"]), ("b", "guest", ["r2"]), ("a", "ada", ["r4"])
    ]  # fmt: skip
    page = read(report(tmp_path, results, repeat=2))
    assert "1 of 2 repeats pass" in page.words
    assert "repeat 2 fails" in page.words
    opened = {
        held["id"] for tag, held in page.tags if tag == "details" and held.get("class") == "run" and "open" in held
    }
    assert opened == {"r3"}  # what failed lies open
    many = read(report(tmp_path, [line(str(n), passed=False) for n in range(13)]))
    assert not any("open" in held for tag, held in many.tags if held.get("class") == "run")  # too many to lie open


def test_shares_are_by_file_tool_and_outcome(tmp_path):
    results = [{**line("a", passed=False, file="x.yaml"), "turns": [whole(), turn()]}, line("b", file="x.yaml")]
    assert share_tables(results) == {
        "Runs by file": {"x.yaml": Share(1, 2)},
        "Turns by tool": {"none": Share(2, 2), "search_products": Share(0, 1), "update_cart": Share(0, 1)},
        "Turns by outcome": {"answered": Share(2, 3)},
    }
    assert tokens_by_turn(results) == {
        1: {"cached": 554.0, "fresh": 51.0, "completion": 16.0, "turns": 2},
        2: {"cached": 8.0, "fresh": 2.0, "completion": 2.0, "turns": 1},
    }


def test_plots_have_a_text_and_round_axes(tmp_path):
    page = read(report(tmp_path, [{**line(), "turns": [whole(), whole()]}]))
    labels = [held["aria-label"] for tag, held in page.tags if tag == "svg" and held.get("role") == "img"]
    assert any(label.startswith("First product: median 0.3 s, half of 2 turns") for label in labels)
    assert "Turn 2, mean of 1: 1100 prompt tokens from the cache, 100 read anew, 30 written" in labels
    assert all(held.get("role") == "img" or held.get("height") == "18" for tag, held in page.tags if tag == "svg")
    assert [axis(end).ticks[-1] for end in (0, 0.3, 1, 4.1, 9, 30, 3777)] == [1, 0.3, 1, 5, 10, 30, 4000]
    assert all(3 <= len(axis(end / 7).ticks) <= 6 for end in range(1, 500))
    found = strip("x", [float(n) for n in range(1001)])
    assert (found.low, found.median, found.high, found.p95, found.end) == (250, 500, 750, 950, 1000)
    assert len(found.dots) == 200 and found.dots[0][0] == 0 and found.dots[-1][0] == 1000
    assert strip("x", []) is None


EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>'\"><svg onload=alert(1)>{{ 7 * 7 }}</style>\u202eevil</script>"


def spoiled(value):
    """A value of JSON with something hostile before every text in it, keys that others choose among them."""
    if isinstance(value, str):
        return EVIL + value
    if isinstance(value, list):
        return [spoiled(held) for held in value]
    if isinstance(value, dict):
        return {
            name: {EVIL + key: spoiled(part) for key, part in held.items()}
            if name in ("cart", "args")
            else spoiled(held)
            for name, held in value.items()
        }
    return value


def test_whatever_was_said_is_no_markup(tmp_path):
    def shape(results, ratings, shop_words):
        row = {"case": shop_words, "before": "1/1", "now": "0/1", "p": 1.0, "reasons": [shop_words]}
        path = report(tmp_path, results, model=shop_words, ratings=ratings, regressions=[row])
        return path.read_text(encoding="utf-8"), [(tag, sorted(held)) for tag, held in read(path).tags]

    turns = [
        whole(model="m"),
        turn(model="m", checks=[("cart", None, "broke")]),
        whole(handoff={"why": "x"}, model="m"),
    ]
    for one in turns:
        one["checks"] = [
            check | {"reason": check["reason"] or "r"} for check in one["checks"] if check["reason"] != "not asked"
        ]
    plain = [
        {**line(passed=False), "turns": turns, "now": "n", "error": "bang"},
        {**line("e", error="boom"), "now": "n"},
    ]
    evil = [spoiled(result) for result in plain]
    held = rating(message=EVIL, reply=EVIL, reason=EVIL, channel=EVIL, model=EVIL, voice_version=EVIL)
    _, expected = shape(plain, [rating()], "x")
    text, found = shape(evil, [held], EVIL)
    assert found == expected  # the same elements with the same attributes, whatever is in them
    assert not any(name.startswith("on") for _, names in found for name in names)
    assert "\u202e" not in text and "49" not in Page(text).words


def test_nothing_is_loaded_and_only_its_own_script_may_run(tmp_path):
    text = report(tmp_path, [{**line(passed=False), "turns": [whole()]}], ratings=[rating()]).read_text(
        encoding="utf-8"
    )
    page = Page(text)
    assert not any(name in held for _, held in page.tags for name in ("src", "srcset", "style", "action"))
    assert all(held["href"].startswith("#") for _, held in page.tags if "href" in held)
    assert "http:" not in text and "https:" not in text and "url(" not in text
    (policy,) = (held["content"] for tag, held in page.tags if held.get("http-equiv"))
    assert "default-src 'none'" in policy and "unsafe" not in policy


def test_human_ratings_are_told_apart_from_the_script(tmp_path):
    listed = [
        rating(),
        rating(turn=3, thumbs="up", reason="", model="scripted"),
        rating(turn=4, thumbs="up", reason="kind"),
    ]
    words = read(report(tmp_path, [line()], ratings=listed)).words
    _, _, part = words.partition("Human ratings From people, not from the script.")
    assert "100% of runs pass" in words.partition("Human ratings From")[0]  # unmoved by them
    assert "67% thumbs up" in part and "2 of 3, 95% interval 21% to 94%" in part
    assert "m-1, voice 2.1 50% 1/2" in part and "scripted, voice 2.1 100% 1/1" in part
    assert "not sold 67% 2/3" in part and "search_products 67% 2/3" in part
    assert "some of these replies came of a scripted model" in part
    assert part.index("too dear") < part.index("kind")  # complaints first
    assert "Human ratings" not in read(report(tmp_path, [line()])).words


@pytest.fixture(scope="module")
def chromium():
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def many(tmp_path):
    """A hundred dialogues, three turns each, twenty of which fail, in three repeats."""
    results = [
        {**line(f"dialogue {n}", repeat=k, passed=not (n % 5 == 0 and k == 2)), "turns": [turn("hi"), turn(), whole() if n % 5 == 0 and k == 2 else turn()]}
        for n in range(100)
        for k in (1, 2, 3)
    ]  # fmt: skip
    results[0]["turns"][0] = turn(
        "x" * 400, reply="y" * 900, tools=[{"name": "t" * 90, "args": {"q": "z" * 500}, "ok": True}]
    )
    return report(tmp_path, results, repeat=3, ratings=[rating(message="w" * 300)])


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1240])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_hundred_dialogues_load_at_once_and_fit(many, chromium, width, scheme):
    page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text))
    page.goto(many.as_uri())
    assert page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd") < 1500
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.emulate_media(media="print", color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert errors == []  # the policy stops nothing of the page's own
    page.close()


@pytest.mark.browser
def test_dialogues_are_filtered_and_links_open_their_turn_by_keyboard(many, chromium):
    page = chromium.new_page(viewport={"width": 1240, "height": 900})
    page.goto(many.as_uri())

    def shown():
        return page.locator(".case:visible").count()

    assert shown() == 100
    page.fill("#filter-text", "Dialogue 55")
    assert (shown(), page.inner_text("#filter-count")) == (1, "1 of 100 dialogues")
    page.fill("#filter-text", "")
    page.focus("input[value=all]")
    page.keyboard.press("ArrowRight")
    assert shown() == 20
    page.fill("#filter-text", "dialogue 1")  # 10 and 15 of those that fail
    assert shown() == 2
    page.focus(".failures summary")
    page.keyboard.press("Enter")
    page.focus(".failures a >> text='dialogue 95 (guest), repeat 2, turn 3'")
    page.keyboard.press("Enter")
    page.wait_for_selector(".turn:target")
    assert "outcome asks, not answered" in page.inner_text(".turn:target")
    assert page.evaluate("document.querySelector('.turn:target').closest('details').open")
    page.close()


@pytest.mark.browser
def test_it_is_read_without_scripts(many, chromium):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(many.as_uri())
    assert page.locator(".case").count() == 100
    assert not page.is_visible("#filter")
    page.click("#r5 > summary")
    page.wait_for_selector("#r5 .turn")
    context.close()
