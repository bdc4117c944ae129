"""All script components of a `dg` project: what each becomes, or why it stays as it is."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from warnings import catch_warnings

import dagster as dg

from pipes_projects.emitter.inspection.definitions_file import in_words_of_dg
from pipes_projects.emitter.migration.asset_fields import CannotMapError
from pipes_projects.emitter.migration.dg_project import Declared, DgProject, loaded
from pipes_projects.emitter.migration.mapping import imported
from pipes_projects.emitter.migration.published import Names
from pipes_projects.emitter.owner.hooks import asked
from pipes_projects.layout import LayoutError
from pipes_projects.owners_code import set_apart
from pipes_projects.scaffold.importing.imported import (
    ImportedProject,
    ImportedScript,
    KeyPath,
    Remark,
)

_LOST = {
    ("attributes", "execution", "name"): "the step is named after the group and the script",
    ("attributes", "execution", "description"): "a step has no description of its own",
    ("attributes", "execution", "backfill_policy"): "`dg` does not use it",
    ("requirements",): "name the variables in `secrets`, if the script reads them",
}


@dataclass
class _Sorted:
    scripts: list[ImportedScript] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    left: list[Remark] = field(default_factory=list)


def read_import(folder: Path) -> ImportedProject:
    """What can be imported of the `dg` project that a folder is in; raises `LayoutError`."""
    with set_apart(folder), catch_warnings(action="ignore"):
        try:
            project = asked(lambda: _loaded(folder))
        except Exception as error:
            why = f"{in_words_of_dg(error)}; `dg check defs` says more"
            raise LayoutError(f"`dg` cannot load {folder}: {why}") from error
        return asked(lambda: _import(project))


def _loaded(folder: Path) -> DgProject:
    import sys

    for above in (folder, *folder.parents):
        if (above / "pyproject.toml").is_file() or (above / "dg.toml").is_file():
            sys.path[:0] = [str(above / "src"), str(above)]
            break
    return loaded(folder)


def _import(project: DgProject) -> ImportedProject:
    names, found = Names(), _Sorted()
    specs = {spec.key: spec for spec in _specs(project)}
    for file in project.files:
        _sort(file, specs, names, project, found)
    made = {spec.key for script in found.scripts for spec in _own(script, project)}
    keys = {key.to_user_string() for key in specs.keys() - made}
    unmade = sorted(_deps(found.scripts) - {key.to_user_string() for key in specs})
    return ImportedProject(
        project.root,
        project.folder,
        tuple(found.scripts),
        tuple(found.remarks),
        tuple(found.left),
        frozenset(keys),
        tuple(unmade),
        names.code(),
    )


def _specs(project: DgProject) -> Iterator[dg.AssetSpec]:
    for asset in project.assets:
        yield from asset.specs if isinstance(asset, dg.AssetsDefinition) else [asset]


def _own(script: ImportedScript, project: DgProject) -> Iterator[dg.AssetSpec]:
    for file in project.files:
        for declared in file:
            if (declared.file, declared.document) == (script.file, script.document):
                component = declared.component
                assert isinstance(component, dg.PythonScriptComponent)
                yield from component.assets or ()


def _deps(scripts: list[ImportedScript]) -> set[str]:
    parts = [part for s in scripts for part in (s.manifest, *s.manifest.get("assets", {}).values())]
    return {dep for part in parts for dep in part.get("deps", ())}


def _sort(
    file: tuple[Declared, ...],
    specs: dict[dg.AssetKey, dg.AssetSpec],
    names: Names,
    project: DgProject,
    found: _Sorted,
) -> None:
    """A file is imported as a whole, so that it can be removed."""
    scripts, left = list[ImportedScript](), list[Remark]()
    trial = names.copy()
    for declared in file:
        try:
            scripts.append(imported(declared, specs, trial, project.root, project.folder))
        except CannotMapError as error:
            left.append(Remark(declared.file, _line(declared, error.place), str(error)))
    found.left += left
    if not left:
        names.take(trial)
        found.scripts += scripts
        found.remarks += [remark for declared in file for remark in _lost(declared)]


def _lost(declared: Declared) -> Iterator[Remark]:
    for place, why in _LOST.items():
        if place in declared.lines:
            name = ".".join(map(str, place)).removeprefix("attributes.")
            text = f"`{name}` is not carried over: {why}"
            yield Remark(declared.file, declared.lines[place], text)


def _line(declared: Declared, place: KeyPath) -> int:
    while place and place not in declared.lines:
        place = place[:-1]
    return declared.lines.get(place, min(declared.lines.values(), default=0))
