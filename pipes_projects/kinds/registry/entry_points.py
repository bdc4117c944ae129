"""The entry points of one group, of all packages that are installed.

`importlib.metadata` finds them too, but importing it takes longer than all kinds of packages.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import reduce
from importlib import import_module
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
    """Those of a group, in the order of Python's path."""
    for folder in _path():
        for package in _packages(folder):
            text = _text(package, "entry_points.txt")
            if group in text:  # few packages have any
                name = _name(package)
                yield from (EntryPoint(name, *point) for point in _points(text, group))


def _path() -> list[str]:
    """Where packages are, without the current folder: checking a project must not run any of its
    code."""
    here = os.getcwd()
    return [folder for folder in sys.path if os.path.abspath(folder) != here]


def _packages(folder: str) -> list[str]:
    """The folders that say what is installed there."""
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    infos = (name for name in names if name.endswith((".dist-info", ".egg-info")))
    return [os.path.join(folder, name) for name in infos]


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
    return os.path.basename(package).partition("-")[0]


def _points(text: str, group: str) -> Iterator[tuple[str, str]]:
    """The names and values in a section."""
    is_in_group = False
    for line in map(str.strip, text.splitlines()):
        if line.startswith("["):
            is_in_group = line == f"[{group}]"
        elif is_in_group and line and not line.startswith("#"):
            name, _, value = line.partition("=")
            yield name.strip(), value.strip()
