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
from tests.conftest import rows, write_jsonl
from tests.toys import plan

pytestmark = pytest.mark.browser
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"


@pytest.fixture
def app(make_app, shop_folder):
    other = {**next(row for row in rows() if row["id"] == "M1"), "id": "M3", "title": "Glen Mug for Two"}
    write_jsonl(shop_folder / "products.jsonl", [*rows(), other])  # ben bought it: a reason for its like
    bought = {"shopper_id": "ben", "type": "purchase", "product_id": "M3", "at": "2026-10-20T10:00:00Z"}
    write_jsonl(shop_folder / "events.jsonl", [bought])
    Image.new("RGB", (64, 64), "teal").save(shop_folder / "images" / "a.png")

    def slow(messages):
        time.sleep(0.4)
        return AIMessage("Both are mugs. " + "The Glen Mug costs 12.00 EUR. ")

    return make_app(
        plan(("search_products", {"query": "mug"})), slow, plan(("recommend", {})), AIMessage("Some ideas.")
    )


@pytest.fixture
def url(app):
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


def signed_in(page, url, shopper):
    page.goto(url)
    page.wait_for_selector("#ov-who")
    with page.expect_navigation():
        page.select_option("#ov-who", shopper)
    page.wait_for_function(f"document.querySelector('#ov-who')?.value === '{shopper}'")


def press(page, selector, key="Enter"):
    """By keyboard alone."""
    page.focus(selector)
    page.keyboard.press(key)


MUG = "#ov-log .ov-card[data-id='M1']"


def suggested_to_ben(url, chromium, app):
    """A page on which Ben has asked what would suit him, and is answered with the mug among others."""
    app.model.chat.script[:] = app.model.chat.script[2:]
    page = chromium.new_page(viewport={"width": 1240, "height": 860})
    signed_in(page, url, "ben")
    page.fill("#ov-box textarea", "what would suit me?")
    page.press("#ov-box textarea", "Enter")
    page.wait_for_selector(MUG)
    return page


def test_a_shopper_refuses_a_suggestion_and_has_its_reason_forgotten_by_keyboard(url, chromium, app):
    page = suggested_to_ben(url, chromium, app)
    page.wait_for_selector(f"{MUG} .ov-because")
    assert page.get_attribute(f"{MUG} .ov-dismiss", "aria-label") == "Not for me: Glen Mug"

    press(page, f"{MUG} .ov-dismiss")
    page.wait_for_selector(f"{MUG} .ov-undo")
    assert "Will not be suggested again." in page.inner_text(f"{MUG} .ov-refuse")
    assert app.shoppers.dismissed("ben") == {"M1"}
    page.keyboard.press("Space")  # the focus is on what takes it back
    page.wait_for_selector(f"{MUG} .ov-dismiss")
    assert app.shoppers.dismissed("ben") == frozenset()
    press(page, f"{MUG} .ov-dismiss", "Space")
    page.wait_for_selector(f"{MUG} .ov-undo")
    page.reload()
    page.wait_for_selector(f"{MUG} .ov-undo")  # it is still said

    press(page, f"{MUG} .ov-forget")
    page.wait_for_selector(f"{MUG} .ov-because", state="detached")
    assert "Forgotten." in page.inner_text(f"{MUG} .ov-refuse")
    assert page.evaluate("document.activeElement.textContent").startswith("Forgotten.")
    assert app.shoppers.events("ben") == []
    page.reload()
    page.wait_for_selector(MUG)
    assert page.query_selector_all(".ov-because, .ov-forget") == []


def test_what_is_pressed_before_the_server_has_told_the_state_is_done_when_it_has(url, chromium, app):
    page = suggested_to_ben(url, chromium, app)
    page.wait_for_selector(f"{MUG} .ov-dismiss")
    held = []
    page.route("**/shop/state", lambda route: held.append(route), times=1)
    page.reload()
    page.wait_for_selector(f"{MUG} .ov-dismiss")
    press(page, f"{MUG} .ov-dismiss")
    while not held:
        page.wait_for_timeout(50)
    assert app.shoppers.dismissed("ben") == frozenset()
    held[0].fulfill(status=503)  # asked again after a while
    page.wait_for_selector(f"{MUG} .ov-undo")
    assert app.shoppers.dismissed("ben") == {"M1"}


