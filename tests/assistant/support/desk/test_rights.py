"""Every cell of the table of who may do what at the desk."""

from typing import get_args

import pytest

from assistant.support.desk.rights import ROLES, TABLE, Near, Staff, What, may

# What → mine, waiting, other: of an agent, then of a lead.
EXPECTED = {
    "read": "yes yes no   yes yes yes",
    "take": "no  yes no   no  yes yes",
    "answer": "yes no  no   yes no  no",
    "hand_back": "yes no  no   yes no  yes",
    "name": "yes yes no   yes yes yes",
    "orders": "yes yes no   yes yes yes",
    "preferences": "yes yes no   yes yes yes",
    "events": "yes no  no   yes yes yes",
    "contact": "yes no  no   yes yes yes",
    "gaps": "no  no  no   yes yes yes",
}
CELLS = [
    (what, role, near, word == "yes")
    for what, cells in EXPECTED.items()
    for (role, near), word in zip([(r, n) for r in ROLES for n in get_args(Near)], cells.split(), strict=True)
]


@pytest.mark.parametrize(("what", "role", "near", "allowed"), CELLS)
def test_a_cell(what, role, near, allowed):
    assert may(Staff("Mia", role), what, near) is allowed


def test_no_cell_is_left_out():
    assert set(EXPECTED) == set(TABLE) == set(get_args(What))
    assert all(set(by_role) == set(ROLES) for by_role in TABLE.values())
