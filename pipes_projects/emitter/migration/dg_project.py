"""A project of `dg`, loaded: its files with script components, and what Dagster makes of them."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
from dagster.components.core.decl import ComponentDecl, YamlBackedComponentDecl, YamlFileDecl

from pipes_projects.scaffold.importing.imported import KeyPath


@dataclass(frozen=True)
class Declared:
    """One document of a `defs.yaml`."""

    file: Path
    document: int
    lines: Mapping[KeyPath, int]
    """The lines of each key, counted from zero."""
    written: Mapping[str, Any]
    """As it is written, templates included."""
    component: dg.Component
    changes: tuple[Mapping[str, Any], ...]
    """What changes its assets afterwards, as written: `post_processing`, here and above."""


@dataclass(frozen=True)
class DgProject:
    """What is in a project of `dg`."""

    root: Path
    folder: Path
    files: tuple[tuple[Declared, ...], ...]
    """Those with a script component, each with all that it declares."""
    assets: Sequence[dg.AssetsDefinition | dg.AssetSpec]
    """In the end, after all that changes them."""


def loaded(folder: Path) -> DgProject:
    """The project that a folder is in; raises what `dg` raises."""
    tree = dg.ComponentTree.for_project(folder)
    assets: Any = tree.build_defs().assets or ()
    root: Any = tree.find_root_decl()
    files = tuple(_files(root, tree, ()))
    folders = tree.project_root.resolve(), tree.defs_module_path.resolve()
    return DgProject(*folders, files, assets)


def _files(
    decl: "ComponentDecl[Any]", tree: dg.ComponentTree, above: tuple[Mapping[str, Any], ...]
) -> Iterator[tuple[Declared, ...]]:
    above = (*above, *_changes(decl))
    if isinstance(decl, YamlFileDecl):
        declared = tuple(_declared(child, tree, above) for child in decl.decls)
        if any(isinstance(one.component, dg.PythonScriptComponent) for one in declared):
            yield declared
    for child in decl.iterate_child_component_decls():
        yield from _files(child, tree, above)


def _changes(decl: Any) -> Iterator[Mapping[str, Any]]:
    model = decl.component_file_model if isinstance(decl, YamlBackedComponentDecl) else None
    if model and model.post_processing:
        yield model.post_processing


def _declared(decl: Any, tree: dg.ComponentTree, above: tuple[Mapping[str, Any], ...]) -> Declared:
    written = decl.component_file_model.model_dump(exclude_none=True)
    positions = decl.source_tree.source_position_tree
    return Declared(
        Path(positions.position.filename).resolve(),
        decl.loc.instance_key,
        dict(_lines(positions, ())),
        written,
        tree.load_structural_component_at_loc(decl.loc),
        (*above, *_changes(decl)),
    )


def _lines(tree: Any, path: KeyPath) -> Iterator[tuple[KeyPath, int]]:
    if path:
        yield path, tree.position.start.line - 1
    for key, child in tree.children.items():
        yield from _lines(child, (*path, key))
