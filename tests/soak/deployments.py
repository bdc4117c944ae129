"""Those who deploy are killed and stopped, at every moment, on every storage."""

import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.deployments import ends
from tests.support.deployments.deploying import PRELOADED, PROCESSES
from tests.support.servers.storages import Storages, Where


def soak(number: int) -> int:
    """Prints what held on each storage, and how long that took; how often something did not."""
    broken = 0
    PROCESSES.set_forkserver_preload([*PRELOADED, "gcsfs", "adlfs"])
    with TemporaryDirectory() as name, Storages(Path(name)) as storages:
        os.environ["XDG_CACHE_HOME"] = str(Path(name, "cache"))
        for kind in (*storages.KINDS, *storages.EMULATED):
            for about, attempt in attempts(Path(name), number).items():
                broken += not held(f"{kind}: {about}", attempt, storages.fresh(kind))
    return broken


def attempts(folder: Path, number: int) -> dict[str, Callable[[Where], object]]:
    """What is tried on each storage."""
    chance = random.Random(20261129)
    return {
        "6 processes put 60 files": one_winner,
        f"killed at {number} random moments": lambda place: ends.killed_at_random(
            place, number, chance
        ),
        "killed after every write": ends.killed_after_every_write,
        "stopped past the lease after every write": ends.stopped_after_every_write,
        "20 at once, 6 killed": lambda place: ends.many_at_once(place, folder, 20, 6, chance),
        f"collected meanwhile, {number // 5} times": lambda place: ends.collected_meanwhile(
            place, number // 5, chance
        ),
    }


def one_winner(where: Where) -> None:
    """Each file is put by one."""
    assert ends.winners(where, number=6, rounds=60, length=2_000_000) == [1] * 60


def held(about: str, attempt: Callable[[Where], object], where: Where) -> bool:
    """Whether all that must hold did."""
    before, told = time.monotonic(), "held"
    try:
        writes = attempt(where)
    except AssertionError as error:
        told, writes = f"BROKEN: {error}", None
    counted = f", {writes} writes" if writes else ""
    sys.stdout.write(f"{about}: {told}{counted}, {time.monotonic() - before:.0f} s\n")
    sys.stdout.flush()
    return told == "held"
