"""A shop with orders in every state, indexed once, and for each test with databases of its own."""

from __future__ import annotations

import pytest

from assistant.app import App
from tests.assistant.chat_toys import write_orders
from tests.conftest import NOW, open_app, scripted, write_shop


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> App:
    directory = tmp_path_factory.mktemp("orders")
    folder = write_shop(directory / "shop")
    write_orders(folder)
    app = open_app(folder, directory, scripted([]))
    yield app
    app.close()


@pytest.fixture
def app(built: App, tmp_path) -> App:
    fresh = built.fresh_state(tmp_path / "state", lambda: NOW)
    yield fresh
    fresh.close_state()
