"""A script → all the files of the project that it imports, directly or indirectly."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Final, NamedTuple

from pipes_projects.analysis.imports.modules import TOP, Modules, is_inside
from pipes_projects.analysis.imports.statements import Import, Statements, may_import, statements
from pipes_projects.analysis.script_text import ScriptText, ScriptUnreadableError, read_script
from pipes_projects.kinds.notebook.cells import ENDING as NOTEBOOK

PYTHON: Final = (".py", ".pyw")
IMPORTING: Final = (*PYTHON, NOTEBOOK)
"""The endings of scripts that may import files of the project."""


class _Helper(NamedTuple):
    hash: str
    statements: Statements


class _Closure(NamedTuple):
    files: dict[str, str]
    """Each with the hash of its content."""
    search: tuple[str, ...]
    """Where absolute names were looked for."""


class Closures:
    """What each of a project's scripts imports; each helper is read and hashed once."""

    def __init__(self, root: Path, remembered: Mapping[str, Statements] | None = None) -> None:
        """`remembered` are the statements of files that were read before, by their hash."""
        self.root = root
        self.modules = Modules(root)
        self.by_content: dict[str, Statements] = {}
        """The statements of all files that were needed, by their hash."""
        self.unread = set[str]()
        """Files that scripts import, and that cannot be read, or are links out of the project."""
        self._remembered = remembered or {}
        self._helpers: dict[str, _Helper | None] = {}
        self._closures: dict[tuple[str, Statements, tuple[str, ...]], _Closure] = {}
        self._local: dict[tuple[str, ...], frozenset[str]] = {}

    def helpers(
        self,
        path: str,
        content: ScriptText,
        python_path: Sequence[str] = (),
        real: str | None = None,
    ) -> dict[str, str]:
        """The files that a script imports, each with the hash of its content, by path.

        `python_path` are folders of the project that Python searches after the script's own, and
        `real` is the file that the path leads to, for those who have looked.
        """
        more = filter(is_inside, map(normpath, python_path)) if python_path else ()
        search = (self._folder(path) if real is None else dirname(real) or TOP, *more)
        if content.python is None or not may_import(content.python, self._names(search)):
            return {}
        script = self._statements(content)
        found = self._closure(dirname(path), self._relevant(script, search), search)
        if found.search != search:  # what was found in no folder may be in one of these
            found = self._closure(dirname(path), script, search)
        return {file: hash_ for file, hash_ in found.files.items() if file != path}

    def _relevant(self, script: Statements, search: tuple[str, ...]) -> Statements:
        """Without imports of anything outside the project, so that more scripts are alike."""
        names = self._names(search)
        found = (
            imported for imported in script.imports if imported.level or imported.module[0] in names
        )
        return script._replace(imports=tuple(found), exports=())

    def _closure(self, folder: str, start: Statements, search: tuple[str, ...]) -> _Closure:
        """The closure of all scripts in a folder with the same statements, found once."""
        key = (folder, start, search)
        if key not in self._closures:
            own = (normpath(join(folder, added)) for added in start.folders)
            self._closures[key] = self._found(folder, start, (*search, *filter(is_inside, own)))
        return self._closures[key]

    def _found(self, folder: str, start: Statements, search: tuple[str, ...]) -> _Closure:
        """What they reach, which may include some of the scripts themselves."""
        while True:
            found = dict(self._reached(folder, start, search))
            wider = tuple(dict.fromkeys((*search, *self._added(found))))
            if wider == search:
                files = {file: helper.hash for file, helper in sorted(found.items())}
                return _Closure(files, search)
            search = wider

    def _folder(self, path: str) -> str:
        """Where Python looks first: beside the script, or beside the file that it links to."""
        whole = os.path.join(self.root, path)
        if os.path.islink(whole):
            real = os.path.relpath(os.path.realpath(whole), os.path.realpath(self.root))
            path = real.replace(os.sep, "/")
        return dirname(path) or TOP

    def hash(self, path: str) -> str | None:
        """The hash of a file; None if it cannot be read."""
        helper = self._helper(path)
        return helper.hash if helper else None

    def _names(self, search: tuple[str, ...]) -> frozenset[str]:
        if search not in self._local:
            self._local[search] = frozenset().union(*map(self.modules.local_names, search))
        return self._local[search]

    def _reached(
        self, folder: str, start: Statements, search: Sequence[str]
    ) -> Iterator[tuple[str, _Helper]]:
        """All files that a script reaches, each once."""
        seen, pending = set[str](), [(folder, start)]
        while pending:
            here, read = pending.pop()
            for file in self._imported(here or TOP, read.imports, search):
                if file not in seen:
                    seen.add(file)
                    if reached := self._helper(file):
                        pending.append((dirname(file), reached.statements))
                        yield file, reached

    def _imported(
        self, folder: str, imports: Sequence[Import], search: Sequence[str]
    ) -> Iterator[str]:
        for imported in imports:
            files = list(self.modules.files(imported, folder, search))
            yield from files
            if "*" in imported.names and files and (package := self._helper(files[-1])):
                names = imported._replace(names=package.statements.exports)
                yield from self.modules.files(names, folder, search)

    def _added(self, found: dict[str, _Helper]) -> Iterator[str]:
        """The folders that files add to `sys.path`."""
        for path, helper in found.items():
            for folder in helper.statements.folders:
                added = normpath(join(dirname(path), folder))
                if is_inside(added):
                    yield added

    def _helper(self, path: str) -> _Helper | None:
        if path not in self._helpers:
            self._helpers[path] = self._read(path)
        return self._helpers[path]

    def _read(self, path: str) -> _Helper | None:
        try:
            content = None if path in self.modules.leading_out else read_script(self.root, path)
        except ScriptUnreadableError:
            content = None
        if content is None:
            self.unread.add(path)
            return None
        is_python = path.endswith(PYTHON)
        return _Helper(content.hash, self._statements(content) if is_python else Statements())

    def _statements(self, content: ScriptText) -> Statements:
        """Files with the same content are parsed once."""
        if content.hash not in self.by_content:
            known = self._remembered.get(content.hash)
            self.by_content[content.hash] = known or statements(content.python or "")
        return self.by_content[content.hash]
