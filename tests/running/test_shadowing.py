"""Scripts that have the names of Python's own modules."""

import sys
from pathlib import Path

import pytest

from pipes_projects.running.results.outcome import Verdict
from tests.support.processes.scripts import ran


def told(folder: Path, name: str, **texts: str) -> list[str]:
    """The failure of one of several scripts in a folder."""
    for stem, text in texts.items():
        (folder / f"{stem}.py").write_text(text)
    script = str(folder / f"{name}.py")
    outcome = ran([sys.executable, script], folder)
    return Verdict(outcome.ending, (), outcome.stderr).text(name, script, str(folder)).splitlines()


def sentence(module: str) -> str:
    return f"`{module}.py` was imported in place of Python's own module `{module}`: rename it"


@pytest.mark.parametrize("name", ["json", "random", "types"])
def test_a_script_that_replaces_a_module_for_itself_is_told(name: str, tmp_path: Path) -> None:
    text = "from dagster_pipes import open_dagster_pipes\n"
    assert told(tmp_path, name, **{name: text})[-1] == sentence(name)


def test_a_script_that_imports_itself_is_told(tmp_path: Path) -> None:
    assert told(tmp_path, "json", json="import json\njson.dumps({})\n")[-1] == sentence("json")


def test_a_script_that_replaces_a_module_for_its_neighbours_is_told(tmp_path: Path) -> None:
    texts = {"a": "import tempfile\n", "random": "1 / 0\n"}
    assert told(tmp_path, "a", **texts)[-1] == sentence("random")


def test_a_script_in_which_a_library_finds_no_name_is_told(tmp_path: Path) -> None:
    assert told(tmp_path, "a", a="import tempfile\n", random="x = 1\n")[-1] == sentence("random")


def test_a_helper_in_which_a_script_finds_no_name_is_none_of_it(tmp_path: Path) -> None:
    texts = {"a": "from calendar import own\n", "calendar": "owm = 1\n"}
    assert "place" not in "".join(told(tmp_path, "a", **texts))


def test_a_helper_with_such_a_name_that_fails_is_none_of_it(tmp_path: Path) -> None:
    texts = {"a": "import calendar\n", "calendar": "1 / 0\n"}
    assert told(tmp_path, "a", **texts)[-1] == "ZeroDivisionError: division by zero"


def test_a_script_that_fails_on_its_own_is_none_of_it(tmp_path: Path) -> None:
    text = "import json\ntry:\n    json.loads('{')\nexcept ValueError:\n    1 / 0\n"
    assert told(tmp_path, "calendar", calendar=text)[-1] == "ZeroDivisionError: division by zero"


def test_a_script_that_a_library_runs_is_none_of_it(tmp_path: Path) -> None:
    runner = "import runpy\nrunpy.run_path('calendar.py')\n"
    assert "Error" in told(tmp_path, "a", a=runner, calendar="1 / 0\n")[-1]
