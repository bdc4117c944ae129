"""Whether a project is another one with its names replaced, and what else would change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipes_projects.project import Asset, Project, Script
from pipes_projects.scaffold.would_be import Moves

Keys = Mapping[str, str]
_RENAMED = {"script", "code_paths", "key", "deps"}


def difference(before: Project, after: Project, keys: Keys, moves: Moves) -> str | None:
    """What else than names a rename would change, in a sentence; None if nothing."""
    renamed = {script.location.path: script for script in after.scripts}
    for script in before.scripts:
        there = renamed.pop(moves(script.location.path), None)
        if there is None:
            return f"{script.location.path} would be lost"
        for name in _script(script, there, moves):
            return _says(script.location.path, name)
        if len(script.assets) != len(there.assets):
            return _says(script.location.path, "assets")
        for asset, other in zip(script.assets, there.assets, strict=True):
            for name in _asset(asset, other, keys):
                return _says(asset.location.path, name)
    return f"{next(iter(renamed))} would become visible" if renamed else None


def _says(path: str, name: str) -> str:
    return (
        f"`{name}` in {path} would change, not only names: it depends on the folder, through a"
        " `_defaults.yaml` or a relative path; write what should stay into the manifest first"
    )


def _script(old: Script, new: Script, moves: Moves) -> Iterator[str]:
    yield from _fields(old.fields, new.fields)
    yield from _fields(old.top, new.top)
    if old.kind != new.kind:
        yield "kind"
    if old.path and moves(old.path) != new.path:
        yield "script"
    if _differs(old.added, new.added):
        yield next(iter(old.added), "kind")
    if [moves(path.path) for path in old.code_paths] != [path.path for path in new.code_paths]:
        yield "code_paths"
    if not _is_moved(old.options, new.options, moves):
        yield old.kind


def _asset(old: Asset, new: Asset, keys: Keys) -> Iterator[str]:
    yield from _fields(old.fields, new.fields)
    yield from _fields(old.own, new.own)
    if keys.get(old.key, old.key) != new.key:
        yield "key"
    deps = [(keys.get(dep.key, dep.key), *dep.how) for dep in old.deps]
    if deps != [(dep.key, *dep.how) for dep in new.deps]:
        yield "deps"
    if old.checks != new.checks:
        yield "checks"
    if _differs(old.added, new.added):
        yield next(iter(old.added), "key")


def _fields(old: Any, new: Any) -> Iterator[str]:
    for name in type(old).model_fields.keys() - _RENAMED:
        if name != "checks" and _differs(getattr(old, name), getattr(new, name)):
            yield name


def _differs(old: Any, new: Any) -> bool:
    return bool(old != new) and repr(old) != repr(new)  # NaN does not even equal itself


def _is_moved(old: Any, new: Any, moves: Moves) -> bool:
    """Whether a value is the same, except that paths in it have moved as their files did."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return old.keys() == new.keys() and all(_is_moved(old[k], new[k], moves) for k in old)
    if isinstance(old, list | tuple) and isinstance(new, list | tuple):
        return len(old) == len(new) and all(map(lambda a, b: _is_moved(a, b, moves), old, new))
    return bool(not _differs(old, new) or (isinstance(old, str) and moves(old) == new))
