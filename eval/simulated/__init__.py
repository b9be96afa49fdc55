"""`onevoice bench simulate`: simulated shoppers, and what two settings differ by over them."""

from eval.simulated.arms import read_arm
from eval.simulated.bench import Asked, bench_simulate

__all__ = ["Asked", "bench_simulate", "read_arm"]
