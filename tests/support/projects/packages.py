"""Packages that add kinds, as if they were installed."""

from __future__ import annotations

import tomllib
from pathlib import Path


def installed(folder: Path, package: str, kinds: dict[str, str]) -> Path:
    """Put into a folder on Python's path what pip would: a package with these entry points."""
    info = folder / f"{package.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    points = "".join(f"{name} = {value}\n" for name, value in kinds.items())
    (info / "entry_points.txt").write_text(f"[pipes_projects.kinds]\n{points}")
    return folder


def installed_source(folder: Path, source: Path) -> str:
    """Install a package from its source; what `PYTHONPATH` must be for it."""
    project = tomllib.loads((source / "pyproject.toml").read_text("utf-8"))["project"]
    installed(folder, project["name"], project["entry-points"]["pipes_projects.kinds"])
    return f"{folder}:{source}"
