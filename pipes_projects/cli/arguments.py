"""Arguments that several commands take."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from pipes_projects.layout import LayoutError, find_layout

_HERE = Path()


def selection_and_path(command: Callable[..., Any]) -> Callable[..., Any]:
    """SELECTION and PATH, which both may be left out: a project's folder alone is the PATH."""

    @click.argument("selection", default="")
    @click.argument("path", default=_HERE, type=click.Path(exists=True, path_type=Path))
    @wraps(command)
    def with_both(selection: str, path: Path, **options: Any) -> Any:
        if path == _HERE and selection and _is_project(Path(selection)):
            selection, path = "", Path(selection)
        return command(selection=selection, path=path, **options)

    return with_both


def _is_project(folder: Path) -> bool:
    try:
        return folder.is_dir() and find_layout(folder).root.samefile(folder)
    except (LayoutError, OSError, ValueError):
        return False
