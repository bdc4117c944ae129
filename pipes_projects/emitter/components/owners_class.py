"""The platform owner's class, by its import path."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from importlib import import_module
from typing import Any

from pipes_projects.emitter.owner.hooks import in_words
from pipes_projects.emitter.project import PipesProject
from pipes_projects.layout import LayoutError
from pipes_projects.spelling import similar


def class_at(path: str) -> type[PipesProject]:
    """The subclass of `PipesProject` at `package.module.Class`; raises `LayoutError`."""
    module, _, name = path.rpartition(".")
    if not module or not name:
        raise LayoutError(f"`{path}` is not an import path: write `package.module.Class`")
    try:
        found: Any = import_module(module)
    except ModuleNotFoundError as error:
        if error.name and f"{module}.".startswith(f"{error.name}."):
            raise LayoutError(f"there is no module `{error.name}`") from error
        raise LayoutError(f"`{module}` cannot be imported: {in_words(error)}") from error
    except Exception as error:
        raise LayoutError(f"`{module}` cannot be imported: {in_words(error)}") from error
    value = getattr(found, name, None)
    if isinstance(value, type) and issubclass(value, PipesProject):
        return value
    if value is not None:
        raise LayoutError(f"`{path}` is not a subclass of `PipesProject`")
    names = [key for key, value in vars(found).items() if isinstance(value, type)]
    hint = similar(name, names, "a class")
    raise LayoutError(f"`{module}` has no `{name}`" + (f"; {hint}" if hint else ""))
