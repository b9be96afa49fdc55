"""The composition root: reads settings and builds everything. No other module reads the environment."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from assistant.agent import Assistant
from assistant.conversation import Clock, Conversations
from assistant.db import open_engine
from assistant.embedded import EmbeddedServer
from assistant.errors import SetupError
from assistant.llm import PLAN_SLOT, PROSE_SLOT, GrammarChatModel, Model, hosted
from assistant.prefixes import Prefixes
from assistant.prompts import Composer, FixedTexts, note, read_prompt
from assistant.ranking import Ranking
from assistant.ratings import Ratings
from assistant.recommender import Recommender
from assistant.rehearsal import rehearse
from assistant.settings import Settings
from assistant.shoppers.erase import erase_conversation
from assistant.shoppers.seed import seed
from assistant.shoppers.store import Shoppers
from assistant.shortlist import Shortlist
from assistant.sponsoring import Impressions, Sponsoring
from assistant.support.cart import Carts
from assistant.support.desk.accounts import Accounts as StaffAccounts
from assistant.support.desk.board import Board
from assistant.support.desk.drafts import Drafts
from assistant.support.desk.edits import Edits
from assistant.support.desk.gaps import Gap, grouped, unanswered
from assistant.support.desk.macros import Macros
from assistant.support.desk.panel import Panel
from assistant.support.desk.services import SupportDesk
from assistant.support.desk.sessions import Sessions
from assistant.support.desk.summary import Summaries
from assistant.support.desk.takeover import Takeovers
from assistant.support.desk.told import Ledger
from assistant.support.evidence import Evidence
from assistant.support.handoff import Handoffs
from assistant.support.ordering import Accounts, OrderActions
from assistant.support.orders import Orders
from assistant.support.proofs import Proofs
from assistant.turn import Services
from assistant.unwritten import Unwritten
from assistant.voice.files import ShopVoice, is_shared, read_shop_voice
from index.build import Index
from index.catalogue import Product
from index.embedding import Encoder, open_fastest
from index.feeds import Rejected
from index.fetch import MINILM, MODELS, QWEN_1_5B, fetch_file, fetch_folder
from index.search import Search
from index.shop import Shop, read_shop
from index.sql import sqlite_url

logger = logging.getLogger("onevoice")

READS = 400.0  # seconds that slow cores take to read the constant prompts, for which the first turn may have to wait


def system_clock() -> datetime:
    return datetime.now(UTC)


@dataclass
class App:
    """A running shop assistant and the stores it works on."""

    settings: Settings
    shop: Shop
    index: Index
    assistant: Assistant
    conversations: Conversations
    ratings: Ratings
    desk: SupportDesk
    drafts: Drafts
    carts: Carts
    shoppers: Shoppers
    orders: Orders
    order_actions: OrderActions
    accounts: Accounts
    composer: Composer
    model: Model
    skipped: tuple[Rejected, ...]
    _engine: Engine
    _template: Path | None = None
    warmed: threading.Event | None = None

    @property
    def search(self) -> Search:
        """What is served of the index now."""
        return self.index.current

    @property
    def edits(self) -> Edits:
        """Checks of what the desk is about to send."""
        return Edits(self.assistant.services, self.conversations)

    @property
    def macros(self) -> Macros:
        """The desk's fixed texts, filled in for a conversation."""
        return Macros(self.assistant.services, self.conversations)

    @property
    def ledger(self) -> Ledger:
        """What shoppers were told, and what the shop says now."""
        return Ledger(self.assistant.services, self.conversations)

    @property
    def summaries(self) -> Summaries:
        """Conversations in a few sentences."""
        return Summaries(self.assistant, self.conversations)

    def gaps(self, since: datetime) -> list[Gap]:
        """What was asked from then on and had no answer, the most frequent first."""
        return grouped(unanswered(self._engine, since), self.search.encoder)

    def fresh_state(self, directory: Path, clock: Clock) -> App:
        """The same shop, index and model with databases of its own, as the shop folder states them: for evaluation.

        The first call seeds a template in `directory`'s parent; later ones copy it.
        """
        directory.mkdir(parents=True, exist_ok=True)
        if self._template is None or not self._template.is_file():
            self._template = directory.parent / "seeded.sqlite"
            engine = open_engine(sqlite_url(self._template))
            seed(engine, self.shop.folder, self.shop.zone, now=self.shoppers.last_event_at() or clock())
            engine.dispose()
        path = directory / "state.sqlite"
        shutil.copy(self._template, path)
        engine = open_engine(sqlite_url(path))
        return _assemble(self.settings, self.shop, self.index, self.model, engine, clock, self.composer)

    def speaking(self, voice: Path) -> App:
        """The same shop, index, model and databases in another voice: for comparison.

        Args:
            voice: a file in the form of `prompts/voice.md`, which takes its place, the shop's own on top of it; or a
                shop's voice, which takes the place of the one that `shop.yaml` names.

        Raises:
            SetupError, Bug: the file cannot be used.
        """
        clock, composer = self.assistant.services.clock, composer_of(self.shop, voice)
        return _assemble(self.settings, self.shop, self.index, self.model, self._engine, clock, composer)

    def warm(self) -> threading.Event:
        """Do in the background what the first turn would wait for; returns an event that is set when it is done.

        Files and tables are read; an embedded model is made to hold the constant prompts: restored from disk, or read.
        """
        done = threading.Event()
        self.warmed = done

        def load() -> None:
            try:
                parts: tuple[Callable[[], None], ...] = (
                    lambda: rehearse(self.assistant.services),
                    self._teach,
                    self._read_ahead,
                )
                for part in parts:
                    try:
                        part()
                    except Exception:  # the first turn does what is not done: that is only slow
                        logger.warning("not all is read ahead", exc_info=True)
            finally:
                done.set()

        threading.Thread(target=load, name="warm", daemon=True).start()
        return done

    def _teach(self) -> None:
        """Teach the shortlist of tools, where the model is given one."""
        if not self.model.native:
            Shortlist(self.search.encoder).prepare()

    def _read_ahead(self) -> None:
        """Have the embedded model, if there is one, hold the constant prompts."""
        chat, server = self.model.chat, self.model.server
        if not isinstance(chat, GrammarChatModel) or server is None:
            return
        prompts = {
            PLAN_SLOT: self.composer.plan([], "hello"),
            PROSE_SLOT: self.composer.answer("chat", note("no_facts"), "hello", "en"),
        }
        prefixes = Prefixes(chat, server)
        for slot, prompt in prompts.items():
            logger.info("prompt of slot %d: %s", slot, prefixes.load(slot, prompt))

    def forget_conversation(self, conversation_id: str) -> None:
        """Erase a conversation with all that was kept of it, whoever has it open."""
        erase_conversation(self._engine, conversation_id)

    def close_state(self) -> None:
        """Close this app's databases; the model and the index stay open for others."""
        self._engine.dispose()

    def close(self) -> None:
        """Stop everything that was started."""
        self._engine.dispose()
        if self.model.server is not None:
            self.model.server.stop()


