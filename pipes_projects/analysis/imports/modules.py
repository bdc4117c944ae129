"""An import → the files of the project that Python finds and runs for it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from posixpath import normpath
from typing import Final, NamedTuple

from pipes_projects.analysis.imports.statements import Import
from pipes_projects.disk.boundary import leads_out

TOP: Final = "."
_LOADED_AT_START: Final = frozenset(
    {"_io", "abc", "builtins", "codecs", "encodings", "errno", "io", "marshal", "os", "posixpath"}
    | {"ntpath", "site", "stat", "sys", "time"}
)
"""Modules that a file beside a script cannot replace."""
_INSTALLED: Final = frozenset({"site-packages", "dist-packages"})


class Module(NamedTuple):
    """A module, and where its submodules are if it is a package."""

    file: str | None
    """Its file; None for a folder without an `__init__.py`."""
    folders: tuple[str, ...] = ()


class Modules:
    """The modules of one project; each folder is read once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.leading_out = set[str]()
        """Links out of the project, in folders that were asked about: what they lead to is not
        read."""
        self._folders: dict[str, Mapping[str, bool]] = {}

    def in_folder(self, folder: str) -> Mapping[str, bool]:
        """The names in a folder of the project, and whether each is a folder; empty for paths that
        are not folders, or lead out of the project."""
        if folder not in self._folders:
            self._folders[folder] = dict(self._entries(folder))
        return self._folders[folder]

    def _entries(self, folder: str) -> Iterator[tuple[str, bool]]:
        path = os.path.join(self.root, folder)
        if not is_inside(folder) or not _INSTALLED.isdisjoint(folder.split("/")):
            return
        try:
            if leads_out(path, self.root):
                return
            with os.scandir(path) as entries:
                for entry in entries:
                    if entry.is_symlink() and leads_out(entry.path, self.root):
                        self.leading_out.add(_join(folder, entry.name))
                    yield entry.name, entry.is_dir()
        except (OSError, ValueError):
            return

    def local_names(self, folder: str) -> frozenset[str]:
        """What can be imported from a folder on `sys.path`."""
        names = self.in_folder(folder).items()
        return frozenset(
            name if is_folder else name.removesuffix(".py") for name, is_folder in names
        )

    def files(self, imported: Import, folder: str, search: Sequence[str]) -> Iterator[str]:
        """The files that an import in a file of a folder runs, that of the module itself last;
        absolute names are looked for in the folders in `search`."""
        module = Module(None, tuple(search))
        if imported.level:
            module = Module(None, (_above(folder, imported.level - 1),))
        for at, name in enumerate(imported.module):
            found = self.find(name, module.folders, at == 0 and not imported.level)
            if found is None:
                return
            module = found
            yield from (module.file,) if module.file else ()
        for name in imported.names:
            inner = self.find(name, module.folders)
            yield from (inner.file,) if inner and inner.file else ()

    def find(self, name: str, folders: Sequence[str], is_absolute: bool = False) -> Module | None:
        """The module with a name: the first file, or else all folders with the name together. A
        link out of the project is taken for a file."""
        if is_absolute and name in _LOADED_AT_START:
            return None
        portions = []
        for folder in folders:
            inside, path = self.in_folder(folder), _join(folder, name)
            if inside.get(name):
                if self._is_package(path):
                    if path in self.leading_out:
                        return Module(path)
                    return Module(f"{path}/__init__.py", (path,))
                portions.append(path)
            if inside.get(f"{name}.py") is False:
                return Module(f"{path}.py")
        # An installed module comes before a folder without an `__init__.py`.
        is_installed = is_absolute and name in sys.stdlib_module_names
        if not portions or is_installed:
            return None
        out = next((path for path in portions if path in self.leading_out), None)
        return Module(out, tuple(portions))

    def _is_package(self, folder: str) -> bool:
        if folder in self.leading_out:
            return os.path.isfile(os.path.join(self.root, folder, "__init__.py"))
        return self.in_folder(folder).get("__init__.py") is False


def is_inside(path: str) -> bool:
    """Whether a path relative to the project stays in it, apart from links."""
    return path != ".." and not path.startswith(("../", "/"))


def _join(folder: str, name: str) -> str:
    return name if folder == TOP else f"{folder}/{name}"


def _above(folder: str, steps: int) -> str:
    return normpath("/".join([folder, *[".."] * steps]))
