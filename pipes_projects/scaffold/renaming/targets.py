"""What a name refers to: an asset, a script with its manifest, a group, or a script's file."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from pipes_projects.compiler import Compilation
from pipes_projects.project import Asset, Project, Script
from pipes_projects.source import MANIFEST_ENDINGS
from pipes_projects.spelling import similar


class RenameError(Exception):
    """Why nothing is renamed, for the user who asked for it."""


class What(StrEnum):
    """What can be renamed."""

    ASSET = "asset"
    SCRIPT = "script"
    GROUP = "group"


class Target(NamedTuple):
    """What is renamed; a script includes its manifest, unless `file` names the script alone."""

    what: What
    script: Script | None = None
    asset: Asset | None = None
    file: str | None = None

    @property
    def has_own_key(self) -> bool:
        """Whether the asset's key is written in its manifest, rather than made of names."""
        return bool(self.asset and self.asset.fields.key)

    @property
    def is_file_name(self) -> bool:
        """Whether the asset is named after its manifest, so that both are renamed."""
        at_top = self.asset and self.script and self.asset.location == self.script.location
        return bool(at_top) and not self.has_own_key

    def is_twin_of(self, scripts: list[Script | None]) -> bool:
        """Whether this is a script with a single asset of the same name."""
        return self.what is What.SCRIPT and any(self.script is script for script in scripts)


def find_target(compiled: Compilation, old: str, defs: str, what: What | None) -> Target:
    """The one thing that is called `old`; raises `RenameError` if there is none, or several."""
    project = compiled.project
    named = list(_targets(project, old, defs))
    same = [target.script for target in named if target.is_file_name]
    found = [
        target
        for target in named
        if what is target.what or (what is None and not target.is_twin_of(same))
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        raise RenameError(_unknown(project, old, defs, what))
    places = [f"{target.script.location.path}" for target in found if target.script]
    if len({target.what for target in found}) == 1:
        raise RenameError(f"`{old}` is declared in {' and in '.join(places)}: see `check`")
    kinds = " and ".join(f"{_article(target.what)}" for target in found)
    options = " or ".join(f"--as {target.what}" for target in found)
    raise RenameError(f"`{old}` is the name of {kinds}: say which with {options}")


def _article(what: What) -> str:
    return f"an {what}" if what is What.ASSET else f"a {what}"


def _targets(project: Project, old: str, defs: str) -> Iterator[Target]:
    below = old.removeprefix(f"{defs}/")
    for script in project.scripts:
        yield from (
            Target(What.ASSET, script, asset) for asset in script.assets if asset.key == old
        )
        if below in _names(script, defs):
            yield Target(What.SCRIPT, script)
    if any(script.group == below for script in project.scripts):
        yield Target(What.GROUP)
    yield from _files(project, below, defs)


def sibling(script: Script) -> str | None:
    """The script's file, if it has its manifest's name and is beside it."""
    stem = script.location.path.rpartition(".")[0]
    return script.path if script.path and script.path.rpartition(".")[0] == stem else None


def _names(script: Script, defs: str) -> set[str]:
    """The names of a script: without an ending, or with that of either of its files."""
    files = {script.location.path, sibling(script)}
    return {script.name, *(file.removeprefix(f"{defs}/") for file in files if file)}


def _files(project: Project, below: str, defs: str) -> Iterator[Target]:
    """Scripts that manifests with other names run."""
    if any(below in _names(script, defs) for script in project.scripts):
        return
    paths = {script.path for script in project.scripts if script.path}
    for path in sorted(paths):
        name = path.removeprefix(f"{defs}/")
        if below in (name, name.rpartition(".")[0], path):
            yield Target(What.SCRIPT, file=path)


def _unknown(project: Project, old: str, defs: str, what: What | None) -> str:
    if old in project.asset_keys:
        return f"`{old}` is made by Python definitions: its owner renames it there"
    known = {
        What.ASSET: {asset.key for asset in project.assets()},
        What.SCRIPT: {script.name for script in project.scripts},
        What.GROUP: {script.group for script in project.scripts},
    }
    names = known[what] if what else set().union(*known.values())
    noun = f"{what}" if what else "asset, script or group"
    hint = similar(old.removeprefix(f"{defs}/"), sorted(names), "one")
    if old.endswith(MANIFEST_ENDINGS) and not hint:
        hint = "a manifest is named by its path from the project's folder"
    return f"no {noun} is called `{old}`; {hint or '`pipes-projects list` shows them'}"
