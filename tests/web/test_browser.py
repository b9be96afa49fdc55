"""The page in headless Chromium: ask, cards, streamed reply, cart, reload, sign in; on a phone too."""

import shutil
import socket
import threading
import time

import pytest
import uvicorn
from langchain_core.messages import AIMessage
from PIL import Image

from assistant.web.server import create_web
from tests.toys import plan

pytestmark = pytest.mark.browser
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"


@pytest.fixture
def url(make_app, shop_folder):
    Image.new("RGB", (64, 64), "teal").save(shop_folder / "images" / "a.png")

    def slow(messages):
        time.sleep(0.4)
        return AIMessage("Both are mugs. " + "The Glen Mug costs 12.00 EUR. ")

    app = make_app(plan(("search_products", {"query": "mug"})), slow, plan(("recommend", {})), AIMessage("Some ideas."))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(create_web(app), host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(5)


@pytest.fixture
def chromium():
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield browser
        browser.close()


def test_a_shopper_asks_buys_reloads_and_signs_in(url, chromium):
    page = chromium.new_page(viewport={"width": 1240, "height": 860})
    outside = []
    page.on("request", lambda r: outside.append(r.url) if not r.url.startswith((url, "data:", "blob:")) else None)
    page.goto(url)
    page.wait_for_selector(".ov-chip")
    page.fill("#ov-box textarea", "show me mugs")
    page.press("#ov-box textarea", "Enter")
    page.wait_for_selector("#ov-live .ov-card")  # cards stand there before the prose
    page.wait_for_selector("#ov-log .ov-card")
    assert "Glen Mug costs 12.00 EUR" in page.inner_text("#ov-log")
    page.click(".ov-card[data-id='M1'] .ov-add")
    page.wait_for_selector("#ov-cart .ov-line")
    page.reload()
    page.wait_for_selector("#ov-log .ov-card")
    page.wait_for_selector("#ov-cart .ov-line")
    assert "show me mugs" in page.inner_text("#ov-log")
    with page.expect_navigation():  # signing in opens the shopper's own conversation
        page.select_option("#ov-who", "ada")
    page.wait_for_selector("#ov-log .ov-reply")
    page.wait_for_function("document.querySelector('#ov-who')?.selectedOptions[0]?.text === 'Ada'")
    page.wait_for_selector("#ov-cart .ov-line")
    assert "show me mugs" not in page.inner_text("#ov-log")  # a guest's words stay the guest's
    assert outside == []


def test_a_phone_needs_no_sideways_scrolling(url, chromium):
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    page.goto(url)
    page.wait_for_selector(".ov-chip")
    page.fill("#ov-box textarea", "show me mugs")
    page.press("#ov-box textarea", "Enter")
    page.wait_for_selector("#ov-log .ov-card")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.click(".ov-carttoggle")
    assert page.is_visible("#ov-cart")
