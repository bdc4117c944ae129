"""Patterns of authors: they mean what they mean to Python, or are refused; none takes forever."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipes_projects.manifest.values.regular import PatternError, check_pattern, matches, refusal
from pipes_projects.manifest.values.regular_effort import MOST, effort, states

PARTS = [
    *("a", "b", "ab", ".", "^", "$", "-", "&&", "--", "|", "[", "]", "{", "}", "+", "<"),
    *("[ab]", "[^a]", "[a&&b]", "[]a]", "[a[]", "[a-b]", "[+--]", r"[\]a]", r"[\w-]"),
    *(r"\d", r"\w", r"\b", r"\<", r"\-", r"\[", r"\\", r"\Z", r"\1", r"\B", r"\/"),
    *("(?:a|b)", "(a)", "(?=a)", "(?!b)", "(?<=a)", "(?i)", "(?x) ", "(?P<x>a)", "(?i:A)"),
]
REPEATS = ["", "*", "+", "?", "{2}", "{1,2}", "{,2}", "{2,}", "*?", "++", "?+"]
patterns = st.lists(
    st.builds(str.__add__, st.sampled_from(PARTS), st.sampled_from(REPEATS)), max_size=4
).map("".join)


def is_known(pattern: str) -> bool:
    try:
        check_pattern(pattern)
    except PatternError:
        return False
    return refusal(pattern) is None


@pytest.mark.filterwarnings("ignore::FutureWarning")
@given(patterns.filter(is_known), st.text("ab1-&+[<A ", max_size=5))
def test_a_pattern_means_what_it_means_to_python(pattern: str, text: str) -> None:
    assume(text or r"\B" not in pattern)  # before 3.14, Python finds none in an empty text
    assert matches(pattern, text) == bool(re.fullmatch(pattern, text))


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("a|b", "b"),
        (r"[\[a]+", "[a"),
        ("a{0,3}", "aa"),
        ("(?i)A", "a"),
        (r"\d{4}-\d{2}--\d", "2013-01--1"),
        ("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ad2a4a14-5c0f-4f1c-8c3e-7d3e5a9b1c2d"),
        (r"[\w.+-]{1,64}@[\w.-]{1,64}", "ada@example.com"),
    ],
)
def test_what_every_engine_knows_may_be_in_a_pattern(pattern: str, text: str) -> None:
    check_pattern(pattern)
    assert refusal(pattern) is None
    assert matches(pattern, text)
    assert not matches(pattern, f"{text}\n")


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(a", "missing )"),
        ("a{99999999999}", "the repetition number is too large"),
        ("(" * 5_000 + ")" * 5_000, "its groups are too deep"),
        ("[[a]", r"write `\[` for `[` in `[[a]`"),
        ("[+--]", r"write `\-\-` for `--` in `[+--]`"),
        ("a{,3}", "write `{0,3}` for `{,3}`"),
        ("a++", "`++` does not mean the same everywhere"),
        ("(?x)a # one", "`(?x` does not mean the same everywhere"),
        (r"\<a", r"`\<` does not mean the same everywhere"),
    ],
)
def test_what_engines_read_differently_is_refused(pattern: str, reason: str) -> None:
    with pytest.raises(PatternError, match=re.escape(reason)):
        check_pattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(?=a)(a+)+b", "look-around"),
        ("(?<!a)b", "look-around"),
        (r"(a+)+\1", "backreferences are not supported"),
        (r"a\Z", "unrecognized escape sequence"),
        ("((a{1000}){1000}){1000}", "it is too large"),
    ],
)
def test_what_may_never_end_is_refused(pattern: str, reason: str) -> None:
    check_pattern(pattern)
    assert reason in (refusal(pattern) or "")


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*", "(.*)*x", "a*a*a*a*a*a*a*b"])
def test_no_pattern_takes_forever(pattern: str) -> None:
    assert not matches(pattern, "a" * 10_000 + "c\n")


def test_nobody_waits_for_a_pattern_of_many_states() -> None:
    pattern = "([ab]{0,900}a){90}[bc]"
    assert states(pattern) == 901 * 90 + 1
    assert effort(pattern, "a" * 100) < MOST
    with pytest.raises(PatternError, match="too long"):
        matches(pattern, "a" * 20_000)


@pytest.mark.parametrize(
    ("pattern", "count"),
    [("", 0), ("abc", 3), ("a{3}", 3), ("(ab){2,3}c", 7), (r"\d{4}", 64), (r"[\w.]+", 302)],
)
def test_states_are_counted_through_groups_and_repeats(pattern: str, count: int) -> None:
    assert states(pattern) == count
