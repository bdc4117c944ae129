"""Containers whose drivers are gone: how they are known, and removed."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

_SCRIPT: Final = "pipes_projects.script"
_DRIVERS: Final = "pipes_projects.drivers"
_MACHINE: Final = "pipes_projects.machine"


def name_of(mark: str) -> str:
    """The container of a run of a script."""
    return f"pipes-projects-{mark}"


def labels(mark: str) -> dict[str, str]:
    """What a container is known by: its run, and the processes that will remove it."""
    drivers = f"{_born(os.getpid())} {_born(os.getppid())}"
    return {_SCRIPT: mark, _DRIVERS: drivers, _MACHINE: _machine()}


def remove(client: Any, mark: str) -> None:
    """Remove the container of a run, whatever it is doing, if there is one."""
    import docker

    with suppress(docker.errors.NotFound):
        client.containers.get(name_of(mark)).remove(force=True, v=True)


def remove_leftovers(client: Any) -> None:
    """Remove the containers of this machine whose drivers were all killed."""
    import docker

    for container in client.containers.list(
        all=True, filters={"label": f"{_MACHINE}={_machine()}"}, ignore_removed=True
    ):
        if not any(map(_lives, container.labels.get(_DRIVERS, "").split())):
            with suppress(docker.errors.APIError):  # another driver is removing it
                container.remove(force=True, v=True)


def _machine() -> str:
    """This machine since it was started, and its processes: numbers of others mean nothing here."""
    parts = [socket.gethostname()]
    with suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip())
        parts.append(os.readlink("/proc/self/ns/pid"))
    return " ".join(parts)


def _born(pid: int) -> str:
    """A process, and when it began, because numbers are used again."""
    try:
        after = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        return f"{pid}:{after[19].decode()}" if after[0] != b"Z" else f"{pid}:gone"
    except (OSError, IndexError):
        return f"{pid}:"


def _lives(driver: str) -> bool:
    pid, _, began = driver.partition(":")
    if not began and sys.platform != "linux":
        return Path("/proc").exists() or _exists(int(pid))
    return bool(began) and _born(int(pid)) == driver


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True
