"""Fixtures: a tiny shop folder, its index with the toy encoder, and an app on a scripted model."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import settings as hypothesis_settings
from xdist.scheduler import LoadScopeScheduling

from assistant.app import App, build_app
from assistant.llm import Model
from assistant.settings import Settings
from index.catalogue import Catalogue
from index.intake import read_catalogue
from index.search import Search
from index.shop import Shop, read_shop
from tests.toys import ScriptedModel, ToyEncoder

LANGUAGE_MODEL = ("test_cache.py", "test_describe.py", "test_embedded.py")  # one after another: each takes all cores


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slowest begin, so that no process ends long after the others."""
    items.sort(key=lambda item: (item.path.name not in LANGUAGE_MODEL, item.get_closest_marker("model") is None))


class ByFile(LoadScopeScheduling):
    """Tests of a file run in one process, where what they share is made once; those of the language model in one too."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return "language model" if path.endswith(LANGUAGE_MODEL) else path


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)


# The machine may be busy: time is no property. The same examples in every run, so that what fails was changed;
# HYPOTHESIS_PROFILE=explore looks for others.
hypothesis_settings.register_profile("onevoice", deadline=None, derandomize=True)
hypothesis_settings.register_profile("explore", deadline=None)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "onevoice"))

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
ROOT = Path(__file__).resolve().parent.parent


def rows() -> list[dict[str, Any]]:
    """Seven groups, fourteen variants."""
    found: list[dict[str, Any]] = []
    for color in ("Blue", "Red"):
        for size in ("S", "M", "L"):
            found.append(
                {
                    "id": f"J1-{size}-{color}", "item_group_id": "J1", "title": "Alder Rain Jacket",
                    "description": "Keeps rain out on long walks.", "product_type": "Men > Jackets",
                    "price": "80.00 EUR", "quantity": 5, "color": color, "size": size,
                    "attributes": {"material": ["Nylon"], "weather": ["Rainy", "Windy"]},
                }
            )  # fmt: skip
    found += [
        {"id": "J2", "title": "Birch Wool Coat", "description": "A warm coat.", "product_type": "Men > Jackets",
         "price": "150.00 EUR", "quantity": 2, "color": "Gray", "attributes": {"material": ["Wool"]}},
        {"id": "J3", "title": "Cedar Shell", "description": "A light shell for women.", "product_type": "Women > Jackets",
         "price": "95.00 EUR", "sale_price": "70.00 EUR", "quantity": 0, "color": "Blue", "attributes": {"material": ["Nylon"]}},
        {"id": "B1", "title": "Dune Backpack", "description": "Waterproof pack of 20 litres.", "product_type": "Gear > Bags",
         "price": "60.00 EUR", "quantity": 9, "attributes": {"features": ["Waterproof"], "capacity": ["20 l"]}},
        {"id": "B2", "title": "Elm Tote", "description": "Canvas tote for the market.", "product_type": "Gear > Bags",
         "price": "25.00 EUR", "quantity": 9, "attributes": {"material": ["Cotton"]}},
        {"id": "W1", "title": "Fir Field Watch", "description": "A plain watch.", "product_type": "Gear > Watches",
         "price": "90.00 EUR", "quantity": 3, "attributes": {"material": ["Steel"]}},
        {"id": "M1", "title": "Glen Mug", "description": "A mug for coffee and tea.", "product_type": "Kitchen > Mugs",
         "price": "12.00 EUR", "quantity": 30, "color": "White", "attributes": {"material": ["Stoneware"]}},
        {"id": "M2", "title": "Hazel Mug", "description": "An enamel mug.", "product_type": "Kitchen > Mugs",
         "price": "9.50 EUR", "quantity": 30, "color": "Blue", "attributes": {"material": ["Enamel"]}},
    ]  # fmt: skip
    return found


def write_jsonl(path: Path, items: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(item) + "\n" for item in items), encoding="utf-8")


def write_shop(folder: Path) -> Path:
    """The tiny shop, in a folder that this makes."""
    (folder / "policies").mkdir(parents=True)
    (folder / "images").mkdir()
    write_jsonl(folder / "products.jsonl", rows())
    write_jsonl(
        folder / "reviews.jsonl",
        [
            {
                "item_group_id": "J1",
                "author": "A",
                "title": "Dry",
                "text": "Stayed dry for hours.",
                "rating": 5,
            },
            {"item_group_id": "J1", "author": "B", "title": "Ok", "text": "A bit loud.", "rating": 4},
        ],
    )
    (folder / "policies" / "returns.md").write_text(
        "# Returns\n\nYou may return anything within 60 days of delivery. Used goods cannot be returned.\n\n"
        "# Shipping costs\n\n| Order value | Standard | Express |\n| --- | --- | --- |\n| Up to 50 EUR | 5 EUR | 12 EUR |\n"
        "| Over 50 EUR | 0 EUR | 9 EUR |\n",
        encoding="utf-8",
    )
    (folder / "shop.yaml").write_text("name: Tiny\nassistant: Wren\ndemo: true\npersonalization: {strength: 0.5}\n")
    write_jsonl(
        folder / "shoppers.jsonl",
        [
            {"id": "ada", "name": "Ada", "preferences": {"size": "M"}},
            {"id": "ben", "name": "Ben", "preferences": {"avoids": ["wool"]}},
            {"id": "kit", "name": "Kit", "personalization": False},
        ],
    )
    write_jsonl(
        folder / "events.jsonl",
        [
            {"shopper_id": "ada", "type": "purchase", "product_id": "M2", "order_id": "T100", "at": "2026-10-01T10:00:00Z",
             "quantity": 1, "price": "9.50 EUR"},
            {"shopper_id": "kit", "type": "purchase", "product_id": "B1", "order_id": "T200", "at": "2026-10-02T10:00:00Z",
             "quantity": 1, "price": "60.00 EUR"},
        ],
    )  # fmt: skip
    return folder


@pytest.fixture
def shop_folder(tmp_path: Path) -> Path:
    return write_shop(tmp_path / "shop")


@pytest.fixture
def shop(shop_folder: Path) -> Shop:
    return read_shop(shop_folder)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of an empty database on this machine's PostgreSQL."""
    admin = os.environ.get("ONEVOICE_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
    name = f"onevoice_test_{os.getpid()}"
    try:
        db = psycopg.connect(admin, autocommit=True, connect_timeout=2)
    except psycopg.OperationalError:
        pytest.skip("no PostgreSQL server on 127.0.0.1:5432")
    with db:
        db.execute(f"DROP DATABASE IF EXISTS {name}")
        db.execute(f"CREATE DATABASE {name}")
    yield f"{admin.rsplit('/', 1)[0]}/{name}"
    with psycopg.connect(admin, autocommit=True) as db:
        db.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def index_settings(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Where an index keeps its versions: in files, and in PostgreSQL."""
    return {} if request.param == "sqlite" else {"database_url": request.getfixturevalue("postgres")}


@pytest.fixture
def catalogue(shop: Shop) -> Catalogue:
    return read_catalogue(shop, lambda row: None)


def scripted(script: Sequence[Any], planner: bool = True) -> Model:
    chat = ScriptedModel(script=list(script), requests=[], bound=[])
    return Model(chat, "scripted", native=not planner)


def open_app(shop_folder: Path, directory: Path, model: Model) -> App:
    """Build the app of a shop folder, its data in `directory`."""
    settings = Settings(
        shop=shop_folder,
        data_dir=directory / "data",
        cache_dir=directory / "cache",
        _env_file=None,  # type: ignore[call-arg]
    )
    return build_app(settings, clock=lambda: NOW, model=model, encoder=ToyEncoder(), progress=False)


@pytest.fixture(scope="session")
def tiny_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The tiny shop, indexed once for all tests: read it only, `make_app` and `search` share it."""
    directory = tmp_path_factory.mktemp("tiny")
    app = open_app(write_shop(directory / "shop"), directory, scripted([]))
    app.fresh_state(directory / "state", lambda: NOW).close_state()  # leaves the databases that later ones copy
    yield app
    app.close()


@pytest.fixture
def search(tiny_app: App) -> Search:
    return tiny_app.search


MakeApp = Callable[..., App]


@pytest.fixture
def make_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeApp]:
    """make_app(step, …) is an app whose model plays these steps.

    A test that takes `shop_folder` may write into it, and its app is built from that; any other test's app has
    settings, a shop and databases of its own over the index that is shared.
    """
    made: list[App] = []
    own = "shop_folder" in request.fixturenames

    def make(*script: Any, planner: bool = True) -> App:
        model = scripted(script, planner)
        if own:
            app = open_app(request.getfixturevalue("shop_folder"), tmp_path, model)
        else:
            tiny: App = request.getfixturevalue("tiny_app")
            settings = tiny.settings.model_copy(update={"data_dir": tmp_path / "data", "cache_dir": tmp_path / "cache"})
            shop = replace(tiny.shop, settings=tiny.shop.settings.model_copy(deep=True))
            app = replace(tiny, settings=settings, shop=shop, model=model)
            app = app.fresh_state(tmp_path / f"state{len(made)}", lambda: NOW)
        made.append(app)
        return app

    yield make
    for app in made:
        app.close()
