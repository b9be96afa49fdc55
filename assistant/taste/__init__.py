"""What a shopper is likely to want next, learned from what all shoppers did: the recommender and its training.

Reading order: `histories`, `neighbours`, `sequence` (what speaks for an item), `methods` (all of them, fitted), `blend`
(how much each counts), `training` (of the sequence model), `fitting` (the whole), `files`, `serving` (one shopper).
"""
