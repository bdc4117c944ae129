"""A version of a branch's deployment: where each of its scripts is."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pipes_projects.deploy.deployed.cache import fetched
from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.ledger.document import Ledger, Shipped
from pipes_projects.deploy.shipping.showing import main_of
from pipes_projects.deploy.storage.storage import Storage


class Copy(NamedTuple):
    """A shipped script on this machine."""

    file: Path
    root: Path | None
    """The folder that has everything shipped with it, laid out as in the project; None if only
    its deployer knows."""


class Version(NamedTuple):
    """What a branch has shipped, according to its ledger."""

    ledger: Ledger
    storage: Storage

    @property
    def told(self) -> Mapping[str, Any]:
        """What scripts are told about it."""
        ledger = self.ledger
        return {
            "name": ledger.deployment,
            "slug": ledger.slug,
            "branch": ledger.branch,
            "is_production": ledger.is_production,
            "version": ledger.number,
        }

    def location(self, script: str) -> str:
        """Where a script was published; raises `DeployError` if it was not."""
        location = self._shipped(script).location
        if location is None:
            message = f"the deployer of `{self.ledger.deployment}` has not published `{script}`"
            raise DeployError(message, "call `context.publish(script, location)` for it")
        return location

    def copy(self, script: str) -> Copy:
        """A script as a file that can be run here; raises `DeployError`."""
        location, shipped = self.location(script), self._shipped(script)
        main = main_of(self.storage, shipped)
        if Path(location).is_absolute():
            return _on_disk(location, script, _above(location, main or script))
        if main is None:
            message = (
                f"`{script}` was published at `{location}`, which is not a file on this machine"
            )
            raise DeployError(message, "ship what runs as a process with `ship_to`, or to a folder")
        root = fetched(self.storage, shipped, main)
        return Copy(root / main, root)

    def _shipped(self, script: str) -> Shipped:
        ledger = self.ledger
        if script in ledger.ships:
            return ledger.ships[script]
        what = f"version {ledger.number} of `{ledger.branch}` on `{ledger.deployment}`"
        raise DeployError(f"`{script}` is not in {what}", ship(ledger.deployment, ledger.branch))


def ship(deployment: str, branch: str) -> str:
    """What to do if something was not shipped."""
    return f"run `pipes-projects deploy up {deployment} --branch {shlex.quote(branch)}`"


def _on_disk(location: str, script: str, root: Path | None) -> Copy:
    file = Path(location)
    if not file.is_file():
        message = f"the copy of `{script}` is not here: there is no file `{location}`"
        raise DeployError(message, "the folder that it was shipped to must be on this machine")
    return Copy(file, root)


def _above(location: str, script: str) -> Path | None:
    """The folder in which a script has the same path as in the project."""
    place, parts = Path(location), Path(script).parts
    return place.parents[len(parts) - 1] if place.parts[-len(parts) :] == parts else None
