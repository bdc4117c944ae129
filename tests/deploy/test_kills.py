"""Those who deploy are killed: nothing half read, no version lost, no lock left."""

import random

from tests.support.deployments import ends
from tests.support.servers.storages import Where


def test_killed_at_random_moments(where: Where) -> None:
    ends.killed_at_random(where, rounds=3, chance=random.Random(11))


def test_killed_after_a_write(where: Where) -> None:
    assert ends.killed_after_every_write(where, step=3) > 8
