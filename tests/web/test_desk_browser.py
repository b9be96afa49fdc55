"""The desk and a shopper's page side by side in headless Chromium: asked for, taken over, answered, handed back."""

import threading

import pytest
from langchain_core.messages import AIMessage
from sqlalchemy import select, update

from assistant.conversation import Identity
from assistant.db import turns
from assistant.events import Sentence
from assistant.support.desk.accounts import Accounts
from tests.assistant.support.desk.steps import MUG
from tests.toys import plan
from tests.web.test_browser import chromium, url  # noqa: F401

pytestmark = pytest.mark.browser
WITHIN = 2_000  # ms from the hand-off to the packet at the desk; all else is given the time that a busy machine takes
PERSON = plan(("hand_off", {"reason": "person"}))
BOX = "#dk-answer textarea"


@pytest.fixture
def app(make_app):
    app = make_app(PERSON, plan(("chat", {})), AIMessage("You are welcome."))
    assert app.warm().wait(240)  # as a server does: what is timed here is no first turn
    staff = Accounts(app._engine, app.assistant.services.clock, cost=4)
    staff.add("Mia", "agent", "correct horse")
    staff.add("Jon", "agent", "correct horse")
    staff.add("Lea", "lead", "correct horse")
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


def talk(app, messages, *script, shopper=None):
    """A conversation in which these messages were answered, and which waits for a person."""
    app.model.chat.script[:] = [*script, PERSON]
    key = app.conversations.start(Identity("shopper", shopper) if shopper else Identity())
    for message in [*messages, "let me talk to a human"]:
        list(app.assistant.reply(key, message))
    app.model.chat.requests.clear()
    return key


def taken(chromium, url, name="Mia", **options):  # noqa: F811
    """A desk on which somebody has taken over the conversation that waits."""
    page = opened(chromium, f"{url}/desk", **options)
    sign_in(page, url, name)
    page.click(".dk-row")
    page.click("[data-key=take]")
    page.wait_for_selector(f"{BOX}:focus")
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
    desk.wait_for_selector(".dk-row:has-text('ridiculous')")
    assert "angry" in desk.inner_text(".dk-row")

    tab_to(desk, ".dk-row")  # by keyboard alone from here
    desk.keyboard.press("Enter")
    desk.wait_for_selector("#dk-packet dd:has-text('<b>is</b>')")
    assert desk.query_selector("#dk-packet b, #dk-log b") is None  # text is text
    assert not desk.is_visible("#dk-answer")
    tab_to(desk, "#dk-head .dk-primary")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("#dk-answer textarea:focus")
    shopper.wait_for_selector("#ov-log .ov-notice:has-text('Mia has joined')")

    ask(shopper, "where is my mug?")
    shopper.wait_for_selector("#ov-log .ov-notice:has-text('Mia is answering you here.')")
    desk.wait_for_selector("#dk-log .dk-shopper:has-text('where is my mug?')")
    desk.keyboard.type("It is <i>on its way</i> ${x}")
    desk.keyboard.press("Control+Enter")
    shopper.wait_for_selector("#ov-log .ov-person:has-text('It is <i>on its way</i> ${x}')")
    assert "Mia · Customer service" in shopper.inner_text("#ov-log .ov-person")
    assert shopper.query_selector("#ov-log i") is None
    assert desk.evaluate("document.activeElement.tagName") == "TEXTAREA"
    assert desk.input_value("#dk-answer textarea") == ""
    assert len(app.model.chat.requests) == 1  # the assistant was asked nothing

    desk.keyboard.press("Shift+Tab")
    tab_to(desk, "#dk-head [data-key=back]", most=60)
    desk.keyboard.press("Enter")
    shopper.wait_for_selector("#ov-log .ov-notice:has-text('Mia has left')")
    desk.wait_for_selector("text=Handed back to the assistant.")  # and no longer theirs
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
    jon.wait_for_selector("text=This conversation is not open to you.")
    assert "a person please" not in jon.inner_text("#dk-desk")


def test_the_page_that_has_noticed_by_itself_still_says_handed_back(url, chromium, app):  # noqa: F811
    talk(app, [])
    desk = taken(chromium, url)

    def slowly(route):
        answer = route.fetch()
        desk.wait_for_selector("text=Choose a conversation")  # what the page reads every other second came first
        route.fulfill(response=answer)

    desk.route("**/back", slowly)
    said = desk.evaluate_handle("""() => {
        const said = [], place = document.querySelector("#dk-said");
        new MutationObserver(() => said.push(place.textContent)).observe(place, { childList: true });
        return said;
    }""")
    desk.click("[data-key=back]")
    desk.wait_for_selector("text=Handed back to the assistant.")
    desk.wait_for_timeout(2500)
    assert set(said.json_value()) == {"Handed back to the assistant."}


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


