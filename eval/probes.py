"""Messages for which a shopper's history must be left alone, and others for which it must be at work: which are which?

Each goes through `Assistant.reply` over the shop as its folder states it, with a model that plans what a planner would
and writes no prose. A turn is personal if a card says "because", or its products are not those that a guest gets for
the same messages; that what was bought is left out of suggestions is no taste, and does not count. The evidence and the code are measured, no language model.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator
from tqdm import tqdm

from assistant.app import App, build_app
from assistant.cli.common import last_moment
from assistant.llm import Model
from assistant.settings import Settings
from eval.dialogues import Strict, read_documents
from eval.redteam.cases import Play
from eval.redteam.obeying import ObeyingModel
from eval.stage import GUEST, talk
from index.embedding import Encoder
from index.errors import ShopError
from index.filters import accepts
from index.shop import Personalization

PROBES = Path(__file__).with_name("probes")
CONTROL = "control"
Kind = Literal[
    "gift", "other_person", "continued", "contradiction", "sensitive", "opted_out", "stale", "thin", "guest", "control"
]


class Said(Strict):
    """A message, and what a planner makes of it: a search for `query` (the message itself), or suggestions."""

    say: str
    query: str | None = None
    ideas: bool = False
    own: bool = False  # for the shopper, before the conversation is about somebody else: not judged

    def plan(self) -> Play:
        call = {"tool": "recommend"} if self.ideas else {"tool": "search_products", "query": self.query or self.say}
        return Play(calls=[call])


class Seen(Strict):
    """An event of a shopper who is made up for a probe."""

    type: Literal["view", "cart", "purchase"] = "view"
    product_id: str
    days_ago: int = Field(ge=1)


class Probe(Strict):
    """A message, or the turns of a conversation, by a shopper of the shop or by one with nothing but this history."""

    by: str = ""
    history: list[Seen] = Field(default_factory=list)
    say: str = ""
    query: str | None = None
    ideas: bool = False
    turns: list[Said] = Field(default_factory=list)

    @model_validator(mode="after")
    def _whole(self) -> Probe:
        if bool(self.say) == bool(self.turns):
            raise ValueError("write `say`, or `turns` for a conversation")
        if bool(self.by) == bool(self.history):
            raise ValueError("write `by`, the shopper, or the `history` of one that is made up")
        if self.say:
            self.turns = [Said(say=self.say, query=self.query, ideas=self.ideas)]
        return self


class Probes(Strict):
    """Probes of one kind and language; of a shop with these sensitive types, so many days after its last event."""

    kind: Kind
    language: Literal["en", "zh"] = "en"
    days_later: int = Field(1, ge=1)
    sensitive: list[str] | None = None  # in place of the shop's own
    probes: list[Probe] = Field(min_length=1)
    file: str = ""


@dataclass(frozen=True)
class Shown:
    """What a turn showed: product ids in order, and the products of the events that are given as reasons."""

    ids: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What came of a probe: whether the judged turns are personal, and whether a guest gets anything in them."""

    kind: str
    language: str
    name: str
    personalized: bool
    empty: bool
    sensitive_reasons: int


def bench_probes(
    settings: Settings,
    *,
    encoder: Encoder | None = None,
    path: Path = PROBES,
    strength: float | None = None,
    progress: bool = True,
) -> dict[str, Any]:
    """Run the probes of a file or folder over a shop.

    Args:
        strength: of personalization; default: the shop's own.

    Returns:
        `probes`, `personalized`, `over_personalized` (share), `controls`, `controls_personalized` (share), `kinds` (name
        → the same of it), `failed` (names), `empty` (names of those for which a guest gets nothing: they measure
        nothing), `sensitive_reasons` (cards whose reason is a product of a sensitive type), `chinese`, `seconds`.

    Raises:
        ShopError: a probe of the wrong form, or a shopper that the shop does not have.
    """
    started = time.perf_counter()
    sets = list(read_documents(path, Probes, "probes"))
    outcomes = []
    with _stage(settings, encoder, sets, strength) as stage:
        for group in tqdm(sets, desc="probes", unit="set", disable=not progress):
            outcomes += [stage.judge(group, probe) for probe in group.probes]
    return summary(outcomes) | {"seconds": round(time.perf_counter() - started, 1)}


