"""What goes wrong in a cell → a traceback like that of a script, which names the cell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from pipes_projects.kinds.notebook.cells import INJECTED

_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
_FRAME: Final = re.compile(r"^\s*(?:Cell In|Input In ?)\[(\d+)\](?:, line |:)(\d+)", re.MULTILINE)


class CellError(NamedTuple):
    """An exception that ended a cell."""

    at: int
    """Which of the notebook's cells it was."""
    name: str
    value: str
    traceback: Sequence[str] = ()


def uncoloured(text: str) -> str:
    """Text without the colours of a terminal."""
    return _COLOUR.sub("", text)


def told(error: CellError, notebook: Any, path: str) -> str:
    """The error, as Python would write that of a script at that path."""
    lines = ["Traceback (most recent call last):"]
    for index, line in _places(error, notebook):
        source = str(notebook.cells[index].source).splitlines()
        lines.append(f'  File "{path}, code cell {_number(index, notebook)}", line {line}')
        lines += [f"    {source[line - 1].strip()}"] if 0 < line <= len(source) else []
    value = uncoloured(error.value)
    return "\n".join([*lines, f"{error.name}: {value}" if value else error.name])


def told_of_death(at: int, notebook: Any) -> str:
    """Where a kernel ended by itself, which leaves no traceback."""
    return f"the kernel ended in code cell {_number(at, notebook)}"


def _places(error: CellError, notebook: Any) -> list[tuple[int, int]]:
    """The cells, and lines in them, that the error went through."""
    counts = {
        cell.execution_count: index
        for index, cell in enumerate(notebook.cells)
        if cell.cell_type == "code" and cell.execution_count is not None
    }
    text = uncoloured("\n".join(error.traceback))
    found = [(counts.get(int(count)), int(line)) for count, line in _FRAME.findall(text)]
    first = [_first_line(cell.source) for cell in notebook.cells]
    places = [(index, line + first[index] - 1) for index, line in found if index is not None]
    return places or [(error.at, first[error.at])]


def _first_line(source: str) -> int:
    """The first line that says anything, which IPython counts as 1."""
    lines = source.splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.strip()), 1)


def _number(index: int, notebook: Any) -> int:
    """How many code cells of the author's there are up to a cell."""
    return sum(
        cell.cell_type == "code" and INJECTED not in cell.metadata.get("tags", ())
        for cell in notebook.cells[: index + 1]
    )
