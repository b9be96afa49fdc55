"""Simulated shoppers and the A/B over them: nothing later than now is known, rules hold, faults are not the assistant's."""

from __future__ import annotations

import importlib
import json
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from langchain_core.messages import AIMessage
from typer.testing import CliRunner

from assistant.cli import cli
from assistant.settings import Settings
from eval import simulated
from eval.purchases import TESTED_FROM, read_purchases
from eval.redteam.obeying import ObeyingModel
from eval.simulated import Asked, bench_simulate, read_arm
from eval.simulated import talk as talking
from eval.simulated.bench import opened, sound
from eval.simulated.faults import DEAR, GONE, NO_WORD, REPEATED, SOLD_OUT, WORDED, of_goal, of_message, of_persona
from eval.simulated.figures import Pair, compared, moves
from eval.simulated.goals import Goal, open_market
from eval.simulated.shoppers import PATIENCE, Message, Shopper, persona
from eval.simulated.statistics import flipped, gain, mcnemar, mean_interval
from eval.simulated.talk import FOUND, Played, Turn, play
from eval.simulated.worded import Worded
from eval.simulated.wording import Wording, several, wording
from eval.simulated.words import Vocabulary, stands_in
from index.catalogue import Product
from index.errors import ShopError
from index.money import Money
from tests.conftest import scripted, write_jsonl
from tests.eval.test_recommend import sequences
from tests.toys import ToyEncoder

COLOURS = ("Red", "Blue", "Green", "Pink", "White")
PRINTS = ("Spotty", "Owl", "Rose", "Paisley", "Star")
THINGS = ("Mug", "Lunch Bag")


def titles():
    return [f"{colour} {print_} {thing}" for thing in THINGS for colour in COLOURS for print_ in PRINTS]


def product(title="Red Owl Lunch Bag", price="2.50 GBP", **more):
    return Product(id="P", group_id="P", title=title, price=Money.parse(price), **more)


@pytest.fixture(scope="module")
def giftware(tmp_path_factory):
    """A shop with events on both sides of the day from which it is tested: of each order one product is bought again."""
    folder = tmp_path_factory.mktemp("data") / "gifts"
    folder.mkdir()
    products = [{"id": f"P{n}", "title": title, "price": f"{2 + n % 3}.50 GBP"} for n, title in enumerate(titles())]
    write_jsonl(folder / "products.jsonl", products)
    events = [
        {
            "shopper_id": f"s{shopper}", "type": "purchase", "product_id": f"P{(7 * shopper + item) % len(products)}",
            "order_id": f"o{shopper}-{month}", "at": f"2011-{month:02}-{2 + shopper % 20:02}T10:00:00", "quantity": 1, "price": "2.50 GBP",
        }
        for shopper in range(24) for month in range(7, 13) for item in (month % 4, 10 + month)
    ]  # fmt: skip
    events.append({**events[0], "shopper_id": "new", "at": "2011-11-20T10:00:00"})
    write_jsonl(folder / "events.jsonl", events)
    return folder


@pytest.fixture(scope="module")
def settings(tmp_path_factory, giftware):
    folder = tmp_path_factory.mktemp("state")
    return Settings(shop=giftware, data_dir=folder / "data", cache_dir=folder / "cache", _env_file=None)


def asked(giftware, tmp_path, **more):
    a, b = read_arm(more.pop("a", "strength=0")), read_arm(more.pop("b", "strength=default"))
    return Asked(giftware, a, b, tmp_path / "out", **more)


def drawn(title="Red Owl Lunch Bag", number=0, *, paid=None, **more):
    """A persona with a goal of that title."""
    wanted = product(title)
    vocabulary = Vocabulary([product(one) for one in (*titles(), *titles(), title)])
    goal = Goal("ada", wanted.id, False, paid)
    return persona(goal, wanted, vocabulary.spoken(wanted), number, 0, priced=paid is not None, **more)


def card(group, price="2.50 GBP"):
    return SimpleNamespace(item_group_id=group, price=price)


def played(found_at=None, patience=4, said=None):
    turns = tuple(Turn("open", f"m{n}", (), (), (), 0, "answered", "") for n in range(found_at or said or patience))
    return Played(turns, patience, found_at, FOUND if found_at else "gave up: patience spent", ())


# What the shop knows


