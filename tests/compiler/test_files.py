"""What is said of a project's files beside its manifests, where folders of cases cannot hold it."""

import os
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipes_projects.codes import Code
from pipes_projects.compiler import Compilation, compile_sources
from pipes_projects.disk.cache import FEW
from pipes_projects.disk.cleared import Clearances
from pipes_projects.disk.files import JudgedFiles, TextFiles
from pipes_projects.disk.patterns import PathPatterns
from pipes_projects.project_folder import compile_project
from pipes_projects.source import MANIFEST_ENDINGS, SourceFile, Sources, read_sources
from tests.support.command import run
from tests.support.folder import Folder


def compiled(files: dict[str, str]) -> Compilation:
    texts = (
        SourceFile(file, files[file]) for file in sorted(files) if file.endswith(MANIFEST_ENDINGS)
    )
    contents = {path: text.encode() for path, text in files.items()}
    return compile_sources(Sources(TextFiles(frozenset(files), contents), tuple(texts)))


def found(compilation: Compilation) -> list[tuple[Code, str]]:
    return [(finding.code, finding.location.path) for finding in compilation.diagnostics]


def pair(name: str) -> dict[str, str]:
    return {f"defs/{name}.yaml": "", f"defs/{name}.py": ""}


# A case's folder cannot have names that differ only in case: it would not be there on every disk.


@pytest.mark.parametrize(
    ("names", "message", "place"),
    [
        (("RAW/orders", "raw/orders"), "`raw` and `RAW`", "defs/raw/orders.py"),
        (("raw/A/x", "raw/a/y"), "`a` and `A`", "defs/raw/a/y.py"),
        (("raw/Orders", "raw/orders"), "`orders.yaml` and `Orders.yaml`", "defs/raw/orders.yaml"),
        (("raw/STRASSE", "raw/straße"), "`straße.yaml` and `STRASSE.yaml`", "defs/raw/straße.yaml"),
        (("raw/e\u0301t", "raw/\u00e9t"), "\u00e9t.yaml` and", "defs/raw/\u00e9t.yaml"),
    ],
)
def test_names_that_differ_only_in_case_are_said_once(
    names: tuple[str, str], message: str, place: str
) -> None:
    compilation = compiled(pair(names[0]) | pair(names[1]))
    (warning,) = (
        finding for finding in compilation.diagnostics if finding.code is Code.CASE_COLLISION
    )
    assert message in warning.message
    assert warning.location.path == place


def test_keys_that_differ_only_in_case_are_said_unless_their_files_do_too() -> None:
    by_key = {"defs/a/one.yaml": "key: X/y\n", "defs/b/two.yaml": "key: x/Y\n"}
    scripts = {"defs/a/one.py": "", "defs/b/two.py": ""}
    assert found(compiled(by_key | scripts)) == [(Code.CASE_COLLISION, "defs/b/two.yaml")]


# Scripts that cannot run.


@pytest.mark.parametrize(
    "text",
    [
        "(",
        "return",
        "x = \0",
        "def f():\npass",
        "(" * 300,
        "# coding: nosuch\n",
        "\ufeff)",
        "é = 'ü",
    ],
)
def test_what_python_cannot_read_is_a_warning_in_the_script(folder: Folder, text: str) -> None:
    folder.asset("a/one", script=text)
    (warning,) = folder.compile().diagnostics
    assert (warning.code, warning.location.path) == (Code.PYTHON_SYNTAX, "defs/a/one.py")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x = 1",
        "'\\d'",
        "-" * 3_000 + "1",
        "# coding: latin-1\n",
        "\ufeffx = 1",
        "if x is 1:\n  y",
    ],
)
def test_what_python_reads_is_no_finding_and_nothing_is_printed(folder: Folder, text: str) -> None:
    folder.asset("a/one", script=text)
    answer = run("check", cwd=folder.root)
    assert (answer.stdout, answer.stderr) == ("no findings (1 script, 1 asset)\n", "")


def test_scripts_that_others_run_are_not_read(folder: Folder) -> None:
    folder.asset("a/one", "subprocess: {command: [uv, run]}\n", "(")
    folder.asset("a/two", "kind: external\n", "(")
    folder.write("defs/a/three.sh", "echo\r\n")
    folder.asset("a/three", "script: three.sh\nsubprocess: {command: pwsh}\n", "(")
    assert {finding.code for finding in folder.compile().diagnostics} == {Code.SCRIPT_NOT_RUN}


