"""The labelled sentences: the files are what the rules make, and their labels hold by a reading of their own.

The checks below read the shops' files as they are and the sentences as text: they share no code with the rules.
"""

import json
import re
from collections import defaultdict
from decimal import Decimal

import pytest
import yaml

from assistant.settings import load_settings
from eval.labelled import rules
from eval.labelled.cases import FOLDER, Case, read_cases, write_cases
from eval.labelled.draw import FOLDER as PATTERNS
from eval.labelled.free import questions, sentences
from eval.labelled.wording import count_zh, listing, number_en, number_zh
from index.errors import ShopError

SHOPS = load_settings().bench_data / "shops"
needs_data = pytest.mark.skipif(not (SHOPS / "luma").is_dir(), reason=f"no shops in {SHOPS} (set ONEVOICE_BENCH_DATA)")
FILES = (rules.DEV, rules.HELD_OUT)
NUMBERS = {number_en(n): n for n in range(200)}
COLORS = ["black", "blue", "brown", "gray", "green", "orange", "pink", "purple", "red", "white", "yellow", "lavender"]
SIZE = r"(?:XXS|XS|S|M|L|XL|XXL|3XL|\d\d)"


@pytest.fixture(scope="module")
def raw():
    """(shop, product id) → the rows of its group, and its reviews, as they stand in the files."""
    found = {}
    for shop in rules.SHOPS:
        groups, reviews = defaultdict(list), defaultdict(list)
        for name, held in (("products", groups), ("reviews", reviews)):
            path = SHOPS / shop / f"{name}.jsonl"
            for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
                row = json.loads(line)
                held[row.get("item_group_id") or row["id"]].append(row)
        for key, rows in groups.items():
            found |= {(shop, row["id"]): (row, rows, reviews[key]) for row in rows}
    return found


@pytest.fixture(params=FILES, ids=lambda of: of.file)
def cases(request):
    return read_cases(FOLDER / request.param.file)


def single(cases, kind, *languages):
    """Cases of a kind whose evidence is one product: there is no doubt whom they speak of."""
    found = [case for case in cases if case.notes["kind"] == kind and len(case.facts) == 1]
    found = [case for case in found if not languages or case.language in languages]
    assert found, f"no case of kind {kind} to look at"
    return found


def said_without(case, raw):
    """The sentence without the titles of the products, which hold numbers and colours of their own."""
    text = case.sentence
    for key in case.facts:
        text = text.replace(raw[case.shop, key][0]["title"], "…")
    return text


def amounts(text):
    """Amounts of dollars, in digits or in English words."""
    found = [Decimal(number.replace(",", "")) for number in re.findall(r"\d[\d,]*(?:\.\d+)?", text)]
    words = "|".join(sorted(NUMBERS, key=len, reverse=True))
    return found + [Decimal(NUMBERS[word]) for word in re.findall(rf"\b({words}) dollars?", text.lower())]


def price(rows):
    return Decimal(rows[0]["price"].split()[0])


@needs_data
@pytest.mark.parametrize("of", FILES, ids=lambda of: of.file)
def test_the_file_is_what_the_rules_make(of):
    assert rules.make(SHOPS, of) == read_cases(FOLDER / of.file)


def test_there_are_enough_of_each_sort(cases):
    counts = rules.counts(cases)
    assert counts["cases"] >= (900 if cases == read_cases(FOLDER / rules.DEV.file) else 300)
    assert 0.40 <= counts["true"] / counts["cases"] <= 0.50
    assert counts["chinese"] >= 0.25 * counts["cases"]
    assert set(counts["by_kind"]) == {*rules.KINDS, "joined"}
    assert min(counts["by_shop"].values()) >= 0.2 * counts["cases"]
    changed = {
        "number",
        "name",
        "attribute",
        "product",
        "direction",
        "negation",
        "rating",
        "review count",
        "stock",
        "size",
    }
    assert changed | {"color", "discount", "comparison", "superlative", "promise"} == set(counts["by_changed"])
    assert len({case.sentence for case in cases}) == len(cases)


def test_a_false_sentence_is_not_the_true_one_it_was_made_from(cases):
    false = [case for case in cases if case.true is False]
    assert all(case.sentence != case.notes.get("from") for case in false)
    assert sum("from" in case.notes for case in false) > 0.9 * len(false)
    assert not any("changed" in case.notes for case in cases if case.true)


def test_the_held_out_sentences_have_patterns_of_their_own():
    def patterns(name):
        """All sentence patterns, without what only repeats a product's words."""
        listed = yaml.safe_load((PATTERNS / name).read_text(encoding="utf-8"))
        rows = [row for kind in (*rules.KINDS, "joined") for forms in listed[kind].values() for row in forms]
        return {form for row in rows for form in ([row] if isinstance(row, str) else row)} - {"{sentence}"}

    dev, held = patterns(rules.DEV.patterns), patterns(rules.HELD_OUT.patterns)
    assert dev and held and not dev & held


