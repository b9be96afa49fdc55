"""The desk over HTTP: a shopper's cookie opens nothing, an agent's nothing but what waits and what they have taken."""

import json
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from langchain_core.messages import AIMessage
from sqlalchemy import delete, insert

from assistant.conversation import Identity
from assistant.db import conversations, drafts, handoffs, staff_tries, takeovers, turns
from assistant.support.desk.accounts import TRIES, Accounts
from assistant.support.desk.drafts import all_drafts
from assistant.web.identity import DESK_COOKIE
from assistant.web.server import create_web
from tests.assistant.support.desk.steps import MUG
from tests.conftest import NOW, scripted

OWN = {"X-Onevoice": "1"}
SECRET = "correct horse"
PRIVATE = ("my knee hurts", "ada@example.com", "T100", "Elderberry Lane", "Ada", "wool")  # of Ada, whose talk is Jon's


@pytest.fixture(scope="module")
def app(tiny_app, tmp_path_factory):
    """One for all: each test clears away what it made."""
    settings = tiny_app.settings.model_copy(update={"data_dir": tmp_path_factory.mktemp("desk") / "data"})
    shop = replace(tiny_app.shop, settings=tiny_app.shop.settings.model_copy(deep=True))
    app = replace(tiny_app, settings=settings, shop=shop, model=scripted([]))
    app = app.fresh_state(tmp_path_factory.mktemp("state") / "0", lambda: NOW)
    staff = Accounts(app._engine, app.assistant.services.clock, cost=4)
    for name, role in (("Mia", "agent"), ("Jon", "agent"), ("Lea", "lead")):
        staff.add(name, role, SECRET)
    yield app
    app.close_state()


@pytest.fixture(scope="module")
def web(app):
    return create_web(app)


def talk(app, shopper, text, *, waits):
    """A conversation with one turn; it waits for a person, or it does not."""
    key = app.conversations.start(Identity("shopper", shopper) if shopper else Identity())
    reply = {"reply": f"Noted: {text}", "products": [], "suggestions": [], "outcome": "handed_off"}
    app.conversations.append(key, text, reply, {})
    if waits:
        app.assistant.services.handoffs.open(key, {"reason": text, "mood": "calm", "shopper": shopper})
    return key


def kept_draft(app, key, text="It costs 12.00 EUR."):
    """The id of a draft as it is kept; the model is asked nothing."""
    now = NOW.replace(tzinfo=None)
    made = {"conversation_id": key, "n": 0, "question": "how much?", "staff": "Jon", "text": text, "sentences": []}
    made |= {"writes": [], "outcome": "answered", "prompt_sha": "", "voice_version": "", "model": "scripted", "at": now}
    with app._engine.begin() as db:
        db.execute(insert(drafts).values(id=f"draft-{key}", **made))
    return f"draft-{key}"


@pytest.fixture
def talks(app, web):
    """Ada's is taken by Jon, Ben's waits, Kit's has no need of a person."""
    found = {
        "ada": talk(app, "ada", "my knee hurts, I avoid wool", waits=True),
        "ben": talk(app, "ben", "where is my bag", waits=True),
        "kit": talk(app, "kit", "a quiet talk", waits=False),
    }
    app.desk.takeovers.take(found["ada"], app.desk.accounts.check("Jon", SECRET, "x"))
    yield {**found, "draft": kept_draft(app, found["ada"])}
    app.model.chat.script.clear()
    app.model.chat.requests.clear()
    with app._engine.begin() as db:
        for table in (staff_tries, takeovers, handoffs, drafts, turns, conversations):
            db.execute(delete(table))


def browser(web, name=None, shopper=None):
    """A client, signed in at the desk or as a shopper."""
    client = TestClient(web)
    if shopper is not None:
        client.get("/")
        assert client.post("/shop/sign-in", json={"shopper": shopper}, headers=OWN).status_code == 200
    if name is not None:
        answer = client.post("/v1/desk/session", json={"name": name, "password": SECRET}, headers=OWN)
        assert answer.status_code == 200
    return client


