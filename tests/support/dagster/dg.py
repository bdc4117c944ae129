"""A project of Dagster's `dg`, and `dg` itself, as its users call it."""

import importlib
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from textwrap import dedent
from typing import Any

import dagster as dg

from tests.support.dagster.running import ROOT

COMPONENT = "pipes_projects.components.PipesProjectComponent"
_GROUP = "dagster_dg_cli.registry_modules"
_PYPROJECT = """\
[project]
name = "{name}"
version = "0.1.0"

[tool.dg]
directory_type = "project"

[tool.dg.project]
root_module = "{name}"
"""
_DEFINITIONS = """\
from pathlib import Path

from dagster import definitions, load_from_defs_folder


@definitions
def defs():
    return load_from_defs_folder(path_within_project=Path(__file__).parent)
"""
_INSTANCE = """\
telemetry: {enabled: false}
nux: {enabled: false}
run_coordinator: {module: dagster._core.run_coordinator, class: DefaultRunCoordinator}
"""


class DgProject:
    """A `dg` project in a temporary folder, with one asset of its own: `raw/orders`."""

    def __init__(self, folder: Path, name: str = "shop") -> None:
        self.root, self.name = folder / "project", name
        self.home, self.site = folder / "home", folder / "site"
        self.write("pyproject.toml", _PYPROJECT.format(name=name))
        for module in ("", "defs/"):
            self.write(f"src/{name}/{module}__init__.py")
        self.write(f"src/{name}/definitions.py", _DEFINITIONS)
        self.defs(
            "raw.py",
            """
            import dagster as dg

            @dg.asset(key=["raw", "orders"], group_name="raw")
            def orders():
                pass
            """,
        )
        self.home.mkdir()
        (self.home / "dagster.yaml").write_text(_INSTANCE, "utf-8")
        (self.home / "dg.toml").write_text("[cli.telemetry]\nenabled = false\n", "utf-8")
        _install(self.site)

    def write(self, path: str, text: str = "") -> Path:
        """A file below the root; the text may be indented with the test."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(dedent(text), "utf-8")
        return target

    def defs(self, path: str, text: str = "") -> Path:
        """A file in the folder that `dg` loads."""
        return self.write(f"src/{self.name}/defs/{path}", text)

    def component(self, path: str, attributes: str = "", more: str = "") -> None:
        """A component of ours."""
        given = f"attributes: {attributes}\n" if attributes else ""
        self.defs(f"{path}/defs.yaml", f"type: {COMPONENT}\n{given}{more}")

    def environment(self) -> dict[str, str]:
        """What `dg` and our own commands need to be told."""
        return {
            "PYTHONPATH": f"{self.site}{os.pathsep}{self.root / 'src'}{os.pathsep}{ROOT}",
            "DAGSTER_HOME": str(self.home),
            "DG_CLI_CONFIG": str(self.home / "dg.toml"),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command of `dg`, in the project."""
        return subprocess.run(
            ["dg", *arguments],
            cwd=self.root,
            env={**os.environ, **self.environment()},
            capture_output=True,
            text=True,
            check=False,
        )

    def load(self) -> dg.Definitions:
        """What `dg` loads, in this process, whatever it has loaded before."""
        for name in [name for name in sys.modules if name.partition(".")[0] == self.name]:
            del sys.modules[name]
        sys.path.insert(0, str(self.root / "src"))
        importlib.invalidate_caches()
        try:
            return dg.load_from_defs_folder(path_within_project=self.root)
        finally:
            sys.path.remove(str(self.root / "src"))


def deps_of(defs: dg.Definitions) -> dict[str, list[str]]:
    """What each asset depends on."""
    graph: Any = defs.resolve_asset_graph()
    return {
        key.to_user_string(): sorted(k.to_user_string() for k in graph.get(key).parent_keys)
        for key in graph.get_all_asset_keys()
    }


def _install(site: Path) -> None:
    """What pip would write of our entry points: those of this checkout, not of another."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    info = site / f"pipes_projects-{project['version']}.dist-info"
    info.mkdir(parents=True)
    name, version = project["name"], project["version"]
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    (info / "METADATA").write_text(metadata, "utf-8")
    points = project["entry-points"][_GROUP].items()
    lines = "".join(f"{point} = {value}\n" for point, value in points)
    (info / "entry_points.txt").write_text(f"[{_GROUP}]\n{lines}", "utf-8")