def test_nothing_later_than_now_is_in_the_store_and_the_goal_is_of_the_first_order_after_it(giftware, tmp_path):
    market = open_market(read_purchases(giftware), giftware, tmp_path / "kept", seed=0)
    known = [json.loads(line) for line in (market.people / "events.jsonl").read_text().splitlines()]
    assert len(known) == 24 * 4 * 2  # July to October
    assert all(datetime.fromisoformat(event["at"]) < market.now == TESTED_FROM for event in known)
    assert len(market.goals) == 24  # and not who is new
    lines = [json.loads(line) for line in (giftware / "events.jsonl").read_text().splitlines()]
    for goal in market.goals:
        own = [line for line in lines if line["shopper_id"] == goal.shopper]
        assert goal.product in {line["product_id"] for line in own if "2011-11" in line["at"]}
        assert goal.repeated == (goal.product in {line["product_id"] for line in own if line["at"] < "2011-11"})
    assert {goal.repeated for goal in market.goals} == {True, False}
    assert {goal.paid for goal in market.goals} == {Decimal("2.50")}
    assert market.currency == "GBP"


def test_goals_are_the_same_for_a_seed_and_others_for_another(giftware, tmp_path):
    data = read_purchases(giftware)
    first, again, other = (open_market(data, giftware, tmp_path / "kept", seed).goals for seed in (0, 0, 1))
    assert first == again
    assert first != other


def test_of_sequences_the_last_is_the_goal_and_no_price_is_real(tmp_path):
    folder = sequences(tmp_path / "thing")
    data = read_purchases(folder)
    market = open_market(data, folder, tmp_path / "kept", seed=0)
    known: dict[str, list[str]] = {}
    for line in (market.people / "events.jsonl").read_text().splitlines():
        event = json.loads(line)
        assert datetime.fromisoformat(event["at"]) < market.now
        known.setdefault(event["shopper_id"], []).append(event["product_id"])
    rows = [line.split() for line in (folder / "sequences.txt").read_text().splitlines()]
    for goal in market.goals:
        *before, last = [str(int(item) - 1) for item in rows[int(goal.shopper)][1:]]
        assert (known[goal.shopper], goal.product) == (before, last)
    assert market.currency is None
    assert all(goal.paid is None for goal in market.goals)


# What a shopper calls a product


@pytest.mark.parametrize(
    ("title", "kind", "details"),
    [
        ("Red Owl Lunch Bag", "lunch bag", ("red", "owl")),
        ("Lunch Bag Spaceboy Design", "lunch bag", ("spaceboy",)),
        ("Set Of 6 Rose Candles In Bowl", "candles", ("rose", "bowl")),
        ("Mug Red Retrospot", "mug", ("red", "retrospot")),
    ],
)
def test_the_kind_is_the_thing_and_not_its_print_or_colour(title, kind, details):
    shop = [product(one) for one in (*titles(), *titles(), title)]
    found = Vocabulary(shop).spoken(product(title))
    assert (found.kind, found.details) == (kind, details)


def test_of_a_shop_with_types_the_type_is_the_kind_and_the_brand_is_a_word():
    found = Vocabulary([]).spoken(product("OPI Red Shatter Polish", product_type="Makeup > Nail Polish", brand="OPI"))
    assert (found.kind, found.details) == ("nail polish", ("opi", "red", "shatter"))


def test_nobody_says_a_title_in_full():
    for title in titles():
        for number in range(10):
            one = drawn(title, number, vagueness="two words more", patience=8)
            shopper = Shopper(one)
            while (message := shopper.says()) and shopper.turn < 8:
                said = set(message.text.casefold().replace("?", "").replace(",", "").split())
                assert not {word.casefold() for word in title.split()} <= said
                shopper.looks([card(f"X{shopper.turn}")])


def test_words_that_do_not_stand_in_the_goal_are_told():
    assert stands_in("red bags", product())
    assert not stands_in("blue bag", product())


# What a shopper does


def test_half_begin_with_the_kind_alone_and_half_with_a_word_more():
    opens = [drawn(number=number).opens_with for number in range(200)]
    assert set(opens) == {0, 1}
    assert 80 < sum(opens) < 120
    assert {drawn(number=n, vagueness="kind alone").opens_with for n in range(20)} == {0}


def test_who_asks_for_ideas_first_names_the_kind_after_that():
    shopper = Shopper(drawn(vagueness="ideas first"))
    first = shopper.says()
    shopper.looks([card("X")])
    second = shopper.says()
    assert (first.move, first.plan.calls) == ("ideas", [{"tool": "recommend"}])
    assert (second.move, second.thing) == ("open", "lunch bag")


