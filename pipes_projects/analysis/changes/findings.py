"""What each finding depends on: whether changes of some files may have caused it.

If in doubt, they may. A finding that was not there before the change is always among those that the
change touches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from posixpath import dirname, join, normpath, splitext

from pipes_projects.analysis.changes.hints import HintChanges, Texts
from pipes_projects.codes import Code, Scope
from pipes_projects.compiler import Compilation, compile_sources
from pipes_projects.compiler.parse.file_names import group_of, is_defaults
from pipes_projects.compiler.parse.misnamed import right_name
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.disk.files import TextFiles, folders_above
from pipes_projects.manifest.contract import Contract
from pipes_projects.project import Asset, Project, Script
from pipes_projects.source import DEFAULTS_STEM, MANIFEST_ENDINGS, Location, SourceFile, Sources


@dataclass(frozen=True)
class Declarations:
    """What manifests declare, as far as can be known."""

    keys: frozenset[str] = frozenset()
    """The keys of assets."""
    groups: frozenset[str] = frozenset()
    """Groups with a manifest that could not be understood, which may declare anything."""
    scripts: frozenset[str] = frozenset()
    """Files that manifests name as their scripts."""


def declared(sources: Sources, contract: Contract) -> Declarations:
    """What each manifest declares by itself; of two with the same name, one may be hidden."""
    keys, scripts = set[str](), set[str]()
    groups = {group_of(path, sources.defs) for path in (*_unreadable(sources), *_twins(sources))}
    for source in sources.manifests:
        alone = Sources(TextFiles(frozenset()), (source,), (), sources.defs)
        project = compile_sources(alone, contract, ()).project
        keys.update(asset.key for asset in project.assets())
        scripts.update(map(_named, (script for script in project.scripts if script.fields.script)))
        groups |= project.opaque_groups
    return Declarations(frozenset(keys), frozenset(groups), frozenset(scripts))


def _named(script: Script) -> str:
    """The path that a manifest's `script` refers to."""
    return normpath(join(dirname(script.location.path), script.fields.script or ""))


def _unreadable(sources: Sources) -> Iterator[str]:
    return (file.path for file in sources.unreadable)


def _twins(sources: Sources) -> Iterator[str]:
    seen: set[tuple[str, str]] = set()
    for stem, path in ((same_stem(manifest.path), manifest.path) for manifest in sources.manifests):
        if stem in seen:
            yield path
        seen.add(stem)


def same_stem(path: str) -> tuple[str, str]:
    """What a file shares with its twins and its script: the folder and the stem."""
    folder, _, name = path.rpartition("/")
    return folder, splitext(name)[0]


def touching(
    compilation: Compilation,
    paths: Iterable[str],
    before: Declarations,
    defs: str,
    texts: Callable[[], Texts],
) -> tuple[Diagnostic, ...]:
    """The findings that changes of these paths may have caused; `before` is what the changed
    manifests, and those that they hide, declared before, and `texts` what all changed files held
    then."""
    changed = frozenset(paths)
    faulty = frozenset(diagnostic.location.path for diagnostic in compilation.diagnostics)
    hints = HintChanges(compilation.project, changed, before.scripts, faulty, defs, texts)
    touch = _Touch(compilation.project, changed, before, defs, hints)
    return tuple(diagnostic for diagnostic in compilation.diagnostics if touch.finding(diagnostic))


