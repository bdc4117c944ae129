"""A project's contract, learnt from its `definitions.py` without compiling a manifest."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.abc import Loader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from pipes_projects.emitter.project import PipesProject, recording
from pipes_projects.layout import Layout, LayoutError
from pipes_projects.schema.documents import manifest_schema, render


class PublishingError(LayoutError):
    """The classes of a project cannot be asked, or contradict each other."""


def published_contract(layout: Layout) -> str:
    """The text of the contract that the classes of a project publish."""
    path = layout.root / layout.definitions
    if not path.is_file():
        raise PublishingError(f"there is no {path} to ask for what the project publishes")
    # The docstrings of fields are looked up through the module: it stays until they are read.
    with _project_class(path) as project:
        _refuse_contradictions(manifest := manifest_schema(project.contract()), layout)
        return render(manifest)


@contextmanager
def _project_class(path: Path) -> Iterator[type[PipesProject]]:
    with recording() as classes, _imported(path):
        if not classes:
            raise PublishingError(f"{path} calls no `make_defs()`")
        yield classes[0]


@contextmanager
def _imported(path: Path) -> Iterator[None]:
    spec = spec_from_file_location("definitions", path)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    with _on_path(path.parent):
        sys.modules[spec.name] = module
        try:
            _execute(spec.loader, module, path)
            yield
        finally:
            del sys.modules[spec.name]


def _execute(loader: Loader, module: ModuleType, path: Path) -> None:
    try:
        loader.exec_module(module)
    except Exception as error:
        kind = type(error).__name__
        raise PublishingError(f"{path} cannot be imported: {kind}: {error}") from error


@contextmanager
def _on_path(folder: Path) -> Iterator[None]:
    """As when Python runs a file of this folder."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))


def _refuse_contradictions(manifest: dict[str, object], layout: Layout) -> None:
    """A field that two kinds add is one key of one schema."""
    kinds = manifest["x-pipes-projects"]["kinds"]  # type: ignore[index]
    first: dict[tuple[str, str], tuple[str, object]] = {}
    for kind, said in kinds.items():
        for part in ("script_fields", "asset_fields"):
            for field, schema in said.get(part, {}).get("properties", {}).items():
                other, earlier = first.setdefault((part, field), (kind, schema))
                if earlier != schema:
                    message = f"kinds `{other}` and `{kind}` give `{field}` different types"
                    raise PublishingError(f"{layout.root / layout.definitions}: {message}")
