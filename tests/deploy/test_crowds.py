"""Several deploy at once, some stand still, some are killed, and leftovers are collected."""

import random
from pathlib import Path

from tests.support.deployments import ends
from tests.support.servers.storages import Where


def test_many_at_once_with_kills(where: Where, tmp_path: Path) -> None:
    ends.many_at_once(where, tmp_path, number=4, kills=2, seed=random.Random(11))


def test_stopped_for_longer_than_a_lease(where: Where) -> None:
    assert ends.stopped_after_every_write(where, step=5) > 8


def test_collected_meanwhile(where: Where) -> None:
    ends.collected_meanwhile(where, rounds=2, chance=random.Random(11))