class _Touch:
    def __init__(
        self,
        project: Project,
        paths: frozenset[str],
        before: Declarations,
        defs: str,
        hints: HintChanges,
    ) -> None:
        self.project, self.paths, self.before, self.defs = project, paths, before, defs
        self.stems = frozenset(map(same_stem, paths))
        self.folders = frozenset(folder for path in paths for folder in folders_above(path))
        self.any_manifest = any(path.endswith(MANIFEST_ENDINGS) for path in paths)
        self.hints = hints
        self.known: dict[str, bool] = {}

    @cached_property
    def scripts(self) -> dict[str, Script]:
        return {script.location.path: script for script in self.project.scripts}

    @cached_property
    def open_groups(self) -> frozenset[str]:
        """Groups that may have declared anything, also in manifests with misspelled names."""
        misnamed = (path for path in self.paths if right_name(path.rpartition("/")[2]))
        return self.before.groups.union(group_of(path, self.defs) for path in misnamed)

    @cached_property
    def touched_groups(self) -> frozenset[str]:
        """Groups with a script that a change may affect, and groups of the keys that changed
        manifests declared before."""
        changed = (script for script in self.project.scripts if self.manifest(script.location.path))
        was = (key.partition("/")[0] for key in self.before.keys)
        return frozenset(script.group for script in changed).union(was)

    @cached_property
    def running(self) -> dict[str, list[str]]:
        """The manifests that run each script."""
        found: dict[str, list[str]] = {}
        for script in self.project.scripts:
            if script.path:
                found.setdefault(script.path, []).append(script.location.path)
        return found

    @cached_property
    def named(self) -> dict[Location, set[str]]:
        """The keys at a place: those of a dependency and of the asset that has it."""
        found: dict[Location, set[str]] = {}
        for asset in self.project.assets():
            found.setdefault(asset.location, set()).add(asset.key)
            for dep in asset.deps:
                found.setdefault(dep.location, set()).update((dep.key, asset.key))
        return found

    @cached_property
    def declaring(self) -> dict[str, list[Asset]]:
        found: dict[str, list[Asset]] = {}
        for asset in self.project.assets():
            found.setdefault(asset.key, []).append(asset)
        return found

    def finding(self, diagnostic: Diagnostic) -> bool:
        """Whether anything that the finding depends on has changed."""
        scope = diagnostic.code.scope
        if scope is Scope.MACHINE or (scope is Scope.PROJECT and self.any_manifest):
            return True
        paths = (
            diagnostic.location.path,
            *(related.location.path for related in diagnostic.related),
        )
        if any(map(self.manifest, (*paths, *self.running.get(diagnostic.location.path, ())))):
            return True
        if diagnostic.code is Code.SCRIPT_WITHOUT_MANIFEST:
            return self.hints.may_have_caused(diagnostic.location.path)
        group = group_of(diagnostic.location.path, self.defs)
        if scope is Scope.GROUP and group in self.touched_groups:
            return True
        # An invalid name of a group is reported at its first manifest.
        if scope is Scope.GROUP or diagnostic.code is Code.INVALID_NAME:
            return f"{self.defs}/{group}" in self.folders
        return scope is Scope.KEYS and any(map(self._key, self.named.get(diagnostic.location, ())))

    def manifest(self, path: str) -> bool:
        """Whether a manifest has changed, or its script, its twin, or defaults above it."""
        if path not in self.known:
            self.known[path] = self._manifest(path)
        return self.known[path]

    def _manifest(self, path: str) -> bool:
        folder = dirname(path)
        if is_defaults(path) and folder in self.folders:
            return True  # what is below decides whether they are valid and used
        stems = (same_stem(path), *((folder, DEFAULTS_STEM) for folder in folders_above(path)))
        files = (path, *self._scripts_of(path))
        return any(stem in self.stems for stem in stems) or any(map(self._file, files))

    def _scripts_of(self, path: str) -> Iterator[str]:
        script = self.scripts.get(path)
        if script and script.path:
            yield script.path
        if script and script.fields.script:  # it may be missing
            yield _named(script)

    def _file(self, path: str) -> bool:
        """Whether a file has changed, or a path above it, which may have been a file or a link."""
        return path in self.paths or any(folder in self.paths for folder in folders_above(path))

    def _key(self, key: str) -> bool:
        """Whether a manifest that declares an asset has changed, or one that declared it before."""
        was = key in self.before.keys or key.split("/", 1)[0] in self.open_groups
        return was or any(
            self.manifest(asset.location.path) for asset in self.declaring.get(key, ())
        )


def hidden(texts: Iterable[SourceFile], paths: Iterable[str]) -> Iterator[SourceFile]:
    """The manifests that a changed file of the same name may hide, or may have hidden before."""
    changed = frozenset(paths)
    stems = frozenset(map(same_stem, changed))
    folders = {folder for folder, _ in stems}
    near = (text for text in texts if text.path.rpartition("/")[0] in folders)
    return (text for text in near if text.path not in changed and same_stem(text.path) in stems)
