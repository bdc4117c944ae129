"""Of many processes, one puts a file, and whoever reads sees it whole."""

import pytest

from tests.support.ends import winners
from tests.support.storages import Storages

NUMBER, ROUNDS, LENGTH = 4, 8, 300_000


# Against the emulator of GCS, processes at the same time sometimes wait for ever.
@pytest.mark.parametrize("kind", [*Storages.KINDS, "azure"])
def test_one_of_many_puts_a_file(storages: Storages, kind: str) -> None:
    assert winners(storages.fresh(kind), NUMBER, ROUNDS, LENGTH) == [1] * ROUNDS
