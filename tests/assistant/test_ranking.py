"""What is shown first and suggested, to whom and why: relevance, taste, stated wishes, and what was bought or refused."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest
from scipy.sparse import diags

from assistant.ranking import ALIKE, KIND, TASTE, Ranking
from assistant.recommender import Recommender
from assistant.taste.blend import Blend
from assistant.taste.files import save
from assistant.taste.fitted import Fitted
from assistant.taste.methods import Methods
from assistant.taste.neighbours import Neighbours
from index.build import Index
from index.filters import Filters
from index.search import Candidate
from index.shop import read_shop
from tests.conftest import NOW, rows, write_jsonl, write_shop
from tests.toys import ToyEncoder

SOAP = "Cold pressed olive soap with rosemary and lavender, cured for forty days in a cellar."
MORE = [  # three of one type in words of their own, three of one text under different types, and two pairs of twins
    ("L1", "Ivory Lantern", "Burns paraffin slowly.", "Lamps"),
    ("L2", "Clip Spotlight", "Reads beside your bed.", "Lamps"),
    ("L3", "Kelp Torch", "Shines under oceans.", "Lamps"),
    ("S1", "Olive Soap", SOAP, "Bath"),
    ("S2", "Olive Soap Bar", SOAP, "Gifts"),
    ("S3", "Olive Soap Block", SOAP, "Laundry"),
    ("T1", "Nettle Broom", "", "Sweeping"),
    ("T2", "Nettle Brush", "", "Scrubbing"),
    ("U1", "Osier Ladle", "", "Pouring"),
    ("U2", "Osier Spoon", "", "Stirring"),
]


@pytest.fixture(autouse=True)
def any_likeness_tells(monkeypatch):
    """The toy encoder's cosines are low; and taste weighs as much as a trained one, so that what it does can be seen."""
    monkeypatch.setattr("assistant.ranking.LIKE", -1.0)
    monkeypatch.setattr("assistant.ranking.UNTRAINED_TASTE", TASTE)


@pytest.fixture(scope="module")
def wide(tmp_path_factory):
    """The tiny shop with `MORE` in it, searched."""
    folder = tmp_path_factory.mktemp("wide")
    shop = write_shop(folder / "shop")
    more = [
        {"id": key, "title": title, "description": text, "product_type": kind, "price": "20.00 EUR", "quantity": 5}
        for key, title, text, kind in MORE
    ]
    write_jsonl(shop / "products.jsonl", [*rows(), *more])
    index = Index(read_shop(shop), ToyEncoder(), folder / "index")
    index.build(progress=False)
    search = index.open()
    yield search
    search.close()


@pytest.fixture
def did(shoppers, clock):
    """did(shopper, (kind, product, days ago), …) keeps what happened then."""

    def keep(who, *happened):
        for kind, product, days in happened:
            clock.now = NOW - timedelta(days=days)
            shoppers.record(who, kind, product)
        clock.now = NOW

    return keep


@pytest.fixture
def open_ranking(shop, search, shoppers):
    def make(strength=None, over=search):
        return Ranking(shop, over, shoppers, Recommender(over, shoppers), strength)

    return make


@pytest.fixture
def ranking(open_ranking):
    return open_ranking()


@pytest.fixture
def found(search):
    """found(J1=1.0, M1=0.9, exact="M1") is what a search has found."""

    def make(exact="", **relevance):
        products = search.catalogue.products
        named = {"J1": "J1-S-Blue"}
        return [Candidate(products[named.get(key, key)], score, exact=key == exact) for key, score in relevance.items()]

    return make


def groups(ranked):
    return [row.candidate.product.group_id for row in ranked]


def reasons(ranked):
    """Group → the product that is the reason, None where there is none."""
    return {row.candidate.product.group_id: row.because and row.because.product_id for row in ranked}


def profile_of(ranking, shoppers, who):
    return ranking.profile(shoppers.get(who), NOW)


def ranked_for(profile, ranking, candidates):
    """What is shown of a search, with reasons."""
    return ranking.explained(ranking.rank(candidates, profile), profile)


