"""`python -m tests.soak [PART [NUMBER]]`: scripts and deployments, ended at random moments.

Prints, for each way, how often it was tried, and what was left or broken: there must be nothing.
Without arguments, every part is tried as often as is promised.
"""

import argparse
import sys
from collections.abc import Callable

from tests.soak import deployments, hosts, in_dagster

_PARTS: dict[str, tuple[Callable[[int], int], int]] = {
    "hosts": (hosts.soak, 200),
    "in-dagster": (in_dagster.soak, 50),
    "deploy": (deployments.soak, 100),
}
"""What ends something a number of times and returns how often that left anything; and how often
it is done by default."""


def _asked() -> tuple[list[str], int | None]:
    parser = argparse.ArgumentParser("python -m tests.soak", description=__doc__)
    parser.add_argument("part", nargs="?", choices=_PARTS, help="by default, all of them")
    parser.add_argument("number", nargs="?", type=int, help="how often")
    asked = parser.parse_args()
    return [asked.part] if asked.part else list(_PARTS), asked.number


if __name__ == "__main__":
    parts, number = _asked()
    left = [soak(number or usual) for soak, usual in map(_PARTS.__getitem__, parts)]
    sys.exit(any(left))
