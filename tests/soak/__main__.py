"""`python -m tests.soak [NUMBER [NUMBER]]`: how often hosts are ended, and runs in Dagster.

Prints, for each way, how often it was tried, and the processes that were left: there must be none.
"""

import sys

from tests.soak import hosts, in_dagster

HOSTS, IN_DAGSTER = 200, 50

if __name__ == "__main__":
    numbers = [int(number) for number in sys.argv[1:]]
    numbers += [HOSTS, IN_DAGSTER][len(numbers) :]
    sys.exit(bool(hosts.soak(numbers[0]) + in_dagster.soak(numbers[1])))