@needs_data
def test_the_held_out_sentences_speak_of_other_products(raw):
    dev, held = (
        {(case.shop, raw[case.shop, key][1][0]["id"]) for case in read_cases(FOLDER / of.file) for key in case.facts}
        for of in FILES
    )
    assert dev and held and not dev & held


@needs_data
def test_the_evidence_is_there(cases, raw):
    assert all(1 <= len(case.facts) <= 4 and (case.shop, key) in raw for case in cases for key in case.facts)


@needs_data
def test_the_free_sentences_are_labelled_and_their_evidence_is_there(raw):
    cases = read_cases(FOLDER / "free.jsonl")
    assert len(cases) >= 100 and sum(case.language == "zh" for case in cases) >= 0.25 * len(cases)
    assert sum(case.true is False for case in cases) >= 0.2 * len(cases)
    for case in cases:
        assert case.true is not None and bool(case.notes.get("why")) is not case.true, case
        assert all((case.shop, key) in raw for key in case.facts), case
        assert any(raw[case.shop, key][0]["title"] in case.notes["facts_text"] for key in case.facts), case


@needs_data
def test_prices_hold(cases, raw):
    said = [(case, amounts(said_without(case, raw))) for case in single(cases, "price")]
    assert any(found for _, found in said)
    for case, found in said:
        if found:
            assert (price(raw[case.shop, case.facts[0]][1]) in found) is case.true, case


@needs_data
def test_bounds_hold(cases, raw):
    seen = 0
    below = re.compile(r"under|less than|below|within|is enough|不到|低于|以内|在预算之内|do(?:es)? not cost more")
    for case in single(cases, "price_bound"):
        rows, text = raw[case.shop, case.facts[0]][1], said_without(case, raw)
        negated = re.search(r"not (?:available|have)|not enough|not cost less|不能", text)
        if (found := amounts(text)) and (case.language == "en" or not negated):
            cheaper = bool(below.search(text)) is not bool(negated)
            assert ((price(rows) < found[0]) is cheaper) is case.true, case
            seen += 1
    assert seen


@needs_data
def test_comparisons_of_prices_hold(cases, raw):
    less = re.compile(
        r"(?:cheaper|less expensive|costs? less|lower price) than|easier on|the cheaper one|rather than"
        r"|低于|比.*(?:便宜|划算)|更便宜，|相比.*更高"
    )
    more = re.compile(
        r"(?:pricier|dearer|more expensive|costs? more|higher price) than|harder on|pay more"
        r"|高于|比.*贵|更贵，|相比.*更低"
    )
    seen = 0
    for case in [case for case in cases if case.notes["kind"] == "price_compare"]:
        titles = {raw[case.shop, key][0]["title"]: price(raw[case.shop, key][1]) for key in case.facts}
        places = sorted((case.sentence.find(title), title) for title in titles)
        assert bool(less.search(case.sentence)) is not bool(more.search(case.sentence)), case
        if places[0][0] < 0:
            continue
        first, second = (titles[title] for _, title in places)
        right = first < second if less.search(case.sentence) else first > second
        negated = re.search(r"is not|不比", case.sentence)
        assert (right is not bool(negated)) is case.true, case
        seen += 1
    assert seen


@needs_data
def test_extremes_hold(cases, raw):
    seen = 0
    ordinals = {"first": 0, "second": 1, "third": 2, "fourth": 3} | {f"第{c}款": i for i, c in enumerate("一二三四")}
    ordinals |= {f"第{n + 1}款": n for n in range(4)}
    for case in [case for case in cases if case.notes["kind"] == "price_extreme"]:
        prices = [price(raw[case.shop, key][1]) for key in case.facts]
        named = [n for n, key in enumerate(case.facts) if raw[case.shop, key][0]["title"] in case.sentence]
        named = named or [
            place for word, place in ordinals.items() if re.search(rf"{word}(?: one|$|[^ ])", case.sentence)
        ]
        if len(named) == 1:
            dearest = re.search(r"most expensive|dearest|highest|priciest|as expensive|最贵|最高", case.sentence)
            wanted = max(prices) if dearest else min(prices)
            assert (prices[named[0]] == wanted) is case.true, case
            seen += 1
    assert seen


@needs_data
def test_colors_hold(cases, raw):
    for case in single(cases, "color_has", "en"):
        rows = raw[case.shop, case.facts[0]][1]
        [color] = [color for color in COLORS if re.search(rf"\b{color}\b", said_without(case, raw).lower())]
        denied = re.search(r"\b(?:not|no|cannot)\b", case.sentence.lower())
        assert (any(row["color"].lower() == color for row in rows) is not bool(denied)) is case.true, case


@needs_data
def test_lists_of_colors_hold(cases, raw):
    for case in single(cases, "colors_list", "en"):
        rows, text = raw[case.shop, case.facts[0]][1], said_without(case, raw).lower()
        held = {row["color"].lower() for row in rows}
        named = {color for color in COLORS if re.search(rf"\b{color}\b", text)}
        count = re.search(r"\b(two|three|four|five|six) colors", text)
        right = named == held and (not count or NUMBERS[count[1]] == len(held))
        assert right is case.true, case


