"""The answer of `explain`, as a table for people and as JSON for programs.

The JSON, in version 1:

    {"version": 1, "key": KEY, "path": PATH, "line": LINE, "has_errors": BOOL,
     "values": [{"name": ["tags", "tier"], "value": ANY, "origin": ORIGIN,
                 "overrides": [{"value": ANY, **ORIGIN}, …]}, …],
     "definitions": [{"name": "owners", "value": ANY, "manifest": ANY, "by": TEXT or null}, …]}

`value` is null where a value is reset. An ORIGIN is `{"path": …, "line": …}`, counted from 1; or
`{"built_in": true}`; or `{"layout": WORDS}`, for what follows from the names of files and folders.
`overrides` begins with the nearest. `definitions` is there only with `--definitions`: what Dagster
gets, what it would get without the owner's classes, and the property of theirs that changed it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Any, Final, NamedTuple

from pipes_projects.analysis.explanation import Explained, Explanation, Made, Words
from pipes_projects.analysis.value_history import Origin
from pipes_projects.manifest.model.yaml_flow import flow
from pipes_projects.render.picture.plain import finite, plain_value
from pipes_projects.text.plain import json_text, shown
from pipes_projects.text.width import width

_WIDTH: Final = 60
_LINES: Final = 3
_BOLD, _DIM, _BLUE, _YELLOW = "1", "2", "34", "33"


def render_json(explanation: Explanation, made: Sequence[Made] | None = None) -> str:
    """One object: see above."""
    place = explanation.asset.location
    answer: dict[str, Any] = {
        "version": 1,
        "key": explanation.asset.key,
        "path": place.path,
        "line": place.span.start.line + 1,
        "has_errors": explanation.has_errors,
        "values": [
            plain_value(explained) for section in explanation.sections for explained in section
        ],
    }
    if made is not None:
        answer["definitions"] = [value._asdict() for value in made]
    return json_text(finite(answer)) + "\n"


class _Cell(NamedTuple):
    text: str
    style: str = ""


_Row = tuple[_Cell, _Cell, _Cell]


def render_table(
    explanation: Explanation, made: Sequence[Made] | None = None, colour: bool = False
) -> str:
    """A row for each value, and below it what it overrides."""
    sections = [
        [row for explained in section for row in _rows(explained)]
        for section in explanation.sections
    ]
    if made is not None:
        head = (_Cell("in Dagster:", _BOLD), _Cell(""), _Cell(""))
        sections.append([head, *(row for value in made for row in _made(value))])
    lines = [list(map(_wrapped, section)) for section in sections if section]
    cells = [line for section in lines for row in section for line in row]
    widths = [max(width(line[column].text) for line in cells) for column in range(3)]
    parts = ("".join(_line(cell, widths, colour) for row in rows for cell in row) for rows in lines)
    return "\n".join(parts)


def _rows(explained: Explained) -> Iterator[_Row]:
    name = ".".join(_part(part) for part in explained.name)
    value = _Cell(_shown(explained.value), "" if _is_written(explained.value) else _DIM)
    yield (
        _Cell(name, _BOLD),
        value,
        _Cell(_place(explained.origin), _BLUE if explained.origin.location else ""),
    )
    for saying in explained.overrides:
        yield _instead(saying.value, _place(saying.origin))


def _made(given: Made) -> Iterator[_Row]:
    differs = given.value != given.manifest
    value = _Cell(_shown(given.value), _YELLOW if differs else "")
    yield _Cell(given.name, _BOLD), value, _Cell(given.by or "", _YELLOW)
    if differs:
        yield _instead(given.manifest, "")


def _instead(value: Any, place: str) -> _Row:
    return _Cell("  instead of", _DIM), _Cell(_shown(value), _DIM), _Cell(place, _DIM)


def _part(part: str) -> str:
    """A part of a name; in quotes, if it could be mistaken for several."""
    return json_text(part) if set(part) & set(' ."') else part


def _is_written(value: Any) -> bool:
    return value is not None and not isinstance(value, Words)


def _shown(value: Any) -> str:
    if _is_written(value):
        return flow(value)
    return "(nothing)" if value is None else f"({value})"


def _place(origin: Origin) -> str:
    at = origin.location
    return f"{at.path}:{at.span.start.line + 1}" if at else origin.words


def _wrapped(row: _Row) -> list[_Row]:
    """The row, on as many lines as its value needs and is allowed."""
    name, value, place = (cell._replace(text=shown(cell.text)) for cell in row)
    lines = wrap(value.text, _WIDTH, max_lines=_LINES, placeholder=" …", break_on_hyphens=False)
    first, *rest = [value._replace(text=line) for line in lines or [""]]
    return [(name, first, place), *((_Cell(""), line, _Cell("")) for line in rest)]


def _line(row: _Row, widths: list[int], colour: bool) -> str:
    padded = (
        (cell, " " * (wide - width(cell.text))) for cell, wide in zip(row, widths, strict=True)
    )
    return "  ".join(_painted(cell, colour) + pad for cell, pad in padded).rstrip() + "\n"


def _painted(cell: _Cell, colour: bool) -> str:
    paint = colour and cell.style and cell.text
    return f"\x1b[{cell.style}m{cell.text}\x1b[0m" if paint else cell.text
