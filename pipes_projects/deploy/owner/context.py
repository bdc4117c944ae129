"""What an owner's functions are told, and how they say where scripts are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from logging import Logger
from pathlib import Path, PurePath

from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.owner.location import checked_location
from pipes_projects.deploy.shipping.bundles import Bundle
from pipes_projects.deploy.storage.storage import Storage
from pipes_projects.project import Project
from pipes_projects.spelling import similar


def nobody_asks(*told: object) -> None:
    """For when nobody needs to be told."""
    del told


@dataclass(frozen=True)
class DeployContext:
    """One `up` or `down` of one branch."""

    deployment: str
    """The deployer's name."""
    number: int
    """The version that this `up` makes; in `down`, the one that says that the branch is down."""
    branch: str
    """As written; for a fork's branch, `owner:branch`."""
    slug: str
    """A name for folders, schemas and labels that no other branch has."""
    project: Project
    root: Path
    storage: Storage
    """Where the ledger is."""
    log: Logger
    head: str | None = None
    """The branch's last commit."""
    commit: str | None = None
    """The commit that is checked out; in CI, that may be a merge with the base."""
    is_dirty: bool = False
    """Whether there are uncommitted changes."""
    request: str | None = None
    """The number of the pull request."""
    base: str | None = None
    """The branch that the pull request is to be merged into."""
    is_production: bool = False
    dry_run: bool = False
    """Whether nothing may be changed: say in the log what would be done."""
    changed_scripts: tuple[str, ...] = ()
    """Scripts that are new, or not as this deployment shipped them last: paths in the project."""
    changed_assets: tuple[str, ...] = ()
    """The keys of the assets that these scripts make."""
    removed_scripts: tuple[str, ...] = ()
    """The scripts that were shipped last, and are gone."""
    changed_against_base: tuple[str, ...] | None = None
    """The scripts that Git says differ from the base branch; None if that is unknown."""
    bundles: Mapping[str, Bundle] = field(default_factory=dict)
    """Each script with everything that it needs, by its path in the project."""
    published: dict[str, str] = field(default_factory=dict)
    """Where scripts have been published so far; in `down`, all of them."""
    there: frozenset[str] = frozenset()
    """The hashes of the bundles that are already on the storage, according to ledgers."""
    progress: Callable[[int, int], None] = nobody_asks
    """To be called during long work, with how much is done, and of how much."""

    @property
    def scripts(self) -> tuple[str, ...]:
        """The paths of all scripts."""
        return tuple(self.bundles)

    def publish(self, script: str | PurePath, location: str) -> None:
        """Say where a script is: Dagster hands that to the client of its kind."""
        path = script.as_posix() if isinstance(script, PurePath) else script
        if path not in self.bundles:
            close = similar(str(path), self.bundles, "a script")
            help_ = close or "`context.scripts` has the paths of all that can be shipped"
            raise DeployError(f"`{path}` is not a script of the project", help_)
        self.published[path] = checked_location(path, location)
