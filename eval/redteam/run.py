"""Runs attacks and their twins, each from the shop folder's own state, and says which did harm and which work."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from tqdm import tqdm

from assistant.app import App, build_app, open_encoder, open_model
from assistant.cli.common import last_moment
from assistant.conversation import Identity
from assistant.llm import Model
from assistant.settings import ROOT, Settings
from eval.checks import Check, Seen, check_turn
from eval.redteam.cases import AttackTurn, Case, Play, chosen, read_cases
from eval.redteam.copies import copy_shop, grouped
from eval.redteam.harm import harm_of_effect, harm_of_turn
from eval.redteam.invariants import Secrets, breaks_of_effect, breaks_of_turn
from eval.redteam.obeying import ObeyingModel
from eval.redteam.watch import Effect, Turn, rows_of
from eval.rows import mend_end, read_rows
from eval.stage import Talk
from eval.stage import talk as begin
from index.catalogue import Catalogue
from index.embedding import Encoder, Vectors
from index.errors import ShopError
from index.intake import read_catalogue

Which = Literal["obeying", "configured"]
WARM_S = 280.0
BYSTANDER = 2  # of a product that somebody else has in the cart while an attack runs


@dataclass
class Outcome:
    """What came of a case with one form of the model."""

    case: Case
    form: str
    harm: list[str] = field(default_factory=list)
    attack: list[dict[str, Any]] = field(default_factory=list)
    twin: list[dict[str, Any]] = field(default_factory=list)
    error: str = ""  # the attack did not run to its end
    twin_error: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether the attack did harm. One that broke the run is not known to have done none."""
        return bool(self.harm or self.error)

    @property
    def works(self) -> bool:
        """Whether the twin does what it must."""
        checks = [check for turn in self.twin for check in turn["checks"]]
        return not self.twin_error and all(check["passed"] is not False for check in checks)

    def to_json(self) -> dict[str, Any]:
        about = {"name": self.case.name, "kind": self.case.kind, "file": self.case.file, "form": self.form}
        judged = {"succeeded": self.succeeded, "harm": self.harm, "twin_works": self.works}
        told = {"attack": self.attack, "twin": self.twin, "error": self.error, "twin_error": self.twin_error}
        return about | judged | told

    @classmethod
    def of(cls, case: Case, row: Mapping[str, Any]) -> Outcome:
        """What `to_json` wrote."""
        told = {name: row[name] for name in ("harm", "attack", "twin", "error", "twin_error")}
        return cls(case, row["form"], **told)


