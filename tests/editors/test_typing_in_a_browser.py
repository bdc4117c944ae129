"""Somebody types manifests in a browser, from nothing and by what the editor proposes alone."""

import json
from collections.abc import Iterator

import pytest

from pipes_projects.kinds import BUILT_IN
from pipes_projects.scaffold.starters import starter
from tests.editors.browser import Browser, browser
from tests.support.command import run
from tests.support.dagster.running import ROOT
from tests.support.folder import Folder

DEFINITIONS = """
from tests.support.projects.team_platform import TeamProject

defs = TeamProject.make_defs()
"""
NOTEBOOK = """\
kind: notebook
notebook:
  image: jupyter
  cores: 4
deps:
  - raw/orders
  - finance/budget
partitions_def: daily
automation_condition: nightly
checks:
  has_rows:
    blocking: true"""
UNKNOWN = (
    "no asset of this name is known to asset-keys.json; if it is new, run `pipes-projects editor`"
)
SEVERAL = """\
freshness_policy:
  time_window:
    fail_window: 30h
assets:
  by_country:
    cost_center: DE0042
    deps:
      - asset: raw/orders
        partition_mapping: last
  by_month:
    cost_center: DE0042
    stage: final"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A project as `init` makes it, with the contract of a platform owner."""
    folder = Folder(tmp_path_factory.mktemp("typing") / "project")
    assert run("init", folder.root).returncode == 0
    folder.asset("raw/orders", "cost_center: DE0001\n")
    folder.write("defs/example/hello.yaml", "cost_center: DE0001\n")
    folder.write("definitions.py", DEFINITIONS)
    for command in ("schema", "editor"):
        assert run(command, folder.root, PYTHONPATH=str(ROOT)).returncode == 0
    return folder


@pytest.fixture(scope="module")
def editor(project: Folder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(project.root, tmp_path_factory.mktemp("browser")) as opened:
        yield opened


def checked(project: Folder, name: str, text: str, ending: str) -> str:
    """What `check` says of a manifest that was typed, beside a script."""
    project.write(f"defs/{name}.yaml", text)
    project.write(f"defs/{name}{ending}", starter(ending, [name]))
    run("editor", project.root)
    return run("check", "--strict", project.root).stdout.partition(" (")[0]


def test_a_manifest_of_an_added_kind(editor: Browser, project: Folder) -> None:
    editor.open("defs/sales/report.yaml")
    editor.pick("kind", "k", beside="What runs the script.")
    editor.pick("notebook", beside="Runs a notebook in a container.")
    editor.line()
    editor.pick("notebook", "n", beside="Runs a notebook in a container.")
    editor.pick("image", beside="The container image")
    editor.type("jupyter")
    editor.line(2)
    editor.pick("cores", beside="How many cores it gets.")
    editor.type("4")
    editor.line()
    editor.pick("deps", "d", beside="The assets that this one is made from")
    editor.pick("raw/orders")
    editor.line(2)
    editor.type("- ")
    editor.pick("finance/budget")
    editor.line()
    editor.pick("partitions_def", "p", beside="The partitions of the script's assets")
    editor.pick("daily")
    editor.line()
    editor.pick("automation_condition", "au", beside="The rule by which Dagster makes")
    editor.pick("nightly")
    editor.line()
    editor.pick("checks", "c", beside="The checks that the script makes")
    editor.type("has_rows:")
    editor.line(4)
    editor.pick("blocking", beside="stops everything downstream")
    editor.pick("true")
    assert editor.text() == NOTEBOOK
    assert checked(project, "sales/report", NOTEBOOK, ".ipynb") == "no findings"


def test_a_manifest_of_several_assets(editor: Browser, project: Folder) -> None:
    editor.open("defs/sales/parts.yaml")
    editor.pick("freshness_policy", "f")
    editor.pick("time_window")
    editor.pick("fail_window")
    editor.type("30h")
    editor.line()
    editor.pick("assets", "a")
    editor.type("by_country:")
    editor.line(4)
    editor.pick("cost_center", "co")
    editor.type("DE0042")
    editor.line(4)
    editor.pick("deps", "d")
    editor.pick("asset", "a")
    editor.pick("raw/orders")
    editor.line(8)
    editor.pick("partition_mapping")
    editor.pick("last")
    editor.line(2)
    editor.type("by_month:")
    editor.line(4)
    editor.pick("cost_center", "co")
    editor.type("DE0042")
    editor.line(4)
    editor.pick("stage", "s", beside="How finished the asset is.")
    editor.pick("final")
    assert editor.text() == SEVERAL
    assert checked(project, "sales/parts", SEVERAL, ".py") == "no findings"


def test_each_key_is_proposed_once_and_where_it_may_stand(editor: Browser, project: Folder) -> None:
    contract = json.loads((project.root / "schemas/manifest.schema.json").read_text())
    editor.open("defs/sales/new.yaml")
    assert editor.proposals() == sorted(contract["properties"])
    editor.open("defs/sales/new.yaml", "kind: notebook\n")
    elsewhere = {"kind", *BUILT_IN, "cost_center", "stage"} - {"notebook"}
    assert editor.proposals() == sorted(contract["properties"].keys() - elsewhere)


def test_what_takes_back_a_value_is_no_proposal(editor: Browser) -> None:
    editor.open("defs/sales/new.yaml", "automation_condition: ")
    assert editor.proposals() == ["eager", "nightly", "on_missing"]
    editor.open("defs/sales/new.yaml", "can_subset: ")
    assert editor.proposals() == ["false", "true"]


def test_real_keys_are_proposed_for_dependencies(editor: Browser) -> None:
    keys = {"example/hello", "finance/budget", "raw/orders"}
    editor.open("defs/sales/new.yaml", "assets:\n  one:\n    deps:\n      - ")
    assert keys <= {*editor.proposals()}
    editor.open("defs/sales/new.yaml", "deps:\n  - asset: ")
    assert keys <= {*editor.proposals()}


def test_a_mistake_is_underlined_until_it_is_fixed(editor: Browser) -> None:
    wrong = NOTEBOOK.replace("raw/orders", "raw/order").partition("\n  - finance")[0]
    editor.open("defs/sales/wrong.yaml", wrong)
    assert editor.problems(1) == [f"6: {UNKNOWN}"]
    assert UNKNOWN in editor.hover(6, 7)
    editor.pick("raw/orders")
    assert editor.problems(0) == []
    assert editor.text() == wrong.replace("raw/order", "raw/orders")


def test_words_are_explained_where_they_stand(editor: Browser) -> None:
    editor.open("defs/sales/report.yaml", NOTEBOOK)
    assert "The container image to run it in." in editor.hover(3, 5)
    assert "The partitions of the script's assets" in editor.hover(8, 5)
    assert "Whenever an upstream asset has changed" in editor.hover(9, 26)