def test_a_draft_is_edited_its_wrong_price_is_seen_corrected_sent_and_known_afterwards(url, chromium, app):  # noqa: F811
    desk, shopper = opened(chromium, f"{url}/desk"), opened(chromium, url)
    sign_in(desk, url, "Mia")
    shopper.wait_for_selector(".ov-chip")
    app.model.chat.script[:] = [*MUG, PERSON]
    ask(shopper, "show me the Glen Mug")
    shopper.wait_for_selector("#ov-log .ov-reply:has-text('12.00 EUR')")
    ask(shopper, "let me talk to a human")
    shopper.wait_for_selector("#ov-log .ov-reply:has-text('passed this on')")
    desk.wait_for_selector(".dk-row", timeout=WITHIN)
    desk.click(".dk-row")
    desk.wait_for_selector("#dk-packet dd:has-text('Glen Mug')")
    desk.click("[data-key=take]")
    desk.wait_for_selector(f"{BOX}:focus")

    going_on = threading.Event()

    def slow(messages):
        going_on.wait(20)
        return AIMessage("The Glen Mug costs 12.00 EUR. It is white.")

    app.model.chat.script[:] = [MUG[0], slow]
    desk.click("#dk-make-draft")
    desk.wait_for_selector("#dk-draft [role=status]:has-text('Drafting')")
    going_on.set()
    desk.wait_for_selector("#dk-draft .ov-rate")
    first, second = desk.query_selector_all("#dk-sources li")
    assert "The Glen Mug costs 12.00 EUR." in first.inner_text()
    assert "Price: 12.00 EUR" in first.inner_text() and "catalogue" in first.inner_text()
    assert "Colour: White" in second.inner_text()
    assert desk.input_value(BOX) == "The Glen Mug costs 12.00 EUR. It is white."

    desk.fill(BOX, "Sure! The Glen Mug costs 10.00 EUR. It is white.")
    desk.wait_for_selector("#dk-changes .dk-mark.dk-wrong:has-text('WRONG')")
    wrong = desk.inner_text("#dk-changes li.dk-wrong")
    assert "12.00 EUR" in wrong and "10.00 EUR" in wrong and "The shop says 12.00 EUR (catalogue)" in wrong
    assert "Tone" in desk.inner_text("#dk-changes li.dk-tone")
    assert desk.inner_text(".dk-copy mark.dk-wrong") == "10.00 EUR"
    said = len(shopper.query_selector_all("#ov-log .ov-person"))
    desk.press(BOX, "Control+Enter")
    desk.wait_for_selector("[role=alertdialog]:has-text('The shop says 12.00 EUR. Send anyway?')")
    assert len(shopper.query_selector_all("#ov-log .ov-person")) == said == 0
    desk.keyboard.press("Enter")  # "Correct it" has the keyboard, and the wrong words are chosen
    assert not desk.is_visible("[role=alertdialog]")
    desk.keyboard.type("12.00 EUR")
    desk.wait_for_selector("#dk-changes:not(:has(.dk-wrong))")
    desk.press(BOX, "Control+Enter")
    shopper.wait_for_selector("#ov-log .ov-person:has-text('Sure! The Glen Mug costs 12.00 EUR.')")
    assert desk.input_value(BOX) == "" and not desk.is_visible("#dk-draft")
    (draft,) = app.drafts.of(key_of(app))
    assert (draft.sent_text, draft.edited) == ("Sure! The Glen Mug costs 12.00 EUR. It is white.", True)

    desk.click("[data-key=back]")
    shopper.wait_for_selector("#ov-log .ov-notice:has-text('Mia has left')")
    app.model.chat.script[:] = [plan(("chat", {})), AIMessage("You are welcome.")]
    ask(shopper, "thanks")
    shopper.wait_for_selector("#ov-log .ov-reply:has-text('You are welcome.')")
    prompt = "\n".join(str(message.content) for message in app.model.chat.requests[-2])
    assert "> Mia: Sure! The Glen Mug costs 12.00 EUR." in prompt


