"""Assets whose manifests cannot be read: what is known of them is their files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from pipes_projects.compiler.parse.file_names import stem_of
from pipes_projects.disk.files import Files
from pipes_projects.manifest.asset import AssetFields
from pipes_projects.manifest.script import ScriptFields
from pipes_projects.project import Asset, Project, Script
from pipes_projects.source import MANIFEST_ENDINGS, Location


class UnreadableAsset(Protocol):
    """What is known of such an asset."""

    @property
    def key(self) -> str: ...

    @property
    def group(self) -> str: ...

    @property
    def paths(self) -> tuple[str, ...]: ...


def files_of(other: UnreadableAsset, files: Files) -> tuple[str, ...]:
    """The manifest, or several of the same name, and the scripts beside it; nothing for what has
    no manifest."""
    beside = (script for path in other.paths for script in _scripts(path, files))
    return tuple(dict.fromkeys((*other.paths, *beside)))


def selectable(project: Project, others: Iterable[UnreadableAsset]) -> Project:
    """The project in which these are assets too, of which nothing else is known, so that they may
    be selected."""
    found = tuple(script for other in others for script in _stand_ins(other, project.files))
    return project._replace(scripts=(*project.scripts, *found))


def _stand_ins(other: UnreadableAsset, files: Files) -> Iterator[Script]:
    """One for each manifest and each script beside it."""
    name, plain = other.key.rpartition("/")[2], AssetFields()
    for path in other.paths:
        at = Location(path)
        asset = Asset(other.key, name, other.group, plain, plain, {}, (), (), at)
        for script in (*_scripts(path, files), None):
            yield Script(
                *(other.key, other.group, "", script, ScriptFields(), plain, {}, {}, (asset,), at)
            )


def _scripts(path: str, files: Files) -> Iterator[str]:
    folder, _, stem = stem_of(path).rpartition("/")
    for name in files.siblings(folder).get(stem, ()):
        if not name.lower().endswith(MANIFEST_ENDINGS):
            yield f"{folder}/{name}"
