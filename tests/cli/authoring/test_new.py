"""`new`: a manifest, and a script unless it is there; never a project with one more finding."""

import shutil
import subprocess
from pathlib import Path

import pytest

from pipes_projects.kinds import BUILT_IN
from pipes_projects.kinds.registry import installed
from pipes_projects.kinds.subprocess import INTERPRETERS
from pipes_projects.scaffold.starters import PROGRAMS, starter
from tests.support.command import run
from tests.support.dagster.running import EXAMPLES, load, materialize
from tests.support.folder import Folder
from tests.support.in_process import call


def new(folder: Folder, *arguments: str) -> str:
    """What `new` prints where it succeeds; the project has no finding then."""
    answer = run("new", *arguments, cwd=folder.root)
    assert answer.returncode == 0, answer.stderr
    assert run("check", "--strict", cwd=folder.root).returncode == 0
    return answer.stdout


def refused(folder: Folder, *arguments: str, code: int = 2) -> str:
    """Why `new` writes nothing."""
    before = files(folder.root)
    answer = run("new", *arguments, cwd=folder.root)
    assert (answer.returncode, answer.stdout) == (code, "")
    assert files(folder.root) == before
    return answer.stderr


def files(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def text(folder: Folder, path: str) -> str:
    return (folder.root / path).read_text("utf-8")


@pytest.mark.parametrize(
    "name", ["orders", "a/b/c", "a-b/c", "g/_x", "g/defs", "g/a b", "/x", "g/", "g/.b", "g/.sh"]
)
def test_a_name_that_is_none_is_refused(folder: Folder, name: str) -> None:
    message = refused(folder, name)
    assert f"`{name}` is not `group/asset`" in message or "cannot be called `defs`" in message


def test_a_manifest_is_never_overwritten(folder: Folder) -> None:
    folder.write("defs/group/one.yml", "")
    assert "defs/group/one.yml already exists" in refused(folder, "group/one")


@pytest.mark.parametrize(
    "name", ["group/one", "group/one.py", "defs/group/one", "defs/group/one.py"]
)
def test_a_script_that_is_there_only_gets_its_manifest(folder: Folder, name: str) -> None:
    folder.write("defs/group/one.py", "mine")
    output = new(folder, name)
    assert output == (
        "kept  defs/group/one.py, which was there already\nwrote defs/group/one.yaml\n"
    )
    assert text(folder, "defs/group/one.py") == "mine"


def test_a_script_in_a_folder_below_the_group_gets_its_manifest_beside_it(folder: Folder) -> None:
    folder.write("defs/group/deep/one.sh", "true\n")
    new(folder, "group/deep/one")
    assert (folder.root / "defs/group/deep/one.yaml").is_file()
    assert "there is no `defs/group/deep/two.py`" in refused(folder, "group/deep/two")


def test_the_name_says_which_language(folder: Folder) -> None:
    assert new(folder, "a/q.sh") == "wrote defs/a/q.sh\nwrote defs/a/q.yaml\n"
    assert subprocess.check_output(["bash", folder.root / "defs/a/q.sh"]) == b"Hello from a/q.\n"


@pytest.mark.parametrize("ending", sorted(INTERPRETERS))
def test_there_is_a_script_to_start_from_in_every_language(folder: Folder, ending: str) -> None:
    new(folder, f"a/q{ending}", "--asset", "one", "--asset", "two")
    path = folder.root / f"defs/a/q{ending}"
    assert path.read_text() == starter(ending, ["a/one", "a/two"])
    program = INTERPRETERS[ending]
    if program and shutil.which(program[0]):
        assert b"a/one and a/two" in subprocess.check_output([*program, path])


def test_the_starters_know_all_endings_that_are_built_in() -> None:
    deployed = BUILT_IN["lambda"]  # what starts such a file is in AWS, and in no starter of ours
    kinds = [kind for kind in BUILT_IN.values() if kind is not deployed]
    endings = {end for kind in kinds for end in kind.endings or ()}
    assert all(starter(ending, ["a/b"]) for ending in endings)


@pytest.mark.parametrize("ending", sorted(PROGRAMS))
def test_where_there_is_no_usual_program_the_manifest_names_one(
    folder: Folder, ending: str
) -> None:
    new(folder, f"a/q{ending}", "--asset", "one", "--asset", "two")
    manifest = text(folder, "defs/a/q.yaml")
    assert manifest.startswith(f"kind: subprocess\nsubprocess:\n  command: {PROGRAMS[ending]}\n")
    assert "Hello from a/one and a/two." in text(folder, f"defs/a/q{ending}")


COMPILED = {".java": "javac", ".go": "go"}
"""What else it takes to run such a script, where it is installed."""


@pytest.mark.parametrize(
    "ending", [".ts", *filter(lambda end: shutil.which(COMPILED[end]), COMPILED)]
)
def test_such_a_script_runs_as_it_is(folder: Folder, ending: str) -> None:
    new(folder, f"a/q{ending}")
    answer = run("run", 'key:"a/q"', cwd=folder.root)
    assert (answer.returncode, "Hello from a/q." in answer.stderr) == (0, True), answer.stderr


def test_a_program_that_the_defaults_name_stays_theirs(folder: Folder) -> None:
    folder.write("defs/a/_defaults.yaml", "subprocess: {command: deno run}\n")
    new(folder, "a/x.ts")
    assert "command" not in text(folder, "defs/a/x.yaml")
    assert "Hello from a/x." in text(folder, "defs/a/x.ts")


def test_what_a_service_starts_is_left_to_its_author(folder: Folder) -> None:
    folder.write("defs/a/_defaults.yaml", "lambda: {function: orders}\n")
    answer = run("new", "a/x.ts", "--kind", "lambda", cwd=folder.root)
    assert (answer.returncode, text(folder, "defs/a/x.ts")) == (0, ""), answer.stderr
    assert "defs/a/x.ts is empty: write what it does" in answer.stderr


def test_an_ending_that_nothing_runs_is_refused(folder: Folder) -> None:
    message = refused(folder, "a/b.awk")
    assert "no kind of this project runs `.awk` files" in message
    folder.write("defs/a/b.awk", "{ print }")
    assert "no kind of this project runs `.awk` files" in refused(folder, "a/b.awk")


def test_an_ending_that_the_defaults_name_a_program_for_is_taken(folder: Folder) -> None:
    folder.write("defs/a/_defaults.yaml", "subprocess: {command: awk -f}\n")
    folder.write("defs/a/b.awk", "{ print }")
    new(folder, "a/b.awk")


def test_a_dot_in_a_name_is_no_ending(folder: Folder) -> None:
    assert "wrote defs/a/v1.2.py\n" in new(folder, "a/v1.2")
    assert "wrote defs/a/net.sum.py\n" in new(folder, "a/net.sum.py")
    assert "name the asset, `a/b`" in refused(folder, "a/b.yaml")


def test_of_several_scripts_of_a_name_one_must_be_named(folder: Folder) -> None:
    folder.write("defs/a/q.py")
    folder.write("defs/a/q.sh")
    assert "say which, as in `a/q.py`" in refused(folder, "a/q")
    new(folder, "a/q.sh")
    assert "script: q.sh\n" in text(folder, "defs/a/q.yaml")


def test_external_has_no_script(folder: Folder) -> None:
    assert new(folder, "lake/events", "--external") == "wrote defs/lake/events.yaml\n"
    assert "has no script: write `lake/clicks`" in refused(folder, "lake/clicks.py", "--external")
    message = refused(folder, "lake/clicks", "--external", "--dep", "lake/events", code=1)
    assert "error[not-for-external]" in message


def test_a_script_of_several_assets_runs_as_it_is(tmp_path: Path) -> None:
    root = tmp_path / "mine"
    run("init", root)
    added = ["--asset", "one", "--asset", "two", "--dep", "example/hello"]
    assert run("new", "a/x", *added, cwd=root).returncode == 0
    assert run("check", "--strict", root).returncode == 0
    outcome = materialize(load(root / "definitions.py"), tmp_path / "home")
    assert outcome.made == {"example/hello", "a/one", "a/two"}


def test_a_dependency_that_does_not_exist_is_refused_with_the_nearest(folder: Folder) -> None:
    folder.asset("raw/orders")
    message = refused(folder, "group/one", "--dep", "raw/order", code=1)
    assert "no asset is called `raw/order`" in message
    assert "an asset with a similar name exists: `raw/orders`" in message


def test_dependencies_are_written_so_that_they_can_be_read(folder: Folder) -> None:
    folder.asset("raw/odd", 'key: "x: y/[z"\n')
    folder.asset("raw/number", "key: '12'\n")
    new(folder, "group/one", "--dep", "x: y/[z", "--dep", "12", "--dep", "12")
    assert 'deps: ["x: y/[z", "12"]' in text(folder, "defs/group/one.yaml")


def test_findings_elsewhere_do_not_stand_in_the_way(folder: Folder) -> None:
    folder.asset("group/broken", "depz: []\ndeps: [group/on]\n")
    folder.write("defs/group/worse.yaml", "a: [")
    assert run("new", "group/one", cwd=folder.root).returncode == 0


@pytest.mark.parametrize(
    ("manifest", "arguments", "message"),
    [
        ("key: group/one\n", (), "error[duplicate-asset]"),
        ("deps: [group/one]\n", ("--dep", "raw/orders"), "error[dependency-cycle]"),
        ("", ("--asset", "a b"), "error[invalid-name]"),
    ],
)
def test_what_would_be_a_finding_is_not_written(
    folder: Folder, manifest: str, arguments: tuple[str, ...], message: str
) -> None:
    folder.asset("raw/orders", manifest)
    assert message in refused(folder, "group/one", *arguments, code=1)


def test_an_owners_kind_is_found_by_its_ending(folder: Folder) -> None:
    shutil.copytree(EXAMPLES / "customized/schemas", folder.root / "schemas")
    message = refused(folder, "a/query.sql", code=1)
    assert "`sql` needs `schema_name`" in message
    folder.write("defs/_defaults.yaml", "sql: {schema_name: main}\n")
    new(folder, "a/query.sql")
    new(folder, "a/other", "--kind", "sql")
    assert text(folder, "defs/a/other.yaml").startswith("kind: sql\n")
    assert (folder.root / "defs/a/other.sql").read_text().startswith("-- Makes a/other: ")
    message = refused(folder, "a/x", "--kind", "sq")
    assert "no kind is called `sq`; a kind with a similar name exists: `sql`" in message


def test_a_notebook_is_run_by_the_kind_that_needs_no_options(folder: Folder) -> None:
    new(folder, "a/forecast.ipynb")
    assert text(folder, "defs/a/forecast.yaml").startswith("kind: notebook\n")
    assert '"nbformat": 4' in text(folder, "defs/a/forecast.ipynb")


def test_options_that_a_kind_needs_are_those_of_its_example(folder: Folder) -> None:
    new(folder, "a/box", "--kind", "docker")
    lines = text(folder, "defs/a/box.yaml").splitlines()
    assert lines[:4] == BUILT_IN["docker"].example.splitlines()
    assert lines[4].startswith("description: ")


def test_a_kind_that_is_not_installed_here_is_written_and_said(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installed, "is_installed", lambda _: False)
    for name, kind, options in (("a", "docker", "docker:\n  image: "), ("b", "notebook", "")):
        answer = call("new", f"a/{name}", "--kind", kind, cwd=folder.root)
        assert answer.code == 0
        assert f"`kind: {kind}` (one script) needs " in answer.err.decode()
        assert text(folder, f"defs/a/{name}.yaml").startswith(f"kind: {kind}\n{options}")


def test_the_only_connection_of_a_project_stands_in_a_new_manifest(folder: Folder) -> None:
    _publish(folder, "lake")
    new(folder, "a/query.sql")
    assert "\nsql: {connection: lake}\n" in text(folder, "defs/a/query.yaml")


@pytest.mark.parametrize("connections", [(), ("lake", "sea")])
def test_which_connection_is_meant_is_not_guessed(
    folder: Folder, connections: tuple[str, ...]
) -> None:
    _publish(folder, *connections)
    message = refused(folder, "a/query.sql", code=1)
    assert "`sql` needs `connection`" in message
    assert "`pipes-projects kinds sql` shows a manifest to start from" in message


def test_options_that_the_defaults_have_are_not_written_again(folder: Folder) -> None:
    folder.write("defs/_defaults.yaml", "docker: {image: ours}\n")
    new(folder, "a/box", "--kind", "docker")
    assert "docker:" not in text(folder, "defs/a/box.yaml")


def _publish(folder: Folder, *names: str) -> None:
    values = dict.fromkeys(names, "duckdb:///lake.duckdb")
    folder.write(
        "definitions.py",
        "from pipes_projects import PipesProject\n\n\nclass Ours(PipesProject):\n    @classmethod\n"
        f"    def connections(cls):\n        return {values!r}\n\n\ndefs = Ours.make_defs()\n",
    )
    assert run("schema", cwd=folder.root).returncode == 0
