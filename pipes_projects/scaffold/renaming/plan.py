"""A rename, planned in memory: which files move, which words change, and what results.

The project is compiled as it would be. It must be the old one with its names replaced, and have no
new findings; otherwise nothing is renamed.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from pipes_projects.codes import Code, Severity
from pipes_projects.compiler import Compilation, compile_sources
from pipes_projects.compiler.parse.document import Document, KeyPath
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.manifest.contract import Contract
from pipes_projects.project import Project, Script
from pipes_projects.scaffold.asset import InvalidNameError, check_asset_name, check_group
from pipes_projects.scaffold.renaming.edits import (
    Replacement,
    asset_name,
    document_of,
    mentions,
    references,
    rewritten,
)
from pipes_projects.scaffold.renaming.sameness import difference
from pipes_projects.scaffold.renaming.targets import (
    RenameError,
    Target,
    What,
    find_target,
    sibling,
)
from pipes_projects.scaffold.would_be import ChangedFiles, Moves, new_findings
from pipes_projects.source import Location, SourceFile, Sources


class Request(NamedTuple):
    """What the user of `rename` asks for."""

    old: str
    new: str
    what: What | None = None


class RenamePlan(NamedTuple):
    """All that a rename changes."""

    keys: Mapping[str, str]
    """The new keys of assets, by their old ones."""
    moves: Moves
    texts: Mapping[str, tuple[str, str]]
    """The manifests that change: their old and new texts, by the old path."""
    after: Compilation
    left: tuple[Location, ...] = ()
    """Where manifests have one of the keys, and it is unclear whether the asset is meant."""


class _Steps(NamedTuple):
    """What the target itself requires; changes wherever it is named follow from that."""

    moves: Moves = Moves()
    path: str = ""
    own: Callable[[Document], Iterator[Replacement]] = lambda _: iter(())
    keys: Mapping[str, str] = {}


def plan(request: Request, sources: Sources, contract: Contract) -> RenamePlan:
    """What a rename would change; raises `RenameError` where it cannot be done."""
    before = compile_sources(sources, contract)
    _refuse_unreadable(before, request.old)
    target = find_target(before, request.old, sources.defs, request.what)
    steps = _steps(target, request, before.project, sources.defs)
    _refuse_taken(steps, before.project)
    documents = {source.path: document_of(source) for source in sources.manifests}
    changes = {path: _changes(document, steps) for path, document in documents.items()}
    texts = dict(_texts(documents, changes))
    after = compile_sources(_moved(sources, steps.moves, texts), contract)
    _refuse_new_findings(before, after, steps)
    if changed := difference(before.project, after.project, steps.keys, steps.moves):
        raise RenameError(changed)
    left = tuple(_left(documents, changes, steps.keys))
    return RenamePlan(steps.keys, steps.moves, texts, after, left)


def _refuse_unreadable(before: Compilation, old: str) -> None:
    for finding in before.diagnostics:
        if finding.code in (Code.YAML_SYNTAX, Code.UNREADABLE_FILE):
            raise RenameError(
                f"{finding.location}: {finding.message}; fix that first, as the file may name"
                f" `{old}`"
            )


def _steps(target: Target, request: Request, project: Project, defs: str) -> _Steps:
    new = request.new
    if request.old == new:
        raise RenameError(f"`{new}` is already its name")
    try:
        if target.what is What.GROUP:
            return _group(request.old.removeprefix(f"{defs}/"), new, project, defs)
        if target.file:
            return _file(target.file, new, defs)
        if target.what is What.SCRIPT and target.script:
            return _script(target.script, _stem(new, target.script, defs), defs)
        return _asset(target, new, defs)
    except InvalidNameError as error:
        raise RenameError(str(error)) from None


def _group(old: str, new: str, project: Project, defs: str) -> _Steps:
    new = new.removeprefix(f"{defs}/").rstrip("/")
    check_group(new)
    if any(script.group == new for script in project.scripts):
        raise RenameError(f"there already is a group `{new}`")
    scripts = (script for script in project.scripts if script.group == old)
    keys = {key: f"{new}/{name}" for script in scripts for key, name in _named(script)}
    return _Steps(Moves(folder=(f"{defs}/{old}", f"{defs}/{new}")), keys=keys)


def _file(old: str, new: str, defs: str) -> _Steps:
    """The steps for a script's file alone, which other manifests run by its path."""
    ending = posixpath.splitext(old)[1]
    new = new if new.endswith(ending) else f"{new}{ending}"
    inside = old.startswith(f"{defs}/") and not new.startswith(f"{defs}/")
    new = posixpath.normpath(f"{defs}/{new}" if inside else new)
    if new.startswith(("../", "/")) or posixpath.basename(new).startswith("."):
        raise RenameError(f"`{new}` is not a path in the project")
    return _Steps(Moves({old: new}))


def _stem(new: str, script: Script, defs: str) -> str:
    """The new name of a script, which may be given as the name of one of its files."""
    new = new.removeprefix(f"{defs}/")
    files = (file for file in (script.location.path, sibling(script)) if file)
    endings = [posixpath.splitext(file)[1] for file in files]
    return next((new.removesuffix(end) for end in endings if new.endswith(end)), new)


