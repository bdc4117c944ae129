"""Of many processes, one puts a file, and whoever reads sees it whole."""

from tests.support.ends import winners
from tests.support.storages import Where

NUMBER, ROUNDS, LENGTH = 4, 8, 300_000


def test_one_of_many_puts_a_file(where: Where) -> None:
    assert winners(where, NUMBER, ROUNDS, LENGTH) == [1] * ROUNDS
