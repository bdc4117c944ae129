"""Patterns of authors: they mean what they mean to Python, and none takes forever."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipes_projects.manifest.values.regular import matches

PARTS = ["a", "b", "ab", ".", "[ab]", "[^a]", r"\d", r"\w", "(?:a|b)", "(a)", "^", "$"]
REPEATS = ["", "*", "+", "?", "{2}", "{1,2}", "{,2}", "*?"]
patterns = st.lists(
    st.builds(str.__add__, st.sampled_from(PARTS), st.sampled_from(REPEATS)), max_size=4
).map("".join)


def is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True


@given(patterns.filter(is_pattern), st.text("ab1\n", max_size=5))
def test_a_pattern_means_what_it_means_to_python(pattern: str, text: str) -> None:
    assert matches(pattern, text) == bool(re.fullmatch(pattern, text))


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("a|b", "b"),
        ("(?=a)[ab]+", "ab"),
        (r"(a)\1", "aa"),
        ("[[a]+", "[a"),
        ("[a&&b]+", "&"),
        ("a{,3}", "aa"),
        ("(?x)a # one", "a"),
        ("(?i)A", "a"),
        (r"\d{4}-\d{2}", "2013-01"),
    ],
)
def test_all_that_python_knows_may_be_in_a_pattern(pattern: str, text: str) -> None:
    assert matches(pattern, text)
    assert not matches(pattern, f"{text}\n")


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*", "(.*)*x", "a*a*a*a*a*a*a*b"])
def test_no_pattern_takes_forever(pattern: str) -> None:
    assert not matches(pattern, "a" * 10_000 + "c\n")
