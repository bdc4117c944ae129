"""A project's contract, read from its `definitions.py` without compiling any manifests."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module, invalidate_caches
from pathlib import Path
from types import ModuleType

import dagster as dg
from dagster.components.definitions import LazyDefinitions

from pipes_projects.disk.boundary import absence
from pipes_projects.emitter.loading.errors import InvalidProjectError
from pipes_projects.emitter.owner.hooks import OwnerError, asked, in_words
from pipes_projects.emitter.owner.published.contract import published
from pipes_projects.emitter.project import Call, PipesProject, beta_features_meant, recording
from pipes_projects.layout import CONTRACT, Layout, LayoutError
from pipes_projects.owners_code import set_apart
from pipes_projects.schema.contract.of_project import definitions_checksum, stamped
from pipes_projects.schema.documents import project_schemas, render


class PublishingError(LayoutError):
    """The classes of a project cannot be read, or contradict each other."""


def published_schemas(layout: Layout) -> dict[str, str]:
    """The text of each schema that a project's classes publish, by path."""
    with project_of(layout) as project:
        try:
            schemas = asked(lambda: project_schemas(published(project)))
            schemas = stamped(schemas, definitions_checksum(layout))
        except Exception as error:
            raise refused(layout, project, error) from error
        _refuse_contradictions(schemas[CONTRACT], layout)
        return {path: render(schema) for path, schema in schemas.items()}


@contextmanager
def project_of(layout: Layout) -> Iterator[type[PipesProject]]:
    """The class that `definitions.py` calls, for as long as its module stays imported."""
    with call_of(layout) as call:
        yield call.project


@contextmanager
def call_of(layout: Layout) -> Iterator[Call]:
    """How `definitions.py` calls `make_defs()`, for as long as its module stays imported.

    The docstrings of fields, for example, are looked up through the module.
    """
    path = layout.root / layout.definitions
    if not path.is_file():
        raise PublishingError(absence(path, str(path), "to ask for what the project publishes"))
    with recording() as calls, beta_features_meant(), imported(path) as module:
        if not _for(layout, calls):  # `dg` loads its projects when it calls a function
            list(called(module, path))
        yield _called_for(layout, calls, path)


def refused(layout: Layout, project: type[PipesProject], error: Exception) -> PublishingError:
    """The error to raise for what the owner's code raised."""
    file = layout.root / layout.definitions
    if isinstance(error, OwnerError):
        return PublishingError(f"{file}: {error}")
    notes = getattr(error, "__notes__", (f"in `{project.__name__}`",))
    return PublishingError(f"{file}: {in_words(error)}, {notes[-1]}")


def _called_for(layout: Layout, calls: list[Call], path: Path) -> Call:
    """The call of `make_defs()` for this project's folder."""
    found = _for(layout, calls)
    if not found:
        folder = (layout.root / layout.defs).resolve()
        raise PublishingError(f"{path} does not call `make_defs()` for {folder}")
    return found[0]


def _for(layout: Layout, calls: list[Call]) -> list[Call]:
    folder = (layout.root / layout.defs).resolve()
    return [call for call in calls if (call.layout.root / call.layout.defs).resolve() == folder]


def called(module: ModuleType, path: Path) -> Iterator[dg.Definitions]:
    """What functions of the module that are marked `@dg.definitions` return; raises
    `PublishingError` for whatever they raise."""
    for lazy in [value for value in vars(module).values() if isinstance(value, LazyDefinitions)]:
        try:
            yield asked(partial(lazy, _context(path) if lazy.has_context_arg else None))
        except Exception as error:
            raise PublishingError(f"{path} cannot be loaded: {in_words_of_dg(error)}") from error


def _context(path: Path) -> dg.ComponentLoadContext:
    return dg.ComponentTree.for_project(path).load_context.for_path(path)


def in_words_of_dg(error: Exception) -> str:
    """What `dg` was doing when it happened is said by the file."""
    while error.__cause__ is not None and not isinstance(error, InvalidProjectError | LayoutError):
        error = error.__cause__  # type: ignore[assignment]
    return _first_of(error) if isinstance(error, InvalidProjectError) else in_words(error)


@contextmanager
def imported(path: Path) -> Iterator[ModuleType]:
    """The module, under its name in its package, if it belongs to one.

    Raises `PublishingError` for whatever the module raises.
    """
    top = path.parent
    while (top / "__init__.py").is_file():
        top = top.parent
    name = ".".join(path.with_suffix("").relative_to(top).parts)
    with set_apart(top):
        entries, depth = [*sys.path], sys.getrecursionlimit()
        try:
            sys.modules.pop(name, None)
            invalidate_caches()
            module = asked(lambda: import_module(name))
        except OwnerError as error:
            raise PublishingError(f"{path}: {error}") from error
        except InvalidProjectError as error:
            raise PublishingError(f"{path} cannot be loaded: {_first_of(error)}") from error
        except Exception as error:
            raise PublishingError(f"{path} cannot be imported: {in_words(error)}") from error
        try:  # what it took away
            sys.path.extend(entry for entry in entries if entry not in sys.path)
            sys.setrecursionlimit(max(depth, sys.getrecursionlimit()))
            yield module
        finally:
            sys.modules.pop(name, None)


def _first_of(error: InvalidProjectError) -> str:
    """The first error of a project, with its place, and how many more there are."""
    first, *others = (diagnostic for diagnostic in error.diagnostics if diagnostic.is_error)
    more = f", and {len(others)} more" if others else ""
    return f"{first.message} ({first.location}){more}"


def _refuse_contradictions(manifest: dict[str, object], layout: Layout) -> None:
    """A field that two kinds add is a single key of a single schema."""
    kinds = manifest["x-pipes-projects"]["kinds"]  # type: ignore[index]
    first: dict[tuple[str, str], tuple[str, object]] = {}
    for kind, one_kind in kinds.items():
        for part in ("script_fields", "asset_fields"):
            for field, schema in one_kind.get(part, {}).get("properties", {}).items():
                other, earlier = first.setdefault((part, field), (kind, schema))
                if earlier != schema:
                    message = f"kinds `{other}` and `{kind}` give `{field}` different types"
                    raise PublishingError(f"{layout.root / layout.definitions}: {message}")
