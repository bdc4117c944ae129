"""`PipesProjectComponent`: what a `defs.yaml` of a `dg` project names as its `type`.

`dg` imports this module in every command: everything else is imported when definitions are built.
"""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import dagster as dg
from pydantic import Field

from pipes_projects.emitter.components.scaffolder import PipesProjectScaffolder
from pipes_projects.layout import LayoutError

if TYPE_CHECKING:
    from pipes_projects.emitter.project import PipesProject


@dg.scaffold_with(PipesProjectScaffolder)
class PipesProjectComponent(dg.Component, dg.Model, dg.Resolvable):
    """Assets made by scripts, each with a few lines of YAML beside it."""

    path: Annotated[
        str,
        Field(
            description="The folder with the groups, relative to this file; by default the one"
            " that this file is in."
        ),
    ] = "."
    on_error: Annotated[
        Literal["raise", "quarantine"],
        Field(
            description="What to do about manifests with errors: `raise` loads nothing;"
            " `quarantine` replaces them with placeholders, and loads all others."
        ),
    ] = "raise"
    project: Annotated[
        str | None,
        Field(
            description="The platform owner's subclass of `PipesProject`, by its import path:"
            " `my_project.platform.TeamProject`. A leading dot means the folder of this file."
        ),
    ] = None
    sees_others: Annotated[
        bool,
        Field(
            description="Whether `deps` may name the assets that other components of this `dg`"
            " project make."
        ),
    ] = False

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        """Compile the project into Dagster's definitions.

        Raises what `PipesProject.make_defs()` raises, and `LayoutError` for attributes that name
        no folder, or no class.
        """
        folder = self.folder(context)
        _refuse_imported(folder, context)
        project = self.project_class(context)
        if self.sees_others:
            from pipes_projects.emitter.components.others import keys_of_others, seeing

            project = seeing(project, keys_of_others(PipesProjectComponent, context))
        return project.make_defs(defs_path=folder, on_error=self.on_error)

    def own_keys(self, context: dg.ComponentLoadContext) -> Iterable[dg.AssetKey]:
        """The keys of its assets, whatever they depend on."""
        from pipes_projects.emitter.components.others import keys_of

        return keys_of(self.project_class(context), self.folder(context))

    def folder(self, context: dg.ComponentLoadContext) -> Path:
        """The folder with the groups."""
        folder = (_beside(context) / self.path).resolve()
        if not folder.is_dir():
            raise LayoutError(f"{_beside(context)}: `path` is {self.path}: there is no such folder")
        return folder

    def project_class(self, context: dg.ComponentLoadContext) -> "type[PipesProject]":
        """The platform owner's class, or else `PipesProject` itself."""
        from pipes_projects.emitter.components.owners_class import class_at
        from pipes_projects.emitter.project import PipesProject

        if self.project is None:
            return PipesProject
        try:
            return class_at(context.normalize_component_type_str(self.project))
        except LayoutError as error:
            raise LayoutError(f"{_beside(context)}: `project`: {error}") from error.__cause__


def _beside(context: dg.ComponentLoadContext) -> Path:
    """The folder of the file that names the component."""
    return context.path if context.path.is_dir() else context.path.parent


def _refuse_imported(folder: Path, context: dg.ComponentLoadContext) -> None:
    """`dg` imports all Python files below its own folder, except below a component's `defs.yaml`:
    it would run the scripts whenever it loads."""
    defs = context.defs_module_path.resolve()
    above = [folder, *folder.parents]
    below_dg = above[: above.index(defs)] if defs in above else []
    if defs in above and not any(
        (path / name).exists() for path in below_dg for name in ("defs.yaml", "defs.yml")
    ):
        raise LayoutError(
            f"{_beside(context)}: `path` is {folder}, where `dg` imports every script: move the"
            " groups below a component's `defs.yaml`, or out of the folder of `dg`"
        )
