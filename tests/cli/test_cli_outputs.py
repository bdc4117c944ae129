"""`check --format` and `--output`, as CI calls them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipes_projects.render.findings.formats import FORMATS
from pipes_projects.text.width import width
from tests.support.command import run
from tests.support.folder import Folder


@pytest.fixture
def broken(folder: Folder) -> Folder:
    """A project with one error."""
    folder.asset("group/one", "depz: []\n")
    return folder


def paths(text: str) -> list[str]:
    """Where the findings of a report are."""
    return [finding["location"]["path"] for finding in json.loads(text)["findings"]]


def test_several_formats_go_to_files_and_text_to_standard_output(broken: Folder) -> None:
    wanted = [f"--output={name}=out/deep/{name}.txt" for name in FORMATS]
    answer = run("check", *wanted, cwd=broken.root)
    assert (answer.returncode, answer.stderr) == (1, "")
    assert answer.stdout == broken.check()
    written = {path.name for path in (broken.root / "out/deep").iterdir()}
    assert written == {f"{name}.txt" for name in FORMATS}
    assert (broken.root / "out/deep/text.txt").read_text("utf-8") == broken.check()


def test_files_are_written_when_nothing_is_found_too(folder: Folder) -> None:
    folder.asset("group/one")
    (folder.root / "found.json").write_text("old")
    wanted = ["--output", "json=found.json", "--output", "github=found.txt"]
    assert run("check", *wanted, cwd=folder.root).returncode == 0
    assert json.loads((folder.root / "found.json").read_text())["findings"] == []
    assert (folder.root / "found.txt").read_text() == ""


def test_standard_output_has_the_format_alone(broken: Folder) -> None:
    answer = run("check", "--format", "json", cwd=broken.root)
    assert answer.returncode == 1
    assert paths(answer.stdout) == ["defs/group/one.yaml"]


def test_a_dash_is_standard_output_after_the_report(broken: Folder) -> None:
    answer = run("check", "--output", "github=-", cwd=broken.root)
    assert answer.stdout.startswith(broken.check())
    assert answer.stdout.splitlines()[-1].startswith("::error file=defs/group/one.yaml,")


def test_json_can_be_read_whatever_the_terminal_has(folder: Folder) -> None:
    folder.asset("group/one", "größe: 1\n")
    command = [sys.executable, "-m", "pipes_projects", "check", "--format=json", str(folder.root)]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    (finding,) = json.loads(done.stdout.decode("utf-8"))["findings"]
    assert "`größe`" in finding["message"]


ENCODINGS = ["utf-8", "ascii:strict", "latin-1", "cp1252:strict", "utf-16", "shift_jis", "koi8-r"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_frames_and_tables_are_straight_whatever_the_terminal_has(
    folder: Folder, encoding: str
) -> None:
    folder.asset("group/one", 'description: "→ größe"\ndeps: [a/größe, 值/b, ключ/c]\n')
    folder.asset("group/größe", "owners: [team:größe]\n")

    def lines(*arguments: str) -> list[str]:
        command = [sys.executable, "-m", "pipes_projects", *arguments]
        environment = {**os.environ, "PYTHONIOENCODING": encoding, "COLUMNS": "200"}
        done = subprocess.run(
            command, env=environment, capture_output=True, check=False, cwd=folder.root
        )
        assert b"Traceback" not in done.stderr
        return done.stdout.decode(encoding.partition(":")[0]).splitlines()

    def spelt(name: str) -> str:
        return name.encode(encoding.partition(":")[0], "backslashreplace").decode(
            encoding.partition(":")[0]
        )

    def place(line: str, part: str) -> tuple[int, int]:
        before, found, _ = line.partition(part)
        assert found
        return width(before), width(before + part)

    told = lines("check", "--output", "text=found.txt")
    for name in ("a/größe", "值/b", "ключ/c"):
        at = next(n for n, line in enumerate(told) if f"no asset is called `{spelt(name)}`" in line)
        frame, carets = told[at + 3], told[at + 4].rstrip()
        assert place(frame, spelt(name)) == (carets.index("^"), len(carets))
    head, *rows = lines("list")
    assert [place(row, "defs/group")[0] for row in rows] == [head.index("PLACE")] * 2
    assert any(spelt("team:größe") in row for row in rows)
    assert folder.check() == (folder.root / "found.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--format=sariff", "a format with a similar name exists: `sarif`"),
        ("--format=pdf", "there are text, json, github, gitlab, sarif, junit"),
        ("--output=jnuit=x.xml", "a format with a similar name exists: `junit`"),
        ("--output=sarif", "`sarif` names no file: write for example `sarif=findings.sarif`"),
        ("--output=sarif=", "`sarif=` names no file"),
    ],
)
def test_a_mistyped_format_is_wrong_usage(broken: Folder, option: str, message: str) -> None:
    answer = run("check", option, cwd=broken.root)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert message in " ".join(answer.stderr.split())


def test_two_formats_never_go_to_one_file(broken: Folder) -> None:
    wanted = ["--output=json=found.json", "--output=sarif=./found.json"]
    answer = run("check", *wanted, cwd=broken.root)
    assert answer.returncode == 2
    assert "each format needs a file of its own" in answer.stderr
    assert not (broken.root / "found.json").exists()


def test_paths_are_told_from_the_root_of_the_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: elsewhere\n")
    for name in ("one", "two"):
        Folder(tmp_path / "teams" / name).asset("group/asset", "depz: []\n")
    answer = run("check", "--format=json", ".", "../two", cwd=tmp_path / "teams/one")
    assert paths(answer.stdout) == [
        "teams/one/defs/group/asset.yaml",
        "teams/two/defs/group/asset.yaml",
    ]
    projects = json.loads(answer.stdout)["projects"]
    assert [project["path"] for project in projects] == ["teams/one", "teams/two"]


def test_without_a_repository_paths_are_told_from_the_current_folder(broken: Folder) -> None:
    above = run("check", "--format=json", broken.root, cwd=broken.root.parent)
    assert paths(above.stdout) == ["project/defs/group/one.yaml"]
    inside = run("check", "--format=json", cwd=broken.root / "defs")
    assert paths(inside.stdout) == ["defs/group/one.yaml"]


def test_of_files_that_were_asked_for_there_are_cases_alone(broken: Folder) -> None:
    broken.asset("group/two")
    broken.asset("group/three", "depz: []\n")
    answer = run("check", "--format=junit", "defs/group/one.py", "defs/group/two.yaml",
                 cwd=broken.root)  # fmt: skip
    assert answer.stdout.count("<testcase ") == 2
    assert "three" not in answer.stdout


@pytest.mark.parametrize("file", ["pyproject.toml", "definitions.py"])
def test_of_a_file_that_all_depend_on_everything_is_shown(broken: Folder, file: str) -> None:
    broken.write(file, "")
    answer = run("check", "--format=json", file, cwd=broken.root)
    assert paths(answer.stdout) == ["defs/group/one.yaml"]


def test_strict_makes_warnings_fail_in_every_format_alike(folder: Folder) -> None:
    folder.asset("group/one")
    folder.write("defs/other/_defaults.yaml", "owners: [team:sales]\n")
    for options, code in (([], 0), (["--strict"], 1)):
        answer = run("check", "--format=json", *options, cwd=folder.root)
        assert answer.returncode == code
        assert json.loads(answer.stdout)["summary"]["failed"] is bool(code)


def test_a_file_that_cannot_be_written_is_no_bug_of_ours(broken: Folder) -> None:
    (broken.root / "folder").mkdir()
    answer = run("check", "--output=json=folder", cwd=broken.root)
    assert answer.returncode == 2
    assert "Traceback" not in answer.stderr
    assert [path.name for path in broken.root.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("file", ["defs/group/one.yaml", "defs/new/found.json", "link/x.json"])
def test_no_report_takes_the_place_of_a_manifest(broken: Folder, file: str) -> None:
    (broken.root / "link").symlink_to("defs")
    answer = run("check", f"--output=json={file}", cwd=broken.root)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "where manifests and scripts are" in " ".join(answer.stderr.split())
    assert (broken.root / "defs/group/one.yaml").read_text() == "depz: []\n"


def test_a_link_to_itself_is_no_bug_of_ours(broken: Folder) -> None:
    (broken.root / "loop.json").symlink_to("loop.json")
    answer = run("check", "--output=json=loop.json", cwd=broken.root)
    assert (answer.returncode, answer.stderr) == (1, "")


def test_a_device_is_written_to_and_not_replaced(broken: Folder) -> None:
    pipe = broken.root / "pipe"
    os.mkfifo(pipe)
    command = [sys.executable, "-m", "pipes_projects", "check", "--output=json=pipe"]
    with subprocess.Popen(command, cwd=broken.root, stdout=subprocess.DEVNULL) as started:
        assert paths(pipe.read_text("utf-8")) == ["defs/group/one.yaml"]
    assert started.returncode == 1
    assert pipe.is_fifo()


def test_a_link_stays_one(broken: Folder) -> None:
    (broken.root / "latest.json").symlink_to("found.json")
    assert run("check", "--output=json=latest.json", cwd=broken.root).returncode == 1
    assert (broken.root / "latest.json").is_symlink()
    assert paths((broken.root / "found.json").read_text("utf-8")) == ["defs/group/one.yaml"]


def test_text_waits_for_no_other_format(broken: Folder) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "pipes_projects", "check"]
    done = subprocess.run(command, cwd=broken.root, capture_output=True, text=True, check=False)
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "pipes_projects.render.findings.text" in imported
    others = {
        f"pipes_projects.render.findings.{name}" for name in FORMATS.values() if name != "text"
    }
    assert not imported & {*others, "pipes_projects.render.findings.shape", "xml.etree.ElementTree"}