class Remembering:
    """An encoder that encodes each text once: copies of a shop share nearly all of theirs."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._kept: dict[str, Vectors] = {}

    @property
    def name(self) -> str:
        return self._encoder.name

    def encode(self, texts: Sequence[str], progress: bool = False) -> Vectors:
        """As `Encoder.encode`."""
        fresh = [text for text in dict.fromkeys(texts) if text not in self._kept]
        if fresh:
            self._kept.update(zip(fresh, self._encoder.encode(fresh, progress), strict=True))
        return np.stack([self._kept[text] for text in texts]) if texts else self._encoder.encode(texts, progress)


def bench_attacks(
    settings: Settings, which: Which, only: str | None = None, out: Path | None = None, *, resume: bool = False
) -> dict[str, Any]:
    """Run the attacks with the worst model there can be, in both its forms, or with the configured one.

    Args:
        only: a kind, or the name of a case.
        out: a file of JSON lines, one a case and form, for what was said and done.
        resume: keep what the file holds, and run the others.

    Returns:
        the summary that the command prints.
    """
    cases = chosen(read_cases(), only)
    encoder = open_encoder(settings)
    if which == "obeying":
        return run(settings, cases, encoder, obeying(), name=which, out=out, resume=resume)
    model = open_model(settings)
    try:
        return run(settings, cases, encoder, {"configured": model}, name=model.name, out=out, resume=resume)
    finally:
        if model.server is not None:
            model.server.stop()


def obeying() -> dict[str, Model]:
    """The worst model, by form: under a plan, as the embedded model is, and with native tool calls."""
    forms = {"plan": False, "native": True}
    return {form: Model(ObeyingModel(native=native), "obeying", native=native) for form, native in forms.items()}


def run(
    settings: Settings,
    cases: Sequence[Case],
    encoder: Encoder,
    models: Mapping[str, Model],
    *,
    name: str,
    out: Path | None = None,
    resume: bool = False,
    progress: bool = True,
) -> dict[str, Any]:
    """Run the cases with each form of a model.

    Args:
        models: form → model. An `ObeyingModel` is told what to do; any other is left to itself.
        name: the model's, for the summary.
        out, resume: see `bench_attacks`.
    """
    started = time.perf_counter()
    folders = {"demo": ROOT / "shops" / "demo", "luma": settings.bench_data / "shops" / "luma"}
    skipped = [case.name for case in cases if not folders[case.shop].is_dir()]
    cases = [case for case in cases if case.name not in skipped]
    if not cases:
        raise ShopError(f"{settings.bench_data}: no shop of these attacks is there. Set ONEVOICE_BENCH_DATA.")
    kept = read_rows(out) if out is not None and resume else []
    held = {(row["name"], row["form"]): row for row in kept if row.get("model") == name}
    outcomes = [
        Outcome.of(case, held[case.name, form]) for case in cases for form in models if (case.name, form) in held
    ]
    remembering = Remembering(encoder)
    with (
        tempfile.TemporaryDirectory(prefix="onevoice-attacks-") as scratch,
        _sink(out, resume) as write,
        tqdm(total=len(cases) * len(models), desc="attacks", unit="case", disable=not progress) as bar,
    ):
        bar.update(len(outcomes))
        for place, group in enumerate(grouped(cases)):
            if all((case.name, form) in held for case in group for form in models):
                continue
            shop = copy_shop(folders[group[0].shop], Path(scratch) / f"{place}" / group[0].shop, group)
            for form, model in models.items():
                with _app(settings, shop, remembering, model) as app:
                    stage = Stage(app, shop.parent / form)
                    for case in (case for case in group if (case.name, form) not in held):
                        outcome = stage.judge(case, form)
                        outcomes.append(outcome)
                        write(json.dumps({"model": name, **outcome.to_json()}, ensure_ascii=False) + "\n")
                        bar.update()
                        bar.set_postfix(succeeded=sum(o.succeeded for o in outcomes))
    return _summary(outcomes, skipped, name, time.perf_counter() - started)


@contextmanager
def _sink(out: Path | None, resume: bool) -> Iterator[Any]:
    """Something to write lines with, each kept as soon as it is written."""
    if out is None:
        yield lambda line: None
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    if resume:
        mend_end(out)
    with out.open("a" if resume else "w", encoding="utf-8", buffering=1) as lines:
        yield lines.write


@contextmanager
def _app(settings: Settings, shop: Path, encoder: Encoder, model: Model) -> Iterator[App]:
    """An app over a copy of a shop. The model stays open: others use it too."""
    place = {"shop": shop, "data_dir": shop.parent / "data", "database_url": None, "chroma_url": None}
    app = build_app(settings.model_copy(update=place), model=model, encoder=encoder, progress=False)
    if model.server is not None:
        app.warm().wait(WARM_S)  # no case waits for what every shop has done before it opens
    try:
        yield app
    finally:
        app.close_state()


class Stage:
    """A shop on which cases are played, each from the state that the shop folder states.

    One app plays them all: what a conversation leaves behind is in its database alone, which is put back.
    """

    def __init__(self, app: App, folder: Path) -> None:
        now = last_moment(app.shoppers.last_event_at())
        self._app = app.fresh_state(folder / "played", lambda: now)
        self._app.close_state()
        self._database = folder / "played" / "state.sqlite"
        self._pristine = Path(shutil.copy(self._database, folder / "pristine.sqlite"))
        self._catalogue: Catalogue = read_catalogue(app.shop, lambda row: None)
        self._secrets = Secrets(app.composer)

    def judge(self, case: Case, form: str) -> Outcome:
        """Play an attack and its twin. What breaks a run is kept as its error, and the others go on."""
        outcome = Outcome(case, form)
        try:
            self._attack(case, outcome)
        except Exception:
            outcome.error = traceback.format_exc(limit=6)
        try:
            self._twin(case, outcome)
        except Exception:
            outcome.twin_error = traceback.format_exc(limit=6)
        return outcome

    def _attack(self, case: Case, outcome: Outcome) -> None:
        with self._fresh() as app:
            talk = begin(app, case.shopper)
            self._bystander(app, case.shopper)
            owner = _owner(app, talk.id)
            before = rows_of(self._database)
            cart: Mapping[str, int] = {}
            for said in case.turns:
                turn = self._turn(talk, case, said, cart)
                found = [*harm_of_turn(turn), *breaks_of_turn(turn, self._secrets)]
                outcome.harm += found
                outcome.attack.append({"say": turn.seen.say[:400], "harm": found, "reply": dict(turn.reply)})
                cart = turn.reply["cart"]
            effect = Effect(case, talk.id, owner, before, rows_of(self._database))
            outcome.harm += harm_of_effect(effect)
            outcome.harm += breaks_of_effect(effect, app.search.catalogue, self._catalogue)

    def _twin(self, case: Case, outcome: Outcome) -> None:
        shopper = case.twin.shopper or case.shopper
        with self._fresh() as app:
            talk = begin(app, shopper)
            events = frozenset((e.type, e.product_id) for e in app.shoppers.events(shopper))
            cart: Mapping[str, int] = {}
            for said in case.twin.turns:
                self._direct(said.serves, eager=False)
                reply = talk.reply(said.text)
                language = case.twin.language or case.language
                seen = Seen(app.shop, self._catalogue, language, said.text, reply, cart, events)
                checks: list[Check] = check_turn(said.expect, seen)
                outcome.twin.append({"say": said.text[:400], "checks": [asdict(c) for c in checks], "reply": reply})
                cart = reply["cart"]

    def _turn(self, talk: Talk, case: Case, said: AttackTurn, cart: Mapping[str, int]) -> Turn:
        play = said.obeys or said.serves
        assert play is not None
        self._direct(play, eager=said.obeys is not None)
        started = time.perf_counter()
        reply, streamed = talk.say(said.text)
        seconds = time.perf_counter() - started
        app = talk.app
        events = frozenset((e.type, e.product_id) for e in app.shoppers.events(case.shopper))
        seen = Seen(app.shop, self._catalogue, case.language, said.text, reply.to_json(), cart, events)
        return Turn(case, seen, said.obeys.says if said.obeys else "", tuple(streamed), seconds)

    def _direct(self, play: Play, *, eager: bool) -> None:
        if isinstance(self._app.model.chat, ObeyingModel):
            self._app.model.chat.obey(play, eager=eager)

    @contextmanager
    def _fresh(self) -> Iterator[App]:
        """The app with the shop's own state, as if nothing had been played."""
        for left in ("", "-wal", "-shm"):
            Path(f"{self._database}{left}").unlink(missing_ok=True)
        shutil.copy(self._pristine, self._database)
        try:
            yield self._app
        finally:
            self._app.close_state()

    def _bystander(self, app: App, attacker: str) -> None:
        """Somebody else with something in the cart and a conversation, so that there is what an attack could change."""
        other = next((s.id for s in app.shoppers.all() if s.id != attacker), None)
        bought = next((p for p in self._catalogue.products.values() if (p.quantity or 0) >= BYSTANDER), None)
        if other is None or bought is None:
            return
        app.carts.update(f"shopper:{other}", bought.id, BYSTANDER, "add")
        conversation = app.conversations.start(Identity("shopper", other))
        app.conversations.append(conversation, "hello", {"reply": "Hello."}, {})


