"""The balance, measured: every figure can be bad, counts by hand agree, and what was answered is not asked again."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from langchain_core.messages import AIMessage
from typer.testing import CliRunner

from assistant.cli import cli
from assistant.llm import Model
from assistant.settings import Settings
from eval import balance
from eval.balance import facts
from eval.balance import lift as lifting
from eval.balance.bench import STRENGTHS, Options, bench_balance
from eval.balance.careless import over_personalized
from eval.balance.compared import Compared, lists_differ, lists_interval
from eval.balance.facts import Reasons, compared, disagreement, figures, hear, language
from eval.balance.intervals import interval
from eval.balance.judging import Bench
from eval.balance.judging import figures as spoken_figures
from eval.balance.kept import Kept
from eval.balance.lift import Lift, fitted_on, ndcg
from eval.balance.scripts import cast, read_scripts
from eval.balance.spoken import naive, ours, reply_of
from eval.checks import Seen
from eval.naive import Naive, recalls
from eval.purchases import read_purchases
from eval.redteam.cases import Play
from eval.redteam.obeying import ObeyingModel
from eval.stage import talk
from index.errors import ShopError
from index.intake import read_catalogue
from tests.conftest import NOW, open_app, scripted, write_jsonl
from tests.eval.test_recommend import sequences
from tests.toys import ToyEncoder

SCRIPTS = """
scripts:
- {say: "a mug", calls: [{tool: search_products, query: mug}], spoken: true}
- {say: "any ideas for me?", calls: [{tool: recommend}]}
- {say: "what does the Glen Mug cost?", calls: [{tool: show_product, product_id: Glen Mug}]}
- {say: "how many days do I have to return something?", calls: [{tool: ask_policy, question: days to return}]}
- {say: "put one Glen Mug in my cart", calls: [{tool: update_cart, product_id: Glen Mug, quantity: 1, mode: add}]}
"""


@pytest.fixture
def scripts_file(tmp_path):
    path = tmp_path / "scripts.yaml"
    path.write_text(SCRIPTS, encoding="utf-8")
    return path


@pytest.fixture
def stage(shop_folder, tmp_path, scripts_file):
    """The tiny shop with shoppers who differ, and a model that plans what it is told."""
    events = [("ada", "M2"), ("ben", "B1"), ("kit", "W1")]
    rows = [
        {"shopper_id": key, "type": kind, "product_id": product, "at": f"2026-10-2{n}T10:00:00Z"}
        for key, product in events
        for n, kind in enumerate(("view", "cart"))
    ]
    write_jsonl(shop_folder / "events.jsonl", rows)
    chat = ObeyingModel(native=False)
    app = open_app(shop_folder, tmp_path, Model(chat, "obeying", native=False))
    catalogue = read_catalogue(app.shop, lambda row: None)
    scripts = read_scripts(shop_folder, scripts_file)

    def play(strength):
        return hear(
            app, chat, catalogue, scripts, ["ada", "ben", "kit"], strength, tmp_path / f"at{strength}", progress=False
        )

    yield SimpleNamespace(
        app=app, chat=chat, catalogue=catalogue, scripts=scripts, play=play, bench=Bench(app.shop, catalogue)
    )
    app.close()


def row(text, *, shopper="ada", say="what does the Glen Mug cost?", held=("M1",), **more):
    reply = {
        "reply": text, "outcome": "answered", "products": [{"id": key, "item_group_id": key} for key in held], "facts": [],
        "tools": [], "citations": [], "cart": {}, "handoff": None,
    }  # fmt: skip
    return {"assistant": "naive", "strength": 1.0, "shopper": shopper, "say": say, "reply": reply, **more}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("scripts: []", "scripts"),
        ("scripts: [{say: a}]", "calls"),
        ("scripts: [{say: a, calls: [{tool: fly}]}]", "fly"),
        ("scripts: [{say: a, calls: [{tool: recommend}], expect: b}]", "expect"),
    ],
)
def test_a_wrong_script_is_refused_with_its_place(tmp_path, text, message):
    path = tmp_path / "some.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ShopError, match=rf"(?s)some\.yaml.*{message}"):
        read_scripts(tmp_path, path)


def test_a_shop_without_scripts_or_shoppers_says_what_to_do(tmp_path):
    with pytest.raises(ShopError, match="--scripts"):
        read_scripts(tmp_path)
    with pytest.raises(ShopError, match=r"shoppers\.jsonl"):
        cast(tmp_path, [])


def test_the_scripts_of_the_demo_shop_are_read_and_some_are_spoken():
    found = read_scripts(Settings(_env_file=None).shop)
    assert len(found) >= 12
    assert {call["tool"] for script in found for call in script.calls} >= {
        "search_products", "recommend", "show_product", "compare_products", "ask_policy", "update_cart",
    }  # fmt: skip
    assert sum(script.spoken for script in found) >= 3
    assert found[-1].calls[0]["tool"] == "update_cart"  # it becomes an event of those who say it


def test_facts_are_the_same_for_everybody_and_lists_are_not(stage):
    plain, personal = figures(stage.play(0.0)), figures(stage.play(1.0))
    assert plain["facts_identical"] == personal["facts_identical"] == 1.0
    assert plain["facts"] > 20
    assert plain["agreement"] == personal["agreement"] == 1.0
    assert plain["reasons"] == 0
    assert personal["lists_differ"] > plain["lists_differ"] > 0  # what Ben avoids counts at any strength
    assert personal["reasons"] > 0
    assert personal["reasons_hold"] == 1.0


@pytest.mark.parametrize("part", ["price", "'reply'", "days", "ok"])
def test_one_byte_that_one_shopper_is_told_otherwise_is_seen(stage, part):
    rows = stage.play(0.0)
    place, key = next(
        (n, key)
        for n, heard in enumerate(rows)
        for key, value in heard.stated.items()
        if heard.shopper == "ada" and (part.strip("'") in key or (part == "days" and "60 days" in value))
    )
    told = rows[place].stated
    rows[place] = replace(rows[place], stated=told | {key: told[key] + "1"})
    assert figures(rows)["facts_identical"] < 1
    assert compared(rows).identical(np.array([2, 3])) == 1.0  # among those who were told the same


def test_a_reason_holds_only_for_who_did_it_and_what_it_moves(stage, tmp_path, monkeypatch):
    fresh = stage.app.fresh_state(tmp_path / "reasons", lambda: NOW)
    reasons = Reasons(fresh, NOW)
    event = {"type": "cart", "product_id": "M2", "at": "2026-10-21T10:00:00Z"}
    assert reasons.hold("ada", "M1", event)
    assert not reasons.hold("ben", "M1", event)
    assert not reasons.hold("ada", "M1", event | {"at": "2026-10-22T10:00:00Z"})
    assert not reasons.hold(
        "kit", "B2", {"type": "cart", "product_id": "W1", "at": "2026-10-21T10:00:00Z"}
    )  # opted out
    fresh.shoppers.record("ada", "view", "B2")  # without the mug, what is like a bag is as likely as before
    assert not reasons.hold("ada", "B1", event)
    monkeypatch.setattr(facts, "USED", 0.999)  # nothing rests on one event that much
    assert not reasons.hold("ada", "M1", event)
    fresh.close_state()


def test_cards_that_say_other_than_the_facts_do_are_seen(stage, tmp_path):
    stage.chat.obey(stage.scripts[0].plan())
    fresh = stage.app.fresh_state(tmp_path / "cards", lambda: NOW)
    reply = talk(fresh, "ada").reply("a mug")
    seen = Seen(stage.app.shop, stage.catalogue, "en", "a mug", reply, {}, frozenset())
    assert disagreement(seen) == ""
    reply["products"][0]["price"] = "1.00 EUR"
    assert "price 1.00 EUR, the facts" in disagreement(seen)
    fresh.close_state()


def test_what_two_were_told_is_compared_and_what_one_was_told_is_not():
    told = Compared.of(
        [("a", {("x",): "1", ("y",): "1", ("z",): "1"}), ("b", {("x",): "1", ("y",): "2"}), ("c", {("y",): "1"})]
    )
    assert told.things() == 2
    assert told.identical() == 0.5
    assert told.identical(np.array([0, 2, 2])) == 1.0
    assert Compared.of([("a", {("x",): "1"})]).identical() is None
    low, high = told.interval()
    assert low == 0.0
    assert high == 1.0


def test_pairs_with_different_lists_are_counted():
    assert lists_differ({"s": {"a": [1, 2], "b": [2, 1], "c": [1, 2]}, "t": {"a": [1], "b": [1], "c": [1]}}) == 2 / 6
    assert lists_differ({"s": {"a": [1, 2], "b": [2, 1], "c": [1, 2]}}, {"a", "c"}) == 0.0
    assert lists_differ({}) is None
    assert lists_interval({"s": {"a": [1], "b": [2], "c": [1]}}) == [0.0, 1.0]


def test_an_interval_is_that_of_the_bootstrap():
    values = np.arange(100.0)
    low, high = interval(lambda drawn: float(values[drawn].mean()), 100)
    assert low == pytest.approx(49.5 - 5.7, abs=0.8)  # 1.96 standard errors of 28.9 / 10
    assert high == pytest.approx(49.5 + 5.7, abs=0.8)
    assert interval(lambda drawn: 1.0, 1) is None
    assert interval(lambda drawn: None, 5) is None


def test_the_lift_is_a_ratio_and_its_share_one_of_gains():
    found = Lift("data", "quick", (0.0, 0.5, 1.0), np.array([[0.1, 0.3], [0.5, 0.7], [0.5, 0.9]], dtype=np.float32))
    assert found.ratio(0.5) == pytest.approx(3.0)
    assert found.ratio(1.0) == pytest.approx(3.5)
    assert found.share(0.5) == pytest.approx(0.8)
    assert found.share(0.0) == 0.0
    assert Lift.of(json.loads(json.dumps(found.to_json()))).ratio(1.0) == pytest.approx(3.5)
    low, high = found.interval(1.0)
    assert low == pytest.approx(3.0)
    assert high == pytest.approx(5.0)
    assert Lift("data", "quick", (0.0, 1.0), np.zeros((2, 2), dtype=np.float32)).ratio(1.0) is None


def test_ndcg_is_that_of_the_list():
    assert ndcg(["a", "b"], ["a"]) == 1.0
    assert ndcg(["b", "a"], ["a"]) == pytest.approx(1 / np.log2(3))
    assert ndcg(["a", "x", "b"], ["a", "b"]) == pytest.approx((1 + 0.5) / (1 + 1 / np.log2(3)))
    assert ndcg([*"0123456789", "a"], ["a"]) == 0.0


def test_a_recommender_is_fitted_once_and_again_for_other_purchases(tmp_path, monkeypatch):
    data = read_purchases(sequences(tmp_path / "data"))
    texts = ToyEncoder().encode(data.texts)
    fits = []
    fit = lifting.fit
    monkeypatch.setattr(lifting, "fit", lambda *a, **k: fits.append(k["recipe"].epochs) or fit(*a, **k))

    def fitted(data, whole=False):
        return fitted_on(data, texts, tmp_path / "kept", "toy", whole, progress=False)

    first, second = fitted(data), fitted(data)
    assert (first[1], second[1], fits) == ("quick", "quick", [2])
    assert first[0].blend.shares() == pytest.approx(second[0].blend.shares())
    assert fitted(data, whole=True)[1] == "whole"
    assert fitted(data)[1] == "whole"  # the better one, once it is there
    assert len(fits) == 2
    fitted(replace(data, texts=[*data.texts[:-1], "another"]))
    assert fits == [2, 25, 2]


def test_the_voice_score_is_the_share_of_sentences_that_keep_to_it(stage):
    def score(text):
        return stage.bench.voice(row(text)["reply"], "a mug")[0]

    assert score("The Glen Mug costs 12.00 EUR. It is white.") == 1.0
    assert score("The Glen Mug costs 12.00 EUR. It is an amazing mug!") == 0.5
    assert score("One is white. Two is blue. It is an amazing mug!") == pytest.approx(2 / 3)
    assert score("It is white. It is round. It is big. It is new. It is old.") == pytest.approx(4 / 5)  # one too many
    assert score("It is white, that is so. It is white, that is so.") == 0.5  # no sentence alone breaks a rule
    assert score("") == 0.0


def test_claims_are_looked_up_and_compared_over_shoppers(stage):
    said = [
        stage.bench.judged(row("The Glen Mug costs 12.00 EUR.", shopper="ada")),
        stage.bench.judged(row("The Glen Mug costs 12 EUR.", shopper="ben")),
    ]
    assert spoken_figures(said)["claims_identical"] == 1.0
    assert spoken_figures(said)["claims_wrong"] == 0.0
    told = spoken_figures([*said, stage.bench.judged(row("The Glen Mug costs 9.00 EUR.", shopper="kit"))])
    assert (told["claims"], told["claims_identical"]) == (1, 0.0)
    assert told["claims_wrong"] == pytest.approx(1 / 3, abs=1e-4)
    assert told["right"] == pytest.approx(2 / 3, abs=1e-4)


def test_the_spread_of_the_voice_is_that_of_shoppers_means(stage):
    good, bad = "It is white.", "It is amazing!"
    said = [("ada", good), ("ada", bad), ("ben", good), ("ben", good)]
    told = spoken_figures([stage.bench.judged(row(text, shopper=key)) for key, text in said])
    assert (told["voice_mean"], told["voice_spread"]) == (0.75, 0.25)  # means .5 and 1
    assert (told["spoken"], told["spoken_shoppers"]) == (4, 2)


def test_the_products_that_words_name_are_the_naive_list(stage):
    held = ("M1", "M2")
    first = stage.bench.judged(row("The Hazel Mug, then the Glen Mug.", held=held))
    other = stage.bench.judged(row("The Glen Mug, then the Hazel Mug.", shopper="ben", held=held))
    assert first.named == ("M2", "M1")
    assert stage.bench.judged(row("The Glen Mug is bigger than the Hazel Mug.", held=held)).named == ("M1",)
    assert spoken_figures([first, other], named=True)["spoken_lists_differ"] == 1.0


def test_the_naive_prompt_holds_the_brand_and_that_share_of_the_history(stage):
    app = stage.app
    assistant = Naive(app, app.model, NOW)
    ada = app.shoppers.get("ada")
    plain, half, whole = (assistant.prompt(ada, "a mug", share) for share in (0.0, 0.5, 1.0))
    for prompt in (plain, half, whole):
        assert prompt.messages[0].text.startswith(app.composer.brand)
        assert "Glen Mug: 12.00 EUR" in prompt.messages[1].text
        assert {product.id for product in prompt.products} == {"M1", "M2"}
    assert (plain.customer, plain.history) == ("", ())
    assert "put into the cart Hazel Mug" in half.customer  # the latest
    assert "looked at" not in half.customer
    assert "looked at Hazel Mug" in whole.customer
    assert plain.messages == assistant.prompt(None, "a mug", 1.0).messages
    assert plain.messages == assistant.prompt(app.shoppers.get("kit"), "a mug", 1.0).messages  # opted out
    assert "60 days" in assistant.prompt(ada, "how many days do I have to return something?", 0.0).messages[1].text


def test_an_answer_that_speaks_of_the_past_is_told_from_one_that_does_not():
    assert recalls("Since you bought a tent, this fits.")
    assert recalls("Based on your purchases I suggest a mug.")
    assert not recalls("The mug holds 0.3 l. You can return it within 60 days.")


def test_history_that_is_mentioned_or_moves_the_list_is_over_personal(stage):
    held = ("M1", "M2")
    guest = row("The Glen Mug and the Hazel Mug.", held=held)
    same = row("We have the Glen Mug and the Hazel Mug.", held=held)
    other = row("The Hazel Mug and the Glen Mug.", held=held)
    recalled = row("Since you bought one, the Glen Mug and the Hazel Mug.", held=held)
    assert over_personalized([same, other, recalled, same], [guest] * 4, stage.bench) == 0.5
    assert over_personalized([], [], stage.bench) is None


def test_shoppers_with_the_same_prompt_share_an_answer_and_nothing_is_asked_twice(stage, tmp_path):
    model = scripted([AIMessage("plain"), AIMessage("ada's own")])
    assistant = Naive(stage.app, model, NOW)
    asked = [("ada", "a mug"), ("kit", "a mug"), ("guest", "a mug")]
    for _ in range(2):
        with Kept(tmp_path / "kept") as kept:
            rows = list(naive(stage.app, assistant, kept, [0.0, 1.0], asked, progress=False))
    assert [said["reply"]["reply"] for said in rows] == ["plain", "plain", "plain", "ada's own", "plain", "plain"]
    assert [said["shopper"] for said in rows[:3]] == ["ada", "kit", "guest"]
    assert len(model.chat.requests) == 2


def test_our_replies_are_kept_too(stage, tmp_path):
    stage.chat.obey(Play(calls=[{"tool": "search_products", "query": "mug"}], says="The Glen Mug is white."))
    for turn in range(2):
        with Kept(tmp_path / "kept") as kept:
            rows = list(
                ours(
                    stage.app, kept, [0.0, 1.0], stage.scripts[:1], ["ada", "ben"], tmp_path / f"{turn}", progress=False
                )
            )
        stage.chat.obey(Play(calls=[{"tool": "search_products", "query": "coat"}]))
    assert len(rows) == 4
    assert all("Glen Mug is white" in said["reply"]["reply"] for said in rows)
    assert not (tmp_path / "1").exists()  # no state was made for what is there


def test_a_naive_answer_is_judged_as_a_reply(stage):
    prompt = Naive(stage.app, stage.app.model, NOW).prompt(None, "a mug", 0.0)
    reply = reply_of("The Hazel Mug costs 9.50 EUR.", prompt)
    judged = stage.bench.judged({"reply": reply, "say": "a mug", "shopper": "ada"})
    assert (judged.wrong, judged.named, judged.voice) == (0, ("M2",), 1.0)


def test_messages_have_their_language():
    assert (language("a mug"), language("有什么杯子？")) == ("en", "zh")


@pytest.fixture
def run(shop_folder, tmp_path, scripts_file, monkeypatch):
    """run(…) is what the bench finds over the tiny shop and a small data set."""
    settings = Settings(shop=shop_folder, data_dir=tmp_path / "data", _env_file=None)
    monkeypatch.setattr(lifting, "ASKING", 20)

    def measured(**options):
        chat = ObeyingModel(native=False)
        chat.obey(Play(calls=[{"tool": "search_products", "query": "mug"}], says="The Glen Mug costs 12.00 EUR."))
        wanted = Options(sequences(tmp_path / "purchases"), tmp_path / "out", scripts=scripts_file, sample=2, **options)
        model = Model(chat, "obeying", native=False)
        return bench_balance(settings, wanted, encoder=ToyEncoder(), chat=model, progress=False)

    return measured


def test_the_whole_has_every_key_for_every_strength_and_draws(run, tmp_path):
    assert STRENGTHS == (0, 0.25, 0.5, 0.75, 1)
    found = run(strengths=(0.0, 1.0), naive_strengths=(0.0, 1.0))
    assert [point["strength"] for point in found["points"]] == [0, 0.5, 1]  # the shop's own beside them
    assert [point["strength"] for point in found["naive"]] == [0, 1]
    keys = {
        "strength", "facts_identical", "voice_mean", "voice_spread", "lift", "over_personalized", "lists_differ",
        "reasons_hold", "agreement",
    }  # fmt: skip
    assert all(keys <= set(point) for point in (*found["points"], *found["naive"]))
    assert all(point["facts_identical"] == 1.0 for point in found["points"])
    assert found["points"][0]["lift"] == 1.0
    assert found["points"][-1]["lift"] > 1.0
    assert (found["default"], found["lift_recommender"]) == (0.5, "quick")
    assert 0 < found["lift_share_at_default"] <= 1.5
    assert found["facts_identical_over_strengths"] == 1.0
    assert (tmp_path / "out" / "balance.svg").read_text().count("<path") > 20
    assert (tmp_path / "out" / "balance.png").stat().st_size > 10_000
    said = [json.loads(line) for line in (tmp_path / "out" / "rows.jsonl").read_text().splitlines()]
    assert {one["assistant"] for one in said} == {"onevoice", "naive"}


def test_without_a_model_it_says_what_is_missing(run):
    found = run(strengths=(1.0,), model=False)
    assert found["events_simulated"] is True
    assert found["naive"] == []
    assert {"voice_mean", "naive"} <= set(found["missing"])
    assert all(point["lift"] is not None for point in found["points"])


def test_the_command_prints_one_json_object_last(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(balance, "bench_balance", lambda settings, options: seen.append(options) or {"points": []})
    result = CliRunner().invoke(
        cli, ["bench", "balance", "--no-model", "--sample", "7", "--data", str(tmp_path), "--out", str(tmp_path / "o")]
    )
    assert json.loads(result.stdout.splitlines()[-1]) == {"points": []}
    assert (seen[0].model, seen[0].sample, seen[0].data, seen[0].whole) == (False, 7, tmp_path, False)