def build_app(
    settings: Settings,
    *,
    clock: Clock = system_clock,
    model: Model | None = None,
    encoder: Encoder | None = None,
    progress: bool = True,
) -> App:
    """Build the assistant of a shop, fetching and indexing what it lacks.

    Args:
        model: a model to use instead of the configured one (tests).
        encoder: a sentence encoder to use instead of the configured one (tests).

    Raises:
        ShopError: the shop folder cannot be used, or a model cannot be fetched.
        SetupError: the model server cannot be started.
    """
    shop = read_shop(settings.shop)
    composer = composer_of(shop)
    found = encoder or open_encoder(settings, progress=progress)
    index = open_index(settings, shop, found)
    report = index.build(progress=progress)
    chat = model or open_model(settings, progress)
    engine, skipped = open_state(settings, shop, clock, progress=progress)
    app = _assemble(settings, shop, index, chat, engine, clock, composer)
    return replace(app, skipped=(*report.rejected, *skipped))


def open_state(
    settings: Settings, shop: Shop, clock: Clock = system_clock, *, progress: bool = True
) -> tuple[Engine, list[Rejected]]:
    """The shop's database with what its folder says of shoppers, and the rows of the folder that were skipped.

    Raises:
        SetupError: it cannot be written.
    """
    url = settings.database_url or sqlite_url(state_folder(settings, shop) / "state.sqlite")
    try:
        engine = open_engine(url)
        return engine, seed(engine, shop.folder, shop.zone, now=clock(), progress=progress)
    except OSError as error:
        raise SetupError(f"{settings.data_dir}: cannot be written ({error}). Set ONEVOICE_DATA_DIR.") from error


def state_folder(settings: Settings, shop: Shop) -> Path:
    """Where what is kept of one shop lies."""
    return settings.data_dir / shop.key


def taste_folder(settings: Settings, shop: Shop) -> Path:
    """Where the recommender of one shop lies."""
    return state_folder(settings, shop) / "taste"


def log_folder(settings: Settings) -> Path:
    """Where the model's log lies, of all shops."""
    return settings.data_dir / "logs"


def open_encoder(settings: Settings, *, progress: bool = True) -> Encoder:
    """The sentence encoder, fetched and made int8 if it is not there."""
    return open_fastest(fetch_folder(MINILM, settings.cache_dir, progress=progress), progress=progress)


def open_index(settings: Settings, shop: Shop, encoder: Encoder) -> Index:
    """The shop's index, where the settings keep it."""
    return Index(
        shop,
        encoder,
        state_folder(settings, shop) / "index",
        database_url=settings.database_url,
        chroma_url=settings.chroma_url,
    )


