"""What comes next after a sequence of events: a small causal transformer over items.

An item is the sum of a vector learned for it and its text's vector, projected: a new product has a place at once, by
its words. Scores are cosines of the sequence's state and the items, over a learned temperature.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from assistant.taste.histories import Floats, Histories


@dataclass(frozen=True)
class Shape:
    """The hyperparameters that a saved model is built again from."""

    items: int
    text: int  # the width of a text vector
    width: int = 128
    heads: int = 2
    layers: int = 2
    length: int = 50  # of the history that is read: the latest events
    dropout: float = 0.3
    nameless: float = 0.2  # share of items whose learned vector is left out in training, so that text alone must do

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


class SequenceModel(nn.Module):
    """Reads rows of items, oldest first, padded in front with -1; see `Shape`.

    Args:
        texts: (items, text) vectors of the items' texts, of length 1.
    """

    texts: Tensor

    def __init__(self, shape: Shape, texts: Tensor) -> None:
        super().__init__()
        self.shape = shape
        self._kept: Tensor | None = None
        self.register_buffer("texts", texts, persistent=False)
        self.own = nn.Embedding(shape.items, shape.width)
        self.read = nn.Linear(shape.text, shape.width, bias=False)
        self.place = nn.Embedding(shape.length, shape.width)
        layer = nn.TransformerEncoderLayer(
            shape.width, shape.heads, 4 * shape.width, shape.dropout, "gelu", batch_first=True, norm_first=True
        )
        self.blocks = nn.TransformerEncoder(layer, shape.layers, nn.LayerNorm(shape.width), enable_nested_tensor=False)
        self.dropout = nn.Dropout(shape.dropout)
        self.temperature = nn.Parameter(torch.tensor(0.07).log())
        nn.init.normal_(self.own.weight, std=0.02)
        nn.init.normal_(self.place.weight, std=0.02)

    def items(self, rows: Tensor) -> Tensor:
        """(…, width) the items' vectors."""
        own = self.own(rows)
        if self.training and self.shape.nameless:
            own = own * (torch.rand(rows.shape, device=rows.device) >= self.shape.nameless).unsqueeze(-1)
        vectors: Tensor = own + self.read(self.texts[rows])
        return vectors

    def forward(self, rows: Tensor) -> Tensor:
        """(batch, length) rows, -1 where there is none → (batch, length, width) states of length 1."""
        length = rows.shape[1]
        missing = rows < 0
        places = self.place.weight[-length:]
        x = self.dropout(self.items(rows.clamp(min=0)) + places)
        x = x.masked_fill(missing.unsqueeze(-1), 0.0)
        causal = torch.ones(length, length, dtype=torch.bool, device=rows.device).triu(1)
        # A padded place sees itself alone: a row of nothing but masked keys would be NaN.
        mask = causal | (missing.unsqueeze(1) & ~torch.eye(length, dtype=torch.bool, device=rows.device))
        mask = mask.repeat_interleave(self.shape.heads, dim=0)
        return functional.normalize(self.blocks(x, mask=mask), dim=-1)

    def likely(self, states: Tensor) -> Tensor:
        """(n, width) states → (n, items) logits of every item. For a trained model: the items' vectors are kept."""
        if self._kept is None:
            self._kept = self.towards(torch.arange(self.shape.items))
        return states @ self._kept.T

    def towards(self, rows: Tensor) -> Tensor:
        """(n,) rows → (n, width) what a state's product with is the logit of an item."""
        return functional.normalize(self.items(rows), dim=-1) / self.temperature.exp()

    @torch.inference_mode()
    def scores(self, histories: Histories) -> Floats:
        """(shoppers, items): the probability of each item, against that of the likeliest; 0 without a history."""
        if self.training:
            self.eval()
        found = np.zeros((len(histories), histories.size), dtype=np.float32)
        some = np.flatnonzero(np.diff(histories.ends))
        if len(some):
            logits = self.likely(self(padded(histories.take(some), self.shape.length))[:, -1])
            found[some] = (logits - logits.amax(dim=1, keepdim=True)).exp().numpy()
        return found

    def train(self, mode: bool = True) -> SequenceModel:
        self._kept = None
        return super().train(mode)


def padded(histories: Histories, length: int) -> torch.Tensor:
    """(shoppers, length or less) the latest items of each, oldest first, padded in front with -1."""
    lengths = np.minimum(np.diff(histories.ends), length)
    width = max(int(lengths.max(initial=1)), 1)
    rows = np.full((len(histories), width), -1, dtype=np.int64)
    at = np.arange(width)[None] - (width - lengths[:, None])
    place = histories.ends[1:, None] - lengths[:, None] + at
    rows[at >= 0] = histories.items[place[at >= 0]]
    return torch.from_numpy(rows)