def suggested_to(profile, ranking):
    """What is suggested, with reasons."""
    return ranking.explained(ranking.recommend(Filters(), profile, NOW, 9), profile)


def test_at_strength_0_everybody_sees_the_order_of_relevance(open_ranking, shop, shoppers, did, found):
    did("ada", ("purchase", "M2", 3))
    shoppers.dismiss("ada", "J1")
    candidates = found(J1=1.0, B1=0.9, M1=0.8)
    assert groups(open_ranking().rank(candidates, profile_of(open_ranking(), shoppers, "ada"))) == ["M1", "B1", "J1"]
    shop.settings.personalization.strength = 0.0
    for ranking in (open_ranking(), open_ranking(0.0)):
        guest = groups(ranking.recommend(Filters(), None, NOW, 4))
        for who in ("ada", "ben", "kit"):
            profile = profile_of(ranking, shoppers, who)
            assert profile is None
            assert groups(ranking.rank(candidates, profile)) == ["J1", "B1", "M1"]
            assert groups(ranking.recommend(Filters(), profile, NOW, 4)) == guest


def test_a_guest_and_one_who_has_opted_out_have_no_profile(ranking, shoppers, did):
    did("ada", ("purchase", "M2", 3))
    assert ranking.profile(None, NOW) is None
    assert profile_of(ranking, shoppers, "kit") is None
    shoppers.remember("ada", "personalization", "false")
    assert profile_of(ranking, shoppers, "ada") is None
    shoppers.remember("ada", "personalization", "true")
    assert [event.product_id for event in profile_of(ranking, shoppers, "ada").events] == ["M2"]


@pytest.mark.parametrize(
    ("shops", "own", "strength"),
    [
        (0.5, None, 0.5), (0.5, 0.2, 0.2), (0.5, "0.8", 0.8), (0.5, 7, 1.0), (1.0, 0.0, None), (0.5, -3, None),
        (0.0, 0.9, None), (0.0, None, None),
    ],
)  # fmt: skip
def test_a_shoppers_own_strength_counts_unless_the_shops_is_0(open_ranking, shoppers, shops, own, strength):
    shopper = replace(shoppers.get("ada"), preferences={} if own is None else {"strength": own})
    profile = open_ranking(shops).profile(shopper, NOW)
    assert strength == (profile and profile.strength)


def test_the_stronger_it_is_the_more_relevance_taste_outweighs(ranking, shoppers, did, found):
    did("ada", ("purchase", "M2", 3))
    for own, order in (("0.1", ["J1", "M1"]), ("0.4", ["M1", "J1"])):
        shoppers.remember("ada", "strength", own)
        assert groups(ranking.rank(found(J1=1.0, M1=0.5), profile_of(ranking, shoppers, "ada"))) == order


def test_ranking_changes_the_order_alone(ranking, shoppers, did, found):
    did("ada", ("purchase", "M2", 3))
    candidates = found(J1=1.0, J2=0.9, B1=0.8, M1=0.7)
    ranked = ranking.rank(candidates, profile_of(ranking, shoppers, "ada"))
    assert {id(row.candidate) for row in ranked} == {id(candidate) for candidate in candidates}
    assert len(ranked) == len(candidates) and not any(row.sponsored for row in ranked)
    assert ranking.rank([], profile_of(ranking, shoppers, "ada")) == []


@pytest.mark.parametrize(
    ("kind", "days", "tells"),
    [("purchase", 290, True), ("purchase", 310, False), ("view", 175, True), ("view", 190, False)],
)
def test_what_was_long_ago_says_nothing(ranking, shoppers, did, found, kind, days, tells):
    did("ada", (kind, "M2", days), (kind, "J2", days))
    profile = profile_of(ranking, shoppers, "ada")
    assert (len(profile.events), profile.likely is not None) == ((2, True) if tells else (0, False))
    ranked = ranked_for(profile, ranking, found(B1=1.0, M1=0.5))
    assert groups(ranked) == (["M1", "B1"] if tells else ["B1", "M1"])
    assert reasons(ranked)["M1"] == ("M2" if tells else None)


