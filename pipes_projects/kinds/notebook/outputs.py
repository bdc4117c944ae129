"""What a cell has printed, as a notebook keeps it.

nbclient can do that too, in a time that grows with the square of the longest line: minutes for a
JSON document of a megabyte.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def in_one_piece(outputs: Iterable[Any]) -> list[Any]:
    """The outputs of a cell, with each stream whole where it begins, and as it looks in the end."""
    kept: list[Any] = []
    pieces: dict[str, list[str]] = {}
    for output in outputs:
        if output.output_type != "stream":
            kept.append(output)
        elif output.name in pieces:
            pieces[output.name].append(output.text)
        else:
            pieces[output.name] = [output.text]
            kept.append(output)
    for output in kept:
        if output.output_type == "stream":
            lines = "".join(pieces[output.name]).split("\n")
            output.text = "\n".join(map(_last_written, lines))
    return kept


def _last_written(line: str) -> str:
    """What a line shows in the end: after a carriage return, as progress bars print them, it is
    written anew."""
    shown = line.rstrip("\r")
    return shown.rpartition("\r")[2] + line[len(shown) :]
