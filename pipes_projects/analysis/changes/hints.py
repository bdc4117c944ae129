"""Whether a file that no manifest runs may have been run, or used, before some files changed.

A file counts as named in a text if it may be: to show an old hint does less harm than to hide a new
one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from posixpath import dirname, join, splitext
from typing import Final

from pipes_projects.analysis.imports.closure import PYTHON
from pipes_projects.compiler.parse.file_names import group_of, is_defaults
from pipes_projects.disk.files import folders_above
from pipes_projects.kinds import DEFAULT
from pipes_projects.project import Project
from pipes_projects.source import DEFAULTS_STEM, MANIFEST_ENDINGS

_CHOOSES: Final = re.compile(r"\b(script|kind)\b")
"""What decides, besides its name, which script a manifest has, or whether it has one."""
Texts = Mapping[str, str | None]
"""By path, the former text of each changed file, and of manifests that are hidden now; None if it
cannot be read."""


@dataclass(frozen=True)
class HintChanges:
    """What has changed, as far as hints depend on it."""

    project: Project
    paths: frozenset[str]
    named: frozenset[str]
    """What manifests named as their scripts before."""
    faulty: frozenset[str]
    """Files with findings: what they declare may not have been understood."""
    defs: str
    texts: Callable[[], Texts]

    @cached_property
    def old(self) -> Texts:
        """The texts, asked for only once they are needed."""
        return self.texts()

    @cached_property
    def yaml(self) -> tuple[str, ...]:
        """The manifests and defaults that have changed, or are hidden now."""
        return tuple(path for path in {*self.paths, *self.old} if _is_yaml(path))

    def may_have_caused(self, path: str) -> bool:
        """Whether the hint about this file, which has not changed itself, may be a new one."""
        return (
            path in self.named
            or self._was_in_a_package(path)
            or any(text is None or _may_name(path, text) for text in self.old.values())
            or (path.endswith(PYTHON) and any(map(self._mentions(path), self._may_have_been_run)))
            or self._may_have_been_lacking(path)
        )

    def _may_have_been_lacking(self, path: str) -> bool:
        """Whether its group lacked a script; outside any group, whether some group did."""
        if dirname(path) == self.defs:
            return bool(self.groups_that_lacked_scripts)
        return group_of(path, self.defs) in self.groups_that_lacked_scripts

    def _was_in_a_package(self, path: str) -> bool:
        """Whether it may have been a module of a package: a folder without manifests."""
        package = join(dirname(path), "__init__.py")
        is_package = self.project.files.is_file(package)
        got_manifest = any(dirname(manifest) == dirname(path) for manifest in self.yaml)
        return package in self.paths or (is_package and got_manifest)

    def _mentions(self, path: str) -> Callable[[str], bool]:
        def mentions(script: str) -> bool:
            text = self._now(script)
            return text is None or _may_name(path, text)

        return mentions

    @cached_property
    def _may_have_been_run(self) -> frozenset[str]:
        """Scripts whose manifests, or the defaults of these, have changed: files that they import
        count as used only if a manifest runs them."""
        found = set(self.named)
        for path in self.yaml:
            folder = dirname(path)
            if is_defaults(path):
                found.update(self.project.files.within(folder))
            else:
                names = self.project.files.siblings(folder).values()
                found.update(join(folder, name) for stem in names for name in stem)
        return frozenset(script for script in found if script.endswith(PYTHON))

    @cached_property
    def groups_that_lacked_scripts(self) -> frozenset[str]:
        """Groups with a manifest whose script may have been missing: these got no hints."""
        changed = (*self._defaults(), *self._lacking(), *self._completed())
        return frozenset(group_of(path, self.defs) for path in changed)

    def _defaults(self) -> Iterator[str]:
        return filter(is_defaults, self.yaml)

    def _lacking(self) -> Iterator[str]:
        """Manifests that have changed, and may have been without their script."""
        for path in filter(_is_yaml, self.old):
            above = [*_defaults_above(path)]
            texts = (self.old[path], self._now(path), *map(self._now, above))
            endings = [splitext(file)[1] for file in self._beside(path)]
            is_certain = len(endings) == 1 and endings[0] in self._certain_endings
            may_choose = any(text is None or _CHOOSES.search(text) for text in texts)
            if may_choose or not is_certain or not self.faulty.isdisjoint(above):
                yield path

    @cached_property
    def _certain_endings(self) -> frozenset[str]:
        """The endings of scripts of which no manifest says the kind."""
        kind = self.project.kinds.get(DEFAULT)
        return frozenset(kind.endings or () if kind else ())

    def _now(self, path: str) -> str | None:
        if not self.project.files.is_file(path):
            return ""
        content = self.project.files.content(path)
        return None if content is None else content.decode("utf-8", "replace")

    def _beside(self, manifest: str) -> frozenset[str]:
        """The files with the manifest's name that were beside it, and may have been its script."""
        folder, stem = dirname(manifest), splitext(manifest)[0]
        names = (name for names in self.project.files.siblings(folder).values() for name in names)
        unchanged = {path for name in names if (path := join(folder, name)) not in self.paths}
        were = (file for file in {*unchanged, *self.old} if splitext(file)[0] == stem)
        return frozenset(file for file in were if not file.endswith(MANIFEST_ENDINGS))

    def _completed(self) -> Iterator[str]:
        """Manifests whose script is new, or has become the only one with its name."""
        files = self.project.files
        moved = [path for path in self.paths if (path in self.old) != files.is_file(path)]
        stems = {splitext(path)[0] for path in moved}
        for script in self.project.scripts:
            manifest = script.location.path
            has_come = splitext(manifest)[0] in stems or script.path in moved
            if has_come and manifest not in self.paths:
                yield manifest


def _may_name(path: str, text: str) -> bool:
    """Whether a text may name a file, or the folder that it is in."""
    stem = splitext(path.rpartition("/")[2])[0]
    is_word = re.search(rf"(?<![\w-]){re.escape(stem)}(?![\w-])", text, re.ASCII)
    return bool(is_word) or "code_paths" in text


def _defaults_above(manifest: str) -> Iterator[str]:
    for folder in folders_above(manifest):
        yield from (join(folder, f"{DEFAULTS_STEM}{ending}") for ending in MANIFEST_ENDINGS)


def _is_yaml(path: str) -> bool:
    return path.lower().endswith(MANIFEST_ENDINGS)