def test_what_was_long_ago_adds_nothing_to_what_is_fresh(ranking, shoppers, did):
    did("ada", ("purchase", "J2", 310), ("view", "B1", 190), ("purchase", "M2", 3))
    profile = profile_of(ranking, shoppers, "ada")
    assert [event.product_id for event in profile.events] == ["M2"]
    told = reasons(suggested_to(profile, ranking))
    assert told["M1"] == "M2" and not {"J2", "B1"} & set(told.values())


def test_what_was_bought_long_ago_is_still_not_suggested(ranking, shoppers, did):
    assert "M2" in groups(ranking.recommend(Filters(), profile_of(ranking, shoppers, "ada"), NOW, 9))
    did("ada", ("view", "M1", 700), ("purchase", "M2", 600))
    profile = profile_of(ranking, shoppers, "ada")
    suggested = groups(ranking.recommend(Filters(), profile, NOW, 9))
    assert profile.events == () and "M2" not in suggested and "M1" in suggested


@pytest.mark.parametrize(
    ("happened", "tells"),
    [
        ([("view", "M2", 80)], True),
        ([("view", "M2", 100)], False),
        ([("view", "M2", 100), ("view", "J2", 100)], True),
        ([("cart", "M2", 155)], True),
        ([("cart", "M2", 170)], False),
        ([("purchase", "M2", 200)], True),
        ([("purchase", "M2", 220)], False),
        ([], False),
    ],
)
def test_thin_evidence_says_nothing(ranking, shoppers, did, happened, tells):
    did("ada", *happened)
    profile = profile_of(ranking, shoppers, "ada")
    assert len(profile.events) == (len(happened) if tells else 0)
    assert (profile.likely is not None) is tells


def test_what_is_yet_to_come_and_what_is_no_longer_sold_say_nothing(ranking, shoppers, did):
    did("ada", ("purchase", "GONE", 5), ("purchase", "M2", 4), ("purchase", "J2", -1))
    profile = profile_of(ranking, shoppers, "ada")
    assert [event.product_id for event in profile.events] == ["M2"] and profile.bought == {"M2"}


def test_what_was_bought_of_a_sensitive_kind_gives_no_taste_but_is_not_suggested_again(
    open_ranking, shop, shoppers, did, found
):
    did("ada", ("purchase", "B1", 3))
    candidates = found(J2=1.0, B2=0.6)
    plain = open_ranking()
    assert groups(plain.rank(candidates, profile_of(plain, shoppers, "ada"))) == ["B2", "J2"]
    shop.settings.sensitive = ["bags"]
    ranking = open_ranking()
    profile = profile_of(ranking, shoppers, "ada")
    assert profile.events == () and profile.likely is None
    ranked = ranked_for(profile, ranking, candidates)
    assert groups(ranked) == ["J2", "B2"] and set(reasons(ranked).values()) == {None}
    assert "B1" not in groups(ranking.recommend(Filters(), profile, NOW, 9))


def test_a_product_of_a_sensitive_kind_is_lifted_by_no_taste_and_given_no_reason(
    open_ranking, shop, shoppers, did, found
):
    did("ada", ("purchase", "W1", 3))
    candidates = found(J2=1.0, B2=0.9, M1=0.8)
    plain = open_ranking()
    ranked = ranked_for(profile_of(plain, shoppers, "ada"), plain, candidates)
    assert groups(ranked)[0] == "B2" and reasons(ranked)["B2"] == "W1"
    shop.settings.sensitive = ["bags"]
    ranking = open_ranking()
    profile = profile_of(ranking, shoppers, "ada")
    ranked = ranked_for(profile, ranking, candidates)
    assert groups(ranked) == ["M1", "J2", "B2"]
    assert reasons(ranked)["M1"] == "W1" and reasons(ranked)["B2"] is None
    assert reasons(suggested_to(profile, ranking))["B2"] is None


