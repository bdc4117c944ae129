"""The command line in this process, for tests that call it many times: what it writes, as bytes."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from pipes_projects.cli import run


class Answer(NamedTuple):
    """What a command left behind."""

    code: int
    out: bytes
    err: bytes


def call(*arguments: str | Path, cwd: Path, encoding: str = "utf-8") -> Answer:
    """A command, called in a folder, whose streams have an encoding."""
    out, err = (TextIOWrapper(BytesIO(), encoding, write_through=True) for _ in range(2))
    with _in(cwd), patch.multiple(sys, argv=["x", *map(str, arguments)], stdout=out, stderr=err):
        try:
            run()
        except SystemExit as end:
            code = end.code
    return Answer(int(code or 0), out.buffer.getvalue(), err.buffer.getvalue())


@contextmanager
def _in(folder: Path) -> Iterator[None]:
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