ROUTES = [
    ("GET", "/v1/desk/queue", None),
    ("GET", "/v1/desk/search?q=knee", None),
    ("GET", "/v1/desk/conversations/{ada}", None),
    ("GET", "/v1/desk/conversations/{ben}", None),
    ("POST", "/v1/desk/conversations/{ben}/take", {}),
    ("POST", "/v1/desk/conversations/{ada}/say", {"text": "hello"}),
    ("POST", "/v1/desk/conversations/{ada}/back", {}),
    ("POST", "/v1/desk/conversations/{ada}/draft", {}),
    ("POST", "/v1/desk/conversations/{ada}/drafts/{draft}/rate", {"thumbs": "up"}),
    ("POST", "/v1/desk/conversations/{ada}/changes", {"text": "It costs 1.00 EUR."}),
    ("GET", "/v1/desk/macros", None),
    ("POST", "/v1/desk/conversations/{ada}/macros/greeting", {}),
    ("GET", "/v1/desk/conversations/{ada}/told", None),
    ("GET", "/v1/desk/conversations/{ben}/told", None),
    ("GET", "/v1/desk/conversations/{ada}/summary", None),
    ("GET", "/v1/desk/conversations/{ben}/summary", None),
    ("GET", "/v1/desk/gaps", None),
]


def tried(client, method, path, body, talks, headers=OWN):
    answer = client.request(method, path.format(**talks), json=body, headers=headers)
    assert not any(word in answer.text for word in (*PRIVATE, "where is my bag", *talks.values())), answer.text
    return answer.status_code


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
@pytest.mark.parametrize("who", ["nobody", "shopper", "forged", "swapped", "claimed"])
def test_nobody_but_staff_gets_anything(app, web, talks, who, method, path, body):
    client = browser(web, shopper="ada" if who != "nobody" else None)
    if who == "forged":
        client.cookies.set(DESK_COOKIE, "Lea." + "0" * 32)
    elif who == "swapped":  # signed by us, for something else
        client.cookies.set(DESK_COOKIE, client.cookies["onevoice"])
    headers = {**OWN, "X-Staff": "Lea", "Authorization": "Bearer Lea"} if who == "claimed" else OWN
    body = {**body, "staff": "Lea", "role": "lead"} if who == "claimed" and body is not None else body
    assert tried(client, method, path, body, talks, headers) == 401
    assert app.desk.takeovers.of(talks["ben"]) is None
    assert len(app.conversations.turns(talks["ada"])) == 2
    assert app.drafts.get(talks["draft"]).thumbs is None
    assert app.model.chat.requests == []


@pytest.mark.parametrize("key", ["ada", "kit", "nope"])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/desk/conversations/{}", None),
        ("GET", "/v1/desk/conversations/{}?staff=Jon&role=lead", None),
        ("POST", "/v1/desk/conversations/{}/say", {"text": "hello", "staff": "Jon"}),
        ("POST", "/v1/desk/conversations/{}/back", {"role": "lead"}),
        ("POST", "/v1/desk/conversations/{}/draft", {}),
        ("POST", "/v1/desk/conversations/{}/drafts/{draft}/rate", {"thumbs": "up", "staff": "Jon"}),
        ("POST", "/v1/desk/conversations/{}/changes", {"text": "It costs 1.00 EUR.", "staff": "Jon"}),
        ("POST", "/v1/desk/conversations/{}/changes", {"text": "It costs 1.00 EUR.", "draft": "{draft}"}),
        ("POST", "/v1/desk/conversations/{}/macros/greeting", {"role": "lead"}),
        ("GET", "/v1/desk/conversations/{}/told", None),
        ("GET", "/v1/desk/conversations/{}/told?role=lead", None),
        ("GET", "/v1/desk/conversations/{}/summary", None),
    ],
)
def test_an_agent_gets_nothing_of_what_they_have_not_open(app, web, talks, key, method, path, body):
    mia = browser(web, "Mia", shopper="ben")
    body = {name: value.format(**talks) for name, value in body.items()} if body else body
    told = mia.request(method, path.format(talks.get(key, key), **talks), json=body, headers=OWN)
    assert (told.status_code, told.json()) == (404, {"error": "no such conversation"})
    assert app.desk.takeovers.of(talks["ada"]).staff.name == "Jon"