def test_patience_is_drawn_and_a_budget_is_above_what_was_paid():
    shoppers = [drawn(number=number, paid=Decimal("2.50")) for number in range(300)]
    assert {one.patience for one in shoppers} == set(range(PATIENCE[0], PATIENCE[1] + 1))
    budgets = [one.budget for one in shoppers if one.budget]
    assert 70 < len(budgets) < 130
    assert {budget.amount for budget in budgets} == {3, 4}  # round, and above 2.75
    assert all(drawn(number=number).budget is None for number in range(50))


def test_a_shopper_gets_more_specific_and_gives_up_when_patience_is_spent():
    shopper = Shopper(drawn(patience=3))
    said = []
    while not shopper.gives_up():
        said.append(shopper.says())
        shopper.looks([card(f"X{len(said)}")])
    assert len(said) == 3
    assert shopper.gives_up() == "patience spent"
    things = [message.thing for message in said]
    assert all(len(later.split()) >= len(before.split()) for before, later in pairwise(things))


def test_a_shopper_gives_up_when_nothing_new_is_shown_twice():
    shopper = Shopper(drawn(patience=8))
    for shown, why in ((["X"], ""), (["X"], ""), (["X", "Y"], ""), (["Y"], "nothing new twice")):
        shopper.says()
        assert not shopper.looks([card(group) for group in shown])
        assert shopper.gives_up() == why


def test_a_shopper_recognizes_the_goal_by_its_group():
    shopper = Shopper(drawn())
    assert not shopper.looks([card("X")])
    assert shopper.looks([card("X"), card("P")])


def test_what_is_all_too_dear_is_answered_with_the_budget():
    rich = [one for number in range(60) if (one := drawn(number=number, paid=Decimal("2.50"))).budget]
    moves = set()
    for one in rich:
        shopper = Shopper(replace(one, says_budget=False))
        shopper.says()
        shopper.looks([card("X", "90.00 GBP")])
        message = shopper.says()
        moves.add(message.move)
        assert message.move != "limit" or f"£{one.budget.amount:.0f}" in message.text
    assert moves == {"limit", "cheaper"}


def test_after_nothing_was_shown_other_words_are_tried_and_the_old_ones_dropped():
    shopper = Shopper(drawn("Red Owl Big Lunch Bag", vagueness="two words more"))
    first = shopper.says()
    shopper.looks([])
    again = shopper.says()
    assert (len(first.thing.split()), len(again.thing.split())) == (4, 3) or again.move == "ideas"


def test_two_who_are_shown_the_same_say_the_same():
    def told(one):
        shopper, said = Shopper(one), []
        for turn in range(3):
            said.append(shopper.says().text)
            shopper.looks([card(f"X{turn}")])
        return said

    one = drawn("Big Red Owl Rose Spotty Lunch Bag", 5)
    assert told(one) == told(replace(one, patience=8))  # what it says does not depend on patience
    assert told(one) != told(drawn("Big Red Owl Rose Spotty Lunch Bag", 6))


def test_every_move_has_many_wordings_and_a_wrong_one_is_refused():
    ways = wording().model_dump()
    assert len(ways["open"]) >= 20 and len(ways["narrow"]) >= 10 and len(ways["other"]) >= 8
    with pytest.raises(ValueError, match="title"):
        Wording.model_validate(ways | {"open": ["a {title}"]})
    assert (several("mug"), several("gift box"), several("candles"), several("candy")) == (
        "mugs", "gift boxes", "candles", "candies",
    )  # fmt: skip


# Faults of the simulation


def test_faults_of_goals_are_told_apart(search):
    assert of_goal("NIX", search.catalogue) == GONE
    assert of_goal("J3", search.catalogue) == SOLD_OUT
    assert of_goal("M1", search.catalogue) == ""


def test_a_budget_below_the_price_and_a_title_without_a_word_are_faults():
    one = drawn()
    assert of_persona(one) == ""
    assert of_persona(replace(one, budget=Money.parse("2.40 GBP"))) == DEAR
    assert of_persona(replace(one, budget=Money.parse("2.50 GBP"))) == ""
    assert of_persona(replace(one, kind="")) == NO_WORD