def test_what_is_refused_comes_last_and_is_never_suggested(ranking, shoppers, did, found):
    did("ada", ("purchase", "M2", 3))
    candidates = found(M1=1.0, J1=0.5, B1=0.01)
    before = profile_of(ranking, shoppers, "ada")
    assert groups(ranking.rank(candidates, before))[0] == "M1"
    assert groups(ranking.recommend(Filters(), before, NOW, 9))[0] == "M1"
    shoppers.dismiss("ada", "M1")
    profile = profile_of(ranking, shoppers, "ada")
    ranked = ranked_for(profile, ranking, candidates)
    assert groups(ranked)[-1] == "M1" and reasons(ranked)["M1"] is None
    assert "M1" not in groups(ranking.recommend(Filters(), profile, NOW, 9))
    assert ranking.recommend(Filters(product_type=("Mugs",)), profile, NOW, 9) == []
    assert "M1" in groups(ranking.recommend(Filters(), profile_of(ranking, shoppers, "ben"), NOW, 9))
    shoppers.undismiss("ada", "M1")
    assert groups(ranking.recommend(Filters(), profile_of(ranking, shoppers, "ada"), NOW, 9))[0] == "M1"


def test_one_variant_that_was_refused_or_bought_stands_for_all_of_its_group(ranking, shoppers, did):
    did("ada", ("purchase", "J1-S-Blue", 3))
    shoppers.dismiss("ben", "J1")
    for who in ("ada", "ben"):
        assert "J1" not in groups(ranking.recommend(Filters(), profile_of(ranking, shoppers, who), NOW, 9))
    assert "J1" in groups(ranking.recommend(Filters(), None, NOW, 9))


@pytest.mark.parametrize("days", [2, 400])
def test_what_was_bought_is_found_and_no_taste_lifts_or_sinks_it(ranking, shoppers, did, found, days):
    did("ada", ("purchase", "M1", days), ("purchase", "M2", 3))
    ranked = ranked_for(profile_of(ranking, shoppers, "ada"), ranking, found(M1=0.9, J1=0.8, M2=0.7))
    assert groups(ranked) == ["M1", "J1", "M2"]  # nothing tells yet what is bought again
    assert reasons(ranked)["M2"] is None


@pytest.mark.parametrize("refused", [False, True])
def test_what_is_asked_for_by_name_stays_first(ranking, shoppers, did, found, refused):
    did("ada", ("purchase", "M2", 3))
    if refused:
        shoppers.dismiss("ada", "J2")
    profile = profile_of(ranking, shoppers, "ada")
    assert groups(ranking.rank(found(J2=0.1, B1=0.5, M1=1.0), profile))[-1] == "J2"
    ranked = ranking.rank(found(J2=0.1, B1=0.5, M1=1.0, exact="J2"), profile)
    assert groups(ranked) == ["J2", "M1", "B1"]


def test_what_is_sold_out_comes_after_what_is_in_stock(ranking, shoppers, did, found):
    did("ada", ("purchase", "J2", 3), ("view", "J1-S-Red", 3))
    profile = profile_of(ranking, shoppers, "ada")
    assert groups(ranking.rank(found(J3=1.0, B1=0.2, M1=0.1), profile))[-1] == "J3"
    assert groups(ranking.rank(found(B1=0.9, J3=0.1, exact="J3"), profile))[0] == "J3"
    suggested = groups(ranking.recommend(Filters(), profile, NOW, 9))
    assert suggested[-1] == "J3"
    assert "J3" not in groups(ranking.recommend(Filters(in_stock=True), profile, NOW, 9))


def test_suggestions_meet_the_filters_and_are_no_more_than_asked_for(ranking, shoppers, did):
    did("ada", ("purchase", "M2", 3))
    for who in ("ada", "ben"):
        profile = profile_of(ranking, shoppers, who)
        cheap = ranking.recommend(Filters(max_price=Decimal(60)), profile, NOW, 9)
        assert set(groups(cheap)) == {"B1", "B2", "M1", "M2"} - profile.bought
        (red,) = ranking.recommend(Filters(color=("Red",)), profile, NOW, 9)
        assert red.candidate.product.id == "J1-S-Red"
        assert len(ranking.recommend(Filters(), profile, NOW, 3)) == 3
        assert ranking.recommend(Filters(max_price=Decimal(1)), profile, NOW, 3) == []


