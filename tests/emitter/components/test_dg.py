"""`dg` itself, on a project with our component: each command that its users call."""

import json
import re
import sys
from pathlib import Path

import pytest

from tests.support.command import run
from tests.support.dagster.dg import COMPONENT, DgProject
from tests.support.dagster.running import ROOT
from tests.support.dagster.served import serving

PAGE = (ROOT / "docs/dg.md").read_text("utf-8")
PIPES = "src/shop/defs/pipes"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> DgProject:
    """With what `dg scaffold defs` writes."""
    project = DgProject(tmp_path_factory.mktemp("dg"))
    command = PAGE.partition("```sh\ndg ")[2].partition("\n")[0]
    assert command.split()[2] == COMPONENT
    done = project.call(*command.split())
    assert done.returncode == 0, done.stderr
    return project


def ours(project: DgProject, *arguments: str, folder: str = "") -> str:
    done = run(*arguments, cwd=project.root / folder, **project.environment())
    assert done.returncode == 0, done.stderr
    return done.stdout


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_dg_lists_the_component(project: DgProject) -> None:
    listed = json.loads(project.call("list", "components", "--json").stdout)["items"]
    (found,) = (item["summary"] for item in listed if item["key"] == COMPONENT)
    assert found == "Assets made by scripts, each with a few lines of YAML beside it."


def test_what_dg_scaffolds_is_what_the_page_shows(project: DgProject) -> None:
    shown = PAGE.partition("This writes\n\n```\n")[2].partition("```")[0]
    names = re.findall(r"── (\S+[^/\s]) ", shown)
    there = {path for path in files(project.root / PIPES) if "__pycache__" not in path}
    assert sorted(path.rpartition("/")[2] for path in there) == sorted(names)
    text = (project.root / "pyproject.toml").read_text("utf-8")
    assert text.endswith("\n\n" + PAGE.partition("```toml\n")[2].partition("```")[0])


def test_our_commands_know_it_at_once(project: DgProject) -> None:
    assert ours(project, "check", "--strict") == "no findings (1 script, 1 asset)\n"
    assert "example/hello" in ours(project, "list")
    assert ours(project, "schema", "--check") == ""


@pytest.mark.parametrize("folder", ["src", "src/shop", "src/shop/defs", PIPES, f"{PIPES}/example"])
def test_they_work_in_each_folder_of_the_project(project: DgProject, folder: str) -> None:
    assert ours(project, "check", "--strict", folder=folder) == "no findings (1 script, 1 asset)\n"
    assert "example/hello" in ours(project, "list", folder=folder)


def test_dg_checks_and_lists_it(project: DgProject) -> None:
    assert project.call("check", "yaml").returncode == 0
    done = project.call("list", "defs", "--json")
    assets = {asset["asset_key"]: asset for asset in json.loads(done.stdout)["assets"]}
    assert assets.keys() == {"raw/orders", "example/hello"}
    assert assets["example/hello"]["is_executable"] is True
    assert assets["example/hello"]["source"] == f"{PIPES}/example/hello.py"


def test_dg_launches_it(project: DgProject) -> None:
    done = project.call("launch", "--assets", "example/hello")
    assert done.returncode == 0, done.stderr
    assert "Hello from example/hello." in done.stdout + done.stderr


def test_dg_dev_serves_it(project: DgProject) -> None:
    dg = str(Path(sys.executable).parent / "dg")
    with serving([dg, "dev"], project.root, project.environment()) as server:
        nodes = server.ask("{ assetNodes { assetKey { path } } }")["assetNodes"]
        assert ["example", "hello"] in [node["assetKey"]["path"] for node in nodes]


def test_a_mistake_in_a_manifest_fails_dg_check_defs_with_its_place(project: DgProject) -> None:
    wrong = project.write(f"{PIPES}/example/wrong.yaml", "depz: []\n")
    try:
        done = project.call("check", "defs")
    finally:
        wrong.unlink()
    assert done.returncode == 1
    assert f"{PIPES}/example/wrong.yaml:1:1" in done.stdout + done.stderr


def test_a_second_component_does_not_get_in_the_way_of_the_first(project: DgProject) -> None:
    before = (project.root / "pyproject.toml").read_text("utf-8")
    assert project.call("scaffold", "defs", COMPONENT, "more").returncode == 0
    assert (project.root / "pyproject.toml").read_text("utf-8") == before
    assert {"raw/orders", "example/hello", "more/hello"} == {
        key.to_user_string() for key in project.load().resolve_asset_graph().get_all_asset_keys()
    }


def test_in_python_it_would_import_all_scripts_and_is_refused(project: DgProject) -> None:
    done = project.call("scaffold", "defs", COMPONENT, "python", "--format", "python")
    assert done.returncode != 0
    assert "use `--format yaml`" in done.stdout + done.stderr
    assert project.call("scaffold", "defs", COMPONENT, "python").returncode == 0
