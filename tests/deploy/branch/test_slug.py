"""Every branch has a name for folders and schemas, which no other branch has."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipes_projects.deploy.branch.slug import LONGEST, slug_of

SAFE = re.compile(r"[a-z](-?[a-z0-9])*")
PLAIN = st.from_regex(r"[A-Za-z0-9/_.\-]{1,60}", fullmatch=True)
NAMES = st.text(st.characters(codec="utf-8")) | PLAIN


@given(NAMES)
def test_a_slug_is_safe_everywhere(branch: str) -> None:
    slug = slug_of(branch)
    assert SAFE.fullmatch(slug)
    assert len(slug) <= LONGEST


@given(NAMES, NAMES)
def test_two_branches_share_no_slug(one: str, other: str) -> None:
    assume(one != other)
    assert slug_of(one) != slug_of(other)


@given(NAMES)
def test_a_branch_that_is_called_like_a_slug_of_another_has_one_of_its_own(branch: str) -> None:
    slug = slug_of(branch)
    assert branch == slug or slug_of(slug) != slug


def test_a_plain_name_stays() -> None:
    assert [slug_of(branch) for branch in ("main", "feature-x", "v2")] == [
        "main",
        "feature-x",
        "v2",
    ]


def test_names_that_look_alike_are_kept_apart() -> None:
    alike = ["feature-x", "Feature/X", "feature/x", "FEATURE-X", "feature_x", "feature--x"]
    slugs = [slug_of(branch) for branch in alike]
    assert len({slug.replace("-", "_") for slug in slugs}) == len(alike)
    assert slugs[0] == "feature-x"
    assert all(re.fullmatch(r"feature-x-[0-9a-f]{8}", slug) for slug in slugs[1:])


@pytest.mark.parametrize("branch", ["con", "nul", "aux", "prn", "com1", "lpt9", "clock"])
def test_no_slug_is_a_device_of_windows(branch: str) -> None:
    assert re.fullmatch(rf"{branch}-[0-9a-f]{{8}}", slug_of(branch))


def test_long_names_with_one_beginning_are_kept_apart() -> None:
    slugs = {slug_of("a" * 50 + end) for end in ("x", "y", "z")}
    assert len(slugs) == 3
    assert {len(slug) for slug in slugs} == {LONGEST}