def open_model(settings: Settings, progress: bool = True) -> Model:
    """The configured model: an endpoint where one is set, else the embedded one, fetched if it is not there."""
    if settings.hosted:
        name = model_name(settings)
        chat = hosted(settings.llm_base_url, name, settings.llm_api_key, settings.llm_timeout_s)
        return Model(chat, name, native=True)
    gguf = settings.gguf
    if gguf is not None and gguf.name in MODELS and not gguf.is_file():
        gguf = fetch_file(MODELS[gguf.name], settings.cache_dir, progress=progress)
    if gguf is None:
        gguf = fetch_file(QWEN_1_5B, settings.cache_dir, progress=progress)
    server = EmbeddedServer(gguf, log_folder(settings) / "model.log", slots=settings.cache_dir / "prefixes")
    url = server.start()
    patience = max(settings.llm_timeout_s, READS)
    chat = GrammarChatModel.at(url, server.model, patience, server.api_key, server.ensure)
    return Model(chat, server.model, native=False, server=server)


def model_name(settings: Settings) -> str:
    """The name of the configured model, whether it is there yet or not."""
    if settings.hosted:
        return settings.llm_model or "default"
    return (settings.gguf or Path(QWEN_1_5B.name)).stem


def _assemble(
    settings: Settings, shop: Shop, index: Index, model: Model, engine: Engine, clock: Clock, composer: Composer
) -> App:
    conversations = Conversations(engine, clock)
    shoppers = Shoppers(engine, clock)
    orders, accounts = Orders(engine), Accounts(engine)
    carts = _carts(engine, index, shoppers)
    order_actions = _order_actions(engine, shop, index, clock)
    search = index.current
    services = Services(
        shop=shop,
        index=index,
        search=search,
        evidence=Evidence(shop, search),
        shoppers=shoppers,
        orders=orders,
        order_actions=order_actions,
        accounts=accounts,
        proofs=Proofs(engine, clock),
        carts=carts,
        handoffs=Handoffs(engine, clock),
        conversations=conversations,
        ranking=Ranking(shop, search, shoppers, Recommender(search, shoppers, taste_folder(settings, shop))),
        sponsoring=Sponsoring(shop, Impressions(engine), search.catalogue),
        texts=FixedTexts(),
        clock=clock,
    )
    takeovers = Takeovers(engine, clock, services.texts)
    assistant = Assistant(services, conversations, composer, model, takeovers)
    nowhere = Unwritten(engine)
    drafting = assistant.over(_unwritten(services, nowhere), Conversations(nowhere, clock))
    drafts = Drafts(engine, clock, drafting, conversations)
    panel = Panel(shoppers, orders, clock, lambda product_id: _title(index, product_id))
    sessions = Sessions(engine, clock, demo=shop.settings.demo)
    desk = SupportDesk(StaffAccounts(engine, clock), sessions, takeovers, Board(engine, clock, panel))
    ratings = Ratings(engine, clock)
    stores = (conversations, ratings, desk, drafts, carts, shoppers, orders, order_actions, accounts)
    return App(settings, shop, index, assistant, *stores, composer, model, (), engine)


def _product(index: Index) -> Callable[[str], Product | None]:
    return lambda product_id: index.current.catalogue.products.get(product_id)


def _carts(engine: Engine, index: Index, shoppers: Shoppers) -> Carts:
    return Carts(engine, _product(index), shoppers.cart_filled)


def _order_actions(engine: Engine, shop: Shop, index: Index, clock: Clock) -> OrderActions:
    return OrderActions(engine, _product(index), shop.settings.orders, clock, shop.zone)


def _title(index: Index, product_id: str) -> str:
    """A product's title, or its id where it is no longer there."""
    product = index.current.catalogue.products.get(product_id)
    return product.title if product else product_id


def _unwritten(services: Services, nowhere: Unwritten) -> Services:
    """The same services with stores that keep nothing, and texts that say so."""
    shoppers = Shoppers(nowhere, services.clock)
    return replace(
        services,
        shoppers=shoppers,
        carts=_carts(nowhere, services.index, shoppers),
        order_actions=_order_actions(nowhere, services.shop, services.index, services.clock),
        proofs=Proofs(nowhere, services.clock),
        handoffs=Handoffs(nowhere, services.clock),
        sponsoring=Sponsoring(services.shop, Impressions(nowhere), services.search.catalogue),
        texts=FixedTexts(unwritten=True),
    )


def composer_of(shop: Shop, voice: Path | None = None) -> Composer:
    """The shop's composer; see `App.speaking` for what a voice file may be."""
    settings = shop.settings
    own = read_shop_voice(shop.folder / settings.voice) if settings.voice else ShopVoice()
    shared = None
    if voice is not None and is_shared(voice):
        shared = read_prompt(voice)
    elif voice is not None:
        own = read_shop_voice(voice)
    return Composer(shop.name, settings.assistant, own, shared)
