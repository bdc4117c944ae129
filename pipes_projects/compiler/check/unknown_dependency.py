"""Each dependency is an asset that somebody declares."""

from __future__ import annotations

from collections.abc import Iterator

from pipes_projects.codes import Code
from pipes_projects.diagnostics import Correction, Diagnostic
from pipes_projects.project import Asset, Dependency, Project
from pipes_projects.spelling import obvious, similar


def unknown_dependency(project: Project) -> Iterator[Diagnostic]:
    """Each dependency is an asset that a manifest, or the platform owner, declares."""
    known = {asset.key for asset in project.assets()} | project.asset_keys
    said: set[Dependency] = set()
    meant: set[tuple[str, str]] = set()
    most = max(10, 50_000 // max(1, len(known)))  # looking for similar names takes time
    for asset in project.assets():
        for dep in asset.deps:
            unsure = dep.key.split("/", 1)[0] in project.opaque_groups
            if dep.key not in known and dep not in said and not unsure:
                said.add(dep)  # one line at the top may speak for several assets
                found = _unknown_dependency(dep)
                yield found if len(said) > most else _with_nearest(found, dep, asset, known, meant)


def _unknown_dependency(dep: Dependency) -> Diagnostic:
    message = f"no asset is called `{dep.key}`"
    return Diagnostic(Code.UNKNOWN_DEPENDENCY, message, dep.location, _ELSEWHERE)


_ELSEWHERE = "an asset of another system is declared by a manifest of `kind: external`"


def _with_nearest(
    found: Diagnostic, dep: Dependency, asset: Asset, known: set[str], meant: set[tuple[str, str]]
) -> Diagnostic:
    """With the nearest asset; it is the correction if it was surely meant, and is no dependency."""
    named = sorted(it for it in known if it.endswith(f"/{dep.key}"))
    if named and "/" not in dep.key:
        help_ = f"write the whole key: {' or '.join(f'`{it}`' for it in named[:3])}"
        right = None
    else:
        help_ = similar(dep.key, known, "an asset") or _ELSEWHERE
        right = obvious(dep.key, known)
    taken = {asset.key, *(it.key for it in asset.deps)}
    if right is None or right in taken or (asset.key, right) in meant:
        return found._replace(help=help_)
    meant.add((asset.key, right))
    return found._replace(help=help_, correction=Correction(dep.location, right, dep.key))
