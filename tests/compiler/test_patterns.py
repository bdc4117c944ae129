"""Patterns of names: brackets, closed or not, in time that grows with the text."""

from __future__ import annotations

import sys
from collections.abc import Callable
from fnmatch import fnmatchcase
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipes_projects.disk.code_paths import matched, matches_any
from pipes_projects.disk.files import DiskFiles, TextFiles
from pipes_projects.disk.patterns import PathPatterns, regular
from tests.support.folder import Folder


@pytest.mark.parametrize("pattern", ["a[b", "[ab]c[", "[]a[b", "[!]", "[!a]*[", "*[a-c]?", "[[]x"])
def test_a_pattern_means_what_it_means_to_fnmatch(pattern: str) -> None:
    names = ("a[b", "ac[", "[]a[b", "[!]", "bx[", "xbz", "[x", "b", "a")
    found = [name for name in names if regular(pattern).match(name)]
    assert found == [name for name in names if fnmatchcase(name, pattern)]


def lines(call: Callable[[], object]) -> int:
    """How many lines of Python a call executes."""
    executed = 0

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        nonlocal executed
        del frame, arg
        executed += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return executed


def test_brackets_that_are_not_closed_take_work_that_grows_with_the_text() -> None:
    few, grown = (lines(lambda count=count: regular("[a" * count)) for count in (100, 400))
    assert grown < 1.3 * 4 * few


def test_patterns_that_match_nothing_take_no_work_in_a_large_folder() -> None:
    def work(count: int) -> int:
        files = TextFiles(frozenset(f"defs/a/f{number}.csv" for number in range(count)))
        assert not matches_any("defs/a/*.csv/b", files)  # what is worked out once is there
        return lines(lambda: [matches_any(f"defs/**/*z{number}", files) for number in range(100)])

    assert work(500) == work(5)


PATTERNS = st.text("ab*?[].", min_size=1, max_size=5).filter(lambda name: name.strip(".")) | (
    st.just("**")
)
FILES = st.lists(st.text("ab[].", min_size=1, max_size=4).filter(lambda name: name.strip(".")))


@given(
    st.lists(PATTERNS, min_size=1, max_size=3), st.lists(FILES.filter(bool).map("/".join)).map(set)
)
def test_what_is_ruled_out_quickly_matches_nothing(pattern: list[str], paths: set[str]) -> None:
    path, files = "/".join(pattern), TextFiles(frozenset(paths))
    anchored = PathPatterns((f"./{path}",))
    expected = {path} if path in paths else {file for file in paths if file in anchored}
    assert set(matched(path, files)) == expected
    assert matches_any(path, files) == bool(expected)


def test_the_projects_folder_may_be_a_path_of_code(folder: Folder) -> None:
    folder.asset("a/b", "code_paths: [../..]\n")
    assert folder.compile().diagnostics == ()
    assert matched(".", DiskFiles(folder.root)) == ("defs/a/b.py", "defs/a/b.yaml")
