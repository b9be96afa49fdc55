"""What a first turn would wait for: files are read, tables made and policies embedded before somebody asks."""

from __future__ import annotations

from assistant.acts import asks
from assistant.demands import demanded, policy_question
from assistant.grounding import Evidence, audit
from assistant.topics import whole
from assistant.turn import Services
from index.filters import Filters
from index.search import Query

# A message and a sentence in each language. No model and no shopper sees them, and nothing of them is kept.
PLAYED = (
    ("a blu jacket for women in size M under fifty euros, not of wool", "It is made of cotton, and costs 5.00 EUR."),
    ("有没有五十元以下的蓝色女士外套？", "它是棉的，价格是5.00 EUR。"),
)


def rehearse(services: Services) -> None:
    """Do once what every turn does, but for what a model does."""
    services.evidence.prepare()
    search = services.search
    shown = [row.candidate.product for row in services.ranking.recommend(Filters(), None, services.clock(), 1)]
    for message, sentence in PLAYED:
        said = search.reader.read(message)
        demanded(message, search.catalogue.folded_brands)
        policy_question(message)
        whole(message)
        asks("add", message)
        search.search(Query(said.rest, said.filters, heads=said.heads))
        audit(sentence, Evidence(search.catalogue, shown, message=message))