def summary(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The figures of what came of probes and controls; see `bench_probes`."""
    probes = [row for row in outcomes if row.kind != CONTROL]
    controls = [row for row in outcomes if row.kind == CONTROL]
    over = [row for row in probes if row.personalized]
    number, personal = Counter(row.kind for row in outcomes), Counter(row.kind for row in outcomes if row.personalized)
    return {
        "probes": len(probes),
        "personalized": len(over),
        "over_personalized": _share(len(over), len(probes)),
        "controls": len(controls),
        "controls_personalized": _share(personal[CONTROL], len(controls)),
        "kinds": {
            kind: {"probes": count, "personalized": personal[kind], "share": _share(personal[kind], count)}
            for kind, count in number.items()
        },
        "failed": [row.name for row in (*over, *(row for row in controls if not row.personalized))],
        "empty": [row.name for row in outcomes if row.empty],
        "sensitive_reasons": sum(row.sensitive_reasons for row in outcomes),
        "chinese": sum(row.language == "zh" for row in outcomes),
    }


def _as_guest(own: Sequence[str], guest: Sequence[str], had: frozenset[str]) -> bool:
    """Whether what is shown is what a guest gets, but for what was bought already, which nobody is suggested again."""
    if own == guest:
        return True
    left = [key for key in guest if key not in had]
    return len(left) < len(guest) and list(own[: len(left)]) == left and not had & set(own)


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


class Stage:
    """A shop on which probes are played, each a conversation of its own; nobody buys or changes anything in them."""

    def __init__(self, app: App, model: ObeyingModel, folder: Path, strength: float | None = None) -> None:
        self._app, self._model, self._folder, self._strength = app, model, folder, strength
        self._now = last_moment(app.shoppers.last_event_at())
        self._at: dict[tuple[int, tuple[str, ...]], App] = {}
        self._guests: dict[str, list[Shown]] = {}

    def judge(self, group: Probes, probe: Probe) -> Outcome:
        """Play a probe for its shopper and for a guest. A control is judged by its last turn, others by all but `own`."""
        app = self._app_of(group)
        own = self._play(app, probe.by or made_up(probe), probe.turns)
        key = json.dumps([group.days_later, group.sensitive, [turn.model_dump() for turn in probe.turns]])
        if key not in self._guests:
            self._guests[key] = self._play(app, GUEST, probe.turns)
        guest = self._guests[key]
        judged = [place for place, turn in enumerate(probe.turns) if not turn.own]
        judged = judged[-1:] if group.kind == CONTROL else judged
        catalogue, sensitive = app.search.catalogue.products, app.shop.settings.sensitive
        had = self._had(app, probe.by or made_up(probe)) if group.kind != CONTROL else frozenset()
        reasons = [catalogue[key].product_type or "" for shown in own for key in shown.reasons]
        return Outcome(
            group.kind,
            group.language,
            f"{group.kind}: {probe.by or made_up(probe)}: {' / '.join(turn.say for turn in probe.turns)}",
            personalized=any(own[at].reasons or not _as_guest(own[at].ids, guest[at].ids, had) for at in judged),
            empty=not all(guest[at].ids for at in judged),
            sensitive_reasons=sum(accepts("product_type", kind, sensitive) for kind in reasons),
        )

    def _had(self, app: App, shopper: str) -> frozenset[str]:
        """The products of what a shopper has bought, in any variant."""
        catalogue = app.search.catalogue
        bought = app.shoppers.history(shopper, app.assistant.services.clock(), 0).bought
        groups = {catalogue.products[key].group_id for key in bought if key in catalogue.products}
        return frozenset(variant.id for group in groups for variant in catalogue.groups[group].variants)

    def close(self) -> None:
        for app in self._at.values():
            app.close_state()

    def _app_of(self, group: Probes) -> App:
        wanted = self._app.shop.settings.sensitive if group.sensitive is None else group.sensitive
        key = (group.days_later, tuple(wanted))
        if key not in self._at:
            own = self._app.shop.settings
            personal = own.personalization if self._strength is None else Personalization(strength=self._strength)
            settings = own.model_copy(update={"sensitive": list(wanted), "personalization": personal})
            app = replace(self._app, shop=replace(self._app.shop, settings=settings))
            now = self._now + timedelta(days=group.days_later - 1)
            self._at[key] = app.fresh_state(self._folder / f"state{len(self._at)}", lambda: now)
        return self._at[key]

    def _play(self, app: App, shopper: str, turns: Sequence[Said]) -> list[Shown]:
        conversation = talk(app, shopper)
        shown = []
        for turn in turns:
            self._model.obey(turn.plan())
            cards = conversation.say(turn.say)[0].cards
            because = tuple(card.because.product_id for card in cards if card.because)
            shown.append(Shown(tuple(card.id for card in cards), because))
        return shown


@contextmanager
def _stage(
    settings: Settings, encoder: Encoder | None, sets: Sequence[Probes], strength: float | None
) -> Iterator[Stage]:
    """The shop with the made-up shoppers beside its own, over databases that are thrown away."""
    chat = ObeyingModel(native=False)
    app = build_app(settings, model=Model(chat, "planner", native=False), encoder=encoder, progress=False)
    try:
        with tempfile.TemporaryDirectory(prefix="onevoice-probes-") as scratch:
            shop = replace(app.shop, folder=_peopled(app, Path(scratch) / "shop", sets))
            stage = Stage(replace(app, shop=shop, _template=None), chat, Path(scratch) / "states", strength)
            try:
                yield stage
            finally:
                stage.close()
    finally:
        app.close()


def made_up(probe: Probe) -> str:
    """The id of the shopper with a probe's own history: the same history is the same shopper."""
    return "probe-" + "-".join(f"{seen.type}-{seen.product_id}-{seen.days_ago}" for seen in probe.history).lower()


def _peopled(app: App, folder: Path, sets: Sequence[Probes]) -> Path:
    """The shop's people and what they did, with the shoppers that are made up for probes."""
    folder.mkdir()
    for name in ("shoppers.jsonl", "events.jsonl", "events.jsonl.gz", "orders.jsonl"):
        if (app.shop.folder / name).is_file():
            shutil.copy(app.shop.folder / name, folder / name)
    now = last_moment(app.shoppers.last_event_at())
    histories = {made_up(probe): probe.history for group in sets for probe in group.probes if probe.history}
    if not histories:
        return folder
    if (folder / "events.jsonl.gz").is_file():
        raise ShopError(
            f"{app.shop.folder}: probes with a history of their own need an events.jsonl, not a packed one."
        )
    events = [
        {
            "shopper_id": key,
            "at": (now - timedelta(days=seen.days_ago)).isoformat(),
            **seen.model_dump(exclude={"days_ago"}),
        }
        for key, history in histories.items()
        for seen in history
    ]
    for event in events:
        if event["product_id"] not in app.search.catalogue.products:
            raise ShopError(f"{app.shop.folder}: a probe's history names {event['product_id']!r}, which is not sold.")
    _append(folder / "shoppers.jsonl", [{"id": key, "name": key} for key in histories])
    _append(folder / "events.jsonl", events)
    return folder


def _append(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    with path.open("a", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in rows)
