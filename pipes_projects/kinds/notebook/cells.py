"""The text of a notebook → its code cells; all that is known of a notebook without running it."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple
from warnings import catch_warnings, simplefilter

ENDING: Final = ".ipynb"
DEFAULTS: Final = "parameters"
"""How people tag the cell whose values are those for work by hand, as papermill has it."""
INJECTED: Final = "injected-parameters"
"""How the cell is tagged that a run adds."""
_NEWEST: Final = 4
"""The newest format of notebooks."""
_FOR_IPYTHON: Final = re.compile(r"^[ \t]*[%!?].*$", re.MULTILINE)
_RUNS_PYTHON: Final = re.compile(r"%%(time|timeit|capture|prun)\b.*\n")


class NotANotebookError(Exception):
    """Text that is no notebook: why, and where."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.line, self.column = line, column


class NotebookCode(NamedTuple):
    """The code of a notebook."""

    cells: tuple[str, ...]
    """The source of each code cell, without those that a run added."""
    language: str
    """As its metadata say, in lower case; `python` if they do not."""

    @property
    def text(self) -> str:
        """All of it."""
        return "\n\n".join(self.cells)

    @property
    def python(self) -> str:
        """What of it is Python, without IPython's commands and cells that do not parse."""
        if self.language != "python":
            return ""
        return "\n\n".join(filter(_parses, map(_without_commands, self.cells)))


def code_of(text: str) -> NotebookCode:
    """The code of a notebook; raises `NotANotebookError`."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        why = f"it is not JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        raise NotANotebookError(why, error.lineno, error.colno) from None
    except RecursionError:
        raise NotANotebookError("it is nested too deeply") from None
    cells = [cell for cell in _cells(data) if cell.get("cell_type") == "code"]
    own = (cell for cell in cells if INJECTED not in _tags(cell))
    return NotebookCode(tuple(_source(cell) for cell in own), _language(data))


def code_in(content: bytes) -> bytes:
    """The code in the bytes of a notebook; none, if they are not one."""
    try:
        return code_of(content.decode("utf-8-sig", "replace")).text.encode()
    except NotANotebookError:
        return b""


def _cells(data: Any) -> Iterator[Mapping[str, Any]]:
    if not isinstance(data, dict) or not ({"cells", "worksheets"} & data.keys()):
        raise NotANotebookError("it has no `cells`")
    if isinstance(version := data.get("nbformat"), int) and version > _NEWEST:
        raise NotANotebookError(f"it is of format {version}, and none after {_NEWEST} can be run")
    sheets = data["worksheets"] if "cells" not in data else [data]
    for sheet in sheets if isinstance(sheets, list) else [None]:
        cells = sheet.get("cells") if isinstance(sheet, dict) else None
        if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
            raise NotANotebookError("its `cells` are not a list of cells")
        yield from cells


def _source(cell: Mapping[str, Any]) -> str:
    source = cell.get("source", cell.get("input", ""))
    lines = source if isinstance(source, list) else [source]
    return "".join(map(str, lines))


def _tags(cell: Mapping[str, Any]) -> Any:
    metadata = cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return tags if isinstance(tags, list) else ()


def _language(data: Mapping[str, Any]) -> str:
    metadata = data.get("metadata")
    known: Mapping[str, Any] = metadata if isinstance(metadata, dict) else {}
    for part, name in (("kernelspec", "language"), ("language_info", "name")):
        found = known.get(part)
        if isinstance(found, dict) and isinstance(found.get(name), str):
            return str(found[name]).lower()
    return "python"


def _without_commands(cell: str) -> str:
    cell = _RUNS_PYTHON.sub("\n", cell, count=1) if cell.startswith("%%") else cell
    return "" if cell.startswith("%%") else _FOR_IPYTHON.sub("pass", cell)


def _parses(cell: str) -> bool:
    try:
        with catch_warnings():
            simplefilter("ignore")
            ast.parse(cell)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
