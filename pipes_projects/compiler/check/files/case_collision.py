"""Names that are the same on macOS and Windows, where file systems ignore case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from unicodedata import normalize

from pipes_projects.codes import Code
from pipes_projects.diagnostics import Diagnostic, Related
from pipes_projects.project import Asset, Project
from pipes_projects.source import MANIFEST_ENDINGS, Location

_HELP = "macOS and Windows do not tell them apart: rename one of them"


def case_collision(project: Project) -> Iterator[Diagnostic]:
    """No two files, folders or asset keys differ only in case."""
    twins = dict(_twins(project))
    for path, other in _one_of_each_stem(twins).items():
        names = (twin.rpartition("/")[2] for twin in (path, other))
        message = "`{}` and `{}` differ only in case".format(*names)
        place, there = (Location(_file_of(twin, project)) for twin in (path, other))
        related = (Related(there, "the other one"),)
        yield Diagnostic(Code.CASE_COLLISION, message, place, _HELP, related)
    yield from _keys(project, twins.keys())


def _twins(project: Project) -> Iterator[tuple[str, str]]:
    """Each path whose last name differs from that of an earlier path only in case."""
    for folder, names in _names(project).items():
        if len(set(map(_folded, names))) < len(names):
            first: dict[str, str] = {}
            for name in sorted(names):
                earlier = first.setdefault(_folded(name), name)
                if earlier != name:
                    yield f"{folder}/{name}", f"{folder}/{earlier}"


def _names(project: Project) -> dict[str, set[str]]:
    """The names in each folder."""
    found: dict[str, set[str]] = {}
    for folder, stems in project.files.folders.items():
        if f"{folder}/".startswith(f"{project.defs}/"):
            found.setdefault(folder, set()).update(
                name for names in stems.values() for name in names
            )
            path = folder
            while len(path) > len(project.defs):
                above, _, name = path.rpartition("/")
                found.setdefault(above, set()).add(name)
                path = above
    found.get(project.defs, set()).difference_update(
        name for names in project.files.siblings(project.defs).values() for name in names
    )  # only defaults are read there
    return found


def _file_of(path: str, project: Project) -> str:
    """The file itself; for a folder, the first file in it or below it."""
    folders = project.files.folders
    folder, _, name = path.rpartition("/")
    if name in folders.get(folder, {}).get(name.rpartition(".")[0] or name, ()):
        return path
    below = (inner for inner in folders if inner == path or inner.startswith(f"{path}/"))
    files = [
        f"{inner}/{name}" for inner in below for names in folders[inner].values() for name in names
    ]
    return min(files, default=path)


def _one_of_each_stem(twins: dict[str, str]) -> dict[str, str]:
    """A manifest stands for its script, which has the same name."""
    by_stem: dict[str, str] = {}
    for path in twins:
        stem = path.rpartition(".")[0] or path
        by_stem[stem] = path if path.endswith(MANIFEST_ENDINGS) else by_stem.get(stem, path)
    return {path: twins[path] for path in by_stem.values()}


def _keys(project: Project, twins: Iterable[str]) -> Iterator[Diagnostic]:
    """Keys of assets that differ only in case, although their files do not."""
    keys = {asset.key for asset in project.assets()}
    if len(set(map(_folded, keys))) == len(keys):
        return
    first: dict[str, Asset] = {}
    apart = frozenset(twins)
    for asset in project.assets():
        earlier = first.setdefault(_folded(asset.key), asset)
        if earlier.key != asset.key and not _is_within(asset, apart):
            message = f"the assets `{asset.key}` and `{earlier.key}` differ only in case"
            help_ = "on some disks and in some databases both keys mean the same file or table"
            related = (Related(earlier.location, "the other one"),)
            yield Diagnostic(Code.CASE_COLLISION, message, asset.location, help_, related)


def _is_within(asset: Asset, paths: frozenset[str]) -> bool:
    path = asset.location.path
    ends = (end for end, letter in enumerate(path) if letter == "/")
    return path in paths or any(path[:end] in paths for end in ends)


def _folded(name: str) -> str:
    """The name as a case-insensitive file system compares it."""
    return name.lower() if name.isascii() else normalize("NFC", name).casefold()
