"""What a file's place implies: the names of its group, script and assets, and what is not
allowed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from sys import intern
from typing import NamedTuple
from unicodedata import combining, normalize

from pipes_projects.codes import Code
from pipes_projects.diagnostics import Diagnostic, Related
from pipes_projects.source import DEFAULTS_STEM, Location, SourceFile

_GROUP = re.compile(r"[A-Za-z0-9_]+")
_ASSET = re.compile(r"[A-Za-z0-9_.-]+")
_COPY = re.compile(
    r"(?:Copy of (?P<of>[^ ()]+)|(?P<before>[^ ()]+)(?: ?\(\d+\)| copy( \d+)?| - Copy( \(\d+\))?))"
)
RESERVED = {
    "defs": "`defs.yaml` is a file of Dagster's `dg`, which would read it as a component",
    "component": "`component.yaml` is a file of Dagster's `dg`, which would read it as a component",
}


def group_of(path: str, defs: str) -> str:
    """The first folder below `defs/`."""
    return intern(path.removeprefix(f"{defs}/").split("/", 1)[0])


def script_name(path: str, defs: str) -> str:
    """The path below `defs/`, without the ending."""
    return intern(stem_of(path.removeprefix(f"{defs}/")))


def asset_name(path: str) -> str:
    """A manifest's stem."""
    return stem_of(path.rpartition("/")[2])


def stem_of(path: str) -> str:
    """A manifest's path without its ending."""
    return path.rpartition(".")[0]


def is_defaults(path: str) -> bool:
    """Whether this is a `_defaults.yaml`."""
    return asset_name(path) == DEFAULTS_STEM


def is_group(name: str) -> bool:
    """Whether a folder with this name can be a group."""
    return _GROUP.fullmatch(name) is not None


class Usable(NamedTuple):
    """The sources with valid names for manifests, and findings about the others."""

    sources: tuple[SourceFile, ...]
    diagnostics: tuple[Diagnostic, ...]


def usable(sources: Iterable[SourceFile], defs: str) -> Usable:
    """Which sources can be read as manifests, judging by their names alone."""
    kept: dict[str, SourceFile] = {}
    found: list[Diagnostic] = []
    for source in sources:
        if refused := _refused(source, defs):
            found.append(refused)
            continue
        first = kept.setdefault(stem_of(source.path), source)
        if first is not source:
            found.append(_twice(source, first))
    return Usable(tuple(kept.values()), tuple(found))


def _refused(source: SourceFile, defs: str) -> Diagnostic | None:
    folder, _, name = source.path.rpartition("/")
    if reserved := RESERVED.get(stem_of(name)):
        help_ = f"{reserved}; give the manifest and its script another name"
        return _at(source, Code.RESERVED_NAME, f"a manifest cannot be called `{name}`", help_)
    if folder == defs and not is_defaults(source.path):
        message = f"`{name}` is directly in `{defs}/`, outside any group"
        help_ = f"move it into a folder, whose name is the group: `{defs}/my_group/{name}`"
        if stem_of(name).lower() in ("default", "defaults"):
            help_ = "defaults for all groups are called `_defaults.yaml`: rename the file"
        return _at(source, Code.MANIFEST_OUTSIDE_GROUP, message, help_)
    return None


def _twice(source: SourceFile, first: SourceFile) -> Diagnostic:
    names = [file.path.rpartition("/")[2] for file in (source, first)]
    message = f"`{names[0]}` and `{names[1]}` are manifests of the same name"
    related = (Related(Location(first.path), "the other one"),)
    return Diagnostic(
        Code.DUPLICATE_MANIFEST, message, Location(source.path), "keep one of them", related
    )


def check_names(sources: Iterable[SourceFile], defs: str) -> Iterator[Diagnostic]:
    """Findings about the names of groups, once each, and of files that assets are named after."""
    groups: set[str] = set()
    for source in (file for file in sources if not is_defaults(file.path)):
        group = group_of(source.path, defs)
        if group not in groups and not is_group(group):
            message = f"`{group}` cannot be the name of a group: it may have letters, digits, `_`"
            better = _plain(r"[^A-Za-z0-9_]+", group) or "group"
            help_ = f"rename the folder, to `{better}` for example"
            yield _at(source, Code.INVALID_NAME, message, help_)
        groups.add(group)


def check_asset_name(source: SourceFile) -> Iterator[Diagnostic]:
    """The name of a file that an asset is named after."""
    name = asset_name(source.path)
    if not _ASSET.fullmatch(name):
        message = f"`{name}` cannot be an asset's name: it may have letters, digits, `_`, `-`, `.`"
        better = _plain(r"[^A-Za-z0-9_.-]+", name) or "asset"
        help_ = f"rename the file, to `{better}.yaml` for example"
        if original := copied(name):
            first = f"{original}.{source.path.rpartition('.')[2]}"
            help_ = f"it looks like a copy of `{first}`: keep one of them, under that name"
        yield _at(source, Code.INVALID_NAME, message, help_)


def copied(name: str) -> str | None:
    """The name of the asset whose file is copied in one with a name such as browsers and file
    managers give: `orders (1)`, `orders copy`, `Copy of orders`."""
    match = _COPY.fullmatch(name)
    original = match and (match["of"] or match["before"])
    return original if original and _ASSET.fullmatch(original) else None


def _plain(others: str, name: str) -> str:
    """A name without accents, and with `_` in place of other characters."""
    letters = (letter for letter in normalize("NFKD", name) if not combining(letter))
    return re.sub(others, "_", "".join(letters)).strip("_")


def _at(source: SourceFile, code: Code, message: str, help_: str) -> Diagnostic:
    return Diagnostic(code, message, Location(source.path), help_)