@pytest.mark.parametrize("words", ["knee", "KNEE hurts", "wool", "%", "_", "noted quiet", "a", "Ada", "Noted:"])
def test_an_agents_search_finds_nothing_of_others(web, talks, words):
    answer = browser(web, "Mia").get("/v1/desk/search", params={"q": words})
    assert {row["id"] for row in answer.json()["found"]} <= {talks["ben"]}
    assert not any(word in answer.text for word in ("knee", "wool", "quiet", "Ada"))


def test_the_queue_of_an_agent_and_of_a_lead(web, talks):
    rows = browser(web, "Mia").get("/v1/desk/queue").json()["queue"]
    assert [(row["id"], row["name"], row["reason"]) for row in rows] == [(talks["ben"], "Ben", "where is my bag")]
    rows = browser(web, "Lea").get("/v1/desk/queue").json()["queue"]
    assert [(row["id"], row["status"], row["by"]) for row in rows] == [
        (talks["ben"], "waiting", None), (talks["ada"], "taken", "Jon")
    ]  # fmt: skip


def test_taking_what_a_colleague_has_says_who(web, talks):
    for name in ("Mia", "Lea"):
        answer = browser(web, name).post(f"/v1/desk/conversations/{talks['ada']}/take", headers=OWN)
        assert (answer.status_code, answer.json()["by"]) == (409, "Jon")
    assert browser(web, "Mia").post(f"/v1/desk/conversations/{talks['kit']}/take", headers=OWN).status_code == 404


def test_what_is_shown_of_a_shopper_follows_the_role(app, web, talks):
    mia, jon, lea = (browser(web, name) for name in ("Mia", "Jon", "Lea"))
    waiting = mia.get(f"/v1/desk/conversations/{talks['ben']}").json()
    assert set(waiting["panel"]) == {"name", "orders", "consent", "preferences"}
    assert mia.post(f"/v1/desk/conversations/{talks['ben']}/take", headers=OWN).json()["can"]["answer"] is True
    assert set(mia.get(f"/v1/desk/conversations/{talks['ben']}").json()["panel"]) == {
        "name", "email", "orders", "consent", "preferences", "events"
    }  # fmt: skip
    panel = jon.get(f"/v1/desk/conversations/{talks['ada']}").json()["panel"]
    assert [order["id"] for order in panel["orders"]] == ["T100"]
    assert panel["events"] == [{"type": "purchase", "title": "Hazel Mug", "at": "2026-10-01T10:00:00Z"}]
    opted_out = lea.get(f"/v1/desk/conversations/{talks['kit']}").json()["panel"]
    assert set(opted_out) == {"name", "email", "orders", "consent"}  # who opted out is not looked into by a lead either
    assert lea.get("/v1/desk/search?q=quiet").json()["found"][0]["id"] == talks["kit"]


def test_after_handing_back_an_agent_has_it_no_longer(web, talks):
    jon = browser(web, "Jon")
    assert jon.post(f"/v1/desk/conversations/{talks['ada']}/back", headers=OWN).status_code == 200
    assert jon.get(f"/v1/desk/conversations/{talks['ada']}").status_code == 404
    assert jon.get("/v1/desk/search?q=knee").json()["found"] == []


@pytest.mark.parametrize(("method", "path", "body"), [route for route in ROUTES if route[0] == "POST"])
def test_another_site_cannot_act_for_staff(app, web, talks, method, path, body):
    assert browser(web, "Jon").request(method, path.format(**talks), json=body).status_code == 403
    assert app.desk.takeovers.of(talks["ben"]) is None


def test_signing_in_sets_a_cookie_of_its_own_and_signing_out_ends_it(web, talks):
    client = browser(web, shopper="ada")
    answer = client.post("/v1/desk/session", json={"name": "Lea", "password": SECRET}, headers=OWN)
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith(f"{DESK_COOKIE}=") and "httponly" in cookie and "samesite=strict" in cookie
    assert client.get("/v1/desk/session").json()["staff"] == {"name": "Lea", "role": "lead"}
    assert client.get("/shop/state").json()["shopper"] == "Ada"  # the shopper's own is untouched
    held = client.cookies[DESK_COOKIE]
    assert client.delete("/v1/desk/session", headers=OWN).status_code == 200
    client.cookies.set(DESK_COOKIE, held)
    assert client.get("/v1/desk/queue").status_code == 401  # and cannot be used again


