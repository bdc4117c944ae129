"""A project inside a project of Dagster's `dg`: what `dg scaffold defs` writes for it."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

from pipes_projects.disk.writing import current, write
from pipes_projects.kinds import installed_contract
from pipes_projects.layout import ASSET_KEYS, Layout, named_layout
from pipes_projects.scaffold.files import write_new
from pipes_projects.scaffold.project import MANIFEST
from pipes_projects.scaffold.starters import starter
from pipes_projects.schema.asset_keys import render_keys
from pipes_projects.schema.contract.of_project import definitions_checksum, stamped
from pipes_projects.schema.documents import project_schemas, render

_PYPROJECT = "pyproject.toml"


def write_example(folder: Path, root: Path | None) -> None:
    """Write an example into the folder with the groups.

    The first such folder of the `dg` project at `root` becomes the one that our commands find: it
    gets its setting in `pyproject.toml`, and the schemas for editors.
    """
    is_first = root is not None and _name(folder, root)
    group = "example" if is_first else re.sub(r"\W", "_", folder.name, flags=re.ASCII)
    key = f"{group}/hello"
    write_new(folder, {f"{key}.py": starter(".py", [key]), f"{key}.yaml": MANIFEST})
    layout = named_layout(folder) if is_first else None
    if layout:
        write_new(layout.root, {**_schemas(layout), ASSET_KEYS: render_keys([key])})


def _schemas(layout: Layout) -> dict[str, str]:
    schemas = stamped(project_schemas(installed_contract()), definitions_checksum(layout))
    return {path: render(schema) for path, schema in schemas.items()}


def _name(folder: Path, root: Path) -> bool:
    """Add the setting that names the folder, unless there is one; whether it was added."""
    text = current(root, _PYPROJECT)
    if text is None or not folder.resolve().is_relative_to(root.resolve()):
        return False
    tool = tomllib.loads(text).get("tool", {})
    if "pipes-projects" in tool:
        return False
    settings = {"defs": folder.resolve().relative_to(root.resolve()).as_posix()}
    definitions = _definitions(tool, root)
    if definitions:
        settings["definitions"] = definitions
    lines = "".join(f"{name} = {json.dumps(value)}\n" for name, value in settings.items())
    return write(root, _PYPROJECT, f"{text.rstrip()}\n\n[tool.pipes-projects]\n{lines}")


def _definitions(tool: dict[str, Any], root: Path) -> str | None:
    """The file that `dg` loads."""
    project = tool.get("dg", {}).get("project", {})
    default = f"{project.get('root_module', '')}.definitions"
    module = str(project.get("code_location_target_module") or default).replace(".", "/")
    paths = (f"{prefix}{module}.py" for prefix in ("src/", ""))
    return next((path for path in paths if (root / path).is_file()), None)
