"""τ²-bench's retail domain as a check by others: its tools over our store of orders, beside its own implementation.

reference   the reference implementation, from PyPI
leniency    where it is laxer than its own policy, and the two faults that it has
document    our store written in its format, and what counts as the same
tools       its 16 tools over our store
replay      the tasks' reference actions through both
talk        the tasks in words, with a model behind an endpoint as customer and as agent
"""

from eval.tau2.bench import bench_tau2

__all__ = ["bench_tau2"]
