"""A script → the files of its project that it needs to run somewhere else."""

from __future__ import annotations

from pathlib import Path

from pipes_projects.analysis.code_version.parts import python_path
from pipes_projects.analysis.imports.closure import IMPORTING, Closures
from pipes_projects.analysis.script_text import read_script
from pipes_projects.disk.code_paths import is_outside, matched
from pipes_projects.disk.files import DiskFiles
from pipes_projects.project import Script


def needed_files(script: Script, root: Path) -> tuple[str, ...]:
    """The script, what it imports, and the files that its `code_paths` name, each once.

    Raises `ScriptUnreadableError`.
    """
    if script.path is None:
        return ()
    files = DiskFiles(root)
    named = [path.path for path in script.code_paths if not is_outside(path.path)]
    found = {file for path in named for file in matched(path, files)}
    if script.path.endswith(IMPORTING):
        content = read_script(root, script.path)
        found |= Closures(root).helpers(script.path, content, tuple(python_path(script))).keys()
    return tuple(sorted({script.path, *found}))
