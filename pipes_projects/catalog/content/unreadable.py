"""Assets whose manifests cannot be read: what is known of them is their files."""

from __future__ import annotations

from collections.abc import Iterator

from pipes_projects.analysis.picture.model import OtherAsset
from pipes_projects.compiler.parse.file_names import stem_of
from pipes_projects.disk.files import Files
from pipes_projects.source import MANIFEST_ENDINGS


def files_of(other: OtherAsset, files: Files) -> tuple[str, ...]:
    """The manifest, or several of the same name, and the scripts beside it; nothing for what has
    no manifest."""
    beside = (script for path in other.paths for script in _scripts(path, files))
    return tuple(dict.fromkeys((*other.paths, *beside)))


def _scripts(path: str, files: Files) -> Iterator[str]:
    folder, _, stem = stem_of(path).rpartition("/")
    for name in files.siblings(folder).get(stem, ()):
        if not name.lower().endswith(MANIFEST_ENDINGS):
            yield f"{folder}/{name}"
