"""A Python script called like one of Python's own modules, which others then import in its place.

Python looks beside the script first: with a `random.py` there, even `tempfile` gets that one.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

_START: Final = "Traceback (most recent call last):"
_FRAME: Final = re.compile(
    r'^ +File "(?P<file>.+)", line \d+, in (?P<within>.+)(?:\n +(?!File ")(?P<code>.+))?',
    re.MULTILINE,
)


_NOT_IN_IT: Final = re.compile(
    r"^ImportError: cannot import name .+ from .+ \((?P<file>[^()\n]+\.py)\)$", re.MULTILINE
)
"""What Python says of a name that is not in a file, which it names."""


class _Frame(NamedTuple):
    file: str
    within: str
    code: str


def shadowed(stderr: str, script: str, folder: str) -> str | None:
    """That a file beside the script was imported in place of such a module, if a traceback shows
    it: what imported the file is none of the project's, or the file itself."""
    for importer, imported in _steps(stderr):
        module = _module(imported.file, script) if imported.within == "<module>" else None
        is_meant = importer.file != imported.file and _is_inside(importer.file, folder)
        if module and not is_meant and re.match(rf"(import|from)\b.*\b{module}\b", importer.code):
            return _sentence(imported.file, module, folder)
    return _lacking(stderr, script, folder)


def _lacking(stderr: str, script: str, folder: str) -> str | None:
    """The same of a file in which others do not find a name."""
    lacking, frames = _NOT_IN_IT.search(stderr), [*_FRAME.finditer(stderr)]
    if lacking is None or not frames or _is_inside(os.path.abspath(frames[-1]["file"]), folder):
        return None
    file = os.path.abspath(lacking["file"])
    module = _module(file, script)
    return _sentence(file, module, folder) if module else None


def _sentence(file: str, module: str, folder: str) -> str:
    path = os.path.relpath(file, folder).replace(os.sep, "/")
    return f"`{path}` was imported in place of Python's own module `{module}`: rename it"


def _steps(stderr: str) -> Iterator[tuple[_Frame, _Frame]]:
    """Each frame of the tracebacks, with the one that it led to."""
    for traceback in stderr.split(_START)[1:]:
        yield from pairwise(
            _Frame(os.path.abspath(frame["file"]), frame["within"], frame["code"] or "")
            for frame in _FRAME.finditer(traceback)
        )


def _module(file: str, script: str) -> str | None:
    """The module of Python's own whose name a file beside the script has."""
    beside, name = os.path.split(file)
    stem, ending = os.path.splitext(name)
    is_beside = beside == os.path.dirname(os.path.abspath(script))
    return stem if is_beside and ending == ".py" and stem in sys.stdlib_module_names else None


def _is_inside(file: str, folder: str) -> bool:
    is_below = file.startswith(os.path.join(os.path.abspath(folder), ""))
    return is_below and "site-packages" not in file.split(os.sep)
