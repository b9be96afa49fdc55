"""The benchmark of retrieval over the tiny shop: figures that follow from seven products by hand."""

from pathlib import Path

import pytest

from assistant.app import model_name
from assistant.llm import Model
from assistant.prompts import Composer
from assistant.settings import Settings
from eval.judged import read_queries
from eval.retrieval import measure
from eval.serving import Wish, figures, serve
from eval.sets import Bench, benches
from eval.translations import Translations
from index.errors import ShopError
from tests.toys import ScriptedModel, ToyEncoder, plan

QUERIES = """
- {q: glen mug, kind: exact, match: {id: M1}}
- {q: mug under 10 euros, kind: price, match: {product_type: Mugs, price_max: 10}}
- {q: Glen Mug under 10 euros, kind: [price, nothing], match: nothing}
- {q: washing machine, kind: nothing, match: nothing}
- {q: dune backpack, kind: nothing, match: nothing}
- {q: 蓝色的杯子, language: zh, kind: zh, match: {product_type: Mugs, color: Blue}}
"""


@pytest.fixture
def settings(shop_folder: Path, tmp_path: Path) -> Settings:
    folders = {"data_dir": tmp_path / "data", "cache_dir": tmp_path / "cache", "bench_data": tmp_path / "none"}
    return Settings(shop=shop_folder, **folders, _env_file=None)  # type: ignore[call-arg]


@pytest.fixture
def queries(tmp_path: Path) -> Path:
    path = tmp_path / "queries.yaml"
    path.write_text(QUERIES)
    return path


def scripted(*steps):
    return Model(ScriptedModel(script=list(steps), requests=[], bound=[]), "scripted", native=True)


def english(text):
    return plan(("translate", {"english": text}))


@pytest.fixture
def result(settings, queries):
    run = Bench(settings.shop, read_queries(queries), {"heldout": read_queries(queries)[:1]})
    opened = lambda: scripted(english("blue mug"))  # noqa: E731
    return measure(settings, [run], ToyEncoder(), opened=opened, fresh=False, progress=False)


def test_queries_that_nothing_meets_count_for_the_no_alone(result):
    assert (result["queries"], result["scored"]) == (6, 3)
    assert result["ndcg@10"] == result["recall@20"] == result["mrr"] == 1
    # of three that nothing meets, the backpack is shown although it is judged as nothing
    assert (result["nothing_precision"], result["nothing_recall"], result["nothing_f1"]) == (1, 0.6667, 0.8)


def test_words_alone_get_the_raw_query_and_no_filters(result):
    # "glen mug" names one; of two mugs the Hazel's text is shorter, so that it is first; no Chinese word is indexed
    assert result["bm25_ndcg@10"] == result["bm25_mrr"] == 0.6667
    assert result["kinds"]["zh"]["bm25_ndcg@10"] == 0
    assert result["bm25_translated_mrr"] == 1  # "blue mug"


def test_what_was_held_out_is_apart(result):
    assert result["heldout"]["queries"] == 1
    assert result["heldout"]["shops"]["shop"]["ndcg@10"] == 1


def test_quality_and_cost_are_measured_in_one_run(result):
    keys = """queries ndcg@10 recall@20 bm25_ndcg@10 dense_ndcg@10 fusion_ndcg@10 constraint_breaks nothing_f1
        p50_ms p99_ms rss_mb"""
    assert set(keys.split()) <= set(result)
    assert result["constraint_breaks"] == 0
    assert result["vector_recall@10"] == 1
    assert result["index_mb"] > 0
    assert result["translated"] == 1


def test_a_result_outside_a_constraint_is_a_break(settings, tmp_path: Path):
    path = tmp_path / "q.yaml"
    path.write_text("- {q: a mug, match: {product_type: Mugs, price_max: 10}}\n")  # the price is not in the query
    row = measure(settings, [Bench(settings.shop, read_queries(path))], ToyEncoder(), fresh=False, progress=False)
    assert row["constraint_breaks"] == 1


def test_a_translation_is_made_once_and_a_failure_is_not_kept(settings):
    composer = Composer("Tiny", "Wren")
    made = scripted(english("blue mug"), plan())
    first = Translations(settings, composer, lambda: made).of(["蓝色的杯子", "帐篷"], progress=False)
    assert [first[text].english for text in ("蓝色的杯子", "帐篷")] == ["blue mug", "帐篷"]
    again = scripted(english("tent"))
    second = Translations(settings, composer, lambda: again).of(["蓝色的杯子", "帐篷"], progress=False)
    assert [second[text].english for text in ("蓝色的杯子", "帐篷")] == ["blue mug", "tent"]
    unused = Translations(settings, composer, lambda: pytest.fail("the model was started"))
    assert unused.of(["帐篷"], progress=False)["帐篷"].english == "tent"
    (kept,) = (settings.cache_dir / "translations").iterdir()
    assert kept.name.startswith(model_name(settings))


def test_a_translated_wish_keeps_what_its_own_words_state(search):
    query = Wish("蓝色的杯子，10欧元以下", "a blue mug, under 12 euros").query(search.reader)
    assert query.filters.color == ("Blue",)
    assert str(query.filters.max_price) == "10"
    assert "mug" in query.text


def test_serving_is_measured_for_each_query(search, tmp_path: Path):
    served = serve(search, [Wish("a mug under 10 euros"), Wish("wool")], tmp_path, progress=False)
    assert len(served.ms) == 2
    assert len(served.filtered_ms) == len(served.unfiltered_ms) >= 1
    assert all(part <= whole for part, whole in zip(served.encode_ms, served.ms, strict=True))
    assert served.index_mb is None  # no version there
    assert figures([served, served])["rss_mb"] == served.rss_mb


def test_a_shop_without_queries_is_said_so(settings, shop_folder: Path, queries: Path):
    with pytest.raises(ShopError, match="--queries"):
        benches(settings, shop_folder, None)
    (run,) = benches(settings, None, queries)
    assert (run.folder, len(run.queries)) == (shop_folder, 6)


def test_the_default_is_every_shop_that_is_there(settings, capsys):
    (demo,) = benches(settings, None, None)
    assert demo.name == "demo"
    assert "unseen" in demo.apart
    assert "ONEVOICE_BENCH_DATA" in capsys.readouterr().err
