"""The benchmark of waiting: what it counts as cached."""

import json
from functools import partial
from pathlib import Path

import pytest

from assistant.app import build_app
from assistant.settings import Settings
from eval import latency
from tests.endpoint import endpoint
from tests.toys import ToyEncoder

DIALOGUES = """
name: two turns
turns:
  - say: a rain jacket
  - say: a blue jacket
---
name: one turn
turns:
  - say: thanks
"""


def answer(body, headers):
    """Searches for jackets, then says a sentence. A conversation's first turn has nothing cached, later ones have."""
    messages = json.loads(body)["messages"]
    plans = messages[-1]["role"] == "user" and "jacket" in messages[-1]["content"]
    call = {"index": 0, "id": "c1", "function": {"name": "search_products", "arguments": '{"query": "jacket"}'}}
    later = sum(message["role"] == "user" for message in messages) > 1
    usage = {"prompt_tokens": 300 if plans else 100, "completion_tokens": 5, "total_tokens": 0}
    usage["prompt_tokens_details"] = {"cached_tokens": (294 if plans else 80) if later else 0}
    delta = {"tool_calls": [call]} if plans else {"content": "We have these."}
    choices = [{"index": 0, "delta": {"role": "assistant", **delta}}]
    for chunk in ({"choices": choices}, {"choices": [], "usage": usage}):
        yield f"data: {json.dumps({'id': 'x', 'model': 'm', **chunk})}\n".encode()
    yield b"data: [DONE]\n"


def test_cached_shares_are_of_the_turns_and_calls_they_say(
    shop_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    script = tmp_path / "d.yaml"
    script.write_text(DIALOGUES)
    monkeypatch.setattr(latency, "build_app", partial(build_app, encoder=ToyEncoder(), progress=False))
    with endpoint(answer) as hosted:
        found = latency.measure(
            Settings(shop=shop_folder, data_dir=tmp_path, llm_base_url=hosted.url, llm_model="m", _env_file=None),
            script,
        )
    assert found["turns"] == 3
    assert found["cached_share_later"] == round((294 + 80) / 400, 4)
    assert found["cached_share_later_plan"] == 294 / 300
    assert found["cached_share_later_prose"] == 80 / 100
    assert found["cached_share"] == round((294 + 80) / (400 + 100), 4)  # all turns but the very first


def test_a_share_of_nothing_is_not_told():
    assert latency.cached_share([]) is None
    assert latency.cached_share([{"prompt": 50, "cached": 10}], "plan_") is None
