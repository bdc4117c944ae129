"""Links that lead out of a project: nothing is read or written through them."""

import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from pipes_projects.layout import ASSET_KEYS, CONTRACT
from pipes_projects.scaffold.project import DEFINITIONS
from tests.support.command import run
from tests.support.folder import Folder
from tests.support.repositories import init

SECRET = "password: hunter2\n"
KEPT = Path(__file__).parents[3] / "schemas/manifest.schema.json"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder beside the project, with a secret."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret").write_text(SECRET)
    return tmp_path / "outside"


@pytest.fixture
def project(folder: Folder) -> Folder:
    """One that is in order, with a contract."""
    folder.write("definitions.py", DEFINITIONS)
    folder.asset("raw/orders")
    folder.write(CONTRACT, KEPT.read_text("utf-8"))
    return folder


def link(folder: Folder, path: str, target: Path) -> None:
    place = folder.root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    place.symlink_to(os.path.relpath(target, place.parent))


def untouched(outside: Path) -> bool:
    """Whether there is still the secret alone, and it says what it said."""
    return [*outside.iterdir()] == [outside / "secret"] and (
        (outside / "secret").read_text() == SECRET
    )


COMMANDS = {
    "editor": ("editor",),
    "dry run": ("editor", "--dry-run"),
    "settings": ("editor", "--settings"),
    "schema": ("schema",),
    "schema --check": ("schema", "--check"),
    "new": ("new", "raw/more"),
    "init": ("init",),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    "path",
    [ASSET_KEYS, CONTRACT, "schemas/defaults.schema.json", ".vscode/settings.json",
     ".vscode/extensions.json", ".gitattributes"],
)  # fmt: skip
def test_no_command_reads_or_writes_a_file_through_a_link(
    project: Folder, outside: Path, path: str, command: str
) -> None:
    link(project, path, outside / "secret")
    answer = run(*COMMANDS[command], cwd=project.root)
    assert untouched(outside)
    assert "hunter2" not in answer.stdout + answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("path", ["schemas", ".vscode", "defs/raw", "defs"])
def test_no_command_writes_below_a_link(
    project: Folder, outside: Path, path: str, command: str
) -> None:
    shutil.rmtree(project.root / path, ignore_errors=True)
    link(project, path, outside)
    answer = run(*COMMANDS[command], cwd=project.root)
    assert untouched(outside)
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    ("command", "path"),
    [("editor", ASSET_KEYS), ("editor", CONTRACT), ("editor", "schemas"), ("schema", CONTRACT),
     ("schema", "schemas"), ("new", "defs/raw"), ("dry run", ASSET_KEYS)],
)  # fmt: skip
def test_a_command_whose_task_it_was_says_why_not(
    project: Folder, outside: Path, command: str, path: str
) -> None:
    shutil.rmtree(project.root / path, ignore_errors=True)
    link(project, path, outside / "secret" if path.endswith(".json") else outside)
    answer = run(*COMMANDS[command], cwd=project.root)
    assert answer.returncode == 2
    assert "leads out of the project, by a link" in " ".join(answer.stderr.split())


def test_settings_are_shown_where_they_cannot_be_written(project: Folder, outside: Path) -> None:
    link(project, ".vscode", outside)
    answer = run("editor", "--settings", cwd=project.root)
    assert "settings.json, which leads out of the project" in answer.stdout


@pytest.mark.parametrize("link_at", ["report.sarif", "project/defs/out", "project/out"])
@pytest.mark.parametrize("below", ["", "/report.sarif", "/x/report.sarif"])
def test_no_report_is_written_through_a_link_of_the_repository(
    outside: Path, tmp_path: Path, link_at: str, below: str
) -> None:
    project = Folder(tmp_path / "all/project")
    project.asset("raw/orders")
    init(tmp_path / "all")
    (tmp_path / "all" / link_at).symlink_to(outside if below else outside / "secret")
    output = ("--output", f"sarif={link_at}{below}")
    answer = run("check", "project", *output, cwd=tmp_path / "all")
    assert answer.returncode == 2
    assert "is a link out of" in " ".join(answer.stderr.split())
    assert untouched(outside)


