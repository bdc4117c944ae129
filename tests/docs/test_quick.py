"""`make quick` chooses the tests that reach what has changed, and says which it leaves out."""

import re
from pathlib import Path

import grimp
import pytest

from tests.quick import Choice, choice, distances, imports, measured
from tests.support.dagster.running import ROOT

TESTS = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("tests/*/**/test_*.py"))


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return imports()


@pytest.mark.parametrize(
    "module",
    [
        "pipes_projects.manifest.cron.expression",
        "pipes_projects.compiler.parse.document",
        "pipes_projects.emitter.owner.published.catalog",
        "tests.support.repositories",
    ],
)
def test_the_tests_that_import_a_changed_module_are_nearest(
    graph: grimp.ImportGraph, module: str
) -> None:
    statement = re.compile(rf"^ *from {re.escape(module)} import ", re.MULTILINE)
    importing = {
        test
        for test in TESTS
        if "recipes/" not in test and statement.search((ROOT / test).read_text("utf-8"))
    }
    far = distances(graph, [f"{module.replace('.', '/')}.py"])
    assert importing
    assert {test for test, steps in far.items() if steps == 1} >= importing


@pytest.mark.parametrize(
    ("changed", "test"),
    [
        ("pipes_projects/cli/reading/listing.py", "tests/cli/reading/test_list.py"),
        ("pipes_projects/render/findings/junit.py", "tests/cli/test_outputs.py"),
        ("pipes_projects/manifest/cron/__init__.py", "tests/format/test_cron.py"),
        ("tests/cases/errors/either-day/expected.txt", "tests/compiler/test_cases.py"),
        ("docs/owners.md", "tests/emitter/owners/test_views.py"),
        ("docs/guide.md", "tests/docs/test_docs.py"),
        ("CONTRIBUTING.md", "tests/docs/recipes/test_recipes.py"),
        ("tests/recipes/check/changes.toml", "tests/docs/recipes/test_recipes.py"),
        ("examples/flights/defs/raw/flights.py", "tests/docs/test_examples.py"),
        ("tests/emitter/quarantine/conftest.py", "tests/emitter/quarantine/test_cycles.py"),
        ("tests/format/test_durations.py", "tests/format/test_durations.py"),
    ],
)
def test_what_reaches_a_changed_file_is_chosen(
    graph: grimp.ImportGraph, changed: str, test: str
) -> None:
    assert test in distances(graph, [changed])


def test_what_has_nothing_to_do_with_a_change_is_not_chosen(graph: grimp.ImportGraph) -> None:
    far = distances(graph, ["pipes_projects/emitter/owner/published/catalog.py"])
    assert "tests/format/test_durations.py" not in far


def test_the_nearest_and_fastest_run_as_long_as_there_is_time() -> None:
    far = {"far": 3, "near": 1, "slow": 1, "nearer": 0}
    seconds = {"far": 10.0, "near": 5.0, "slow": 60.0, "nearer": 30.0}
    assert choice(far, seconds, 50) == Choice(("nearer", "near", "far"), ("slow",))
    assert choice({}, seconds, 50) == Choice((), ())


def test_the_seconds_of_a_report_are_those_of_its_files(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    names = {"tests.cli.test_a": 1.2, "tests.cli.test_a.TestB": 2}
    cases = (f'<testcase classname="{name}" time="{took}"/>' for name, took in names.items())
    report.write_text(f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>")
    assert measured(report) == {"tests/cli/test_a.py": 3.2}
