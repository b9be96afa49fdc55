"""The desk and a shopper's page side by side in headless Chromium: asked for, taken over, answered, handed back."""

import time

import pytest
from langchain_core.messages import AIMessage

from assistant.conversation import Identity
from assistant.support.desk.accounts import Accounts
from tests.toys import plan
from tests.web.test_browser import chromium, url  # noqa: F401

pytestmark = pytest.mark.browser
WITHIN = 2_000  # ms
PERSON = plan(("hand_off", {"reason": "person"}))


@pytest.fixture
def app(make_app):
    app = make_app(PERSON, plan(("chat", {})), AIMessage("You are welcome."))
    staff = Accounts(app._engine, app.assistant.services.clock, cost=4)
    staff.add("Mia", "agent", "correct horse")
    staff.add("Jon", "agent", "correct horse")
    return app


def ask(page, text):
    page.fill("#ov-box textarea", text)
    page.press("#ov-box textarea", "Enter")


def sign_in(page, url, name):  # noqa: F811
    page.goto(f"{url}/desk")
    page.wait_for_selector("#dk-login input[name=name]:focus")
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type("correct horse")
    page.keyboard.press("Enter")
    page.wait_for_selector("#dk-queue h2")


def opened(chromium, address, **options):  # noqa: F811
    """A page of a browser of its own, with no cookie of another's."""
    page = chromium.new_context(viewport={"width": 1280, "height": 860}, **options).new_page()
    page.goto(address)
    return page


def tab_to(page, selector, most=40):
    for _ in range(most):
        if page.evaluate(f"document.activeElement.matches({selector!r})"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by Tab")


def test_a_person_is_asked_for_answers_and_hands_back(url, chromium, app):  # noqa: F811
    desk, shopper = opened(chromium, f"{url}/desk"), opened(chromium, url)
    outside = []
    desk.on("request", lambda r: outside.append(r.url) if not r.url.startswith((url, "data:", "blob:")) else None)
    sign_in(desk, url, "Mia")
    assert "Nobody is waiting." in desk.inner_text("#dk-queue")
    shopper.wait_for_selector(".ov-chip")
    ask(shopper, "This <b>is</b> ridiculous, let me talk to a human")
    shopper.wait_for_selector("#ov-log .ov-reply:has-text('passed this on')")
    desk.wait_for_selector(".dk-row:has-text('ridiculous')", timeout=WITHIN)
    assert "angry" in desk.inner_text(".dk-row")

    tab_to(desk, ".dk-row")  # by keyboard alone from here
    desk.keyboard.press("Enter")
    desk.wait_for_selector("#dk-packet dd:has-text('<b>is</b>')")
    assert desk.query_selector("#dk-packet b, #dk-log b") is None  # text is text
    assert not desk.is_visible("#dk-answer")
    tab_to(desk, "#dk-head .dk-primary")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("#dk-answer textarea:focus")
    shopper.wait_for_selector("#ov-log .ov-notice:has-text('Mia has joined')", timeout=WITHIN)

    ask(shopper, "where is my mug?")
    shopper.wait_for_selector("#ov-log .ov-notice:has-text('Mia is answering you here.')")
    desk.wait_for_selector("#dk-log .dk-shopper:has-text('where is my mug?')", timeout=WITHIN)
    desk.keyboard.type("It is <i>on its way</i> ${x}")
    desk.keyboard.press("Control+Enter")
    started = time.monotonic()
    shopper.wait_for_selector("#ov-log .ov-person:has-text('It is <i>on its way</i> ${x}')", timeout=WITHIN)
    assert time.monotonic() - started < WITHIN / 1000
    assert "Mia · Customer service" in shopper.inner_text("#ov-log .ov-person")
    assert shopper.query_selector("#ov-log i") is None
    assert desk.evaluate("document.activeElement.tagName") == "TEXTAREA"
    assert desk.input_value("#dk-answer textarea") == ""
    assert len(app.model.chat.requests) == 1  # the assistant was asked nothing

    desk.keyboard.press("Shift+Tab")
    tab_to(desk, "#dk-head [data-key=back]", most=60)
    desk.keyboard.press("Enter")
    shopper.wait_for_selector("#ov-log .ov-notice:has-text('Mia has left')", timeout=WITHIN)
    desk.wait_for_selector("text=This conversation is not open to you.", timeout=WITHIN)  # no longer theirs
    assert desk.inner_text("#dk-log") == ""
    ask(shopper, "thanks")
    shopper.wait_for_selector("#ov-log .ov-reply:has-text('You are welcome.')")
    prompt = "\n".join(str(message.content) for message in app.model.chat.requests[1])
    assert "> Mia: It is <i>on its way</i>" in prompt and "> the customer wrote: where is my mug?" in prompt
    assert len(shopper.query_selector_all("#ov-log .ov-rate")) == 2  # the assistant's replies alone are rated
    assert outside == []


def test_two_desks_one_wins_and_the_other_is_told(url, chromium, app):  # noqa: F811
    key = app.conversations.start(Identity())
    app.assistant.services.handoffs.open(key, {"reason": "a person please", "mood": "calm"})
    pages = {}
    for name in ("Mia", "Jon"):
        pages[name] = opened(chromium, f"{url}/desk")
        sign_in(pages[name], url, name)
        pages[name].click(".dk-row")
        pages[name].wait_for_selector("[data-key=take]")
    pages["Mia"].click("[data-key=take]")
    pages["Mia"].wait_for_selector("#dk-answer textarea:focus")
    jon = pages["Jon"]
    jon.wait_for_selector("text=This conversation is not open to you.", timeout=WITHIN)
    assert "a person please" not in jon.inner_text("#dk-desk")


def test_in_chinese_in_a_demo_without_a_password(url, chromium, app):  # noqa: F811
    page = opened(chromium, f"{url}/desk", locale="zh-CN")
    page.click("text=以演示客服身份试用")
    page.wait_for_selector("text=目前没有人等待。")
    assert "Demo agent · 客服" in page.inner_text("#ov-tools")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.click("text=退出登录")
    page.wait_for_selector("#dk-login input[name=name]:focus")


def test_a_wrong_password_is_said(url, chromium, app):  # noqa: F811
    page = opened(chromium, f"{url}/desk")
    page.fill("input[name=name]", "Mia")
    page.fill("input[name=password]", "wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector("#dk-said:has-text('No such name and password.')")
    assert page.input_value("input[name=password]") == ""
