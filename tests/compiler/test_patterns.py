"""Patterns of names: brackets, closed or not, in time that grows with the text."""

from __future__ import annotations

from fnmatch import fnmatchcase
from time import process_time

import pytest

from pipes_projects.disk.patterns import regular


@pytest.mark.parametrize("pattern", ["a[b", "[ab]c[", "[]a[b", "[!]", "[!a]*[", "*[a-c]?", "[[]x"])
def test_a_pattern_means_what_it_means_to_fnmatch(pattern: str) -> None:
    names = ("a[b", "ac[", "[]a[b", "[!]", "bx[", "xbz", "[x", "b", "a")
    found = [name for name in names if regular(pattern).match(name)]
    assert found == [name for name in names if fnmatchcase(name, pattern)]


def test_brackets_that_are_not_closed_take_no_time() -> None:
    start = process_time()
    regular("[a" * 20_000)
    assert process_time() - start < 2
