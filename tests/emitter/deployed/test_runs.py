"""Runs in Dagster's own processes: bound to the version that counted when they were launched."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipes_projects.deploy.up import up
from tests.emitter.deployed.conftest import SHIP_TO
from tests.support.dagster.served import served
from tests.support.deployments.deployed import Deployed
from tests.support.repositories import commit

WAITING = """\
import json, os, time
from pathlib import Path
from dagster_pipes import open_dagster_pipes
import _word

said = Path(os.environ["SAID"])
with open_dagster_pipes() as pipes:
    version = pipes.get_extra("deployment")["version"]
    with said.open("a") as file:
        file.write(json.dumps([pipes.asset_keys[0], _word.WORD, version]) + "\\n")
    while not said.with_suffix(".go").exists() and WAITS:
        time.sleep(0.05)
    pipes.report_asset_materialization()
"""
DEFINITIONS = """\
from pipes_projects import PipesProject

defs = PipesProject.make_defs(deployment="dev"MORE)
"""
FIRST, SECOND = "sales/first", "sales/second"


class Project(Deployed):
    """`second` is made after `first`, which waits until it is let go; both say what they are."""

    def __init__(self, root: Path, more: str = "") -> None:
        super().__init__(root, SHIP_TO)
        env = f"subprocess: {{env: {{SAID: {self.words}}}}}\n"
        self.asset(FIRST, env, WAITING.replace("WAITS", "True"))
        self.asset(SECOND, f"deps: [{FIRST}]\n{env}", WAITING.replace("WAITS", "False"))
        self.write("definitions.py", DEFINITIONS.replace("MORE", more))
        self.say("one")

    @property
    def words(self) -> Path:
        """What scripts have said."""
        return self.root.parent / "said"

    def say(self, word: str) -> None:
        """Have the code of both say another word."""
        self.write("defs/sales/_word.py", f"WORD = {word!r}\n")
        commit(self.root)

    def let_go(self) -> None:
        """The first script ends."""
        self.words.with_suffix(".go").touch()

    def lines(self, count: int) -> list[list[object]]:
        """What was said, once it is so much."""
        until = time.monotonic() + 60
        while not self.words.exists() or len(self.words.read_text().splitlines()) < count:
            assert time.monotonic() < until, "the scripts do not run"
            time.sleep(0.05)
        return [json.loads(line) for line in self.words.read_text().splitlines()]

    def versions(self) -> list[str]:
        """The ledgers of the branch."""
        return sorted(path.name for path in (self.shipped / "deployments/main").glob("*"))


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIPES_PROJECTS_BRANCH", "main")


def test_an_up_in_the_middle_of_a_run_changes_nothing_in_it(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    up(project.site())
    with served(project.root / "definitions.py", tmp_path / "home") as server:
        run = server.launch(FIRST, SECOND)
        assert project.lines(1) == [[FIRST, "one", 1]]
        project.say("two")
        assert up(project.site()).is_new
        project.let_go()
        assert server.ended(run) == "SUCCESS"
    assert project.lines(2) == [[FIRST, "one", 1], [SECOND, "one", 1]]


def test_a_run_has_the_version_that_its_code_server_has_loaded(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    project.let_go()
    up(project.site())
    with served(project.root / "definitions.py", tmp_path / "home") as server:
        project.say("two")
        assert up(project.site()).is_new
        assert server.ended(server.launch(FIRST, SECOND)) == "SUCCESS"
    assert project.lines(2) == [[FIRST, "one", 1], [SECOND, "one", 1]]


def test_without_a_code_server_the_steps_of_a_run_have_its_version(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    up(project.site())
    words = [sys.executable, "-c", JOB, str(project.root / "definitions.py"), str(tmp_path)]
    run = subprocess.Popen(words, cwd=tmp_path)
    assert project.lines(1) == [[FIRST, "one", 1]]
    project.say("two")
    assert up(project.site()).is_new
    project.let_go()
    assert run.wait(120) == 0
    assert project.lines(2) == [[FIRST, "one", 1], [SECOND, "one", 1]]


JOB = """\
import sys
import dagster as dg
from dagster._core.definitions.reconstruct import ReconstructableRepository

file, home = sys.argv[1:]
repository = ReconstructableRepository.for_file(file, "defs")
job = repository.get_reconstructable_job("__ASSET_JOB")
asked = [dg.AssetKey(["sales", name]) for name in ("first", "second")]
with dg.DagsterInstance.local_temp(home) as instance:
    assert dg.execute_job(job, instance, asset_selection=asked).success
"""


def test_a_code_server_ships_when_it_loads_and_its_runs_do_not(tmp_path: Path) -> None:
    project = Project(tmp_path / "project", ", deploy_on_load=True")
    project.let_go()
    with served(project.root / "definitions.py", tmp_path / "home") as server:
        assert project.versions() == ["000001.json"]
        project.say("two")
        assert server.ended(server.launch(FIRST, SECOND)) == "SUCCESS"
        assert project.versions() == ["000001.json"]
    assert project.lines(2) == [[FIRST, "one", 1], [SECOND, "one", 1]]


@pytest.mark.parametrize(
    "words",
    [
        ["-m", "dagster", "definitions", "validate", "-f", "definitions.py"],
        ["-m", "dagster", "asset", "list", "-f", "definitions.py"],
        ["definitions.py"],
    ],
)
def test_nothing_else_ships_when_it_loads(tmp_path: Path, words: list[str]) -> None:
    project = Project(tmp_path / "project", ", deploy_on_load=True")
    command = [sys.executable, *words]
    done = subprocess.run(command, cwd=project.root, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert not project.shipped.exists()
