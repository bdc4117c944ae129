"""Writes the company as a project for Dagster's `dg`: a folder with a `defs.yaml` per script.

What its script component lacks (the source in the description, a version from the content) is left
out, which is in its favour.
"""

from collections.abc import Iterable
from pathlib import Path

from benchmarks.projects.company import KIND, OWNER, Asset

PYPROJECT = """\
[project]
name = "company"
version = "0.1.0"
requires-python = ">=3.10"
dependencies = ["dagster"]

[tool.dg]
directory_type = "project"

[tool.dg.project]
root_module = "company"
"""

USER_SETTINGS = """\
[cli.telemetry]
enabled = false
"""

COMPONENT = """\
type: dagster.PythonScriptComponent
attributes:
  execution:
    name: {group}__{name}
    path: {name}.py
  assets:
    - key: {key}
      group_name: {group}
      description: {description}
      deps: [{deps}]
      owners: [{owner}]
      kinds: [{kind}]
      tags:
{tags}
      metadata:
{metadata}
"""


def write_dg_project(assets: Iterable[Asset], folder: Path) -> Path:
    package = folder / "src" / "company"
    for asset in assets:
        component = package / "defs" / asset.group / asset.name
        component.mkdir(parents=True)
        (component / "defs.yaml").write_text(_component(asset), encoding="utf-8")
        (component / f"{asset.name}.py").write_text(asset.script, encoding="utf-8")
    for module in (package, package / "defs"):
        (module / "__init__.py").write_text("", encoding="utf-8")
    (folder / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    return folder


def write_user_settings(path: Path) -> Path:
    """Settings that keep `dg` from sending telemetry while it is measured."""
    path.write_text(USER_SETTINGS, encoding="utf-8")
    return path


def _component(asset: Asset) -> str:
    return COMPONENT.format(
        group=asset.group,
        name=asset.name,
        key=asset.key,
        description=asset.description,
        deps=", ".join(asset.deps),
        owner=OWNER,
        kind=KIND,
        tags=_mapping(asset.tags),
        metadata=_mapping(asset.metadata),
    )


def _mapping(values: dict[str, str] | dict[str, str | int]) -> str:
    return "\n".join(f"        {key}: {value}" for key, value in values.items())
