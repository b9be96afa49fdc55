"""Tasks played in words: a model is the customer, a model is the agent with the 16 tools over our store.

The agent is a plain loop of tool calls under the shop's policy, and not this project's assistant: what is measured is the
endpoint's model on our store. A conversation passes where the store ends as the reference's does after the task's own
actions, and every text that the task wants told was told. Nothing else of a conversation is judged.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from math import comb
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from tqdm import tqdm

from assistant.prompts import Prompt, read_prompt
from eval.tau2.document import canonical
from eval.tau2.reference import Reference, tool_schemas
from eval.tau2.replay import Stage, Task
from eval.tau2.tools import Tools

MAX_STEPS = 60  # of agent and customer together; a conversation that is longer has failed
STOP = "###STOP###"
GREETING = "Hi! How can I help you today?"


def _prompt(name: str) -> Prompt:
    return read_prompt(Path(__file__).with_name(f"{name}.md"))


@dataclass
class Talk:
    """Plays conversations.

    Args:
        chat: the endpoint's model, for both parts.
        policy: what the agent must follow.
    """

    chat: BaseChatModel
    policy: str
    agent: Prompt = field(default_factory=lambda: _prompt("agent"))
    user: Prompt = field(default_factory=lambda: _prompt("user"))

    def play(self, task: Task, tools: Tools) -> str | None:
        """Play a task on a store; returns all that the agent has said, None where it came to no end."""
        customer: list[BaseMessage] = [SystemMessage(self._part(task)), HumanMessage(GREETING)]
        agent: list[BaseMessage] = [SystemMessage(self.agent.render(policy=self.policy)), AIMessage(GREETING)]
        acting = self.chat.bind_tools(tool_schemas())
        told: list[str] = []
        theirs = True
        for _ in range(MAX_STEPS):
            if theirs:
                said = str(self.chat.invoke(customer).text).strip()
                if STOP in said:
                    return "\n".join(told)
                customer.append(AIMessage(said))
                agent.append(HumanMessage(said))
                theirs = False
                continue
            answer = acting.invoke(agent)
            agent.append(answer)
            calls = answer.tool_calls if isinstance(answer, AIMessage) else []
            for call in calls:
                done, result = tools.call(call["name"], call["args"])
                text = result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)
                agent.append(ToolMessage(text if done else f"Error: {text}", tool_call_id=call["id"] or ""))
            if not calls:
                told.append(str(answer.text))
                customer.append(HumanMessage(told[-1]))
                theirs = True
        return None

    def _part(self, task: Task) -> str:
        told = task.user_scenario.instructions
        return self.user.render(
            reason=told.reason_for_call or "",
            known=told.known_info or "nothing else",
            unknown=told.unknown_info or "nothing in particular",
            manner=" ".join(filter(None, [task.user_scenario.persona, told.task_instructions])),
        )


def play_tasks(stage: Stage, tasks: list[Task], talk: Talk, trials: int, progress: bool) -> dict[str, Any]:
    """Play each task so many times; returns `pass^1` … `pass^trials`, and task → how often it passed."""
    passed: dict[str, int] = {}
    for task in tqdm(tasks, desc="conversations", unit="task", disable=not progress):
        reference = Reference(stage.state)
        for call in task.calls:
            reference.call(call.name, call.arguments)
        wanted = canonical(reference.state)
        passed[task.id] = 0
        for _ in range(trials):
            with stage.tools(lenient=True) as tools:
                told = talk.play(task, tools)
                left = told is not None and canonical(tools.state()) == wanted
                texts = task.evaluation_criteria.communicate_info or []
                passed[task.id] += left and all(text in str(told).replace(",", "") for text in texts)
    return {**{f"pass^{k}": pass_k(list(passed.values()), trials, k) for k in range(1, trials + 1)}, "passed": passed}


def pass_k(passed: list[int], trials: int, k: int) -> float:
    """The chance that k conversations of a task all pass, over all tasks: the mean of C(passed, k) / C(trials, k)
    (τ-bench, arXiv 2406.12045, section 3)."""
    return round(sum(comb(n, k) for n in passed) / comb(trials, k) / max(len(passed), 1), 4)
