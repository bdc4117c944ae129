"""The command line, as its users call it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipes_projects import __version__
from pipes_projects.cli import cli
from tests.support.command import run
from tests.support.dagster.running import EXAMPLES, load, materialize
from tests.support.folder import Folder


def test_version_is_one_line() -> None:
    assert run("--version").stdout == f"pipes-projects {__version__}\n"


@pytest.mark.parametrize("command", [[], *([name] for name in cli.list_commands(None))])
def test_help_teaches(command: list[str]) -> None:
    shown = run(*command, "--help")
    assert shown.returncode == 0
    assert "Usage: pipes-projects" in shown.stdout
    assert len(shown.stdout.splitlines()) > 6


@pytest.mark.parametrize("words", [[], ["deploy"]])
def test_without_a_command_the_help_is_shown_as_it_is(words: list[str]) -> None:
    alone = run(*words)
    assert (alone.returncode, alone.stdout) == (2, "")
    assert alone.stderr == run(*words, "--help").stdout


def test_a_mistyped_command_is_told_the_nearest() -> None:
    answer = run("chekc")
    assert answer.returncode == 2
    assert "a command with a similar name exists: `check`" in answer.stderr
    assert answer.stdout == ""


def test_check_of_a_clean_project_exits_0(folder: Folder) -> None:
    folder.asset("group/one")
    answer = run("check", folder.root)
    assert (answer.returncode, answer.stdout) == (0, "no findings (1 script, 1 asset)\n")


def test_check_of_errors_exits_1_and_stdout_has_the_report_alone(folder: Folder) -> None:
    folder.asset("group/one", "depz: []\n")
    answer = run("check", cwd=folder.root)
    assert answer.returncode == 1
    assert answer.stdout == folder.check()
    assert answer.stderr == ""


def test_check_outside_a_project_is_wrong_usage(tmp_path: Path) -> None:
    answer = run("check", cwd=tmp_path)
    assert answer.returncode == 2
    assert "no project here" in answer.stderr
    assert "pipes-projects init" in answer.stderr


def test_check_finds_the_project_from_a_folder_inside(folder: Folder) -> None:
    folder.asset("group/one", "depz: []\n")
    folder.asset("other/two", "depz: []\n")
    answer = run("check", cwd=folder.root / "defs/group")
    assert answer.returncode == 1
    assert "defs/group/one.yaml" in answer.stdout
    assert "defs/other/two.yaml" not in answer.stdout


def test_check_of_files_compiles_all_and_shows_what_touches_them(folder: Folder) -> None:
    folder.asset("group/one", "key: same/key\n")
    folder.asset("group/two", "key: same/key\n")
    folder.asset("group/three", "depz: []\n")
    answer = run("check", folder.root / "defs/group/one.py")
    assert answer.returncode == 1
    assert "duplicate-asset" in answer.stdout
    assert "three" not in answer.stdout
    clean = run("check", folder.root / "definitions.py", cwd=folder.root)
    assert clean.returncode == 2


def test_a_pipe_gets_no_colours_and_a_terminal_does(folder: Folder) -> None:
    folder.asset("group/one", "depz: []\n")
    assert "\x1b[" not in run("check", folder.root).stdout
    assert "\x1b[" in on_terminal(folder.root, {})
    assert "\x1b[" not in on_terminal(folder.root, {"NO_COLOR": "1"})


def on_terminal(root: Path, env: dict[str, str]) -> str:
    """What `check` writes to a terminal: pty gives its child one."""
    command = [sys.executable, "-m", "pipes_projects", "check", str(root)]
    code = f"import pty; pty.spawn({command!r})"
    mine = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
    environment = {**mine, "TERM": "xterm", **env}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return done.stdout.decode()


def test_list_shows_every_asset(folder: Folder) -> None:
    folder.asset("raw/orders", "owners: [team:sales]\n")
    folder.asset("marts/all", "assets:\n  a: {deps: [raw/orders]}\n  b: {}\n")
    assert run("list", folder.root).stdout == (
        "ASSET       GROUP  KIND        DEPS        OWNERS      PLACE\n"
        "marts/a     marts  subprocess  raw/orders  -           defs/marts/all.yaml:2\n"
        "marts/b     marts  subprocess  -           -           defs/marts/all.yaml:3\n"
        "raw/orders  raw    subprocess  -           team:sales  defs/raw/orders.yaml:1\n"
    )


def test_list_as_json(folder: Folder) -> None:
    folder.asset("raw/orders", "owners: [team:sales]\n")
    listed = json.loads(run("list", "--json", folder.root).stdout)
    names = [value["name"] for value in listed["assets"][0].pop("values")]
    assert names == [
        ["key"], ["group"], ["kind"], ["script"], ["can_subset"], ["owners"], ["code_version"],
    ]  # fmt: skip
    assert listed == {
        "version": 1,
        "has_errors": False,
        "assets": [
            {
                "key": "raw/orders", "group": "raw", "kind": "subprocess",
                "script": "defs/raw/orders.py", "deps": [], "partitions_def": None,
                "schedule": None, "automation_condition": None, "checks": [],
                "owners": ["team:sales"],
                "path": "defs/raw/orders.yaml", "line": 1, "state": "runs", "errors": [],
            }
        ],
        "others": [],
    }  # fmt: skip


def test_init_makes_a_project_that_runs_and_new_adds_to_it(tmp_path: Path) -> None:
    root = tmp_path / "mine"
    assert run("init", root).returncode == 0
    added = run("new", "sales/orders", "--dep", "example/hello", cwd=root)
    assert added.stdout == "wrote defs/sales/orders.py\nwrote defs/sales/orders.yaml\n"
    assert run("check", "--strict", root).returncode == 0
    assert run("schema", "--check", root).returncode == 0
    outcome = materialize(load(root / "definitions.py"), tmp_path / "home")
    assert outcome.made == {"example/hello", "sales/orders"}


def test_what_init_says_to_do_next_can_be_pasted(tmp_path: Path) -> None:
    done = run("init", "it's mine", cwd=tmp_path)
    enter = next(line for line in done.stderr.splitlines() if line.startswith("  cd "))
    there = subprocess.check_output(["sh", "-ec", f"{enter}\nls"], cwd=tmp_path, text=True)
    assert "definitions.py" in there.splitlines()


def test_init_changes_nothing_that_is_there(tmp_path: Path) -> None:
    (tmp_path / ".vscode").mkdir()
    for name in ("README.md", ".vscode/settings.json", ".gitignore"):
        (tmp_path / name).write_text("mine")
    answer = run("init", tmp_path)
    assert (tmp_path / "README.md").read_text() == "mine"
    assert (tmp_path / ".vscode/settings.json").read_text() == "mine"
    assert answer.stdout.count("kept ") == 3


def test_every_file_that_the_editors_settings_name_exists(tmp_path: Path) -> None:
    run("init", tmp_path)
    settings = json.loads((tmp_path / ".vscode/settings.json").read_text())
    assert all((tmp_path / name).is_file() for name in settings["yaml.schemas"])


def test_schema_check_fails_when_the_contract_is_stale_and_shows_how(folder: Folder) -> None:
    definitions = (EXAMPLES / "customized/definitions.py").read_text()
    folder.write("definitions.py", definitions)
    assert run("schema", folder.root).returncode == 0
    assert run("schema", "--check", folder.root).returncode == 0
    folder.write("definitions.py", definitions.replace('"sql": SqlScript', '"query": SqlScript'))
    answer = run("schema", "--check", folder.root)
    assert answer.returncode == 1
    assert '+        "query"' in answer.stdout
    assert "run `pipes-projects schema`" in answer.stderr


def test_schema_never_reads_manifests(folder: Folder) -> None:
    shutil.copy(EXAMPLES / "hello_world/definitions.py", folder.root)
    folder.asset("group/one", "- broken: [\n")
    assert run("schema", folder.root).returncode == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\n", "does not call `make_defs()`"),
        ("1 / 0\n", "cannot be imported: ZeroDivisionError"),
        (None, "there is no"),
    ],
)
def test_schema_says_why_the_owner_cannot_be_asked(
    folder: Folder, text: str | None, message: str
) -> None:
    if text:
        folder.write("definitions.py", text)
    answer = run("schema", folder.root)
    assert answer.returncode == 2
    assert message in answer.stderr
    assert "Traceback" not in answer.stderr


CLASH = """
from pipes_projects import AssetFields, PipesProject, PipesScript

