"""Four times the text takes about four times the work, whatever is wrong with it."""

import sys
from types import FrameType

import pytest

from benchmarks.shapes import SHAPES, Texts, compiled
from pipes_projects.render.findings.text import render
from pipes_projects.render.report import Checked, Report

FEW, GROWN = 150, 4


def work(texts: Texts) -> int:
    """How many functions are called to check a project."""
    calls = 0

    def count(frame: FrameType, event: str, function: object) -> None:
        nonlocal calls
        del frame, function
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        render(Report((Checked(compiled(texts)),)))
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("name", SHAPES)
def test_work_grows_with_the_text(name: str) -> None:
    shape = SHAPES[name]
    compiled(shape(2))  # what is worked out once is there
    few, grown = work(shape(FEW)), work(shape(GROWN * FEW))
    assert grown < 1.3 * GROWN * few
