"""A project in a temporary folder, written by a test in a few lines."""

from pathlib import Path
from textwrap import dedent
from typing import Any

from pipes_projects.compiler import Compilation
from pipes_projects.project_folder import compile_project
from pipes_projects.render.findings.text import render_text


class Folder:
    """Writes files, compiles them, and makes Dagster's definitions of them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "defs").mkdir(parents=True, exist_ok=True)

    def write(self, path: str, text: str = "") -> Path:
        """A file below the root; the text may be indented with the test."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(dedent(text), "utf-8")
        return target

    def asset(self, name: str, manifest: str = "", script: str = "print('hello')\n") -> None:
        """A manifest and its Python script below `defs/`."""
        self.write(f"defs/{name}.yaml", manifest)
        self.write(f"defs/{name}.py", script)

    def compile(self) -> Compilation:
        """By the project's contract, as `check` does."""
        return compile_project(self.root)

    def check(self) -> str:
        """What `check` prints."""
        return render_text(self.compile())

    def definitions(self, project: Any = None, **arguments: Any) -> Any:
        """What `make_defs` makes of it, called from its root."""
        from pipes_projects import PipesProject

        cls = project or PipesProject
        return cls.make_defs(defs_path=self.root / "defs", **arguments)
