"""Patterns of names: brackets, closed or not, in time that grows with the text."""

from __future__ import annotations

from fnmatch import fnmatchcase
from time import process_time

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


def test_brackets_that_are_not_closed_take_no_time() -> None:
    start = process_time()
    regular("[a" * 20_000)
    assert process_time() - start < 2


def test_patterns_that_match_nothing_take_no_time_in_a_large_folder() -> None:
    files = TextFiles(frozenset(f"defs/a/f{number}.csv" for number in range(5_000)))
    start = process_time()
    assert not any(matches_any(f"defs/**/*z{number}", files) for number in range(1_000))
    assert process_time() - start < 2


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
