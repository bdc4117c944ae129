"""What a project has lost since a commit, and where it went.

The name of something that was just removed is not a typo: findings about it lose their fixes, and
their help says what happened to it.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pipes_projects.analysis.changes.files import FileChange, files_changed, is_manifest, texts_of
from pipes_projects.analysis.git.repository import Git
from pipes_projects.codes import Code
from pipes_projects.compiler import Compilation, compile_sources
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.disk.files import MAX_BYTES, TextFiles
from pipes_projects.layout import CONTRACT, Layout
from pipes_projects.manifest.contract import Contract
from pipes_projects.project import Asset, Project
from pipes_projects.source import Location, SourceFile, Sources

TELLING: Final = 40
"""Files with the same content are the same file only if they have this many bytes or more."""


@dataclass(frozen=True)
class Removed:
    """What is gone, by name, each with what it is called now, where that is certain."""

    since: str
    """The earlier point in time, in words."""
    assets: Mapping[str, str | None] = field(default_factory=dict)
    files: Mapping[str, str | None] = field(default_factory=dict)
    published: frozenset[str] = frozenset()
    """All names that the platform owner published then, including those that still exist."""


NamesIn = Callable[[str], Iterable[str]]
"""The names that the text of a contract publishes."""


def read_removed(
    layout: Layout, commit: str, since: str, contract: Contract, names_in: NamesIn
) -> Removed:
    """What the project has lost since a commit; raises `GitError`."""
    git = Git(layout.root)
    changes = [change for change in files_changed(git, layout, commit) if _matters(change, layout)]
    texts = texts_of(
        git, [change.before for change in changes if change.before and _is_read(change, layout)]
    )
    moved = _moved(layout.root, changes)
    before = {
        change.path: texts[change.before]
        for change in changes
        if change.before and change.before in texts
    }
    published = before.pop(CONTRACT, None)
    assets: dict[str, str | None] = {}
    for path, text in before.items():
        now = moved.get(path, path)
        new = _manifest(layout.root, now)
        old = _assets(SourceFile(path, text), layout, contract)
        assets |= _lost(old, _assets(new, layout, contract) if new else {}, now != path)
    files = {change.path: moved.get(change.path) for change in changes if not change.is_there}
    return Removed(since, assets, files, frozenset(names_in(published) if published else ()))


def without_removed(compilation: Compilation, removed: Iterable[Removed]) -> Compilation:
    """The findings, with what is known about the things that they name."""
    found, told = compilation.diagnostics, list(removed)
    keys = (
        _keys(compilation.project)
        if any(earlier.assets or earlier.published for earlier in told)
        else {}
    )
    for earlier in told:
        found = tuple(_told(finding, earlier, keys, compilation.texts) for finding in found)
    return compilation._replace(diagnostics=found)


def _keys(project: Project) -> dict[Location, str]:
    return {dep.location: dep.key for asset in project.assets() for dep in asset.deps}


def _told(
    finding: Diagnostic,
    earlier: Removed,
    keys: Mapping[Location, str],
    texts: Mapping[str, SourceFile],
) -> Diagnostic:
    if not finding.code.of_a_name:
        return finding
    help_: str | None = None
    name = keys.get(finding.location) or _word(finding, texts)
    if finding.code is Code.UNKNOWN_DEPENDENCY and name in earlier.assets:
        now = earlier.assets[name]
        help_ = f"`{name}` is called `{now}` now" if now else f"it was removed {earlier.since}"
    elif finding.code is Code.MISSING_SCRIPT:
        help_ = _about_script(finding.location.path, name, earlier)
    elif name in earlier.published:
        help_ = f"the platform owner published it before, and removed it {earlier.since}"
    return finding._replace(help=help_, correction=None, fix=None) if help_ else finding


def _about_script(manifest: str, named: str, earlier: Removed) -> str | None:
    folder = posixpath.dirname(manifest)
    path = posixpath.normpath(posixpath.join(folder, named))
    if not named or path not in earlier.files:
        return None
    now = earlier.files[path]
    if now is None:
        return f"it was removed {earlier.since}"
    return f"it was moved: write `script: {posixpath.relpath(now, folder)}`"


def _word(finding: Diagnostic, texts: Mapping[str, SourceFile]) -> str:
    """The word at fault, without its quotes."""
    source, (start, end) = texts.get(finding.location.path), finding.location.span
    if source is None or start == end:
        return ""
    return source.text[source.index(start) : source.index(end)].strip("'\"")


def _matters(change: FileChange, layout: Layout) -> bool:
    return change.path == CONTRACT or change.path.startswith(f"{layout.defs}/")


def _is_read(change: FileChange, layout: Layout) -> bool:
    return change.path == CONTRACT or is_manifest(change.path, layout)


def _moved(root: Path, changes: Iterable[FileChange]) -> dict[str, str]:
    """The new paths of files that were renamed: the only ones before and after with their
    content."""
    changes = list(changes)
    gone = {
        change.path: change.before for change in changes if change.before and not change.is_there
    }
    endings = {posixpath.splitext(path)[1] for path in gone}
    new = [change.path for change in changes if change.is_there and not change.before]
    read = {path: _read(root / path) for path in new if posixpath.splitext(path)[1] in endings}
    texts = {path: data for path, data in read.items() if data is not None}
    digest = "sha1" if all(len(id_) == 40 for id_ in gone.values()) else "sha256"
    ids = {path: _git_name(data, digest) for path, data in texts.items()}
    old_stems, new_stems = _by_content(gone), _by_content(ids)
    found = dict[str, str]()
    for content, stems in old_stems.items():
        there = new_stems.get(content, ())
        if len(stems) == len(there) == 1:
            pairs = {f"{stems[0]}{end}": f"{there[0]}{end}" for end, _ in content}
            is_telling = sum(len(texts[path]) for path in pairs.values()) >= TELLING
            found |= pairs if is_telling else {}
    return found


def _git_name(data: bytes, digest: str) -> str:
    """Git's hash of a file with this content."""
    return hashlib.new(digest, b"blob %d\0" % len(data) + data).hexdigest()


