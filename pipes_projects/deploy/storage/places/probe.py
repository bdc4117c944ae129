"""Whether a storage keeps what is there: some overwrite it, even if they are asked not to."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from secrets import token_hex
from typing import Final, Protocol

from pipes_projects.deploy.errors import DeployError

MARKER: Final = ".keeps-what-is-there"
"""The file that is put once a storage was probed, so that it is not probed again."""
MANY: Final = 8
ROUNDS: Final = 10
_SAID: Final = b"A second file of the same name was refused here.\n"

Create = Callable[[str, bytes], bool]


class Probed(Protocol):
    """The verbs that a probe uses."""

    @property
    def shown(self) -> str:
        """See `Storage`."""
        ...

    def read(self, path: str) -> bytes | None:
        """See `Storage`."""
        ...

    def remove(self, path: str) -> None:
        """See `Storage`."""
        ...


def probe(storage: Probed, create: Create, is_known: bool) -> None:
    """Put files under one name, unless that was done before; raises `DeployError` if one replaces
    another. On unknown storages, many try at once: these may look first, and then write."""
    if storage.read(MARKER) is not None:
        return
    if not (_keeps(storage, create) and (is_known or _keeps_from_many(storage, create))):
        raise DeployError(
            f"`{storage.shown}` overwrites files that it was asked to keep, so two who deploy at "
            "once could destroy each other's work",
            "deploy to another storage",
        )
    create(MARKER, _SAID)


def _keeps(storage: Probed, create: Create) -> bool:
    path, first = f"{MARKER}-{token_hex(8)}", token_hex(8).encode()
    try:
        return create(path, first) and not create(path, b"") and storage.read(path) == first
    finally:
        storage.remove(path)


def _keeps_from_many(storage: Probed, create: Create) -> bool:
    with ThreadPoolExecutor(MANY) as pool:
        return all(_has_one_winner(storage, create, pool) for _ in range(ROUNDS))


def _has_one_winner(storage: Probed, create: Create, pool: ThreadPoolExecutor) -> bool:
    path, each = f"{MARKER}-{token_hex(8)}", [token_hex(8).encode() for _ in range(MANY)]
    try:
        created = list(pool.map(lambda data: create(path, data), each))
        return created.count(True) == 1 and storage.read(path) == each[created.index(True)]
    finally:
        storage.remove(path)