@pytest.mark.parametrize(
    ("text", "thing", "said", "faults"),
    [
        ("a red lunch bag", "red lunch bag", ["a lunch bag"], []),
        ("A red lunch bag", "red lunch bag", ["a red lunch bag"], [REPEATED]),
        ("a blue lunch bag", "blue lunch bag", [], [WORDED]),  # it is red
        ("a bag", "red lunch bag", [], [WORDED]),  # left out what was to be said
        ("the Red Owl Lunch Bag", "red owl lunch bag", [], [WORDED]),  # in full
    ],
)
def test_faults_of_messages(text, thing, said, faults):
    assert of_message(drawn(), Message("narrow", text, thing, ""), said) == faults


def test_a_shopper_with_a_fault_in_either_arm_is_left_out_of_both():
    good, bad = played(1), replace(played(1), faults=(REPEATED,))
    pairs = [Pair(drawn(), good, good), Pair(drawn(), good, bad), Pair(drawn(), bad, good)]
    assert sound(pairs) == pairs[:1]


# Figures


def test_found_turns_and_patience_are_counted_by_hand():
    pairs = [
        Pair(drawn(), played(3), played(1)),
        Pair(drawn(), played(), played(2)),
        Pair(drawn(), played(2), played(2)),
        Pair(drawn(), played(), played()),
    ]
    found = compared(pairs)
    assert (found["a"]["found"]["mean"], found["b"]["found"]["mean"]) == (0.5, 0.75)
    assert found["found_gain"]["relative"] == 0.5
    assert (found["found_gain"]["only_a"], found["found_gain"]["only_b"]) == (0, 1)
    assert (found["a"]["turns"]["mean"], found["b"]["turns"]["mean"]) == (15 / 4, 10 / 4)  # 3+5+2+5, 1+2+2+5
    assert found["turns_gain"]["relative"] == pytest.approx(1 / 3, abs=1e-4)
    assert (found["a"]["turns_of_found"]["mean"], found["b"]["turns_of_found"]["mean"]) == (2.5, 1.6667)
    assert (found["a"]["patience"]["mean"], found["b"]["patience"]["mean"]) == (3 / 4, 7 / 4)  # 1+2, 3+2+2
    assert found["patience_gain"]["relative"] == pytest.approx(4 / 3, abs=1e-4)
    assert found["turns_gain_found_in_both"] == {"relative": 0.4, "shoppers": 2} | {
        key: found["turns_gain_found_in_both"][key] for key in ("interval", "p")
    }
    assert found["b"]["found_by_turn"] == [0.25, 0.75]
    assert found["first_message_gain"]["relative"] is None  # nobody with a
    assert (found["a"]["gave_up"], found["a"]["gave_up_why"]) == (0.5, {"patience spent": 2})


def test_what_comes_of_each_move_is_counted():
    turns = [("open", ("X", "Y")), ("other", ("Y",)), ("other", ()), ("narrow", ("Y", "P"))]
    told = tuple(Turn(move, f"m{n}", (), shown, (), 0, "answered", "") for n, (move, shown) in enumerate(turns))
    assert moves([Played(told, 4, 4, FOUND, ())]) == {
        "open": {"said": 1, "no_card": 0, "nothing_new": 0, "found": 0},
        "other": {"said": 2, "no_card": 1, "nothing_new": 2, "found": 0},
        "narrow": {"said": 1, "no_card": 0, "nothing_new": 0, "found": 1},
    }


def test_less_patience_is_the_same_conversation_cut():
    found, lost = played(3, patience=8), played(patience=8, said=2)
    assert (found.within(2).found_at, found.within(2).ended) == (None, "gave up: patience spent")
    assert (found.within(4).found_at, found.within(4).patience_left) == (3, 1)
    assert (found.within(2).spent, len(found.within(2).turns)) == (3, 2)
    assert lost.within(4).ended == lost.ended


def test_mcnemar_is_the_exact_test_of_those_who_differ():
    a, b = [True] * 5 + [False] * 6, [True] * 5 + [True] * 6
    assert mcnemar(a, b) == {"only_a": 0, "only_b": 6, "p": round(2 / 2**6, 6)}
    assert mcnemar(a, a)["p"] == 1.0


