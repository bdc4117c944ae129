"""Changed files → the scripts whose code they belong to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from pipes_projects.analysis.code_version.parts import FILES, CodeReader
from pipes_projects.analysis.imports.closure import IMPORTING, PYTHON
from pipes_projects.analysis.script_text import ScriptUnreadableError
from pipes_projects.disk.patterns import PathPatterns
from pipes_projects.project import Project, Script


def code_files(
    project: Project, changed: Collection[str], reader: Callable[[], CodeReader]
) -> dict[str, tuple[str, ...]]:
    """The changed files of each manifest's code: its script, what that imports, and what
    `code_paths` names. Scripts are read only if something else than scripts has changed."""
    scripts = {script.path for script in project.scripts}
    others = frozenset(path for path in changed if path not in scripts)
    helpers = any(path.endswith(PYTHON) for path in others)
    code = reader() if helpers else None
    found = {}
    for script in project.scripts:
        files = dict.fromkeys(_files(script, changed, others, code))
        if files:
            found[script.location.path] = tuple(files)
    return found


def _files(
    script: Script, changed: Collection[str], others: frozenset[str], code: CodeReader | None
) -> Iterator[str]:
    if script.path and script.path in changed:
        yield script.path
    for code_path in script.code_paths:
        within = PathPatterns((code_path.path,))
        yield from (path for path in sorted(others) if path == code_path.path or path in within)
    if code and script.path and script.path.endswith(IMPORTING):
        yield from (path for path in _imported(script, code) if path in others)


def _imported(script: Script, code: CodeReader) -> Iterator[str]:
    try:
        parts = code.code(script).parts
    except ScriptUnreadableError:
        return
    yield from (part.name.removeprefix("./") for part in parts if part.why in FILES)
