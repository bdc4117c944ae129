"""Whatever happens to those who deploy: nothing half read, no version lost, no lock left."""

import random
from pathlib import Path

from tests.support import ends
from tests.support.storages import Where


def test_killed_at_random_moments(where: Where) -> None:
    ends.killed_at_random(where, rounds=3, chance=random.Random(11))


def test_killed_after_a_write(where: Where) -> None:
    assert ends.killed_after_every_write(where, step=3) > 8


def test_many_at_once_with_kills(where: Where, tmp_path: Path) -> None:
    ends.many_at_once(where, tmp_path, number=4, kills=2, seed=random.Random(11))


def test_stopped_for_longer_than_a_lease(where: Where) -> None:
    assert ends.stopped_after_every_write(where, step=5) > 8


def test_collected_meanwhile(where: Where) -> None:
    ends.collected_meanwhile(where, rounds=2, chance=random.Random(11))
