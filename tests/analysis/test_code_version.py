"""What the code version of a script covers, and what it does not."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from pipes_projects.analysis.code_version.changes import changes
from pipes_projects.analysis.code_version.parts import MOST_FILES, CodeReader, CoveredCode
from pipes_projects.project_folder import compile_project

SCRIPT = "from _lib import x\n"
FILES = {
    "defs/g/s.py": SCRIPT,
    "defs/g/s.yaml": "",
    "defs/g/_lib.py": "x = 1\n",
    "defs/g/sql/a.sql": "select 1\n",
}


def code(root: Path, files: Mapping[str, str | bytes]) -> CoveredCode:
    for path, content in {**FILES, **files}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        data = content if isinstance(content, bytes) else content.encode()
        (root / path).write_bytes(data)
    project = compile_project(root)
    assert not project.has_errors, project.diagnostics
    return CodeReader(root).code(
        next(script for script in project.project.scripts if script.name == "g/s")
    )


def manifest(text: str) -> dict[str, str | bytes]:
    return {"defs/g/s.yaml": text}


def names(code: CoveredCode) -> dict[str, str]:
    return {part.name: part.why for part in code.parts}


def test_every_part_has_a_name_and_a_reason(tmp_path: Path) -> None:
    text = """
        code_paths: [sql/, ../../rates.toml]
        extras: {region: eu}
        params: {rows: 8}
        subprocess: {args: [--full]}
    """
    assert names(code(tmp_path, {**manifest(text), "rates.toml": "a = 1"})) == {
        "defs/g/sql/a.sql": "code_paths",
        "./rates.toml": "code_paths",
        "defs/g/_lib.py": "import",
        "defs/g/s.py": "script",
        "extras.region": "extras",
        "params.rows": "params",
        "subprocess.args": "subprocess",
    }


CHANGES: dict[str, tuple[dict[str, str | bytes], dict[str, str | bytes], set[str]]] = {
    "the script": ({}, {"defs/g/s.py": SCRIPT + "print(x)"}, {"defs/g/s.py"}),
    "a helper": ({}, {"defs/g/_lib.py": "x = 2\n"}, {"defs/g/_lib.py"}),
    "a file that is named": (
        manifest("code_paths: [sql/]"),
        {**manifest("code_paths: [sql/]"), "defs/g/sql/a.sql": "select 2\n"},
        {"defs/g/sql/a.sql"},
    ),
    "a file more": (
        manifest("code_paths: ['sql/*.sql']"),
        {**manifest("code_paths: ['sql/*.sql']"), "defs/g/sql/b.sql": "select 2\n"},
        {"defs/g/sql/b.sql"},
    ),
    "an extra": (
        manifest("extras: {a: 1, b: 1}"),
        manifest("extras: {a: 1, b: 2}"),
        {"extras.b"},
    ),
    "a default": (manifest("params: {a: 1}"), manifest("params: {a: 2}"), {"params.a"}),
    "an option": (
        manifest("subprocess: {args: [a]}"),
        manifest("subprocess: {args: [b]}"),
        {"subprocess.args"},
    ),
    "a variable": (
        manifest("subprocess: {env: {STAGE: dev}}"),
        manifest("subprocess: {env: {STAGE: prod}}"),
        {"subprocess.env"},
    ),
}


@pytest.mark.parametrize(("before", "after", "expected"), CHANGES.values(), ids=CHANGES)
def test_a_change_makes_another_version_and_is_named(
    tmp_path: Path,
    before: dict[str, str | bytes],
    after: dict[str, str | bytes],
    expected: set[str],
) -> None:
    one, other = code(tmp_path / "one", before), code(tmp_path / "other", after)
    assert one.version != other.version
    found = changes(one.short(), other.short())
    assert {*found.changed, *found.added, *found.removed} == expected


SAME: dict[str, tuple[dict[str, str | bytes], dict[str, str | bytes]]] = {
    "line ends": (
        {"defs/g/s.py": b"import _lib\n\n", "defs/g/_lib.py": b"x = 1\n"},
        {"defs/g/s.py": b"import _lib\r\n\r\n", "defs/g/_lib.py": b"x = 1\r\n"},
    ),
    "a byte order mark": ({}, {"defs/g/_lib.py": b"\xef\xbb\xbfx = 1\n"}),
    "a file that nothing imports": ({}, {"defs/g/_other.py": "y = 1\n"}),
    "what is said of the asset": (manifest("owners: [team:a]"), manifest("owners: [team:b]")),
    "the order of keys": (
        manifest("extras: {a: {x: 1, y: 2}, b: 1}"),
        manifest("extras: {b: 1, a: {y: 2, x: 1}}"),
    ),
    "the name of a secret": (manifest("secrets: [A]"), manifest("secrets: [B]")),
    "a value that is called a secret": (
        manifest("subprocess: {env: {API_TOKEN: a, X: 1}}"),
        manifest("subprocess: {env: {API_TOKEN: b, X: 1}}"),
    ),
    "how long it may run": (manifest("timeout: 1h"), manifest("timeout: 2h")),
}


@pytest.mark.parametrize(("before", "after"), SAME.values(), ids=SAME)
def test_what_does_not_make_the_result_makes_no_other_version(
    tmp_path: Path, before: dict[str, str | bytes], after: dict[str, str | bytes]
) -> None:
    one, other = code(tmp_path / "one", before), code(tmp_path / "other", after)
    assert one.version == other.version


def test_the_ends_of_what_is_no_text_count(tmp_path: Path) -> None:
    text = manifest("code_paths: [a.bin]")
    one = code(tmp_path / "one", {**text, "defs/g/a.bin": b"\0\n"})
    assert one.version != code(tmp_path / "two", {**text, "defs/g/a.bin": b"\0\r\n"}).version


@pytest.mark.parametrize("at", range(-2, 2))
def test_a_line_end_between_two_pieces_is_one(tmp_path: Path, at: int) -> None:
    text = b"#" * ((1 << 20) + at)
    one = code(tmp_path / "one", {"defs/g/s.py": text + b"\nx = 1\n"})
    assert one.version == code(tmp_path / "two", {"defs/g/s.py": text + b"\r\nx = 1\r\n"}).version


def test_paths_in_defaults_are_relative_to_these(tmp_path: Path) -> None:
    defaults = {"defs/_defaults.yaml": "code_paths: [g/sql/]\n"}
    assert "defs/g/sql/a.sql" in names(code(tmp_path, defaults))


def test_python_looks_where_a_literal_path_says(tmp_path: Path) -> None:
    text = manifest("subprocess: {env: {PYTHONPATH: '../../lib'}}")
    files = {"defs/g/s.py": "import far", "lib/far.py": "", "defs/g/_lib.py": ""}
    assert names(code(tmp_path, {**text, **files}))["lib/far.py"] == "import"


def test_other_languages_count_by_themselves(tmp_path: Path) -> None:
    (tmp_path / "defs/g").mkdir(parents=True)
    (tmp_path / "defs/g/t.sh").write_text("import _lib\n")
    (tmp_path / "defs/g/t.yaml").write_text("")
    code(tmp_path, {})
    script = next(one for one in compile_project(tmp_path).project.scripts if one.name == "g/t")
    assert names(CodeReader(tmp_path).code(script)) == {"defs/g/t.sh": "script"}


def test_many_files_are_one_part(tmp_path: Path) -> None:
    many = {f"defs/g/sql/{number}.sql": "" for number in range(MOST_FILES)}
    found = code(tmp_path, {**manifest("code_paths: [sql/]"), **many})
    assert names(found)["defs/g/sql"] == "code_paths"
    assert len(found.parts) == 3


def test_of_an_asset_that_something_else_makes_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "defs/g").mkdir(parents=True)
    (tmp_path / "defs/g/s.yaml").write_text("kind: external\n")
    [script] = compile_project(tmp_path).project.scripts
    assert CodeReader(tmp_path).code(script).version is None
