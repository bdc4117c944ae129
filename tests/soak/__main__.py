"""`python -m tests.soak [NUMBER [NUMBER [NUMBER]]]`: how often hosts are ended, runs in Dagster,
and those who deploy to each storage; `python -m tests.soak deploy [NUMBER]` for the last alone.

Prints, for each way, how often it was tried, and what was left or broken: there must be nothing.
"""

import sys

from tests.soak import deployments, hosts, in_dagster

HOSTS, IN_DAGSTER, DEPLOYMENTS = 200, 50, 100

if __name__ == "__main__":
    words = sys.argv[1:]
    if words[:1] == ["deploy"]:
        sys.exit(bool(deployments.soak(int((words[1:] or [DEPLOYMENTS])[0]))))
    numbers = [int(number) for number in words]
    numbers += [HOSTS, IN_DAGSTER, DEPLOYMENTS][len(numbers) :]
    left = hosts.soak(numbers[0]) + in_dagster.soak(numbers[1])
    sys.exit(bool(left + deployments.soak(numbers[2])))
