"""The recipes of CONTRIBUTING are followed, all in one copy, and what they make works."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pytest

from tests.support.pages.recipes import (
    RECIPES,
    TITLES,
    Change,
    applied,
    apply,
    copy_of_project,
    new_tests,
    recipes,
    unnamed,
    untouched,
)

OF_WORDS = {"A CI system", "A finding's words", "A part of the catalog's page"}
"""Recipes for pages and sentences, which have tests of their own."""
OF_THE_TABLES = (
    *("tests/compiler/test_cases.py", "tests/emitter/owners/test_views.py"),
    "tests/cli/test_outputs.py::test_a_format_is_written_exactly_so",
    "tests/cli/test_outputs.py::test_the_docs_list_the_formats",
    *("-k", "not contract_of_a_case and not bad_project and not every_place and not fixing"),
)
"""What fails where a recipe forgets a table; not what compares the files that `make docs` wrote."""


class Followed(NamedTuple):
    """The copy in which all recipes were followed, and what its tests say."""

    root: Path
    failed: dict[str, list[str]]
    """By the file of the test."""
    passed: set[str]
    """The files of which at least one test passed."""
    told: str


def python(root: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": ""}
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=False
    )


def results(report: Path) -> tuple[dict[str, list[str]], set[str]]:
    """Which tests failed, and which files have tests that passed."""
    failed: dict[str, list[str]] = {}
    passed = set()
    for case in ElementTree.parse(report).iter("testcase"):
        file = case.get("classname", "").replace(".", "/") + ".py"
        if any(part.tag in ("failure", "error") for part in case):
            failed.setdefault(file, []).append(case.get("name", ""))
        else:
            passed.add(file)
    return failed, passed


def outcome(root: Path, files: Sequence[str]) -> Followed:
    report = root / "report.xml"
    done = python(root, "-m", "pytest", "-p", "no:cacheprovider", f"--junitxml={report}", *files)
    failed, passed = results(report)
    return Followed(root, failed, passed, done.stdout)


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Followed:
    """Every recipe, then `make docs` and `make schemas`, as the recipes say."""
    root = tmp_path_factory.mktemp("recipes") / "project"
    copy_of_project(root)
    for recipe in TITLES:
        apply(recipe, root)
    for command in (["tests.update_cases"], ["pipes_projects.schema", "schemas"]):
        done = python(root, "-m", *command)
        assert done.returncode == 0, done.stderr
    for example in ("customized", "flights"):
        done = python(root, "-m", "pipes_projects", "schema", f"examples/{example}")
        assert done.returncode == 0, done.stderr
    return outcome(
        root, [*OF_THE_TABLES, *(test for recipe in TITLES for test in new_tests(recipe))]
    )


def test_every_recipe_has_a_patch() -> None:
    assert set(recipes()) - OF_WORDS == set(TITLES.values())
    assert {path.name for path in RECIPES.iterdir() if path.is_dir()} == set(TITLES)


@pytest.mark.parametrize("recipe", TITLES)
def test_a_recipe_names_every_file_that_its_patch_touches(recipe: str) -> None:
    assert list(unnamed(recipe)) == []


@pytest.mark.parametrize("recipe", TITLES)
def test_a_recipe_names_no_file_that_is_not_needed(recipe: str) -> None:
    assert list(untouched(recipe)) == []


@pytest.mark.parametrize("recipe", TITLES)
def test_what_a_recipe_adds_works_from_end_to_end(followed: Followed, recipe: str) -> None:
    for file in new_tests(recipe):
        assert followed.failed.get(file) is None, followed.told
        assert file in followed.passed


def test_whoever_follows_the_recipes_has_forgotten_no_table(followed: Followed) -> None:
    assert followed.failed == {}, followed.told


def test_the_linters_have_nothing_to_say_about_it(followed: Followed) -> None:
    for command in (["check", "."], ["format", "--check", "."]):
        done = python(followed.root, "-m", "ruff", *command)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("text", ["", "one\none\n"])
def test_a_change_without_one_certain_place_is_not_made(text: str) -> None:
    with pytest.raises(ValueError, match="not once"):
        applied(Change("file.py", "one\n", "two\n"), text)
