"""Four times the text takes about four times the work, whatever is wrong with it."""

import sys
from collections.abc import Iterator
from types import FrameType, ModuleType
from typing import SupportsIndex

import pytest

from benchmarks.projects.shapes import SHAPES, Texts, compiled
from pipes_projects.compiler.parse.document import Document
from pipes_projects.render.findings import report_json, sarif, text
from pipes_projects.render.findings.text import render
from pipes_projects.render.report import Checked, Report
from pipes_projects.source import SourceFile
from pipes_projects.spelling import slips

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


class _Keys(list[str]):
    """Keys, of which each that is passed over counts as a call."""

    def __iter__(self) -> Iterator[str]:
        yield from super().__iter__()


@pytest.fixture
def counted_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = Document.keys
    monkeypatch.setattr(Document, "keys", lambda *args: _Keys(keys(*args)))


@pytest.mark.usefixtures("counted_keys")
@pytest.mark.parametrize("name", SHAPES)
def test_work_grows_with_the_text(name: str) -> None:
    shape = SHAPES[name]
    compiled(shape(2))  # what is worked out once is there
    few, grown = work(shape(FEW)), work(shape(GROWN * FEW))
    assert grown < 1.3 * GROWN * few


@pytest.mark.parametrize(
    "name", ["a slip in each asset", "a slip in each column", "a slip in each file"]
)
def test_one_slip_is_compared_with_our_words_once(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shape = SHAPES[name]
    compiled(shape(2))
    monkeypatch.setattr(slips, "edits", lambda *args: pytest.fail(f"compares {args}"))
    compiled(shape(FEW))


class _Taken(str):
    """A text that knows how many of its letters were taken out of it."""

    letters = 0

    def __getitem__(self, place: SupportsIndex | slice) -> str:
        part = super().__getitem__(place)
        self.letters += len(part)
        return part


@pytest.mark.parametrize("format_", [text, report_json, sarif])
def test_of_a_long_line_is_taken_what_is_shown(format_: ModuleType) -> None:
    def taken(count: int) -> int:
        compilation = compiled(SHAPES["dependencies on nothing"](count))
        ((path, source),) = compilation.texts.items()
        letters = _Taken(source.text)
        texts = {path: SourceFile(path, letters)}
        format_.render(Report((Checked(compilation._replace(texts=texts)),)))
        return letters.letters

    assert taken(GROWN * FEW) <= 1.3 * GROWN * taken(FEW)
