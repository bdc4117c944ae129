"""Whether a storage keeps what is there: some overwrite it, whatever they are asked."""

from __future__ import annotations

from collections.abc import Callable
from secrets import token_hex
from typing import Final, Protocol

from pipes_projects.deploy.errors import DeployError

MARKER: Final = ".keeps-what-is-there"
"""Is put once a storage was probed, so that it is not probed again."""
_SAID: Final = b"A second file of the same name was refused here.\n"


class Probed(Protocol):
    """The verbs that are used."""

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


def probe(storage: Probed, create: Callable[[str, bytes], bool]) -> None:
    """Put two files under one name, unless that was done; raises `DeployError` where both are."""
    if storage.read(MARKER) is not None:
        return
    path, first = f"{MARKER}-{token_hex(8)}", token_hex(8).encode()
    try:
        keeps = create(path, first) and not create(path, b"second") and storage.read(path) == first
    finally:
        storage.remove(path)
    if not keeps:
        raise DeployError(
            f"`{storage.shown}` overwrites files that it was asked to keep, so two who deploy at "
            "once could destroy each other's work",
            "deploy to another storage",
        )
    create(MARKER, _SAID)