def test_a_script_that_is_too_long_or_gone_is_not_read(folder: Folder) -> None:
    folder.asset("a/one", script="(" + " " * 300_000)
    assert folder.compile().diagnostics == ()
    sources = read_sources(folder.root)
    (folder.root / "defs/a/one.py").unlink()
    assert compile_sources(sources).diagnostics == ()


def test_make_defs_reads_no_scripts(folder: Folder) -> None:
    folder.asset("a/one", script="(")
    folder.write("defs/a/loose.py", "")
    assert len(list(folder.definitions().assets)) == 1


def test_a_script_that_changes_shows_what_is_wrong_with_it(folder: Folder) -> None:
    for name in ("a/one", "a/two"):
        folder.asset(name, script="(")
    answer = run("check", "defs/a/one.py", cwd=folder.root)
    assert answer.stdout.count("python-syntax") == 1
    assert "1 elsewhere" in answer.stdout


# What was found to be right is not read again.


def test_what_was_right_is_judged_again_only_when_it_changes(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    paths = [folder.write(f"defs/a/s{number}.py") for number in range(FEW + 1)]
    time.sleep(2.1)  # what has changed just now may change again
    judged: list[int] = []
    for _ in range(2):
        clearances = Clearances(folder.root)
        files = JudgedFiles(read_sources(folder.root).files, clearances.judged)
        for path in paths:
            files.judged(path.relative_to(folder.root).as_posix(), lambda _: judged.append(1))
        clearances.keep()
    assert len(judged) == FEW + 1
    paths[0].write_text("(")
    again = Clearances(folder.root)
    assert not again.has("defs/a/s0.py", again.stamp("defs/a/s0.py"))
    assert again.has("defs/a/s1.py", again.stamp("defs/a/s1.py"))
    monkeypatch.setattr(sys, "version", "of another Python")
    other = Clearances(folder.root)
    assert not other.has("defs/a/s1.py", other.stamp("defs/a/s1.py"))


def test_a_file_that_has_just_changed_is_read_again(folder: Folder) -> None:
    path = folder.write("defs/a/one.py", "")
    cleared = Clearances(folder.root)
    assert cleared.stamp("defs/a/one.py") is None
    assert cleared.stamp("defs/a/nothing.py") is None
    assert path.exists()


def test_what_was_right_for_one_command_is_judged_again_for_another(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder.write("defs/_defaults.yaml", "subprocess: {command: [python2]}")
    for number in range(FEW + 1):
        folder.asset(f"a/s{number}", script="print 1")
    time.sleep(2.1)  # what has changed just now may change again
    assert "no findings" in run("check", cwd=folder.root).stdout
    folder.write("defs/a/s7.yaml", "subprocess: {command: null}")
    assert run("check", cwd=folder.root).stdout.count("warning[python-syntax]") == 1


@pytest.mark.parametrize(
    ("command", "is_refused"), [("", True), ("command: [bash]", False), ("command: sh -x", False)]
)
def test_a_byte_order_mark_is_no_error_where_the_shell_goes_on_after_it(
    folder: Folder, command: str, is_refused: bool
) -> None:
    folder.asset("a/one", f"subprocess: {{{command}}}")
    (folder.root / "defs/a/one.py").unlink()
    (folder.root / "defs/a/one.sh").write_bytes(b"\xef\xbb\xbf#!/bin/bash\necho made\n")
    codes = [finding.code for finding in folder.compile().diagnostics]
    assert codes == [Code.SCRIPT_ENCODING] * is_refused
    assert run("run", "*", cwd=folder.root).returncode == int(is_refused)


@pytest.mark.parametrize("kept", [b"", b"[]", b"\xff", b"[" * 5_000, b'{"whose": 3}'])
def test_a_cache_of_any_content_changes_nothing(
    folder: Folder, tmp_path: Path, kept: bytes
) -> None:
    folder.asset("a/one", script="(")
    cleared = Clearances(folder.root)
    cleared.file.path = tmp_path / "kept.json"
    cleared.file.path.write_bytes(kept)
    sources = read_sources(folder.root)
    sources = sources._replace(files=JudgedFiles(sources.files, cleared.judged))
    (warning,) = compile_sources(sources).diagnostics
    assert warning.code is Code.PYTHON_SYNTAX
    cleared.file.path = folder.root / "defs/a/one.py/nowhere.json"
    cleared.seen, cleared.now = FEW + 1, {"x": [1]}
    cleared.keep()


# Settings.

UNWANTED = {
    "defs/sales/config.yaml": "threshold: 5\n", "defs/sales/loose.py": "",
    "defs/sales/deep/down/config.yaml": "- 1\n", "defs/sales/extra.YAML": "",
}  # fmt: skip


def with_settings(folder: Folder, settings: str) -> list[str]:
    for path, text in UNWANTED.items():
        folder.write(path, text)
    folder.write("pyproject.toml", f"[tool.pipes-projects]\n{settings}\n")
    answer = run("check", cwd=folder.root)
    lines = answer.stdout.splitlines()
    return [line.split("--> defs/sales/")[1].split(":")[0] for line in lines if "--> " in line]


@pytest.mark.parametrize(
    ("settings", "places"),
    [
        ("", ["config.yaml", "deep/down/config.yaml", "extra.YAML", "loose.py"]),
        ("hints = false", ["config.yaml", "deep/down/config.yaml", "extra.YAML"]),
        ('ignore = ["config.yaml"]', ["extra.YAML", "loose.py"]),
        ('ignore = ["defs/*/config.yaml"]', ["deep/down/config.yaml", "extra.YAML", "loose.py"]),
        ('ignore = ["defs/**/*.y*ml", "*.YAML"]', ["loose.py"]),
        ('ignore = ["deep/", "*.py"]', ["config.yaml", "extra.YAML"]),
        ('ignore = ["defs/sales"]', []),
    ],
)
def test_settings_say_what_is_none_of_a_projects_business(
    folder: Folder, settings: str, places: list[str]
) -> None:
    assert with_settings(folder, settings) == places


@pytest.mark.parametrize(
    "settings",
    ['ignore = "x.yaml"', "ignore = [1]", 'ignore = ["/x"]', 'ignore = ["../x"]', 'ignore = ["!x"]',
     'ignore = [""]', "ignore = ['a\\b']", "hints = 1", 'hints = "no"', "hint = true"],
)  # fmt: skip
def test_settings_that_say_nothing_are_refused(folder: Folder, settings: str) -> None:
    folder.write("pyproject.toml", f"[tool.pipes-projects]\n{settings}\n")
    answer = run("check", cwd=folder.root)
    assert answer.returncode == 2
    assert f"`{settings.partition(' ')[0]}`" in answer.stderr


def test_what_is_ignored_is_ignored_by_every_command(folder: Folder) -> None:
    folder.asset("sales/revenue")
    folder.write("defs/sales/config.yaml", "threshold: 5\n")
    folder.write("pyproject.toml", '[tool.pipes-projects]\nignore = ["config.yaml"]\n')
    for command in (
        ["list"],
        ["explain", "sales/revenue"],
        ["check", "--strict"],
        ["check", "--fix"],
    ):
        assert run(*command, cwd=folder.root).returncode == 0
    assert len(list(folder.definitions().assets)) == 1


def test_hints_do_not_fail_even_strictly(folder: Folder) -> None:
    folder.write("defs/sales/loose.py", "")
    answer = run("check", "--strict", cwd=folder.root)
    assert answer.returncode == 0
    assert answer.stdout.endswith("\n1 hint (0 scripts, 0 assets)\n")


NAMES = st.text("ab*?.[]-", min_size=1, max_size=4).filter(lambda name: name.strip("."))


@given(
    st.lists(NAMES | st.just("**"), min_size=1, max_size=4), st.lists(st.text("ab."), min_size=1)
)
def test_patterns_match_or_not_and_a_folder_stands_for_what_is_in_it(
    pattern: list[str], path: list[str]
) -> None:
    patterns = PathPatterns(("/".join(pattern),))
    if "/".join(path) in patterns:
        assert "/".join([*path, "below"]) in patterns


@given(st.lists(st.text("ab", min_size=1), min_size=1, max_size=4))
def test_a_path_is_a_pattern_of_itself(path: list[str]) -> None:
    whole = "/".join(path)
    assert whole in PathPatterns((whole,))
    assert whole in PathPatterns((path[-1],))
    assert whole in PathPatterns(("**",))
    assert f"x/{whole}" in PathPatterns((f"**/{whole}",))
    assert f"{whole}x" not in PathPatterns((whole,))


def test_a_pattern_of_many_stars_takes_no_time() -> None:
    assert "a" * 250 + "c" not in PathPatterns(("*a" * 60 + "b",))
    assert "/".join("a" * 60) not in PathPatterns(("**/a/" * 30 + "b",))


# Scripts without a manifest: what is not hinted at.


@pytest.mark.parametrize(
    "files",
    [
        {"defs/a/one.py": "from helpers import x\n", "defs/a/helpers.py": ""},
        {"defs/a/one.py": "import lib.helpers as h\n", "defs/a/lib/helpers.py": ""},
        {"defs/a/one.py": "import os, helpers\n", "defs/a/helpers.py": ""},
        {"defs/a/one.py": "run(['bash', 'x/load.sh'])\n", "defs/a/x/load.sh": ""},
        {"defs/a/one.py": "", "defs/a/helpers.py": "", "defs/a/two.js": "require('./helpers')"},
        {"defs/a/one.py": "", "defs/a/util.R": "", "defs/a/deep/m.R": "source('../util.R')"},
        {"defs/a/one.py": "", "defs/a/test_one.py": "", "defs/a/conftest.py": ""},
        {"defs/a/one.py": "", "defs/a/query.sql": "", "defs/a/README.md": "", "defs/a/x": ""},
        {"defs/a/one.py": "", "defs/a/python_assets.py": "import dagster as dg\n"},
        {"defs/a/one.py": "", "defs/a/lib/__init__.py": "", "defs/a/lib/x.py": ""},
        {"defs/a/one.py": "", "loose.py": ""},
        {"defs/a/one.py": "import loose\n", "defs/loose.py": "", "defs/test_loose.py": ""},
        {"defs/a/one.sh": ". ../loose.sh\n", "defs/loose.sh": ""},
        {"defs/a/one.py": "", "defs/loose.py": "", "definitions.py": "from defs import loose\n"},
        {"defs/a/one.py": "", "defs/loose.py": "from pipes_projects import PipesProject\n"},
        {"defs/a/one.py": "", "defs/loose.py": "from dagster_dbt import DbtProject\n"},
        {"defs/a/one.py": "", "defs/loose.py": "", "defs/__init__.py": ""},
    ],
)
def test_files_that_are_no_scripts_are_none(files: dict[str, str]) -> None:
    manifests = {"defs/a/one.yaml": "", "defs/a/two.yaml": "", "defs/a/deep/m.yaml": ""}
    known = {
        manifest: "" for manifest in manifests if any(f.startswith(manifest[:-4]) for f in files)
    }
    assert found(compiled(known | files)) == []


def test_scripts_are_read_only_until_it_is_known_that_what_they_share_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[str] = []
    content = TextFiles.content
    monkeypatch.setattr(
        TextFiles, "content", lambda self, path: read.append(path) or content(self, path)
    )
    files = {"defs/shared.py": ""}
    for number in range(50):
        files |= {f"defs/a/s{number}.py": "import shared\n", f"defs/a/s{number}.yaml": ""}
    assert compiled(files).diagnostics == ()
    assert 0 < sum(path.endswith(".py") for path in read) < 10


@pytest.mark.parametrize(("text", "codes"), [
    ("owners: [team:a]\n", [Code.UNUSED_DEFAULTS]),
    ("# all\nsubprocess: {env: {A: b}}\n", [Code.UNUSED_DEFAULTS]),
    ("layout: page\n", []),
    ("", []),
])  # fmt: skip
def test_defaults_beside_the_groups_are_told_from_a_file_of_another_tool(
    tmp_path: Path, text: str, codes: list[Code]
) -> None:
    folder = Folder(tmp_path)
    for path, content in {**pair("a/one"), "_defaults.yml": text}.items():
        folder.write(path, content)
    assert found(compile_project(tmp_path)) == [(code, "_defaults.yml") for code in codes]


def test_what_a_manifest_names_in_its_options_is_no_script_of_its_own() -> None:
    files = {"defs/a/one.yaml": "subprocess: {args: [--use, lib/x.py]}\n", "defs/a/one.py": ""}
    assert found(compiled(files | {"defs/a/lib/x.py": ""})) == []


@pytest.mark.parametrize("name", ["loose.py", "loose.sh", "loose.R"])
def test_a_script_outside_any_group_is_one(name: str) -> None:
    files = {"defs/a/one.yaml": "", "defs/a/one.py": "", f"defs/{name}": ""}
    assert found(compiled(files)) == [(Code.SCRIPT_WITHOUT_MANIFEST, f"defs/{name}")]
    lacking = {"defs/b/two.yaml": ""}  # which the script may be meant for
    assert found(compiled(files | lacking)) == [(Code.MISSING_SCRIPT, "defs/b/two.yaml")]


@pytest.mark.parametrize(("path", "better"), [
    ("defs/ventes/été.yaml", "`ete.yaml`"),
    ("defs/ventes/cafe\u0301 noir.yaml", "`cafe_noir.yaml`"),
    ("defs/ventes/売上.yaml", "`asset.yaml`"),
    ("defs/café/x.yaml", "`cafe`"),
])  # fmt: skip
def test_a_name_with_accents_is_offered_without_them(path: str, better: str) -> None:
    (finding,) = compiled({path: "", f"{path[:-5]}.py": ""}).diagnostics
    assert finding.code is Code.INVALID_NAME
    assert f" to {better} for example" in (finding.help or "")


def test_defaults_beside_the_folder_are_merged_into_those_in_it_or_ignored(tmp_path: Path) -> None:
    (tmp_path / "defs/a").mkdir(parents=True)
    for path in ("_defaults.yaml", "defs/_defaults.yaml"):
        (tmp_path / path).write_text("owners: [team:sales]\n")
    for path in ("defs/a/one.yaml", "defs/a/one.py"):
        (tmp_path / path).write_text("")
    (finding,) = compile_sources(read_sources(tmp_path)).diagnostics
    assert "in `defs/_defaults.yaml`: merge them into it; a file" in (finding.help or "")
    assert '`ignore = ["/_defaults.yaml"]`' in (finding.help or "")
    silenced = compile_sources(read_sources(tmp_path, ignore=("/_defaults.yaml",)))
    assert silenced.diagnostics == ()
    assert silenced.texts.keys() == {"defs/_defaults.yaml", "defs/a/one.yaml"}


def test_a_script_that_imports_dagster_pipes_is_one() -> None:
    files = {"defs/a/one.py": "from dagster_pipes import open_dagster_pipes\n"}
    assert found(compiled(files)) == [(Code.SCRIPT_WITHOUT_MANIFEST, "defs/a/one.py")]


def test_odd_names_of_scripts_are_not_repeated(tmp_path: Path) -> None:
    (tmp_path / "defs/a").mkdir(parents=True)
    for name in ("new\nline.py", "esc\x1b[31m.py", "_default\n.yaml", b"\xff.py"):
        path = os.fsencode(tmp_path / "defs/a") + b"/" + os.fsencode(name)
        os.close(os.open(path, os.O_CREAT))
    assert compile_project(tmp_path).diagnostics == ()


@pytest.mark.parametrize(
    ("text", "is_meant"),
    [("owners: [team:a]", True), ("subprocess: {}", True), ("colour: red", False), ("", False)],
)
def test_a_hidden_file_without_keys_of_defaults_is_of_another_tool(
    folder: Folder, text: str, is_meant: bool
) -> None:
    folder.asset("a/one")
    folder.write("defs/a/.defaults.yaml", text)
    codes = [finding.code for finding in folder.compile().diagnostics]
    assert codes == [Code.MISNAMED_FILE] * is_meant


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("_default.yaml", "_defaults.yaml"),
        (".defaults.yaml", "_defaults.yaml"),
        ("one.yaml.txt", "one.yaml"),
        ("one.YML", "one.yml"),
    ],
)
def test_what_is_misnamed_is_not_moved_over_another_file(
    folder: Folder, name: str, right: str
) -> None:
    folder.asset("a/one")
    folder.write(f"defs/a/{name}", "owners: [team:a]")
    (alone,) = folder.compile().diagnostics
    folder.write(f"defs/a/{right}", "")
    taken = f"move its content into `{right}`, which is beside it, and delete this file"
    helps = [finding.help or "" for finding in folder.compile().diagnostics]
    assert any(help_.startswith(taken) for help_ in helps)
    assert (alone.help == taken) == (right == "one.yaml")
