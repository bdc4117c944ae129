"""YAML files that are not read because of a typo in their name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from pipes_projects.codes import Code
from pipes_projects.compiler.parse.file_names import is_defaults
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.disk.files import Files
from pipes_projects.manifest.forms import FIELDS, Defaults
from pipes_projects.source import (
    DEFAULTS_STEM,
    HIDDEN_DEFAULTS,
    MANIFEST_ENDINGS,
    Location,
    Sources,
)
from pipes_projects.spelling import obvious

_KEY = re.compile(rb"^(\w+)[ \t]*:", re.MULTILINE)
_DEFAULTS = tuple(f"{DEFAULTS_STEM}{ending}" for ending in MANIFEST_ENDINGS)
_LETTERS = ({*"yaml"}, {*"yml"})


class MisnamedFile(NamedTuple):
    """A file that would be read under another name."""

    path: str
    right: str
    """The path that it should have."""
    is_taken: bool
    """Whether there is a file with exactly that path, too."""

    @property
    def meant(self) -> str:
        """The path of defaults with the name corrected; of others, as it is, so that none is hidden
        by it."""
        return self.right if is_defaults(self.right) else self.path

    @property
    def diagnostic(self) -> Diagnostic:
        """What is wrong with the name."""
        name, right = (path.rpartition("/")[2] for path in (self.path, self.right))
        if right in _DEFAULTS:
            message = f"`{name}` is not read: the defaults of a folder are called `{_DEFAULTS[0]}`"
        else:
            message = f"`{name}` is not read: the name of a manifest ends in `.yaml` or `.yml`"
        help_ = f"rename it to `{right}`"
        if self.is_taken:
            help_ = f"move its content into `{right}`, which is beside it, and delete this file"
        if name.startswith("."):  # other tools may have such files
            listed = f'`ignore = ["{self.path}"]`'
            help_ += f", or list it in pyproject.toml, under `[tool.pipes-projects]`: {listed}"
        return Diagnostic(Code.MISNAMED_FILE, message, Location(self.path), help_)


def misnamed_files(sources: Sources, kinds: Collection[str]) -> Iterator[MisnamedFile]:
    """Files that were meant to be manifests or defaults; `kinds` are the names of all kinds."""
    for folder, stems in sources.files.folders.items():
        if f"{folder}/".startswith(f"{sources.defs}/"):
            for name in (name for names in stems.values() for name in names):
                path = f"{folder}/{name}"
                if (right := right_name(name)) and path not in sources.ignored:
                    yield from _misnamed(path, right, sources.files, kinds)


def _misnamed(
    path: str, better: str, files: Files, kinds: Collection[str]
) -> Iterator[MisnamedFile]:
    folder, _, name = path.rpartition("/")
    if name[0] != "." or are_defaults(files.content(path), kinds):
        beside = files.siblings(folder).get(better.rpartition(".")[0], ())
        yield MisnamedFile(path, f"{folder}/{better}", better in beside)


def are_defaults(content: bytes | None, kinds: Collection[str]) -> bool:
    """Whether a file has a key of defaults: other tools may have files of similar names."""
    keys = {key.decode() for key in _KEY.findall(content or b"")}
    return not keys.isdisjoint((*FIELDS[Defaults], *kinds))


def right_name(name: str) -> str | None:
    """What a file should be called; None where its name is fine."""
    stem, _, ending = name.rpartition(".")
    if stem.lower() in HIDDEN_DEFAULTS and ending.lower() in ("yaml", "yml"):
        return f"{DEFAULTS_STEM}.{ending.lower()}"
    if name[0] == "_":
        return _right_defaults(name) if name not in _DEFAULTS else None
    if ending in ("yaml", "yml", "py"):  # most files
        return None
    if ending.lower() == "txt" and stem.lower().endswith(MANIFEST_ENDINGS):
        return f"{stem.rpartition('.')[0]}{MANIFEST_ENDINGS[0]}"
    ending = ending.strip().lower()
    if stem and {*ending} in _LETTERS:
        return f"{stem}.{ending}" if ending in ("yaml", "yml") else f"{stem}{MANIFEST_ENDINGS[0]}"
    return None


def _right_defaults(name: str) -> str | None:
    if name.lower() == DEFAULTS_STEM:
        return _DEFAULTS[0]
    if not name.lower().endswith(MANIFEST_ENDINGS):
        right = right_name(name[1:]) if name[1:] else None  # `_defaults.yaml.txt`
        return _right_of(f"_{right}") if right else None
    return _right_of(name)


def _right_of(name: str) -> str | None:
    """What a file should be called that ends like a manifest and may be meant as defaults."""
    stem, _, ending = name.lower().rpartition(".")
    meant = stem == DEFAULTS_STEM or (
        stem[1:2] != "_" and obvious(stem, [DEFAULTS_STEM], plurals=True)
    )
    return f"{DEFAULTS_STEM}.{ending}" if meant else None
