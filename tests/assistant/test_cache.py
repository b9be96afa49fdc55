"""What is constant is read once: the requests that model servers receive, and what those servers say of their cache."""

import json
import logging
from itertools import takewhile
from pathlib import Path

import httpx
import pytest

from assistant.app import build_app, open_model
from assistant.conversation import Identity
from assistant.events import Done
from assistant.llm import PLAN_SLOT, PROSE_SLOT, GrammarChatModel, Model, tokens_of
from assistant.settings import Settings
from assistant.turn import MAX_PLANNED, MAX_SAID, MAX_TURNS, State
from eval.latency import cached_share
from index.fetch import QWEN_1_5B, fetch_file
from tests.conftest import NOW
from tests.endpoint import endpoint, passing_on
from tests.toys import ToyEncoder


def talk(app, identity, channel, *messages):
    """Say each message in a new conversation; returns the replies."""
    key = app.conversations.start(identity, channel)
    return [next(e.reply for e in app.assistant.reply(key, text) if isinstance(e, Done)) for text in messages]


def app_on(model, shop_folder, tmp_path):
    settings = Settings(shop=shop_folder, data_dir=tmp_path / "data", cache_dir=tmp_path / "cache", _env_file=None)
    return build_app(settings, clock=lambda: NOW, model=model, encoder=ToyEncoder(), progress=False)


# ---- a hosted model


def streamed(body, usage):
    """One answer of a hosted model: it searches where it was not told anything yet, else it says a sentence."""
    last = json.loads(body)["messages"][-1]
    call = {"index": 0, "id": "c1", "function": {"name": "search_products", "arguments": '{"query": "rain jacket"}'}}
    searches = last["role"] == "user" and "jacket" in last["content"]
    delta = {"tool_calls": [call]} if searches else {"content": "These are our rain jackets."}
    for choices, told in (([{"index": 0, "delta": {"role": "assistant", **delta}}], None), ([], usage)):
        chunk = {"id": "x", "object": "chat.completion.chunk", "model": "m", "choices": choices, "usage": told}
        yield f"data: {json.dumps(chunk)}\n".encode()
    yield b"data: [DONE]\n"


def test_a_hosted_model_gets_the_same_bytes_first_for_everybody(shop_folder, tmp_path: Path):
    usage = {"prompt_tokens": 100, "completion_tokens": 7, "total_tokens": 107}
    usage["prompt_tokens_details"] = {"cached_tokens": 80}
    with endpoint(lambda body, headers: streamed(body, usage)) as hosted:
        settings = Settings(llm_base_url=hosted.url, llm_model="m", llm_api_key="k", _env_file=None)
        app = app_on(open_model(settings), shop_folder, tmp_path)
        try:
            first = talk(app, Identity(), "shop", "a rain jacket", "thanks")
            talk(app, Identity("shopper", "ada"), "desk", "有没有 rain jacket？")
            brand = app.composer.brand
        finally:
            app.close()
    bodies = hosted.bodies()
    assert len(bodies) == 5
    assert {json.dumps(body["tools"]) for body in bodies} == {json.dumps(bodies[0]["tools"])}
    assert {body["messages"][0]["content"] for body in bodies} == {bodies[0]["messages"][0]["content"]}
    assert bodies[0]["messages"][0]["role"] == "system"
    assert bodies[0]["messages"][0]["content"].startswith(brand)
    assert first[0].tokens == {
        "prompt": 200, "cached": 160, "completion": 14, "plan_prompt": 100, "plan_cached": 80, "plan_completion": 7,
        "prose_prompt": 100, "prose_cached": 80, "prose_completion": 7,
    }  # fmt: skip
    assert first[1].tokens == {
        "prompt": 100, "cached": 80, "completion": 7, "prose_prompt": 100, "prose_cached": 80, "prose_completion": 7,
    }  # fmt: skip


def test_cached_tokens_of_a_service_tier_count(tmp_path: Path):
    def answer(body, headers):
        usage = {"prompt_tokens": 50, "completion_tokens": 2, "total_tokens": 52}
        usage["prompt_tokens_details"] = {"cached_tokens": 40}
        choices = [{"index": 0, "delta": {"role": "assistant", "content": "Good day."}, "finish_reason": "stop"}]
        for chunk in ({"choices": choices}, {"choices": [], "usage": usage}):
            yield f"data: {json.dumps({'id': 'x', 'model': 'm', 'service_tier': 'priority', **chunk})}\n".encode()
        yield b"data: [DONE]\n"

    with endpoint(answer) as hosted:
        chat = open_model(Settings(llm_base_url=hosted.url, llm_model="m", _env_file=None)).chat
        whole = None
        for chunk in chat.stream("hello"):
            whole = chunk if whole is None else whole + chunk
    assert tokens_of(whole) == {"prompt": 50, "cached": 40, "completion": 2}


# ---- the embedded model

PLANNED, ANSWERED = "I need a rain jacket for men", "is the Glen Mug good for tea?"
CONVERSATION = (
    "I want a rain jacket for men, under 130 euros",
    "does it keep the wind out?",
    "add the first one in size M to my cart",
)


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    """The real model with a cache of its own, so that nothing was read before the first start of these tests."""
    gguf = fetch_file(QWEN_1_5B, Settings().cache_dir)
    cache, data = tmp_path_factory.mktemp("cache"), tmp_path_factory.mktemp("data")
    return Settings(gguf=gguf, cache_dir=cache, data_dir=data, llm_timeout_s=600, _env_file=None)


def post(server, path, body):
    url = server.base_url.removesuffix("/v1") + path
    reply = httpx.post(url, json=body, headers={"Authorization": f"Bearer {server.api_key}"}, timeout=600)
    return reply.raise_for_status().json()