def test_refusing_is_said_in_chinese_and_nobody_else_can(url, chromium, app):
    app.model.chat.script[:] = [app.model.chat.script[2], AIMessage("Some ideas.")] * 2
    page = chromium.new_page(locale="zh-CN", viewport={"width": 390, "height": 844})
    page.goto(url)
    page.wait_for_selector("#ov-who")
    for shopper in ("", "ben"):
        if shopper:
            signed_in(page, url, shopper)
        page.fill("#ov-box textarea", "what would suit me?")
        page.press("#ov-box textarea", "Enter")
        page.wait_for_selector("#ov-log .ov-card")
        assert bool(page.query_selector_all(".ov-refuse")) == bool(shopper)
    page.click(".ov-card[data-id='M1'] .ov-dismiss:has-text('不适合我')")
    page.wait_for_selector("text=以后不再推荐。")
    page.click(".ov-card[data-id='M1'] .ov-forget:has-text('忘记此记录')")
    page.wait_for_selector("text=已忘记，不再用于推荐。")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_reply_is_rated_by_keyboard_and_the_rating_is_there_after_a_reload(url, chromium, app):
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    page.goto(url)
    page.wait_for_selector(".ov-chip")
    assert page.query_selector_all(".ov-rate") == []  # there is no reply yet
    page.fill("#ov-box textarea", "show me mugs")
    page.press("#ov-box textarea", "Enter")
    page.wait_for_selector("#ov-log .ov-rate")
    up, down = "#ov-log [data-thumbs=up]", "#ov-log [data-thumbs=down]"
    assert page.get_attribute(up, "aria-label") == "Good answer"
    assert not page.is_visible(".ov-rate input")

    def held():
        return [(one.rating.thumbs, one.rating.reason) for one in app.ratings.all()]

    press(page, up)
    page.wait_for_selector(f"{up}[aria-pressed=true]")
    assert held() == [("up", "")]
    press(page, down, "Space")
    page.wait_for_selector(f"{down}[aria-pressed=true]")
    assert page.get_attribute(up, "aria-pressed") == "false"
    page.fill(".ov-rate input", "not <b>blue</b> ${x}")
    page.keyboard.press("Enter")
    page.wait_for_selector(".ov-toast:has-text('Thank you.')")
    assert held() == [("down", "not <b>blue</b> ${x}")]
    assert page.evaluate("document.activeElement.dataset.thumbs") == "down"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.reload()
    page.wait_for_selector(f"{down}[aria-pressed=true]")
    assert page.input_value(".ov-rate input") == "not <b>blue</b> ${x}"
    press(page, down)  # once more takes it back
    page.wait_for_selector(f"{down}[aria-pressed=false]")
    assert held() == []
    assert not page.is_visible(".ov-rate input")


def test_a_page_that_shows_an_older_conversation_rates_nothing(url, chromium, app):
    page = chromium.new_page(locale="zh-CN")
    page.goto(url)
    page.wait_for_selector(".ov-chip")
    page.fill("#ov-box textarea", "show me mugs")
    page.press("#ov-box textarea", "Enter")
    page.wait_for_selector("#ov-log [data-thumbs=up]")
    assert page.get_attribute("#ov-log [data-thumbs=up]", "aria-label") == "回答得好"
    page.evaluate("fetch('/shop/new', {method: 'POST', headers: {'X-Onevoice': '1'}})")
    page.wait_for_timeout(300)
    page.click("#ov-log [data-thumbs=up]")
    page.wait_for_selector(".ov-toast:has-text('请刷新')")
    assert list(app.ratings.all()) == []