def test_a_reason_is_the_event_without_which_the_product_is_least_likely(ranking, search, shoppers, did, clock):
    happened = (("purchase", "M2", 40), ("cart", "J2", 20), ("view", "B1", 5), ("view", "W1", 4))
    did("ada", *happened)
    recommender = Recommender(search, shoppers)
    whole = recommender.likely(shoppers.events("ada"), NOW)
    ranked = suggested_to(profile_of(ranking, shoppers, "ada"), ranking)
    falls = {}
    for kind, product, days in happened:
        (event,) = [event for event in shoppers.events("ada") if event.product_id == product]
        assert shoppers.forget_event("ada", event)
        falls[product] = whole - recommender.likely(shoppers.events("ada"), NOW)
        did("ada", (kind, product, days))
    told = {group: reason for group, reason in reasons(ranked).items() if reason}
    assert {group: told[group] for group in ("M1", "J1", "B2")} == {"M1": "M2", "J1": "J2", "B2": "B1"}
    for group, reason in told.items():
        row = recommender.row(group)
        others = {product: fall[row] for product, fall in falls.items() if product != group}
        assert reason == max(others, key=others.get) and others[reason] > 0
    assert {row.because.type for row in ranked if row.because and row.because.product_id == "J2"} == {"cart"}


def test_a_product_is_not_the_reason_for_itself(ranking, shoppers, did, found):
    did("ada", ("view", "M1", 3))
    ranked = ranked_for(profile_of(ranking, shoppers, "ada"), ranking, found(M1=1.0, M2=0.9))
    assert reasons(ranked) == {"M1": None, "M2": "M1"}
    did("ada", ("view", "J1-S-Red", 2))
    ranked = ranked_for(profile_of(ranking, shoppers, "ada"), ranking, found(J1=1.0, J2=0.9))
    assert reasons(ranked)["J2"] == "J1-S-Red"
    assert reasons(ranked)["J1"] != "J1-S-Red"  # another variant is no other product


def test_what_is_bought_again_is_suggested_again_and_is_no_reason_for_itself(shop, search, shoppers, did, tmp_path):
    products = search.catalogue.products
    row = {group: number for number, group in enumerate(search.groups)}
    times = np.array([0.5 if group in ("J1", "M2") else 0.0 for group in search.groups], dtype=np.float32)
    fitted = Fitted(Methods({"again": Neighbours(diags(times).tocsr(), 1.0)}), Blend((("again", 1.0, 1.0),)))
    save(fitted, search.groups, tmp_path / "taste", {})
    recommender = Recommender(search, shoppers, tmp_path / "taste")
    ranking = Ranking(shop, search, shoppers, recommender)
    did("ada", ("purchase", "J1-L-Red", 9), ("purchase", "B1", 8), ("purchase", "M2", 7))
    profile = profile_of(ranking, shoppers, "ada")
    assert profile.bought == {"B1"} and {products[event.product_id].group_id for event in profile.events} > {"B1"}
    suggested = ranking.recommend(Filters(), profile, NOW, 9)
    assert set(groups(suggested)[:2]) == {"J1", "M2"} and "B1" not in groups(suggested)
    assert suggested[groups(suggested).index("J1")].candidate.product.id != "J1-L-Red"
    for group in ("J1", "M2"):
        assert recommender.without(profile.events, [row[group]], NOW)[0, row[group]] < profile.likely[row[group]]
    told = reasons(ranking.explained(suggested, profile))
    assert told["J1"] is None and told["M2"] is None