def test_the_bootstrap_is_paired_and_over_shoppers():
    rng = np.random.default_rng(0)
    a = rng.integers(1, 100, 400).astype(float)
    same = gain(a, a * 1.2)
    assert same["interval"] == [
        0.2,
        0.2,
    ]  # whoever is drawn gains as much: it is the shopper that is drawn, in both arms
    assert same["p"] < 0.001
    unpaired = gain(a, rng.permutation(a))
    assert unpaired["interval"][0] < 0 < unpaired["interval"][1]
    assert unpaired["p"] > 0.05
    assert gain([4.0, 4.0], [3.0, 3.0], fewer=True)["relative"] == 0.25
    assert gain([0.0, 0.0], [1.0, 1.0])["relative"] is None
    assert gain([], [])["relative"] is None
    assert mean_interval([1.0, 1.0]) == {"mean": 1.0, "interval": [1.0, 1.0]}


def test_p_of_sign_flips_is_that_of_all_of_them():
    assert flipped(np.zeros(6), np.ones(6)) == pytest.approx(2 / 2**6, abs=0.006)
    assert flipped(np.zeros(4), np.zeros(4)) == 1.0


# Arms


def test_an_arm_is_read_and_a_wrong_one_says_what_there_is():
    assert str(read_arm(" strength = 0 , recommender=none")) == "strength=0,recommender=none"
    for text in ("strength", "colour=red", ""):
        with pytest.raises(ShopError, match="strength=0"):
            read_arm(text)


def test_a_setting_changes_the_app_and_a_wrong_value_is_refused(tiny_app):
    assert read_arm("strength=0.2").of(tiny_app).shop.settings.personalization.strength == 0.2
    assert read_arm("strength=default").of(tiny_app).shop.settings.personalization.strength == 0.5
    assert read_arm("recommender=none").of(tiny_app).settings.data_dir != tiny_app.settings.data_dir
    for text, message in (("strength=2", "0 to 1"), ("strength=much", "0 to 1"), ("recommender=old", "trained")):
        with pytest.raises(ShopError, match=message):
            read_arm(text).of(tiny_app)


# The whole


@pytest.fixture
def stage(settings, giftware, tmp_path):
    with opened(settings, asked(giftware, tmp_path), ToyEncoder(), None, False) as stage:
        yield stage


def test_both_arms_have_the_history_and_only_one_is_personal(stage):
    personas, _ = stage.drawn(6, "kind alone", 2)
    pairs = stage.played(personas, None, "", False)
    first = [(pair.a.turns[0], pair.b.turns[0]) for pair in pairs]
    assert all(a.say == b.say and a.tools == b.tools == ("search_products",) for a, b in first)
    assert all(a.personal == 0 for a, _ in first)
    assert any(b.personal for _, b in first)
    assert any(a.shown != b.shown for a, b in first)
    for app in stage.arms:
        assert app.assistant.services.ranking.strength in (0.0, 0.5)
        assert app.assistant.services.ranking._recommender.trained(stage.market.now)
        assert app.shoppers.last_event_at() < TESTED_FROM == app.assistant.services.clock()


def test_what_is_found_was_on_a_card(stage):
    personas, _ = stage.drawn(12, "as drawn", None)
    pairs = stage.played(personas, None, "", False)
    assert any(pair.a.ended == FOUND and pair.b.ended == FOUND for pair in pairs)
    for pair in pairs:
        for one in (pair.a, pair.b):
            held = [pair.persona.product.group_id in turn.shown for turn in one.turns]
            assert one.found_at == (held.index(True) + 1 if True in held else None)
            assert len(one.turns) <= one.patience


def test_an_assistant_that_breaks_has_failed_and_no_shopper_is_at_fault(stage, monkeypatch):
    one = stage.drawn(1, "as drawn", 3)[0][0]

    def broken(conversation, text):
        raise RuntimeError("down")

    monkeypatch.setattr(talking.Talk, "say", broken)
    found = play(stage.arms[0], one, stage.planner)
    assert [turn.failure for turn in found.turns] == ["error", "error"]
    assert (found.ended, found.faults) == ("gave up: nothing new twice", ())


def test_without_a_recommender_the_arm_has_none(settings, giftware, tmp_path):
    with opened(settings, asked(giftware, tmp_path, a="recommender=none"), ToyEncoder(), None, False) as stage:
        trained = [app.assistant.services.ranking._recommender.trained(stage.market.now) for app in stage.arms]
    assert trained == [False, True]


