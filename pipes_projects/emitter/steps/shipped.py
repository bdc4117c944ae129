"""Scripts with a deployment: their shipped copies are run, and Dagster shows the version.

Imported only if there is a deployment.
"""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import dagster as dg

from pipes_projects.analysis.code_version.parts import CoveredCode
from pipes_projects.analysis.script_text import ScriptText
from pipes_projects.deploy.deployed.code import code_in, source_in, text_hash, text_in
from pipes_projects.deploy.deployed.launching import launch_of
from pipes_projects.deploy.deployed.version import Version
from pipes_projects.deploy.errors import DeployError
from pipes_projects.kinds import Launch
from pipes_projects.project import Script

DEPLOYMENT: Final = "pipes_projects/deployment"
"""The deployment's name in metadata, and the branch's slug as a tag."""


class Shipped:
    """What a version of a branch's deployment has shipped."""

    def __init__(self, version: Version) -> None:
        self.version = version

    @property
    def told(self) -> Mapping[str, Any]:
        """What scripts are told about it."""
        return self.version.told

    @property
    def metadata(self) -> dict[str, Any]:
        """What Dagster shows about it."""
        ledger = self.version.ledger
        known = {
            DEPLOYMENT: ledger.deployment,
            "pipes_projects/version": ledger.number,
            "pipes_projects/branch": ledger.branch,
            "pipes_projects/commit": ledger.commit,
        }
        return {name: value for name, value in known.items() if value is not None}

    def marked(self, spec: dg.AssetSpec) -> dg.AssetSpec:
        """An asset with its version in metadata and tags."""
        tags = {DEPLOYMENT: self.version.ledger.slug}
        return spec.merge_attributes(metadata=self.metadata, tags=tags)

    def code(self, script: Script, here: CoveredCode) -> CoveredCode:
        """What a script's code version covers: the shipped files, and the values of the checkout,
        of which `here` is all that is covered."""
        return code_in(self.version, script, here)

    def text(self, path: str, here: ScriptText) -> ScriptText:
        """A script's text as it was shipped, as far as it is on this machine; `here` is that of the
        checkout."""
        return text_in(self.version, path, here)

    def source(self, path: str, here: ScriptText) -> str | None:
        """A script's whole text, if another one was shipped than is checked out; raises
        `Failure`."""
        if text_hash(self.version, path) in (None, here.hash):
            return None
        with _failures(path):
            return source_in(self.version, path)

    def unseen(self, path: str, here: ScriptText) -> str | None:
        """What is shown in place of a text that is not on this machine."""
        if text_hash(self.version, path) in (None, here.hash):
            return None
        ledger = self.version.ledger
        version = f"Version {ledger.number} of `{ledger.branch}`"
        location = ledger.ships[path].location
        place = f": it is at `{location}`" if location else ""
        return f"{version} has another source than the checkout{place}"

    def location(self, path: str) -> str:
        """Where a script was published; raises `Failure`."""
        with _failures(path):
            return self.version.location(path)

    def place(self, path: str, root: Path) -> tuple[Path, Path]:
        """The copy of a script to run here, and its folder; raises `Failure`."""
        with _failures(path):
            copy = self.version.copy(path)
            return copy.file, copy.root or root

    def launch(self, script: Script, file: Path, start: Callable[[Path], Launch]) -> Launch:
        """The process that runs the copy of a script; raises `Failure`."""
        path = script.path or script.name
        with _failures(path):
            return launch_of(self.version.copy(path), script, file, start)


@contextmanager
def _failures(path: str) -> Iterator[None]:
    try:
        yield
    except DeployError as error:
        message = f"{path}: {error}"
        raise dg.Failure(f"{message}; {error.help}" if error.help else message) from None