def test_what_a_campaign_has_put_in_its_place_has_no_reason_but_that(ranking, shoppers, did, found):
    did("ada", ("purchase", "M2", 3))
    profile = profile_of(ranking, shoppers, "ada")
    (shown,) = ranking.rank(found(M1=1.0), profile)
    (plain,) = ranking.explained([shown], profile)
    (paid,) = ranking.explained([replace(shown, sponsored=True)], profile)
    assert (plain.because.product_id, paid.because, paid.sponsored) == ("M2", None, True)
    assert ranking.explained([shown], None) == [shown] and ranking.explained([], profile) == []


def test_what_no_event_speaks_for_has_no_reason(ranking, shoppers, did):
    did("ben", *(("purchase", "B1", days) for days in (1, 2, 3, 4)))
    did("ada", ("purchase", "M2", 3))
    suggested = suggested_to(profile_of(ranking, shoppers, "ada"), ranking)
    assert reasons(suggested)["M1"] == "M2"
    assert reasons(suggested)["B1"] is None  # others buy it
    assert set(reasons(suggested_to(None, ranking)).values()) == {None}
    kit = suggested_to(profile_of(ranking, shoppers, "kit"), ranking)
    assert set(reasons(kit).values()) == {None}


def test_for_nobody_in_particular_what_sells_is_suggested(open_ranking, shoppers, did):
    assert groups(open_ranking().recommend(Filters(), None, NOW, 9))[0] == "J1"  # liked, while nothing is sold
    did("ben", ("purchase", "W1", 2), ("purchase", "W1", 3), ("purchase", "B2", 2))
    assert groups(open_ranking().recommend(Filters(), None, NOW, 9))[:2] == ["W1", "B2"]


def test_no_more_than_two_of_one_type_are_suggested(open_ranking, shoppers, did, wide):
    ranking = open_ranking(over=wide)
    lamps = [wide.catalogue.products[key] for key in ("L1", "L2", "L3")]
    assert {lamp.product_type for lamp in lamps} == {"Lamps"}
    assert max((wide.vector(a) @ wide.vector(b)) for a in lamps for b in lamps if a is not b) < ALIKE
    did("ben", *(("purchase", lamp.id, days) for lamp in lamps for days in (1, 2)))
    did("ada", ("view", "L3", 3))
    for who in (None, "ada"):
        profile = profile_of(ranking, shoppers, who) if who else None
        suggested = ranking.recommend(Filters(), profile, NOW, 8)
        types = [row.candidate.product.product_type for row in suggested]
        assert types[:2] == ["Lamps", "Lamps"]
        assert max(types.count(kind) for kind in types) == KIND
        assert set(types) >= {"Men > Jackets", "Gear > Bags"}


def test_no_more_than_two_that_are_all_but_the_same_are_suggested(open_ranking, shoppers, did, wide):
    ranking = open_ranking(over=wide)
    soaps = [wide.catalogue.products[key] for key in ("S1", "S2", "S3")]
    assert len({soap.product_type for soap in soaps}) == 3
    assert min((wide.vector(a) @ wide.vector(b)) for a in soaps for b in soaps) >= ALIKE
    did("ben", *(("purchase", soap.id, days) for soap in soaps for days in (1, 2)))
    did("ada", ("view", "S1", 1))
    for who in (None, "ada"):
        profile = profile_of(ranking, shoppers, who) if who else None
        suggested = ranking.recommend(Filters(), profile, NOW, 8)
        assert len({"S1", "S2", "S3"} & set(groups(suggested))) == KIND
        vectors = np.stack([wide.vector(row.candidate.product) for row in suggested])
        before = np.tril(vectors @ vectors.T >= ALIKE, -1)
        assert before.sum(axis=1).max() == KIND - 1


def test_what_is_of_a_kind_gives_way_to_what_comes_after(open_ranking, shoppers, did, wide):
    ranking = open_ranking(over=wide)
    did("ben", *(("purchase", key, days) for key in ("L1", "L2", "L3") for days in (1, 2)), ("purchase", "W1", 1))
    assert groups(ranking.recommend(Filters(), None, NOW, 3)) == ["L1", "L2", "W1"]