class A(AssetFields):
    size: int | None = None

class B(AssetFields):
    size: str | None = None

def script(fields):
    return type("S", (PipesScript,), {"asset_fields": classmethod(lambda cls: fields)})

class Project(PipesProject):
    @classmethod
    def script_kind_map(cls):
        return {**super().script_kind_map(), "a": script(A), "b": script(B)}

defs = Project.make_defs()
"""


def test_two_kinds_that_give_a_field_two_types_are_an_error_of_schema(folder: Folder) -> None:
    folder.write("definitions.py", CLASH)
    answer = run("schema", folder.root)
    assert answer.returncode == 2
    assert "kinds `a` and `b` give `size` different types" in answer.stderr


def test_a_contract_that_cannot_be_read_is_wrong_usage(folder: Folder) -> None:
    folder.write("schemas/manifest.schema.json", "{")
    answer = run("check", folder.root)
    assert answer.returncode == 2
    assert "manifest.schema.json cannot be read" in answer.stderr
    assert "write it again with `pipes-projects schema`" in answer.stderr


def test_schema_imports_definitions_that_are_part_of_a_package(folder: Folder) -> None:
    folder.write("pyproject.toml", '[tool.pipes-projects]\ndefs = "src/pkg/defs"\n')
    folder.write("src/pkg/defs/group/one.yaml")
    folder.write("src/pkg/__init__.py")
    folder.write("src/pkg/resources.py", "RESOURCES = {}\n")
    folder.write(
        "src/pkg/definitions.py",
        "from pipes_projects import PipesProject\n\nfrom .resources import RESOURCES\n\n"
        "defs = PipesProject.make_defs(resources=RESOURCES)\n",
    )
    assert run("schema", folder.root).returncode == 0
    assert (folder.root / "schemas/manifest.schema.json").is_file()


OWNERS = """
from pipes_projects import PipesProject, PipesScript