def test_wrong_passwords_are_refused_and_counted(web, talks):
    client = browser(web)
    for _ in range(TRIES["pair"]):
        answer = client.post("/v1/desk/session", json={"name": "Lea", "password": "wrong"}, headers=OWN)
        assert answer.status_code == 401
    answer = client.post("/v1/desk/session", json={"name": "Lea", "password": SECRET}, headers=OWN)
    assert answer.status_code == 429
    for body in ({}, {"name": "Lea"}, {"name": ["Lea"], "password": SECRET}):
        assert client.post("/v1/desk/session", json=body, headers=OWN).status_code == 422


def test_the_demo_agent_is_let_in_by_a_demo_shop_alone(app, web, monkeypatch):
    client = browser(web)
    assert client.post("/v1/desk/session/demo").status_code == 403
    assert client.post("/v1/desk/session/demo", headers=OWN).json() == {"name": "Demo agent", "role": "agent"}
    assert client.get("/v1/desk/queue").status_code == 200
    monkeypatch.setattr(app.shop.settings, "demo", False)
    assert browser(web).post("/v1/desk/session/demo", headers=OWN).status_code == 403


def test_a_shopper_reads_what_a_person_wrote(app, web, talks):
    shopper, jon = TestClient(web), browser(web, "Jon")
    shopper.get("/")
    key = shopper.cookies["onevoice"].split(".")[0]
    app.conversations.append(key, "a person", {"reply": "Passed on."}, {})
    app.assistant.services.handoffs.open(key, {"reason": "a person"})
    assert shopper.get("/shop/news").json() == {"turns": 1}
    assert jon.post(f"/v1/desk/conversations/{key}/take", headers=OWN).status_code == 200
    for text in ("", " ", "x" * 2001, 7):
        assert jon.post(f"/v1/desk/conversations/{key}/say", json={"text": text}, headers=OWN).status_code == 422
    shown = jon.post(f"/v1/desk/conversations/{key}/say", json={"text": "Hello <b>"}, headers=OWN).json()
    assert (shown["turns"][-1]["reply"], shown["turns"][-1]["at"]) == ("Hello <b>", NOW.strftime("%Y-%m-%dT%H:%M:%SZ"))
    assert shopper.get("/shop/news").json() == {"turns": 3}
    said = {"messages": [{"role": "user", "content": "hello?"}]}
    answer = shopper.post("/v1/chat/completions", json=said).json()
    assert answer["choices"][0]["message"]["content"] == "Jon is answering you here."
    assert app.model.chat.requests == []
    assert app.ratings.rate(key, 2, "up") is False  # a person's words are not rated


def test_the_page_itself_holds_nothing(web, talks):
    page = browser(web, "Lea").get("/desk")
    assert page.status_code == 200
    assert not any(word in page.text for word in (*PRIVATE[:4], *talks.values()))
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert TestClient(web).get("/shop/news").status_code == 401


def test_a_draft_comes_sentence_by_sentence_with_what_each_rests_on(app, web, talks):
    app.conversations.append(talks["ada"], "show me the Glen Mug", {"reply": ""}, {})
    app.model.chat.script[:] = MUG
    answer = browser(web, "Jon").post(f"/v1/desk/conversations/{talks['ada']}/draft", headers=OWN)
    first, second, last = (json.loads(line) for line in answer.text.splitlines())
    assert (first["sentence"], second["sentence"]) == ("The Glen Mug costs 12.00 EUR.", "It is white.")
    price = next(source for source in first["sources"] if source.get("field") == "price")
    assert (price["kind"], price["value"], price["source"]) == ("fact", "12.00 EUR", "products")
    assert app.drafts.get(last["draft"]).text == "The Glen Mug costs 12.00 EUR. It is white."
    assert last["writes"] == []


def about_the_mug(app, talks):
    """Ada's conversation goes on with the Glen Mug; its path."""
    app.conversations.append(talks["ada"], "and the Glen Mug?", {"reply": ""}, {"focus": ["M1"], "shown": ["M1"]})
    return f"/v1/desk/conversations/{talks['ada']}"