def _by_content(ids: Mapping[str, str]) -> dict[frozenset[tuple[str, str]], list[str]]:
    """Stems of files, by the content of all files with that stem."""
    stems: dict[str, set[tuple[str, str]]] = {}
    for path, name in ids.items():
        stem, ending = posixpath.splitext(path)
        stems.setdefault(stem, set()).add((ending, name))
    found: dict[frozenset[tuple[str, str]], list[str]] = {}
    for stem, content in stems.items():
        found.setdefault(frozenset(content), []).append(stem)
    return found


def _read(path: Path) -> bytes | None:
    """The content of a regular file, if it is no larger than a manifest may be."""
    try:
        is_plain = path.is_file() and not path.is_symlink()
        return path.read_bytes() if is_plain and path.stat().st_size <= MAX_BYTES else None
    except OSError:
        return None


def _manifest(root: Path, path: str) -> SourceFile | None:
    """A manifest as it is now, if it exists."""
    data = _read(root / path)
    return None if data is None else SourceFile(path, data.decode("utf-8-sig", "replace"))


def _assets(source: SourceFile, layout: Layout, contract: Contract) -> dict[str, Asset]:
    """What a manifest declares by itself."""
    alone = Sources(TextFiles(frozenset()), (source,), (), layout.defs)
    return {asset.key: asset for asset in compile_sources(alone, contract, ()).project.assets()}


def _lost(old: dict[str, Asset], new: dict[str, Asset], moved: bool) -> dict[str, str | None]:
    """The keys that no longer exist, and what became of each."""
    lost, added = old.keys() - new.keys(), new.keys() - old.keys()
    if moved:
        names = {new[key].name: key for key in added}
        alone = next(iter(added)) if len(old) == len(new) == len(added) == 1 else None
        return {key: alone or names.get(old[key].name) for key in lost}
    one = len(lost) == len(added) == 1
    return {
        key: next((new_key for new_key in added if one and _alike(old[key], new[new_key])), None)
        for key in lost
    }


def _alike(old: Asset, new: Asset) -> bool:
    """Whether nothing but the key differs."""
    return _body(old) == _body(new)


def _body(asset: Asset) -> tuple[object, ...]:
    deps = [(dep.key, *dep.how) for dep in asset.deps]
    fields = asset.fields.model_dump(exclude={"key", "deps"})
    return fields, asset.added, deps, asset.checks