def test_stated_wishes_rank_without_any_history(ranking, shoppers, found):
    candidates = found(J1=1.0, B2=0.95)
    assert groups(ranking.rank(candidates, profile_of(ranking, shoppers, "ben"))) == ["J1", "B2"]
    shoppers.remember("ben", "prefers", "Canvas")
    profile = profile_of(ranking, shoppers, "ben")
    assert profile.events == () and profile.likely is None
    ranked = ranked_for(profile, ranking, candidates)
    assert groups(ranked) == ["B2", "J1"] and set(reasons(ranked).values()) == {None}
    assert groups(ranking.rank(candidates, profile_of(ranking, shoppers, "ada"))) == ["J1", "B2"]


def test_a_kept_budget_ranks(ranking, shoppers, found):
    candidates = found(J1=1.0, J2=0.99, B1=0.97)
    shoppers.remember("ben", "budget", "60")
    assert groups(ranking.rank(candidates, profile_of(ranking, shoppers, "ben"))) == ["B1", "J1", "J2"]
    shoppers.remember("ben", "budget", "59.99")
    assert groups(ranking.rank(candidates, profile_of(ranking, shoppers, "ben"))) == ["J1", "J2", "B1"]


def test_a_wish_said_in_many_words_does_not_outweigh_what_was_asked_for(ranking, shoppers, found):
    for word in ("canvas", "tote", "market", "cotton"):
        shoppers.remember("ben", "prefers", word)
    profile = profile_of(ranking, shoppers, "ben")
    assert groups(ranking.rank(found(J1=1.0, B2=0.86), profile)) == ["B2", "J1"]
    assert groups(ranking.rank(found(J1=1.0, B2=0.84), profile)) == ["J1", "B2"]


def test_who_did_nothing_that_counts_is_suggested_what_a_guest_is(ranking, shoppers, did):
    did("ben", ("purchase", "W1", 2), ("purchase", "B2", 3), ("purchase", "J1-S-Red", 900))
    did("ada", ("view", "M1", 800))
    shoppers.remember("ada", "size", "L")
    guest = groups(ranking.recommend(Filters(), None, NOW, 5))
    assert groups(suggested_to(profile_of(ranking, shoppers, "ada"), ranking))[:5] == guest


def test_a_wish_changes_what_is_suggested(ranking, shoppers):
    filters = Filters(product_type=("Mugs", "Watches"))
    assert groups(ranking.recommend(filters, profile_of(ranking, shoppers, "ben"), NOW, 1)) == ["M1"]
    shoppers.remember("ben", "prefers", "enamel")
    assert groups(ranking.recommend(filters, profile_of(ranking, shoppers, "ben"), NOW, 1)) == ["M2"]
    assert groups(ranking.recommend(filters, None, NOW, 1)) == ["M1"]


def test_a_purchase_changes_the_very_next_suggestions(ranking, shoppers):
    before = suggested_to(profile_of(ranking, shoppers, "ada"), ranking)
    assert groups(before)[0] == "J1" and "M2" in groups(before) and set(reasons(before).values()) == {None}
    shoppers.record("ada", "purchase", "M2")
    after = suggested_to(profile_of(ranking, shoppers, "ada"), ranking)
    assert groups(after)[0] == "M1" and "M2" not in groups(after)
    assert (after[0].because.type, after[0].because.product_id, after[0].because.at) == ("purchase", "M2", NOW)
    ben = ranking.recommend(Filters(), profile_of(ranking, shoppers, "ben"), NOW, 9)
    assert groups(ben) == groups(before)


