"""Matrices on disk."""

import numpy as np
import pytest
from scipy import sparse

from assistant.taste.files import _packed_matrix, _unpacked_matrix

SIZE = 2000


def matrix(filled: float, seed: int = 0) -> sparse.csr_matrix:
    rng = np.random.default_rng(seed)
    return sparse.random(SIZE, SIZE, filled, "csr", dtype=np.float32, random_state=rng)


@pytest.mark.parametrize("filled", [0.0, 0.0005, 0.003, 0.2])
def test_a_matrix_comes_back_as_it_was_whatever_its_gaps(filled: float):
    given = matrix(filled)
    if filled:
        given[3] = 0  # an empty row between others
        given[0, SIZE - 1] = given[SIZE - 1, 0] = 1.0
        given.eliminate_zeros()
    whole = _unpacked_matrix("m", _packed_matrix("m", given, "float32"), SIZE)
    assert (whole != given).nnz == 0
    small = _unpacked_matrix("m", _packed_matrix("m", given, "int8"), SIZE)
    steps = np.asarray(abs(given).max(axis=1).todense()).ravel() / 127
    assert (np.asarray(abs(small - given).max(axis=1).todense()).ravel() <= 0.51 * steps + 1e-9).all()


def test_int8_takes_a_quarter():
    given = matrix(0.1)
    sizes = [
        sum(part.nbytes for part in _packed_matrix("m", given, precision).values()) for precision in ("float32", "int8")
    ]
    assert sizes[0] > 3.8 * sizes[1]
