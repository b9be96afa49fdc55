"""Spoils what two shoppers are told of the same thing: one value of a fact that both runs have, or a citation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from eval.mutants.case import Case, Maker, Mutant


def _value(case: Case) -> Iterator[Mutant]:
    if case.expect.same_facts_for is None:
        return
    theirs = {(f["subject"], f["field"]) for reply in case.peers.values() for f in reply["facts"]}
    mine = {(f["subject"], f["field"]) for f in case.reply["facts"]}
    # which sentence is picked as evidence may differ, and a cart is each shopper's own
    shared = sorted(key for key in mine & theirs if key[1] != "evidence" and key[0] != "cart")
    for subject, name in case.some(shared, 2):
        facts = [dict(fact) for fact in case.reply["facts"]]
        held = {fact["value"] for fact in facts if (fact["subject"], fact["field"]) == (subject, name)}
        place = next(n for n, fact in enumerate(facts) if (fact["subject"], fact["field"]) == (subject, name))
        other = f"{facts[place]['value']} more"
        while other in held:
            other += " more"
        facts[place]["value"] = other
        yield case.with_reply(f"{subject} {name} is {other!r}", facts=facts)


def _citation(case: Case) -> Iterator[Mutant]:
    if case.expect.same_facts_for is None or not case.peers:
        return
    held: list[Mapping[str, Any]] = list(case.reply["citations"])
    if held:
        left = [citation for citation in held if _same(citation) != _same(held[0])]
        yield case.with_reply("a citation is left out", citations=left)
        changed = [{**held[0], "quote": f"{held[0]['quote']} And more."}, *held[1:]]
        yield case.with_reply("a quote is longer", citations=changed)
    more = [{"source": policy.source, "quote": "More."} for policy in case.seen.shop.policies]
    for one in case.some(more):
        yield case.with_reply(f"{one['source']} is cited too", citations=[*held, one])


def _same(citation: Mapping[str, Any]) -> tuple[str, str]:
    """Citations are compared without regard to spaces."""
    return citation["source"], "".join(citation["quote"].split())


AGREEMENT: dict[tuple[str, str], Maker] = {
    ("same_facts_for", "value"): _value,
    ("same_facts_for", "citation"): _citation,
}