@pytest.mark.parametrize(("more", "less"), [("purchase", "cart"), ("cart", "view"), ("purchase", "view")])
def test_a_purchase_says_more_than_a_cart_and_a_cart_more_than_a_look(open_ranking, shoppers, did, wide, more, less):
    ranking, products = open_ranking(over=wide), wide.catalogue.products
    near = [float(wide.vector(products[a]) @ wide.vector(products[b])) for a, b in (("T1", "T2"), ("U1", "U2"))]
    assert near[0] == pytest.approx(near[1], abs=0.01)
    did("ada", (more, "T1", 3), (less, "U1", 3))
    did("ben", (less, "T1", 3), (more, "U1", 3))
    candidates = [Candidate(products[key], 1.0) for key in ("T2", "U2")]
    for who, first in (("ada", "T2"), ("ben", "U2")):
        for order in (candidates, candidates[::-1]):
            assert groups(ranking.rank(order, profile_of(ranking, shoppers, who)))[0] == first
        suggested = groups(ranking.recommend(Filters(), profile_of(ranking, shoppers, who), NOW, 99))
        assert suggested.index(first) < suggested.index("U2" if first == "T2" else "T2")


def test_over_another_index_the_same_is_known(open_ranking, shoppers, did, wide):
    ranking = open_ranking(0.7).over(wide)
    did("ada", ("purchase", "T1", 3))
    profile = profile_of(ranking, shoppers, "ada")
    assert (ranking.strength, profile.strength) == (0.7, 0.7)
    suggested = suggested_to(profile, ranking)
    assert groups(suggested)[0] == "T2" and reasons(suggested)["T2"] == "T1"


def test_while_likeness_is_all_that_speaks_a_reason_must_be_like_it(ranking, shoppers, did, monkeypatch):
    did("ada", ("purchase", "M2", 3))
    profile = profile_of(ranking, shoppers, "ada")
    suggested = ranking.recommend(Filters(), profile, NOW, 9)
    assert reasons(ranking.explained(suggested, profile))["M1"] == "M2"
    monkeypatch.setattr("assistant.ranking.LIKE", 0.99)
    assert set(reasons(ranking.explained(suggested, profile)).values()) == {None}


def test_several_events_with_one_product_are_one_reason_the_strongest_and_latest(ranking, shoppers, did):
    did("ada", ("view", "M2", 9), ("purchase", "M2", 8), ("purchase", "M2", 7), ("view", "M2", 1))
    profile = profile_of(ranking, shoppers, "ada")
    told = ranking.explained(ranking.recommend(Filters(), profile, NOW, 1), profile)[0].because
    assert (told.type, told.product_id, told.at) == ("purchase", "M2", NOW - timedelta(days=7))


def test_events_with_several_variants_of_a_product_are_one_reason(ranking, shoppers, did):
    did("ada", ("view", "J1-S-Red", 9), ("view", "J1-M-Red", 3), ("view", "J1-L-Red", 6))
    told = reasons(suggested_to(profile_of(ranking, shoppers, "ada"), ranking))
    assert told["J2"] == "J1-M-Red" and told["J1"] is None


def test_what_is_refused_comes_after_what_is_sold_out_too(ranking, shoppers, did, found):
    did("ada", ("purchase", "M2", 3))
    shoppers.dismiss("ada", "M1")
    profile = profile_of(ranking, shoppers, "ada")
    assert groups(ranking.rank(found(M1=1.0, J3=0.9, B1=0.5), profile)) == ["B1", "J3", "M1"]


def test_no_taste_suggests_what_is_of_a_sensitive_kind(open_ranking, shop, shoppers, did):
    did("ada", ("purchase", "W1", 3))
    plain = open_ranking()
    assert groups(plain.recommend(Filters(), profile_of(plain, shoppers, "ada"), NOW, 9))[0] == "B2"
    shop.settings.sensitive = ["bags"]
    ranking = open_ranking()
    assert groups(ranking.recommend(Filters(), profile_of(ranking, shoppers, "ada"), NOW, 9))[0] != "B2"


def test_a_strength_that_is_no_number_is_the_shops(ranking, shoppers):
    shoppers.remember("ada", "strength", "lots")
    assert ranking.strength_of(shoppers.get("ada")) == 0.5


def test_of_one_kind_alone_as_many_are_suggested_as_are_asked_for(open_ranking, wide):
    ranking = open_ranking(over=wide)
    assert set(groups(ranking.recommend(Filters(product_type=("Lamps",)), None, NOW, 3))) == {"L1", "L2", "L3"}
