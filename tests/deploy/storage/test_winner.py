"""Of many processes, one puts a file, and whoever reads sees it whole."""

from collections import Counter

from tests.support.deploying import PROCESSES, putting_at_once, start
from tests.support.storages import Where

PROCESSES_AT_ONCE, ROUNDS, LENGTH = 4, 8, 300_000


def test_one_of_many_puts_a_file(where: Where) -> None:
    assert winners(where, PROCESSES_AT_ONCE, ROUNDS, LENGTH) == [1] * ROUNDS


def winners(where: Where, number: int, rounds: int, length: int) -> list[int]:
    """How many put each file."""
    ready, won = PROCESSES.Barrier(number), PROCESSES.SimpleQueue()
    processes = [
        start(putting_at_once, where, ready, won, rounds, length, sign) for sign in range(number)
    ]
    for process in processes:
        process.join(120)
        assert process.exitcode == 0
    counted = Counter[int]()
    while not won.empty():
        counted[won.get()] += 1
    return [counted[round_] for round_ in range(rounds)]