def test_a_drafts_first_sentence_stands_there_before_the_next_is_written(url, chromium, app, monkeypatch):  # noqa: F811
    talk(app, ["show me the Glen Mug"], *MUG)
    desk = taken(chromium, url)
    going_on = threading.Event()

    def draft(conversation_id, staff, cancel):
        yield Sentence("It is <b>white</b>.")
        going_on.wait(60)
        yield Sentence("It is a mug.")

    monkeypatch.setattr(app.drafts, "draft", draft)
    desk.click("#dk-make-draft")
    desk.wait_for_selector("#dk-sources li:has-text('It is <b>white</b>.')")
    assert desk.input_value(BOX) == "It is <b>white</b>."
    desk.press(BOX, "x")  # who writes is not written over
    going_on.set()
    desk.wait_for_selector("#dk-draft", state="hidden")
    assert "It is a mug." not in desk.input_value(BOX)


def key_of(app):
    """The conversation in which a person has answered."""
    with app._engine.connect() as db:
        return db.execute(select(turns.c.conversation_id).order_by(turns.c.at.desc(), turns.c.n.desc())).scalar()


def test_staff_have_the_last_word_and_can_put_the_drafts_words_back(url, chromium, app):  # noqa: F811
    key = talk(app, ["show me the Glen Mug"], *MUG)
    desk = taken(chromium, url)
    app.model.chat.script[:] = MUG
    desk.click("#dk-make-draft")
    desk.wait_for_selector("#dk-draft .ov-rate")
    desk.fill(BOX, "The Glen Mug costs 10.00 EUR. It is white.")
    desk.click("#dk-changes .dk-link")  # put back
    assert desk.input_value(BOX) == "The Glen Mug costs 12.00 EUR. It is white."
    desk.wait_for_selector("#dk-changes:not(:has(li))", state="attached")  # empty, it has no height
    desk.fill(BOX, "The Glen Mug costs 10.00 EUR. It is white.")
    desk.press(BOX, "Control+Enter")  # before anything could be marked
    desk.wait_for_selector("[role=alertdialog]")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("#dk-log .dk-person:has-text('10.00 EUR')")
    assert app.conversations.turns(key)[-1].reply["reply"].startswith("The Glen Mug costs 10.00 EUR.")


def test_a_question_about_one_text_sends_no_other(url, chromium, app):  # noqa: F811
    key = talk(app, ["show me the Glen Mug"], *MUG)
    desk = taken(chromium, url)
    said = len(app.conversations.turns(key))
    desk.fill(BOX, "The Glen Mug costs 10.00 EUR.")
    desk.press(BOX, "Control+Enter")
    desk.wait_for_selector("[role=alertdialog]")
    app.model.chat.script[:] = MUG
    desk.click("#dk-make-draft")
    assert not desk.is_visible("[role=alertdialog]")
    desk.wait_for_selector("#dk-draft .ov-rate")
    desk.fill(BOX, "The Glen Mug costs 11.00 EUR.")
    desk.press(BOX, "Control+Enter")
    desk.wait_for_selector("[role=alertdialog]")
    desk.evaluate(f"document.querySelector({BOX!r}).value = 'The Glen Mug costs 9.00 EUR.'")  # with no input event
    desk.click(".dk-anyway")
    desk.wait_for_selector("[role=alertdialog]", state="hidden")
    assert len(app.conversations.turns(key)) == said


def test_a_draft_is_rated_with_a_reason(url, chromium, app):  # noqa: F811
    key = talk(app, ["show me the Glen Mug"], *MUG)
    desk = taken(chromium, url)
    app.model.chat.script[:] = MUG
    desk.click("#dk-make-draft")
    desk.click("#dk-draft [data-thumbs=down]")
    desk.fill("#dk-draft input", "too short")
    desk.press("#dk-draft input", "Enter")
    desk.wait_for_selector("#dk-said:has-text('Kept, thank you.')")
    assert desk.get_attribute("#dk-draft [data-thumbs=down]", "aria-pressed") == "true"
    (draft,) = app.drafts.of(key)
    assert (draft.thumbs, draft.reason) == ("down", "too short")
    assert desk.input_value(BOX) == draft.text  # nothing was sent


