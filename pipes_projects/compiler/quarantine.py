"""Which assets the errors of a project take out of it, so that all others can be made.

As a rule a manifest with an error is taken out whole: nobody knows what its script would do. Of a
key that is declared twice, and on a cycle of assets, only those assets are: the other assets of
their scripts stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from pipes_projects.compiler.blame import Blame, blamed
from pipes_projects.compiler.names import asset_name, group_of, is_defaults, is_group
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.project import Asset, Dependency, Project, Script
from pipes_projects.source import MANIFEST_ENDINGS


@dataclass(frozen=True)
class Placeholder:
    """An asset that cannot be made, and why."""

    key: str
    group: str
    path: str
    """The manifest that declares it, or might."""
    diagnostics: tuple[Diagnostic, ...]
    deps: tuple[Dependency, ...] = ()
    declared: tuple[Script, Asset] | None = None
    """What is known of it; nothing, where nobody could read its manifest."""


@dataclass(frozen=True)
class Isolation:
    """A project without its errors, and what stands in their place."""

    project: Project
    """What can be made; placeholders and missing assets are known to it, as if made elsewhere."""
    placeholders: Mapping[str, Placeholder]
    missing: frozenset[str]
    """Keys that something depends on, and that nobody declares."""


def isolate(project: Project, errors: Iterable[Diagnostic], defs: str) -> Isolation:
    """Take out what the errors are about; a placeholder for each key, and no key twice."""
    blame = blamed(project, errors)
    kept = [script for script in _kept(project, blame) if script.assets]
    made = {asset.key for script in kept for asset in script.assets} | project.asset_keys
    placeholders: dict[str, Placeholder] = {}
    for it in (*_declared(project, blame), *_guessed(project, blame, defs)):
        if it.key not in made and is_group(it.group):
            placeholders.setdefault(it.key, it)
    known = made | placeholders.keys()
    assets = (asset.deps for script in kept for asset in script.assets)
    deps = (*assets, *(it.deps for it in placeholders.values()))
    missing = frozenset(dep.key for one in deps for dep in one) - known
    elsewhere = project.asset_keys | placeholders.keys() | missing
    return Isolation(
        replace(project, scripts=tuple(kept), asset_keys=elsewhere), placeholders, missing
    )


def _kept(project: Project, blame: Blame) -> Iterator[Script]:
    """The scripts that can run, without the assets that are taken out."""
    for script in project.scripts:
        if script.location.path in blame.manifests or not is_group(script.group):
            continue
        apart = frozenset(it.key for it in script.assets if it.key in blame.assets)
        assets = tuple(it for it in script.assets if it.key not in apart)
        yield replace(script, assets=assets, apart=apart) if apart else script


def _declared(project: Project, blame: Blame) -> Iterator[Placeholder]:
    """What manifests declare that can be understood."""
    for script in project.scripts:
        whole = blame.manifests.get(script.location.path, ())
        for asset in script.assets:
            why = (*whole, *blame.assets.get(asset.key, ()))
            if why:
                deps = tuple(it for it in asset.deps if (asset.key, it.key) not in blame.edges)
                path, of = script.location.path, (script, asset)
                yield Placeholder(asset.key, asset.group, path, _once(why), deps, of)


def _guessed(project: Project, blame: Blame, defs: str) -> Iterator[Placeholder]:
    """Of a manifest whose assets nobody knows, the one that is named like it."""
    understood = {script.location.path for script in project.scripts if script.assets}
    for path in blame.manifests.keys() - understood:
        is_manifest = path.endswith(MANIFEST_ENDINGS) and not is_defaults(path)
        if is_manifest and path.count("/") > defs.count("/") + 1:
            group = group_of(path, defs)
            key = f"{group}/{asset_name(path)}"
            yield Placeholder(key, group, path, _once(blame.manifests[path]))


def _once(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(dict.fromkeys(diagnostics))
