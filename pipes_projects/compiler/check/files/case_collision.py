"""Names that are one on macOS and Windows, where disks do not tell case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from unicodedata import normalize

from pipes_projects.codes import Code
from pipes_projects.diagnostics import Diagnostic, Related
from pipes_projects.files import folders_above
from pipes_projects.project import Asset, Project
from pipes_projects.source import MANIFEST_ENDINGS, Location

_HELP = "macOS and Windows do not tell them apart: rename one of them"


def case_collision(project: Project) -> Iterator[Diagnostic]:
    """No two files or folders differ in nothing but case, and no two keys."""
    paths = _paths(project)
    twins = dict(_twins(paths))
    for path, other in _one_of_each_stem(twins).items():
        names = (it.rpartition("/")[2] for it in (path, other))
        message = "`{}` and `{}` differ only in case".format(*names)
        related = (Related(Location(paths[other]), "the other one"),)
        yield Diagnostic(Code.CASE_COLLISION, message, Location(paths[path]), _HELP, related)
    yield from _keys(project, twins.keys())


def _paths(project: Project) -> dict[str, str]:
    """Files, and folders, each with the first file in it."""
    found: dict[str, str] = {}
    for folder, stems in project.files.folders.items():
        if folder.startswith(f"{project.defs}/"):
            for name in (name for names in stems.values() for name in names):
                found[f"{folder}/{name}"] = f"{folder}/{name}"
    for path in sorted(found):
        for folder in folders_above(path):
            if folder in found or len(folder) <= len(project.defs):
                break
            found[folder] = path
    return found


def _twins(paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each path that differs from an earlier one in the case of its last name alone."""
    first: dict[tuple[str, str], str] = {}
    for path in sorted(paths):
        folder, _, name = path.rpartition("/")
        earlier = first.setdefault((folder, _folded(name)), path)
        if earlier != path:
            yield path, earlier


def _one_of_each_stem(twins: dict[str, str]) -> dict[str, str]:
    """A manifest stands for its script, which has its name."""
    by_stem: dict[str, str] = {}
    for path in twins:
        stem = path.rpartition(".")[0] or path
        by_stem[stem] = path if path.endswith(MANIFEST_ENDINGS) else by_stem.get(stem, path)
    return {path: twins[path] for path in by_stem.values()}


def _keys(project: Project, twins: Iterable[str]) -> Iterator[Diagnostic]:
    """Keys of assets that differ only in case, and not because their files do."""
    first: dict[str, Asset] = {}
    apart = frozenset(twins)
    for asset in project.assets():
        earlier = first.setdefault(_folded(asset.key), asset)
        if earlier.key != asset.key and not _is_within(asset, apart):
            message = f"the assets `{asset.key}` and `{earlier.key}` differ only in case"
            help_ = "what is stored by key is one and the same on some disks and in some databases"
            related = (Related(earlier.location, "the other one"),)
            yield Diagnostic(Code.CASE_COLLISION, message, asset.location, help_, related)


def _is_within(asset: Asset, paths: frozenset[str]) -> bool:
    path = asset.location.path
    ends = (end for end, letter in enumerate(path) if letter == "/")
    return path in paths or any(path[:end] in paths for end in ends)


def _folded(name: str) -> str:
    """The name as such a disk compares it."""
    return name.lower() if name.isascii() else normalize("NFC", name).casefold()