@needs_data
def test_sizes_hold(cases, raw):
    order = ["XXS", "XS", "S", "M", "L", "XL", "XXL", "3XL"]
    for case in single(cases, "sizes_range"):
        rows = raw[case.shop, case.facts[0]][1]
        held = {row["size"] for row in rows}
        named = re.findall(rf"(?<![A-Za-z\d]){SIZE}(?![A-Za-z\d])", said_without(case, raw))
        assert len(named) == 2, case
        ends = sorted(held, key=lambda size: order.index(size) if size in order else int(size))
        assert ([ends[0], ends[-1]] == named) is case.true, case


@needs_data
def test_ratings_hold(cases, raw):
    for case in single(cases, "rating"):
        stars = [review["rating"] for review in raw[case.shop, case.facts[0]][2]]
        [named] = re.findall(r"\d\.\d", said_without(case, raw))
        assert (abs(Decimal(sum(stars)) / len(stars) - Decimal(named)) <= Decimal("0.051")) is case.true, case


@needs_data
def test_stock_holds(cases, raw):
    seen = 0
    for case in single(cases, "stock_single"):
        text = said_without(case, raw).lower()
        numbers = [int(number) for number in re.findall(r"\d+", text)] or [
            n for word, n in NUMBERS.items() if re.search(rf"(?<![\w-]){word}(?![\w-])", text)
        ]
        if numbers:
            assert (raw[case.shop, case.facts[0]][0]["quantity"] in numbers) is case.true, case
            seen += 1
    assert seen


@needs_data
def test_a_false_material_stands_nowhere_in_the_record(cases, raw):
    changed = [c for c in cases if c.notes["kind"] == "material_has" and c.notes.get("changed") == "attribute"]
    changed = [case for case in changed if case.language == "en"]
    assert changed
    for case in changed:
        places = [place for place, word in enumerate(("first", "second", "third", "fourth")) if word in case.sentence]
        endings = {
            key: " ".join(raw[case.shop, key][0]["title"].split()[-2:]) for key in case.facts
        }  # as it is shortened
        named = [key for key, ending in endings.items() if ending in case.sentence]
        [key] = named or [case.facts[place] for place in places] or case.facts
        said, true = (set(re.findall(r"[a-z]+", text.lower())) for text in (case.sentence, case.notes["from"]))
        record = json.dumps(raw[case.shop, key]).lower()
        assert said - true and not any(word in record for word in said - true), case


def test_a_line_that_is_no_case_is_named(tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_text(
        '{"shop": "luma", "facts": ["A"], "sentence": "Yes.", "language": "en", "true": true}\n{"shop": 1}\n'
    )
    with pytest.raises(ShopError, match=r"cases\.jsonl, line 2: no case"):
        read_cases(path)
    with pytest.raises(ShopError, match="no such file"):
        read_cases(tmp_path / "none.jsonl")


def test_what_is_written_is_read_again(tmp_path):
    cases = [Case("luma", ("A", "B"), "它是“红色”的。", "zh", None, {"kind": "free", "why": ""})]
    write_cases(tmp_path / "cases.jsonl", cases)
    assert read_cases(tmp_path / "cases.jsonl") == cases


def test_numbers_in_words():
    assert [number_en(n) for n in (7, 45, 112, 300)] == [
        "seven",
        "forty-five",
        "one hundred and twelve",
        "three hundred",
    ]
    assert [number_zh(n) for n in (10, 12, 45, 105, 112, 300)] == [
        "十",
        "十二",
        "四十五",
        "一百零五",
        "一百一十二",
        "三百",
    ]
    assert (
        count_zh(2) == "两"
        and listing(["a", "b", "c"], "en") == "a, b and c"
        and listing(["红", "蓝"], "zh") == "红和蓝"
    )
    assert len(NUMBERS) == 200  # each number has words of its own


def test_prose_is_cut_into_whole_sentences():
    assert sentences("It costs $45.00. It is blue! And it") == ["It costs $45.00.", "It is blue!"]
    assert sentences("第1款是红色的。第2款更便宜。") == ["第1款是红色的。", "第2款更便宜。"]


@needs_data
def test_the_model_is_asked_about_real_products_in_both_languages(raw):
    asked = questions(SHOPS, 24)
    assert [q.message for q in asked] == [q.message for q in questions(SHOPS, 24)]
    assert {question.kind for question in asked} == {"search", "question", "compare", "recommend"}
    assert {question.language for question in asked} == {"en", "zh"} and {question.shop for question in asked} == {
        *rules.SHOPS
    }
    for question in asked:
        assert all((question.shop, item.first.id) in raw for item in question.items)
        assert all(item.title in "\n".join(question.lines) for item in question.items)
