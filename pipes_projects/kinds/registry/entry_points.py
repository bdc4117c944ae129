"""The entry points of one group, of all packages that are installed.

`importlib.metadata` finds them too, but importing it takes longer than all kinds of packages. It is
asked only where packages are not in plain folders.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from functools import reduce
from importlib import import_module
from importlib.machinery import PathFinder
from typing import Any, NamedTuple


class EntryPoint(NamedTuple):
    """What a package offers under a name."""

    package: str
    name: str
    value: str
    """The module, and what to take of it: `module:attribute`."""

    def load(self) -> Any:
        """What it names, imported."""
        place = self.value.partition("[")[0]  # extras follow, which pip has seen to
        module, _, attributes = (part.strip() for part in place.partition(":"))
        return reduce(getattr, filter(None, attributes.split(".")), import_module(module))


def entry_points(group: str) -> Iterator[EntryPoint]:
    """Those of a group, in the order of Python's path; of a package that is there several times,
    those of the first."""
    folders = _path()
    if not all(map(_is_plain, folders)) or any(map(_finds_packages, sys.meta_path)):
        yield from _found_by_python(group, folders)
        return
    packages: dict[str, str] = {}
    for folder in folders:
        for package in _packages(folder):
            packages.setdefault(_normalized(_name_of_folder(package)), package)
    for package in packages.values():
        text = _text(package, "entry_points.txt")
        if group in text:  # few packages have any
            name = _name(package)
            yield from (EntryPoint(name, *point) for point in _points(text, group))


def _path() -> list[str]:
    """Where packages are, without the current folder: checking a project must not run any of its
    code."""
    here = os.path.realpath(os.getcwd())
    return [folder for folder in sys.path if os.path.realpath(folder) != here]


def _is_plain(folder: str) -> bool:
    """Whether it is no archive, and no egg."""
    return not folder.lower().endswith(".egg") and not os.path.isfile(folder)


def _finds_packages(finder: object) -> bool:
    """Whether packages may be elsewhere, too."""
    return hasattr(finder, "find_distributions") and finder is not PathFinder


def _found_by_python(group: str, folders: list[str]) -> Iterator[EntryPoint]:
    from importlib.metadata import distributions

    packages: dict[str, Any] = {}
    for package in distributions(path=folders):
        packages.setdefault(_normalized(package.name), package)
    for package in packages.values():
        for point in package.entry_points.select(group=group):
            yield EntryPoint(package.name, point.name, point.value)


def _packages(folder: str) -> list[str]:
    """The folders that say what is installed there."""
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    infos = (name for name in names if name.lower().endswith((".dist-info", ".egg-info")))
    return [os.path.join(folder, name) for name in infos]


def _name_of_folder(package: str) -> str:
    """A package's name by that of its folder, in which a version may follow."""
    return os.path.splitext(os.path.basename(package))[0].partition("-")[0]


def _normalized(name: str) -> str:
    """The same for all spellings of a package's name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _text(folder: str, *names: str) -> str:
    """The text of the first of these files that is there; empty if none is."""
    for name in names:
        try:
            with open(os.path.join(folder, name), "rb") as file:
                return file.read().decode("utf-8", "replace")
        except OSError:
            continue
    return ""


def _name(package: str) -> str:
    """The name in its metadata, which begin with a few lines `Field: value`."""
    for line in _text(package, "METADATA", "PKG-INFO").splitlines():
        field, _, value = line.partition(":")
        if field.lower() == "name":
            return value.strip()
    return _name_of_folder(package)


def _points(text: str, group: str) -> Iterator[tuple[str, str]]:
    """The names and values in a section."""
    is_in_group = False
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            is_in_group = line == f"[{group}]"
        elif is_in_group and line and not line.startswith("#"):
            name, _, value = line.partition("=")
            yield name.strip(), value.strip()
