"""Of many processes, one puts a file, and whoever reads sees it whole."""

import pytest

from tests.support.deployments.ends import winners
from tests.support.servers.storages import Storages

NUMBER, ROUNDS, LENGTH = 4, 8, 300_000


@pytest.mark.parametrize("kind", [*Storages.KINDS, *Storages.EMULATED])
def test_one_of_many_puts_a_file(storages: Storages, kind: str) -> None:
    assert winners(storages.fresh(kind), NUMBER, ROUNDS, LENGTH) == [1] * ROUNDS