def test_a_macro_is_inserted_by_keyboard_and_a_missing_fact_is_said(url, chromium, app):  # noqa: F811
    talk(app, ["show me the Glen Mug"], *MUG, shopper="ada")
    desk = taken(chromium, url)
    desk.keyboard.type("One moment.")
    tab_to(desk, "#dk-macros-open")
    desk.keyboard.press("Enter")
    tab_to(desk, "#dk-macros button")
    assert desk.get_attribute("#dk-macros-open", "aria-expanded") == "true"
    while desk.evaluate("document.activeElement.textContent") != "Greet by name":
        desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    desk.wait_for_selector(f"{BOX}:focus")
    assert desk.input_value(BOX).startswith("One moment. Hello Ada, thank you for writing to Tiny.")
    assert not desk.is_visible("#dk-macros")
    desk.click("#dk-macros-open")
    desk.click("#dk-macros button:has-text('Sold out')")
    desk.wait_for_selector("#dk-said:has-text('nothing that was spoken of is sold out')")
    desk.keyboard.press("Escape")
    assert not desk.is_visible("#dk-macros")


def test_what_was_told_is_listed_and_what_has_changed_since_is_marked(url, chromium, app):  # noqa: F811
    key = talk(app, ["show me the Glen Mug"], *MUG)
    with app._engine.begin() as db:  # it was told at another price
        reply = db.execute(select(turns.c.reply).where(turns.c.conversation_id == key, turns.c.n == 0)).scalar()
        facts = [{**fact, "value": "11.00 EUR"} if fact["field"] == "price" else fact for fact in reply["facts"]]
        first = (turns.c.conversation_id == key) & (turns.c.n == 0)
        db.execute(update(turns).where(first).values(reply={**reply, "facts": facts}))
    desk = opened(chromium, f"{url}/desk")
    sign_in(desk, url, "Mia")
    desk.click(".dk-row")
    desk.wait_for_selector("#dk-told .dk-mark:has-text('1 changed since')")
    changed = desk.inner_text("#dk-told .dk-changed")
    assert "11.00 EUR" in changed and "now 12.00 EUR" in changed
    assert "catalogue" in changed and "prompt" in changed and "voice" in changed
    assert desk.query_selector("#dk-summary p") is None  # a short conversation is not summed up


def test_a_long_conversation_is_summed_up_on_top(url, chromium, app):  # noqa: F811
    key = app.conversations.start(Identity())
    for _ in range(5):
        app.conversations.append(key, "show me the Glen Mug", {"reply": "Here it is.", "products": []}, {})
    app.conversations.append(key, "a person please", {"reply": "Passed on.", "products": []}, {})
    app.assistant.services.handoffs.open(key, {"reason": "a person please", "mood": "calm"})
    app.model.chat.script[:] = [AIMessage("They asked for the <b>Glen Mug</b>.")]
    desk = opened(chromium, f"{url}/desk")
    sign_in(desk, url, "Mia")
    desk.click(".dk-row")
    desk.wait_for_selector("#dk-summary p:has-text('They asked for the <b>Glen Mug</b>.')")
    desk.wait_for_timeout(2500)  # two looks later
    assert len(app.model.chat.requests) == 1  # the model is asked once


def test_gaps_are_listed_for_a_lead_alone(url, chromium, app):  # noqa: F811
    key = app.conversations.start(Identity())
    app.conversations.append(key, "is it bulletproof?", {"reply": "", "outcome": "not_stated"}, {})
    lead, agent = opened(chromium, f"{url}/desk"), opened(chromium, f"{url}/desk")
    sign_in(lead, url, "Lea")
    tab_to(lead, "#dk-gaps summary")
    lead.keyboard.press("Enter")
    lead.wait_for_selector("#dk-gaps li:has-text('is it bulletproof?')")
    assert "1 ×" in lead.inner_text("#dk-gaps li")
    sign_in(agent, url, "Mia")
    assert agent.query_selector("#dk-gaps summary") is None


def test_the_aids_are_in_chinese_too(url, chromium, app):  # noqa: F811
    talk(app, ["给我看看Glen Mug"], *MUG)
    desk = taken(chromium, url, locale="zh-CN")
    app.model.chat.script[:] = MUG
    desk.click("#dk-make-draft")
    desk.wait_for_selector("#dk-draft .ov-rate")
    desk.fill(BOX, desk.input_value(BOX).replace("12.00", "10.00"))
    desk.wait_for_selector("#dk-changes .dk-mark.dk-wrong:has-text('事实错误')")
    desk.press(BOX, "Control+Enter")
    desk.wait_for_selector("[role=alertdialog]:has-text('商店的说法是：12.00 EUR。仍要发送吗？')")
    for selector, text in (
        ("#dk-draft", "价格: 12.00 EUR"),
        ("#dk-told", "已告知的内容"),
        ("#dk-macros-open", "插入常用语"),
    ):
        assert text in desk.inner_text(selector)
    for width in (1280, 800, 390):
        desk.set_viewport_size({"width": width, "height": 844})
        assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
