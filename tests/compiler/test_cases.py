"""Whole projects, each a folder in `cases`: what is said of the bad, and what the good mean.

To add a case, make its folder, run `python -m tests.update_cases`, and read what it wrote.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipes_projects.codes import Code
from pipes_projects.layout import Layout
from tests.support.case_folders import (
    CASES,
    PAGE,
    code_of,
    compiled,
    expected_contract,
    expected_fixes,
    expected_json,
    expected_manifests,
    expected_text,
    folders,
    manifests_of,
    outputs_on,
    with_quotes,
)

ERRORS, OK, FIXES = folders("errors"), folders("ok"), folders("fixes")
WITH_CONTRACT = [case for case in (*ERRORS, *OK) if (case / "definitions.py").exists()]


@pytest.mark.parametrize("case", ERRORS, ids=lambda case: case.name)
def test_bad_project_is_told_exactly_this(case: Path) -> None:
    assert expected_text(case) == (case / "expected.txt").read_text("utf-8")


@pytest.mark.parametrize("case", ERRORS, ids=lambda case: case.name)
def test_a_folder_is_named_after_a_code_that_is_found_in_it(case: Path) -> None:
    assert code_of(case) in {finding.code for finding in compiled(case).diagnostics}


@pytest.mark.parametrize("case", ERRORS, ids=lambda case: case.name)
def test_every_place_is_in_a_file_of_the_project(case: Path) -> None:
    for diagnostic in compiled(case).diagnostics:
        for place in (diagnostic.location, *(finding.location for finding in diagnostic.related)):
            assert (case / place.path).is_file()


@pytest.mark.parametrize("case", OK, ids=lambda case: case.name)
def test_good_project_has_no_findings(case: Path) -> None:
    assert compiled(case).diagnostics == ()


@pytest.mark.parametrize("case", OK, ids=lambda case: case.name)
def test_good_project_means_exactly_this(case: Path) -> None:
    assert expected_json(case) == (case / "expected.json").read_text("utf-8")


@pytest.mark.parametrize("case", FIXES, ids=lambda case: case.name)
def test_fixing_makes_exactly_this_of_the_manifests(case: Path) -> None:
    assert expected_manifests(case) == manifests_of(case / "expected")


@pytest.mark.parametrize("case", FIXES, ids=lambda case: case.name)
def test_fixing_says_exactly_this(case: Path) -> None:
    assert expected_fixes(case) == (case / "expected.txt").read_text("utf-8")


@pytest.mark.parametrize("case", WITH_CONTRACT, ids=lambda case: case.name)
def test_the_contract_of_a_case_is_what_its_definitions_publish(case: Path) -> None:
    pytest.importorskip("dagster")
    assert expected_contract(case) == Layout(case).contract.read_text("utf-8")


@pytest.mark.parametrize("code", Code)
def test_every_code_has_a_case_of_its_name(code: Code) -> None:
    assert CASES / "errors" / code in ERRORS


def test_the_page_has_a_section_for_each_code_in_their_order() -> None:
    headings = re.findall(r"^## `(.+)`$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert headings == list(Code)


@pytest.mark.parametrize("code", Code)
def test_every_section_shows_what_check_prints(code: Code) -> None:
    section = PAGE.read_text("utf-8").split(f"\n## `{code}`\n")[1].split("\n## ")[0]
    assert code in {case.removeprefix("errors/").partition("--")[0] for case in outputs_on(section)}


def test_what_the_page_quotes_is_what_the_cases_hold() -> None:
    page = PAGE.read_text("utf-8")
    assert with_quotes(page) == page
