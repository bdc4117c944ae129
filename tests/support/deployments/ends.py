"""Deployments to a storage are ended and stopped, in every way: what must hold then."""

import os
import random
import signal
import time
from collections import Counter
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import psutil

from tests.support.deployments.deploying import (
    HASTY,
    PATIENT,
    PROCESSES,
    REFUSED,
    collect,
    putting_at_once,
    reading,
    refuse_any_torn,
    ship,
    ship_often,
    start,
)
from tests.support.servers.storages import Where


def winners(where: Where, number: int, rounds: int, length: int) -> list[int]:
    """How many of so many processes put each file."""
    ready, won = PROCESSES.Barrier(number), PROCESSES.SimpleQueue()
    processes = [
        start(putting_at_once, where, ready, won, rounds, length, sign) for sign in range(number)
    ]
    for process in processes:
        finished(process, within=300)
    counted = Counter[int]()
    while not won.empty():
        counted[won.get()] += 1
    return [counted[round_] for round_ in range(rounds)]


def killed_at_random(where: Where, rounds: int, chance: random.Random) -> None:
    """Nothing is half read, no version is lost, and the next one is not kept waiting."""
    before = time.monotonic()
    finished(start(ship, where, PATIENT))
    longest, whole, known = time.monotonic() - before, 1, set[int]()
    with reading(where):
        for _ in range(rounds):
            process = start(ship, where, PATIENT)
            time.sleep(chance.uniform(0, longest))
            process.kill()
            process.join()
            whole = no_fewer(where, whole + (process.exitcode == 0), known)
            finished(start(ship, where, PATIENT))
            whole += 1
    no_fewer(where, whole)


def killed_after_every_write(where: Where, step: int = 1) -> int:
    """As above; how many writes there are."""
    writes, whole, ended, known = 0, 0, -signal.SIGKILL, set[int]()
    while ended == -signal.SIGKILL:
        writes += step
        process = start(ship, where, PATIENT, None, (writes, signal.SIGKILL))
        process.join(60)
        ended = process.exitcode or 0
        whole = no_fewer(where, whole, known)
        finished(start(ship, where, PATIENT))
        whole += 1
    no_fewer(where, whole)
    assert ended == 0
    return writes


def many_at_once(where: Where, folder: Path, number: int, kills: int, seed: random.Random) -> None:
    """One after another, also where some are killed; those that are not all come to an end."""
    witness = folder / f"{seed.random()}.alone"
    processes = [start(ship_often, where, PATIENT, witness, 2) for _ in range(number)]
    doomed = processes[:kills]
    with reading(where):
        for process in doomed:
            time.sleep(seed.uniform(0, 0.5))
            process.kill()
        for process in processes[kills:]:
            finished(process, within=600)
    assert not witness.with_suffix(".two").exists(), "two held the lock at once"
    assert refuse_any_torn(where) >= 2 * (number - kills)


def stopped_after_every_write(where: Where, step: int = 1) -> int:
    """Whoever stood still for longer than a lease changes nothing that others see, or has done so
    before; how many writes there are."""
    writes, whole, was_stopped = 0, 0, True
    while was_stopped:
        writes += step
        process = start(ship, where, HASTY, None, (writes, signal.SIGSTOP))
        was_stopped = stopped(process)
        if was_stopped:
            finished(start(ship, where, HASTY))
            whole += 1
            os.kill(process.pid or 0, signal.SIGCONT)
        process.join(60)
        assert process.exitcode in (0, REFUSED)
        whole = no_fewer(where, whole + (process.exitcode == 0))
    return writes


def collected_meanwhile(where: Where, rounds: int, chance: random.Random) -> None:
    """Leftovers are collected while versions are shipped, and both are killed."""
    with reading(where):
        for _ in range(rounds):
            processes = [start(ship, where, PATIENT), start(collect, where, PATIENT),
                         start(ship, where, PATIENT), start(collect, where, PATIENT)]  # fmt: skip
            time.sleep(chance.uniform(0, 0.5))
            for process in chance.sample(processes, 2):
                process.kill()
                processes.remove(process)
            for process in processes:
                finished(process)
            refuse_any_torn(where)


def finished(process: ForkServerProcess, within: float = PATIENT.lease - 2) -> None:
    """It comes to a good end: before a lease is over, if nothing else is said."""
    process.join(within)
    assert process.exitcode == 0, process.exitcode


def no_fewer(where: Where, than: int, known: set[int] | None = None) -> int:
    """How many versions there are; `known` are whole, as `refuse_any_torn` has it."""
    found = refuse_any_torn(where, known)
    assert found >= than, "a version is lost"
    return found


def stopped(process: ForkServerProcess) -> bool:
    """Whether it stops; False where it ends."""
    while process.exitcode is None:
        try:
            if psutil.Process(process.pid).status() == psutil.STATUS_STOPPED:
                return True
        except psutil.NoSuchProcess:
            pass
        process.join(0.01)
    return False