def test_the_figures_have_all_keys_and_the_conversations_are_kept(settings, giftware, tmp_path, capsys):
    found = bench_simulate(
        settings, asked(giftware, tmp_path, shoppers=10, sensitivity=True), encoder=ToyEncoder(), progress=False
    )
    assert {
        "data", "simulated", "shoppers", "a", "b", "found_gain", "turns_gain", "patience_gain", "gave_up",
        "simulator_faults", "seconds",
    } <= set(found)  # fmt: skip
    assert (found["data"], found["simulated"], found["a"]["settings"]) == ("gifts", True, "strength=0")
    assert all(
        {"relative", "interval", "p"} <= set(found[key]) for key in ("found_gain", "turns_gain", "patience_gain")
    )
    assert found["shoppers"] + sum(found["simulator_faults"].values()) >= 10
    assert found["goals"]["new"]["a"]["shoppers"] + found["goals"]["repeated"]["a"]["shoppers"] == found["shoppers"]
    assert len(found["sensitivity"]) == 16
    assert "no language model is measured" in found["measured"]
    told = [json.loads(line) for line in (tmp_path / "out" / "conversations.jsonl").read_text().splitlines()]
    assert {(line["arm"], line["simulated"]) for line in told} == {("a", True), ("b", True)}
    assert len(told) == 20
    assert "SIMULATED" in (said := capsys.readouterr().err) and "no language model is measured" in said
    assert (tmp_path / "out" / "found.svg").stat().st_size > 5_000
    again = bench_simulate(settings, asked(giftware, tmp_path, shoppers=10), encoder=ToyEncoder(), progress=False)
    assert again["found_gain"] == found["found_gain"]


def test_an_arm_against_itself_gains_nothing(settings, giftware, tmp_path):
    same = asked(giftware, tmp_path, shoppers=8, a="strength=default")
    found = bench_simulate(settings, same, encoder=ToyEncoder(), progress=False)
    assert (found["found_gain"]["relative"], found["found_gain"]["p"]) == (0.0, 1.0)
    assert (found["turns_gain"]["relative"], found["patience_gain"]["relative"]) == (0.0, 0.0)


# Words of a model


def test_a_model_words_the_messages_without_the_title_and_both_arms_hear_the_same():
    chat = scripted([AIMessage('"got red lunch bags?"')]).chat
    worded = Worded(chat)
    one = drawn()
    message = Message("narrow", "a red lunch bag", "red lunch bag", "")
    first, second = (worded(one, message, "a bag") for _ in range(2))
    assert first == second == replace(message, text="got red lunch bags?")
    assert first.plan.calls == [{"tool": "search_products", "query": "got red lunch bags?"}]
    assert len(chat.requests) == 1
    prompt = chat.requests[0][0].text
    assert "red lunch bag" in prompt and "a bag" in prompt and "simulated" in prompt
    assert "Owl" not in prompt and "owl" not in prompt


def test_words_by_a_model_need_an_endpoint(settings, giftware, tmp_path):
    with pytest.raises(ShopError, match="ONEVOICE_LLM_BASE_URL"):
        bench_simulate(settings, asked(giftware, tmp_path, worded=True), encoder=ToyEncoder(), progress=False)


def test_a_language_model_that_plans_is_named(settings, giftware, tmp_path):
    chat = ObeyingModel(native=False)
    model = scripted([])
    model = replace(model, chat=chat, name="some model")
    found = bench_simulate(
        settings, asked(giftware, tmp_path, model=True, shoppers=2), encoder=ToyEncoder(), model=model, progress=False
    )
    assert "some model" in found["measured"]
    assert "no language model" not in found["measured"]


def test_the_command_prints_one_json_object_last(settings, giftware, tmp_path, monkeypatch):
    seen = []
    commands = importlib.import_module("assistant.cli.bench")  # the package holds the commands by this name
    monkeypatch.setattr(commands, "load_settings", lambda **given: settings)
    monkeypatch.setattr(simulated, "bench_simulate", lambda settings, asked: seen.append(asked) or {"simulated": True})
    result = CliRunner().invoke(
        cli,
        [
            "bench",
            "simulate",
            "--data",
            str(giftware),
            "--a",
            "strength=0.1",
            "--shoppers",
            "7",
            "--out",
            str(tmp_path),
        ],
    )
    assert json.loads(result.stdout.splitlines()[-1]) == {"simulated": True}
    assert (str(seen[0].a), str(seen[0].b), seen[0].shoppers, seen[0].data) == (
        "strength=0.1",
        "strength=default",
        7,
        giftware,
    )
    assert "simulated" in CliRunner().invoke(cli, ["bench", "simulate", "--help"]).stdout.casefold()