def test_changes_of_a_draft_are_checked_against_the_shop(app, web, talks):
    path, jon = about_the_mug(app, talks), browser(web, "Jon")
    body = {"text": "Sure! It costs 10.00 EUR.", "draft": talks["draft"]}
    tone, wrong = jon.post(f"{path}/changes", json=body, headers=OWN).json()["changes"]
    assert (tone["kind"], tone["verdict"]) == ("tone", None)
    assert (wrong["before"], wrong["after"], wrong["verdict"]) == ("12.00 EUR", "10.00 EUR", "contradicted")
    assert (wrong["says"], wrong["source"]) == ("12.00 EUR", "products")
    found = jon.post(f"{path}/changes", json={"text": "It is red."}, headers=OWN).json()["changes"]
    assert [change["verdict"] for change in found] == ["contradicted"]  # a text of one's own is checked, too
    for text in ("", " ", "x" * 2001, 7, None):
        assert jon.post(f"{path}/changes", json={"text": text}, headers=OWN).status_code == 422


def test_what_the_shop_contradicts_is_sent_only_when_it_is_meant(app, web, talks):
    path, jon = about_the_mug(app, talks), browser(web, "Jon")
    said = len(app.conversations.turns(talks["ada"]))
    body = {"text": "It costs 10.00 EUR.", "draft": talks["draft"]}
    for anyway in (None, False, "true", 1):
        answer = jon.post(f"{path}/say", json={**body, "anyway": anyway}, headers=OWN)
        assert answer.status_code == 409
        assert [change["says"] for change in answer.json()["wrong"]] == ["12.00 EUR"]
    assert len(app.conversations.turns(talks["ada"])) == said
    assert app.drafts.get(talks["draft"]).sent_text is None
    shown = jon.post(f"{path}/say", json={**body, "anyway": True}, headers=OWN)
    assert shown.json()["turns"][-1]["reply"] == "It costs 10.00 EUR."  # staff have the last word
    kept = app.drafts.get(talks["draft"])
    assert (kept.sent_text, kept.edited, kept.sent_by) == ("It costs 10.00 EUR.", True, "Jon")


def test_what_is_kept_of_an_answer_is_what_the_shopper_has(app, web, talks):
    jon, path = browser(web, "Jon"), f"/v1/desk/conversations/{talks['ada']}"

    def say(text):
        body = {"text": text, "draft": talks["draft"], "anyway": True}
        return jon.post(f"{path}/say", json=body, headers=OWN).status_code

    assert say("\u200b") == 422
    assert app.drafts.get(talks["draft"]).sent_text is None
    assert say("Hello\u200b there") == 200
    said = app.conversations.turns(talks["ada"])[-1].reply["reply"]
    assert app.drafts.get(talks["draft"]).sent_text == said == "Hello there"


@pytest.mark.parametrize("draft", ["of another", "nope", ["x"]])
def test_a_draft_of_another_conversation_is_not_there(app, web, talks, draft):
    draft = kept_draft(app, talks["ben"]) if draft == "of another" else draft
    jon, path = browser(web, "Jon"), f"/v1/desk/conversations/{talks['ada']}"
    said = len(app.conversations.turns(talks["ada"]))
    for name in ("say", "changes"):
        answer = jon.post(f"{path}/{name}", json={"text": "Hello", "draft": draft}, headers=OWN)
        assert answer.status_code == 404
    assert jon.post(f"{path}/drafts/{draft}/rate", json={"thumbs": "up"}, headers=OWN).status_code == 404
    assert len(app.conversations.turns(talks["ada"])) == said
    assert all(one.draft.sent_text is None and one.draft.thumbs is None for one in all_drafts(app._engine))


def test_a_draft_is_rated_with_a_reason_and_the_rating_is_taken_back(app, web, talks):
    jon, path = browser(web, "Jon"), f"/v1/desk/conversations/{talks['ada']}/drafts/{talks['draft']}/rate"
    answer = jon.post(path, json={"thumbs": "down", "reason": "too long"}, headers=OWN)
    assert answer.json() == {"thumbs": "down", "reason": "too long"}
    kept = app.drafts.get(talks["draft"])
    assert (kept.thumbs, kept.reason) == ("down", "too long")
    for body in ({"thumbs": "sideways"}, {"thumbs": "up", "reason": "x" * 1000}, {"thumbs": "up", "reason": 7}):
        assert jon.post(path, json=body, headers=OWN).status_code == 422
    assert jon.post(path, json={"thumbs": None, "reason": "x"}, headers=OWN).json() == {"thumbs": None, "reason": None}
    assert app.drafts.get(talks["draft"]).thumbs is None