def test_reports_are_written_wherever_the_user_says(project: Folder, outside: Path) -> None:
    inside = project.root / "out"
    inside.mkdir()
    (project.root / "link").symlink_to("out")
    (project.root.parent / "way").symlink_to(outside)
    for name in ("out/a", "link/b", "../outside/c", f"{outside}/d", "../way/e"):
        answer = run("check", "--output", f"json={name}", cwd=project.root)
        assert answer.returncode == 0, answer.stderr
    assert {path.name for path in inside.iterdir()} == {"a", "b"}
    assert {path.name for path in outside.iterdir()} == {"secret", "c", "d", "e"}


def test_a_project_that_a_link_leads_to_is_one(project: Folder, tmp_path: Path) -> None:
    (tmp_path / "way").symlink_to(project.root)
    for command in (("editor",), ("new", "raw/more"), ("check", "--output", "json=out")):
        answer = run(*command, cwd=tmp_path / "way")
        assert answer.returncode == 0, answer.stderr


# Files that are being written.


def test_a_private_file_is_private_while_it_is_written(
    project: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipes_projects.disk import writing

    path = project.write("defs/raw/orders.yaml", "a\n")
    path.chmod(0o600)
    seen = []
    give = writing._give
    monkeypatch.setattr(
        writing, "_give", lambda at, status: (seen.append(at.stat().st_mode), give(at, status))
    )
    writing.replace(path, b"b\n")
    assert [stat.S_IMODE(mode) for mode in (*seen, path.stat().st_mode)] == [0o600, 0o600]


def test_what_was_left_half_written_is_removed_by_the_next_fix(project: Folder) -> None:
    left = project.write("defs/raw/.pipes-projects-0123456789abcdef.tmp", "half")
    run("check", cwd=project.root)
    assert left.exists()
    run("check", "--fix", cwd=project.root)
    assert not left.exists()


# What `check` reads.


@pytest.mark.parametrize("name", ["orders.yaml", "orders.yml", "_defaults.yaml", "_defaults.yml"])
def test_a_manifest_that_is_a_link_out_is_refused_unread(
    project: Folder, outside: Path, name: str
) -> None:
    if name == "orders.yml":
        (project.root / "defs/raw/orders.yaml").unlink()
    link(project, f"defs/raw/{name}", outside / "secret")
    (finding,) = project.compile().diagnostics
    assert (finding.code, finding.location.path) == ("unreadable-file", f"defs/raw/{name}")
    assert finding.message == "this link leads out of the project"
    (outside / "secret").unlink()
    assert project.compile().diagnostics == (finding,)


@pytest.mark.parametrize("path", ["defs", "defs/raw", "defs/raw/deeper"])
def test_a_folder_that_is_a_link_out_is_refused_unread(
    project: Folder, outside: Path, path: str
) -> None:
    (outside / "secret.yaml").write_text(SECRET)
    shutil.rmtree(project.root / path, ignore_errors=True)
    link(project, path, outside)
    (finding,) = project.compile().diagnostics
    assert (finding.code, finding.location.path) == ("unreadable-file", path)


@pytest.mark.parametrize("manifest", ["", "script: orders.py\n", "script: ../raw/orders.py\n"])
def test_a_script_that_is_a_link_out_is_refused(
    project: Folder, outside: Path, manifest: str
) -> None:
    project.write("defs/raw/orders.yaml", manifest)
    link(project, "defs/raw/orders.py", outside / "secret")
    (finding,) = project.compile().diagnostics
    assert finding.code == "script-outside-project"
    assert finding.message == "`defs/raw/orders.py` is a link out of the project"


def test_a_script_in_a_folder_that_is_a_link_out_is_refused(project: Folder, outside: Path) -> None:
    link(project, "lib", outside)
    project.write("defs/raw/orders.yaml", "script: ../../lib/secret\nsubprocess: {command: [sh]}\n")
    codes = {finding.code for finding in project.compile().diagnostics}
    assert "script-outside-project" in codes


def test_links_within_the_project_are_followed(project: Folder) -> None:
    project.write("shared/one.yaml", "deps: [raw/orders]\n")
    project.write("shared/one.py")
    link(project, "defs/linked", project.root / "shared")
    link(project, "defs/raw/two.yaml", project.root / "shared/one.yaml")
    link(project, "defs/raw/two.py", project.root / "shared/one.py")
    link(project, "defs/raw/_defaults.yaml", project.write("shared/_all.yaml", "pool: one\n"))
    compilation = project.compile()
    assert compilation.diagnostics == ()
    assert {asset.key for asset in compilation.project.assets()} == {
        "raw/orders", "raw/two", "linked/one"
    }  # fmt: skip


@pytest.mark.parametrize("command", [("check",), ("list",), ("explain", "raw/orders")])
def test_a_contract_that_is_a_link_out_is_refused_unread(
    project: Folder, outside: Path, command: tuple[str, ...]
) -> None:
    link(project, CONTRACT, outside / "secret")
    answer = run(*command, cwd=project.root)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "leads out of the project, by a link" in " ".join(answer.stderr.split())


@pytest.mark.parametrize("command", [("check",), ("schema",), ("new", "raw/more"), ("init",)])
def test_settings_that_are_a_link_out_are_refused_unread(
    project: Folder, outside: Path, command: tuple[str, ...]
) -> None:
    (outside / "secret").write_text('[tool.pipes-projects]\ndefs = "hidden"\n')
    link(project, "pyproject.toml", outside / "secret")
    answer = run(*command, cwd=project.root)
    assert answer.returncode == 2
    assert "leads out of the project, by a link" in " ".join(answer.stderr.split())
    assert "hidden" not in answer.stdout + answer.stderr


def test_settings_may_be_a_link_within_the_repository(folder: Folder) -> None:
    folder.write("pyproject.toml", '[tool.pipes-projects]\ndefs = "assets"\n')
    folder.write(".git/HEAD", "ref: refs/heads/main\n")
    folder.write("team/assets/raw/orders.yaml", "kind: external\n")
    link(folder, "team/pyproject.toml", folder.root / "pyproject.toml")
    answer = run("list", cwd=folder.root / "team")
    assert (answer.returncode, "raw/orders" in answer.stdout) == (0, True)


@pytest.mark.parametrize("path", [CONTRACT, ASSET_KEYS])
@pytest.mark.parametrize("command", [("check",), ("editor", "--dry-run"), ("schema", "--check")])
def test_nobody_waits_for_a_pipe(project: Folder, path: str, command: tuple[str, ...]) -> None:
    (project.root / path).unlink(missing_ok=True)
    os.mkfifo(project.root / path)
    answer = run(*command, cwd=project.root)
    if path == CONTRACT or command[0] == "editor":
        assert answer.returncode == 2
        assert "it is a named pipe, not a file" in " ".join(answer.stderr.split())


@pytest.mark.parametrize("command", [("check",), ("list",), ("schema", "--check"), ("new", "a/b")])
@pytest.mark.parametrize(
    ("make", "why"),
    [
        (os.mkdir, "pyproject.toml cannot be read: it is a folder, not a file"),
        (os.mkfifo, "pyproject.toml cannot be read: it is a named pipe, not a file"),
        (lambda path: path.symlink_to("gone.toml"), "pyproject.toml is a link to nothing"),
    ],
)
def test_settings_that_are_no_file_are_not_passed_over(
    project: Folder, make: Callable[[Path], None], why: str, command: tuple[str, ...]
) -> None:
    make(project.root / "pyproject.toml")
    answer = run(*command, cwd=project.root)
    told = " ".join(answer.stderr.split())
    assert (answer.returncode, answer.stdout) == (2, "")
    assert why in told
    assert "init" not in told  # which would not help


@pytest.mark.parametrize("command", [("check",), ("list",), ("editor",)])
def test_a_contract_that_is_a_link_to_nothing_is_not_passed_over(
    project: Folder, command: tuple[str, ...]
) -> None:
    (project.root / CONTRACT).unlink()
    (project.root / CONTRACT).symlink_to("gone.json")
    answer = run(*command, cwd=project.root)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "manifest.schema.json is a link to nothing" in " ".join(answer.stderr.split())


def test_a_contract_that_is_no_file_is_not_taken_for_the_output(project: Folder) -> None:
    (project.root / CONTRACT).unlink()
    os.mkfifo(project.root / CONTRACT)
    answer = run("schema", "--check", cwd=project.root)
    assert answer.returncode == 2
    assert f"{CONTRACT} cannot be read: it is a named pipe" in " ".join(answer.stderr.split())