def written(server, slot, prompt):
    """What the server writes after a prompt at temperature 0, token by token with its probability; and its usage."""
    messages = [{"role": ROLES[message.type], "content": message.content} for message in prompt]
    body = {"messages": messages, "id_slot": slot, "max_tokens": 12, "temperature": 0, "logprobs": True}
    reply = post(server, "/v1/chat/completions", body)
    tokens = [(token["token"], token["logprob"]) for token in reply["choices"][0]["logprobs"]["content"]]
    return tokens, reply["usage"]["prompt_tokens_details"]["cached_tokens"], reply["usage"]["prompt_tokens"]


ROLES = {"system": "system", "human": "user", "ai": "assistant"}


def both_written(app, server):
    plan = written(server, PLAN_SLOT, app.composer.plan([], PLANNED))
    prose = written(server, PROSE_SLOT, app.composer.answer("chat", "none", ANSWERED, "en"))
    return plan, prose


def warmed(app, caplog):
    with caplog.at_level(logging.INFO, "onevoice"):
        caplog.clear()
        assert app.warm().wait(600)
    return [record.getMessage().rpartition(" ")[2] for record in caplog.records if "prompt of slot" in record.msg]


@pytest.mark.model
@pytest.mark.timeout(1500)
def test_constant_prompts_are_read_once_for_everybody_and_restored_at_the_next_start(
    settings, shop_folder, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    model = open_model(settings, progress=False)
    with endpoint(passing_on(model.server.base_url)) as proxy:
        chat = GrammarChatModel.at(proxy.url, model.name, 600, model.server.api_key)
        app = app_on(Model(chat, model.name, native=False, server=model.server), shop_folder, tmp_path)
        try:
            assert warmed(app, caplog) == ["read", "read"]
            fresh = both_written(app, model.server)
            proxy.requests.clear()
            guest = talk(app, Identity(), "shop", *CONVERSATION)
            ada = talk(app, Identity("shopper", "ada"), "desk", "有没有男士雨衣？")
            ben = talk(app, Identity("shopper", "ben"), "shop", "show me mugs")
            bodies, brand = proxy.bodies(), app.composer.brand
            usages = list(proxy.usages)
            prompts = [
                post(model.server, "/tokenize", {"content": post(model.server, "/apply-template", body)["prompt"]})
                for body in ({"messages": body["messages"]} for body in bodies)
            ]
        finally:
            app.close()

    # The conversation was held with real plans.
    assert guest[0].cards[0].item_group_id == "J1"
    assert all(float(card.price.split()[0]) <= 130 for card in guest[0].cards)
    assert list(guest[2].cart.values()) == [1]

    # The reply's counts are the server's own.
    turns = [reply.tokens for reply in (*guest, *ada, *ben)]
    assert sum(turn["prompt"] for turn in turns) == sum(usage["prompt_tokens"] for usage in usages)
    cached = [usage["prompt_tokens_details"]["cached_tokens"] for usage in usages]
    assert sum(turn["cached"] for turn in turns) == sum(cached)
    assert sum(turn["completion"] for turn in turns) == sum(usage["completion_tokens"] for usage in usages)

    # From the second turn on, and for another shopper, channel and language from the first, it was read before.
    for replies in (guest[1:], ada, ben):
        assert cached_share([reply.tokens for reply in replies]) >= 0.9

    # The constant prefix is the same bytes in every request of a kind, begins with the brand, and is cached whole.
    assert len(bodies) == len(usages) == len(prompts)
    for slot in (PLAN_SLOT, PROSE_SLOT):
        places = [place for place, body in enumerate(bodies) if body["id_slot"] == slot]
        assert len(places) >= 3
        systems = {bodies[place]["messages"][0]["content"].encode() for place in places}
        assert len(systems) == 1
        assert systems.pop().startswith(brand.encode())
        columns = zip(*(prompts[place]["tokens"] for place in places), strict=False)
        constant = list(takewhile(lambda column: len(set(column)) == 1, columns))
        assert len(constant) > len(brand) / 6  # a token of English is some four characters
        # But for the first tokens of the data, in which the prompt that was read ahead differs from those of turns.
        assert all(cached[place] >= len(constant) - 24 for place in places)

    # The next start restores it, and the model writes the very same.
    again = app_on(open_model(settings, progress=False), shop_folder, tmp_path)
    try:
        assert warmed(again, caplog) == ["restored", "restored"]
        assert both_written(again, again.model.server) == fresh
        (plan, plan_cached, plan_tokens), (prose, prose_cached, prose_tokens) = fresh
        assert len(plan) == 12 and len(prose) > 4  # the answer may end before
        assert plan_cached + prose_cached >= 0.9 * (plan_tokens + prose_tokens)
    finally:
        again.close()


# ---- what grows


def test_long_messages_do_not_fill_the_planning_history():
    state = State()
    for number in range(9):
        state.remember("so", f"{number} " + "x" * 900, "[]", "Yes.")
        assert sum(len(said) + len(plan) for said, plan in state.plans) <= MAX_PLANNED
    assert state.plans[-1][0].startswith("8 ")
    state.remember("so", "y" * 2 * MAX_PLANNED, "[]", "Yes.")
    assert state.plans == []


def test_long_messages_do_not_fill_what_was_said():
    state = State()
    for number in range(40):
        state.remember(f"{number} " + "x" * (2_000 if number < 20 else 20), "so", "", "Yes.")
        assert sum(len(said) + len(reply) for said, reply in state.said) <= MAX_SAID
        assert len(state.said) <= MAX_TURNS
        assert state.said[-1][0].startswith(f"{number} ")