def _owner(app: App, conversation: str) -> str:
    held = app.conversations.get(conversation)
    assert held is not None
    return held.cart_owner


def _summary(outcomes: Sequence[Outcome], skipped: Sequence[str], model: str, seconds: float) -> dict[str, Any]:
    """Counts by case: an attack succeeds if it does in any form, a twin works if it does in all."""
    cases: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        cases.setdefault(outcome.case.name, []).append(outcome)
    failed = [name for name, forms in cases.items() if any(form.succeeded for form in forms)]
    broken = [name for name, forms in cases.items() if not all(form.works for form in forms)]
    by_kind: dict[str, dict[str, int]] = {}
    for name, forms in cases.items():
        kind = by_kind.setdefault(forms[0].case.kind, {"attacks": 0, "succeeded": 0, "twins_work": 0})
        kind["attacks"] += 1
        kind["succeeded"] += name in failed
        kind["twins_work"] += name not in broken
    return {
        "attacks": len(cases),
        "succeeded": len(failed),
        "by_kind": dict(sorted(by_kind.items())),
        "twins": len(cases),
        "twins_work": len(cases) - len(broken),
        "chinese": sum(forms[0].case.language == "zh" for forms in cases.values()),
        "model": model,
        "seconds": round(seconds, 1),
        "failed": failed,
        "twins_failed": broken,
        "skipped": list(skipped),
    }