class Script(PipesScript):
    pass

class Project(PipesProject):
    @classmethod
    def script_kind_map(cls):
        return {"KIND": Script}

print("hello")
defs = Project.make_defs()
"""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("raise SystemExit(0)\n", "SystemExit"),
        (OWNERS.replace("KIND", "my-kind"), "`my-kind` cannot be the name of a kind"),
    ],
)
def test_what_owners_do_is_no_bug_of_ours(folder: Folder, text: str, message: str) -> None:
    folder.write("definitions.py", text)
    answer = run("schema", "--check", folder.root)
    assert answer.returncode == 2
    assert message in answer.stderr
    assert answer.stdout == ""


def test_list_plays_no_tricks_on_a_terminal(folder: Folder) -> None:
    folder.asset("group/one", 'key: "a/\\e[31mred"\n')
    assert "\x1b" not in run("list", folder.root).stdout


_STOPPED = """
import builtins, sys

class Stopping:
    def __set_name__(self, owner, name):
        raise KeyboardInterrupt

def imported(name, *rest, there=builtins.__import__):
    if name == "pipes_projects.WHAT":
        type("Made", (), {"part": Stopping()})
    return there(name, *rest)

builtins.__import__ = imported
sys.argv[1:] = ["kinds"]
from pipes_projects.__main__ import main
main()
"""


@pytest.mark.parametrize(("part", "told"), [("cli", ""), ("kinds", "stopped\n")])
def test_ctrl_c_while_python_makes_a_class_is_no_bug_of_ours(part: str, told: str) -> None:
    program = [sys.executable, "-c", _STOPPED.replace("WHAT", part)]
    answer = subprocess.run(program, capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stdout, answer.stderr.lstrip()) == (130, "", told)