def _script(script: Script, name: str, defs: str) -> _Steps:
    """The steps for a manifest and the script beside it."""
    group, _, rest = name.partition("/")
    if not rest:
        raise InvalidNameError(f"`{name}` is not `group/asset`: the group is missing")
    check_group(group)
    if any(part.startswith(("_", ".")) or not part for part in name.split("/")):
        raise RenameError(f"`{name}` cannot be the name of a script: it would not be found there")
    files = [file for file in (script.location.path, sibling(script)) if file]
    moves = {file: f"{defs}/{name}{posixpath.splitext(file)[1]}" for file in files}
    single = not any(asset.location != script.location for asset in script.assets)
    last = name.rpartition("/")[2]
    keys = {key: f"{group}/{last if single else own}" for key, own in _named(script)}
    for key in keys.values():
        check_asset_name(key)
    changed = {old: new for old, new in keys.items() if old != new}
    return _Steps(Moves(moves), keys=changed)


def _asset(target: Target, new: str, defs: str) -> _Steps:
    script, asset = target.script, target.asset
    assert script
    assert asset
    several = asset.location != script.location
    above: tuple[str, ...] = ("assets", asset.name) if several else ()
    if target.has_own_key:
        change = Replacement((*above, "key"), new)
        return _Steps(
            path=script.location.path, own=lambda _: iter([change]), keys={asset.key: new}
        )
    check_asset_name(new)
    group, _, name = new.partition("/")
    if not several:
        folder = posixpath.dirname(script.name).partition("/")[2]
        stem = _stem(name, script, defs)  # an ending is that of the file
        return _script(script, posixpath.join(group, folder, stem), defs)
    if group != script.group:
        raise RenameError(
            f"`{asset.key}` is made by {script.location.path}, whose group is `{script.group}`:"
            f" rename the script, or give the asset `key: {new}`"
        )
    if any(other.name == name for other in script.assets):
        raise RenameError(f"{script.location.path} already has an asset `{name}`")
    own = lambda document: asset_name(document, asset.name, name)  # noqa: E731
    return _Steps(path=script.location.path, own=own, keys={asset.key: new})


def _named(script: Script) -> Iterator[tuple[str, str]]:
    """The keys that are made of a group and a name, each with the name."""
    return ((asset.key, asset.name) for asset in script.assets if not asset.fields.key)


def _refuse_taken(steps: _Steps, project: Project) -> None:
    taken = {asset.key: f" by {asset.location.path}" for asset in project.assets()}
    taken |= dict.fromkeys(project.asset_keys, " by Python definitions")
    for new in steps.keys.values():
        if new in taken and new not in steps.keys:
            raise RenameError(f"there already is an asset `{new}`, made{taken[new]}")


def _changes(document: Document, steps: _Steps) -> list[Replacement]:
    changes = [*references(document, steps.keys), *_paths(document, steps.moves)]
    own = steps.own(document) if document.source.path == steps.path else ()
    # the name of an asset last: it is part of the paths of other words
    return sorted((*changes, *own), key=lambda change: change.is_key)


def _texts(
    documents: Mapping[str, Document], changes: Mapping[str, list[Replacement]]
) -> Iterator[tuple[str, tuple[str, str]]]:
    for path, document in documents.items():
        if changes[path]:
            yield path, (document.source.text, rewritten(document, changes[path]).text)


def _left(
    documents: Mapping[str, Document],
    changes: Mapping[str, list[Replacement]],
    keys: Mapping[str, str],
) -> Iterator[Location]:
    for path, document in documents.items():
        replaced = {change.path for change in changes[path]}
        for place, _ in mentions(document, keys):
            if place not in replaced:
                yield document.value(place)


def _paths(document: Document, moves: Moves) -> Iterator[Replacement]:
    """What `script` and `code_paths` have to say after the manifest, or the file, has moved."""
    data = document.data if isinstance(document.data, dict) else {}
    listed = data.get("code_paths")
    places: list[tuple[KeyPath, object]] = [(("script",), data.get("script"))]
    if isinstance(listed, list):
        places += ((("code_paths", number), path) for number, path in enumerate(listed))
    if moves.files or moves.folder:
        for place, path in places:
            if isinstance(path, str) and (path_there := _moved_path(document, path, moves)):
                yield Replacement(place, path_there)


def _moved_path(document: Document, path: str, moves: Moves) -> str | None:
    """A relative path as it has to be after the moves; None if it leads to the same file."""
    folder = posixpath.dirname(document.source.path)
    there = posixpath.dirname(moves(document.source.path))
    target = moves(posixpath.normpath(posixpath.join(folder, path)))
    if posixpath.normpath(posixpath.join(there, path)) == target:
        return None
    return posixpath.relpath(target, there) + ("/" if path.endswith("/") else "")


def _moved(sources: Sources, moves: Moves, texts: Mapping[str, tuple[str, str]]) -> Sources:
    """The project as it would be, with its files in the order in which they are read."""
    fresh = (
        SourceFile(
            moves(manifest.path),
            texts[manifest.path][1] if manifest.path in texts else manifest.text,
        )
        for manifest in sources.manifests
    )
    manifests = tuple(sorted(fresh, key=lambda source: source.path))
    return sources._replace(files=ChangedFiles(sources.files, moves), manifests=manifests)


def _refuse_new_findings(before: Compilation, after: Compilation, steps: _Steps) -> None:
    def moved(finding: Diagnostic) -> Diagnostic:
        place = Location(steps.moves(finding.location.path), finding.location.span)
        message = _in_new_words(finding.message, steps)
        return finding._replace(location=place, message=message)

    fresh = new_findings(before, after, moved)
    for finding in (found for found in fresh if found.severity is not Severity.HINT):
        raise RenameError(f"{finding.location.path} would have a new finding: {finding.message}")


def _in_new_words(message: str, steps: _Steps) -> str:
    for old, new in steps.keys.items():
        message = message.replace(f"`{old}`", f"`{new}`")
    return message