def test_macros_are_listed_in_the_pages_language_and_filled_in_for_who_has_the_conversation(web, talks):
    jon, path = browser(web, "Jon"), f"/v1/desk/conversations/{talks['ada']}/macros"
    listed = {row["name"]: row["title"] for row in jon.get("/v1/desk/macros").json()["macros"]}
    assert listed["greeting"] == "Greet by name"
    chinese = jon.get("/v1/desk/macros", headers={"Accept-Language": "zh-CN"}).json()["macros"]
    assert {"name": "greeting", "title": "问候（称呼姓名）"} in chinese
    assert jon.post(f"{path}/greeting", headers=OWN).json()["text"].startswith("Hello Ada, thank you")
    missing = jon.post(f"{path}/out_of_stock", headers=OWN)
    assert (missing.status_code, missing.json()["fact"]) == (409, "title")
    assert jon.post(f"{path}/nope", headers=OWN).status_code == 409


def test_what_was_told_of_a_shopper_is_seen_as_their_events_are(app, web, talks):
    facts = [
        {"subject": "M1", "field": "price", "value": "11.00 EUR", "source": "products", "at": "2026-10-31T09:00:00Z"},
        {"subject": "M1", "field": "because", "value": "you bought the Hazel Mug", "source": "events",
         "at": "2026-10-31T09:00:00Z"},
    ]  # fmt: skip
    reply = {"reply": "…", "facts": facts, "prompt_sha": "abc", "voice": {"version": "1"}}
    app.conversations.append(talks["ben"], "a mug?", reply, {})
    path, mia = f"/v1/desk/conversations/{talks['ben']}", browser(web, "Mia")
    (price,) = mia.get(f"{path}/told").json()["told"]  # it waits: events are not open to her yet
    assert (price["title"], price["then"], price["now"], price["changed"]) == (
        "Glen Mug", "11.00 EUR", "12.00 EUR", True
    )  # fmt: skip
    assert (price["at"], price["prompt_sha"], price["voice_version"]) == ("2026-10-31T09:00:00Z", "abc", "1")
    mia.post(f"{path}/take", headers=OWN)
    _, because = mia.get(f"{path}/told").json()["told"]
    assert (because["then"], because["changed"]) == ("you bought the Hazel Mug", False)


def test_a_long_conversation_is_summed_up_and_a_short_one_asks_no_model(app, web, talks):
    jon, path = browser(web, "Jon"), f"/v1/desk/conversations/{talks['ada']}/summary"
    assert jon.get(path).json() == {"summary": None}
    assert app.model.chat.requests == []
    for text in ("and a mug?", "a white mug?", "hm", "or a bag?"):
        assert jon.get(path).json() == {"summary": None}
        app.conversations.append(talks["ada"], text, {"reply": "Noted."}, {})
    assert jon.get(path).json() == {"summary": None}  # that Jon has joined is no turn to sum up
    app.conversations.append(talks["ada"], "a mug, then", {"reply": "Noted."}, {})
    app.model.chat.script[:] = [AIMessage("They asked for a white mug. They live in Paris.")]
    assert jon.get(path).json() == {"summary": "They asked for a white mug.", "by": "model"}


def test_gaps_are_for_leads(app, web, talks):
    app.conversations.append(talks["kit"], "is it bulletproof?", {"reply": "", "outcome": "not_stated"}, {})
    assert browser(web, "Mia").get("/v1/desk/gaps").status_code == 403
    assert browser(web, "Mia").get("/v1/desk/session").json()["gaps"] is False
    lea = browser(web, "Lea")
    assert lea.get("/v1/desk/session").json()["gaps"] is True
    found = lea.get("/v1/desk/gaps").json()
    assert found["days"] == 30
    assert ["is it bulletproof?"] in [gap["examples"] for gap in found["gaps"]]


def test_the_pages_scripts_are_served_and_nothing_beside_them(web):
    client = TestClient(web)
    answer = client.get("/scripts/desk/main.js")
    assert answer.status_code == 200 and "javascript" in answer.headers["content-type"]
    assert answer.headers["cache-control"] == "no-cache"
    for path in ("/scripts/../server.py", "/scripts/%2e%2e/server.py", "/scripts/desk/"):
        assert client.get(path).status_code == 404
