# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from cost_slo.domain.drivers.segments.scatter import PEERS, ordinary_moves


def test_fewer_cells_than_peers_say_nothing() -> None:
    assert ordinary_moves([10.0] * (PEERS - 1), [12.0] * (PEERS - 1)) == [0.0] * (PEERS - 1)


def test_the_quartile_of_relative_moves_is_scaled_to_each_cell_s_size() -> None:
    before = [10.0] * 31 + [12.0]
    after = [11.0] * 31 + [13.2]

    scatter = ordinary_moves(before, after)

    assert scatter[0] == pytest.approx(10 * 0.1 / 0.319)
    assert scatter[-1] == pytest.approx(12 * 0.1 / 0.319)


def test_a_size_where_half_the_cells_moved_is_judged_by_the_others() -> None:
    scatter = ordinary_moves([10.0] * 60, [10.5] * 30 + [500.0] * 30)

    assert scatter == pytest.approx([10 * 0.05 / 0.319] * 60)


def test_few_large_cells_and_few_small_ones_borrow_from_the_sizes_beside_them() -> None:
    before = [100.0] * 3 + [10.0] * 40 + [1.0] * 3
    after = [101.0] * 3 + [11.0] * 40 + [1.5] * 3

    scatter = ordinary_moves(before, after)

    assert scatter[0] == pytest.approx(100 * 0.1 / 0.319)
    assert scatter[-1] == pytest.approx(1 * 0.1 / 0.319)


def test_new_gone_and_turned_cells_have_no_ordinary_move() -> None:
    before = [10.0] * 40 + [0.0, 10.0, -10.0]
    after = [11.0] * 40 + [10.0, 0.0, 10.0]

    assert ordinary_moves(before, after)[-3:] == [0.0, 0.0, 0.0]
