"""What editors know of a project: the keys that they complete, and the settings they need."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipes_projects.layout import Layout
from pipes_projects.project import Project
from pipes_projects.scaffold.editors import merged
from pipes_projects.scaffold.jsonc import NotUnderstoodError, parse, with_item, with_member
from pipes_projects.schema.asset_keys import (
    MOST,
    fresh_keys,
    listed_keys,
    render_keys,
    write_keys,
)
from tests.support.command import run
from tests.support.folder import Folder
from tests.support.repositories import commit, git, init

KEYS = "schemas/asset-keys.json"
SETTINGS = ".vscode/settings.json"


@pytest.fixture
def wired(folder: Folder) -> Folder:
    """A project of two assets, with its contract and the settings of editors."""
    folder.asset("raw/orders")
    folder.asset("sales/daily", "deps: [raw/orders]\n")
    folder.write("definitions.py", DEFINITIONS)
    assert run("schema", folder.root).returncode == 0
    assert run("editor", "--settings", folder.root).returncode == 0
    return folder


DEFINITIONS = """
from pipes_projects import PipesProject

class Project(PipesProject):
    @classmethod
    def asset_keys(cls):
        return ["python/made"]

defs = Project.make_defs()
"""


def keys_of(folder: Folder) -> list[str | None]:
    keys: list[str | None] = json.loads((folder.root / KEYS).read_text())["$defs"]["listed"]["enum"]
    return keys


def snapshot(folder: Folder) -> dict[str, tuple[str, int]]:
    files = (
        path
        for path in folder.root.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    )
    return {str(path): (path.read_text(), path.stat().st_mtime_ns) for path in files}


# The file of keys.


def test_keys_stand_one_to_a_line_and_sorted() -> None:
    text = render_keys(["b/x", "a/ü", 'c/"q"', "b/x"])
    lines = [line.strip() for line in text.splitlines()]
    start = lines.index('"enum": [')
    assert lines[start + 1 : start + 5] == ['"a/ü",', '"b/x",', '"c/\\"q\\"",', "null"]
    assert listed_keys(text) == {"a/ü", "b/x", 'c/"q"'}


def test_above_the_most_any_key_is_taken_and_none_is_listed() -> None:
    keys = [f"g/a{number}" for number in range(MOST)]
    few, many = (json.loads(render_keys(listed)) for listed in (keys, [*keys, "g/more"]))
    assert (few["$ref"], len(few["$defs"]["listed"]["enum"])) == ("#/$defs/listed", MOST + 1)
    assert (many["$ref"], many["$defs"]["listed"]["enum"]) == ("#/$defs/any", [None])


def test_only_the_switch_and_the_keys_ever_change() -> None:
    some = render_keys(["a/b"]).splitlines()
    many = render_keys(map(str, range(MOST + 1))).splitlines()
    assert set(some) ^ set(many) == {
        '  "$ref": "#/$defs/listed",',
        '  "$ref": "#/$defs/any",',
        '        "a/b",',
    }
    switch, first = (next(n for n, line in enumerate(some) if w in line) for w in ("$ref", "a/b"))
    assert first - switch > 4  # git takes conflicts together that are three lines apart


def test_keys_of_the_owner_are_keys(wired: Folder) -> None:
    assert keys_of(wired) == ["python/made", "raw/orders", "sales/daily", None]


def test_a_manifest_that_cannot_be_read_keeps_its_keys(wired: Folder) -> None:
    wired.write("defs/sales/daily.yaml", "deps: [\n")
    (wired.root / "defs/raw/orders.yaml").unlink()
    run("editor", wired.root)
    assert keys_of(wired) == ["python/made", "sales/daily", None]


def test_the_contract_of_a_project_refers_and_the_published_schemas_do_not(wired: Folder) -> None:
    text = (wired.root / "schemas/manifest.schema.json").read_text()
    assert text.count('"$ref": "asset-keys.json"') == 8  # four forms, at the top and below `assets`
    assert text.count("$ref") == 8
    here = Path(__file__).parents[3] / "schemas"
    assert all("$ref" not in path.read_text() for path in here.glob("*.json"))


def test_unchanged_keys_leave_the_file_alone(wired: Folder) -> None:
    before = snapshot(wired)
    assert "is up to date" in run("editor", wired.root).stderr
    assert snapshot(wired) == before


def test_line_ends_of_windows_are_no_change(wired: Folder) -> None:
    path = wired.root / KEYS
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    before = snapshot(wired)
    run("editor", wired.root)
    assert snapshot(wired) == before


@pytest.mark.parametrize("text", ["", "{", "[]", "\xff", '{"$defs": {"listed": {"enum": 1}}}'])
def test_a_file_that_is_no_list_of_keys_is_written_again(wired: Folder, text: str) -> None:
    (wired.root / KEYS).write_bytes(text.encode("latin-1"))
    assert run("editor", "--dry-run", wired.root).returncode == 0
    assert run("editor", wired.root).returncode == 0
    assert keys_of(wired) == ["python/made", "raw/orders", "sales/daily", None]


def test_a_manifest_without_its_script_has_its_keys(wired: Folder) -> None:
    wired.write("defs/raw/later.yaml", "assets: {x: {}, y: {key: z/q}}")
    run("editor", wired.root)
    assert {"raw/x", "z/q"} <= set(keys_of(wired))


def test_a_reader_never_sees_half_of_it(wired: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (wired.root / KEYS).read_text()
    monkeypatch.setattr(Path, "replace", _fails)
    with pytest.raises(OSError, match="no space"):
        write_keys(Layout(wired.root), Project(()))
    assert (wired.root / KEYS).read_text() == before
    assert {path.name for path in (wired.root / "schemas").iterdir()} == {
        "asset-keys.json",
        "defaults.schema.json",
        "manifest.schema.json",
    }


def _fails(*_: object) -> None:
    raise OSError("no space")


def test_a_dry_run_shows_the_difference_and_writes_nothing(wired: Folder) -> None:
    wired.asset("raw/more")
    wired.write(SETTINGS, '{"editor.tabSize": 2}\n')
    before = snapshot(wired)
    shown = run("editor", "--dry-run", "--settings", wired.root).stdout
    assert snapshot(wired) == before
    assert '+        "raw/more",' in shown
    assert "yaml.schemas" in shown
    assert "extensions.json" not in shown


def test_to_watch_and_to_write_nothing_is_wrong_usage(wired: Folder) -> None:
    answer = run("editor", "--watch", "--dry-run", wired.root)
    assert answer.returncode == 2
    assert "use only one of them" in answer.stderr


# Who writes them, and who never does.


def test_check_list_and_schema_check_write_nothing(wired: Folder) -> None:
    wired.asset("raw/more")
    before = snapshot(wired)
    for command in (["check"], ["list"], ["schema", "--check"], ["explain", "raw/more"]):
        path = [] if command[0] == "explain" else [wired.root]
        assert run(*command, *path, cwd=wired.root, DAGSTER_IS_DEV_CLI="1").returncode == 0
    assert snapshot(wired) == before


def test_stale_keys_are_no_error(wired: Folder) -> None:
    wired.asset("raw/more")
    wired.asset("sales/all", "deps: [raw/more]\n")
    assert run("check", "--strict", wired.root).returncode == 0


def test_check_does_not_need_the_keys_and_schema_writes_them_when_missing(wired: Folder) -> None:
    (wired.root / KEYS).unlink()
    assert run("check", "--strict", wired.root).returncode == 0
    answer = run("schema", "--check", wired.root)
    assert answer.returncode == 1
    assert "asset-keys.json" in answer.stderr
    assert run("schema", wired.root).returncode == 0
    assert keys_of(wired) == ["python/made", "raw/orders", "sales/daily", None]
    assert run("schema", "--check", wired.root).returncode == 0


def test_new_writes_the_keys(wired: Folder) -> None:
    assert run("new", "sales/more", cwd=wired.root).returncode == 0
    assert "sales/more" in keys_of(wired)


def test_new_without_a_contract_writes_none(folder: Folder) -> None:
    assert run("new", "sales/more", cwd=folder.root).returncode == 0
    assert not (folder.root / KEYS).exists()


def test_make_defs_writes_under_dagster_dev_alone(
    wired: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    wired.asset("raw/more")
    before = snapshot(wired)
    monkeypatch.delenv("DAGSTER_IS_DEV_CLI", raising=False)
    wired.definitions()
    assert snapshot(wired) == before
    monkeypatch.setenv("DAGSTER_IS_DEV_CLI", "1")
    wired.definitions()
    assert "raw/more" in keys_of(wired)


def test_make_defs_writes_the_keys_of_a_project_with_errors(
    wired: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    wired.asset("raw/more", "depz: []\n")
    monkeypatch.setenv("DAGSTER_IS_DEV_CLI", "1")
    with pytest.raises(Exception, match="depz"):
        wired.definitions()
    assert "raw/more" in keys_of(wired)


def test_make_defs_goes_on_where_keys_cannot_be_written(
    wired: Folder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    wired.asset("raw/more")
    monkeypatch.setenv("DAGSTER_IS_DEV_CLI", "1")
    monkeypatch.setattr(Path, "replace", _fails)
    with caplog.at_level("DEBUG", "pipes_projects"):
        wired.definitions()
    told = [record for record in caplog.records if "could not be written" in record.getMessage()]
    assert [record.levelname for record in told] == ["DEBUG"]


def test_watch_writes_when_a_manifest_comes(wired: Folder) -> None:
    command = [sys.executable, "-m", "pipes_projects", "editor", "--watch", str(wired.root)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as watching:
        try:
            assert watching.stderr
            assert any("watching" in line for line in watching.stderr)
            assert any(_comes(wired, number) for number in range(60))
            assert watching.poll() is None
        finally:
            watching.kill()  # whatever signals are ignored here, as in a shell's background


AS_IN_A_TERMINAL = """
import signal

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background ignores it
from pipes_projects.__main__ import main

main()
"""


def test_ctrl_c_ends_watching_quietly_whatever_it_is_doing(wired: Folder) -> None:
    command = [sys.executable, "-c", AS_IN_A_TERMINAL, "editor", "--watch", str(wired.root)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as watching:
        try:
            assert watching.stderr
            assert any("watching" in line for line in watching.stderr)
            watching.send_signal(signal.SIGINT)
            assert watching.stderr.read().strip() == "stopped"
            assert watching.wait(30) == 130
        finally:
            watching.kill()


def _comes(folder: Folder, number: int) -> bool:
    """A new manifest every second: the first may come before anybody watches."""
    folder.asset(f"raw/new{number}")
    time.sleep(1)
    return any(key and key.startswith("raw/new") for key in keys_of(folder))


# Merges by git.


def committed(folder: Path, text: str) -> None:
    (folder / KEYS).write_text(text)
    commit(folder)


def merge(folder: Path, base: str, ours: str, theirs: str) -> str:
    """What git makes of two branches, by the attributes that `init` writes."""
    git(folder, "checkout", "--orphan", "base")
    committed(folder, base)
    git(folder, "checkout", "-b", "theirs")
    committed(folder, theirs)
    git(folder, "checkout", "-b", "ours", "base")
    committed(folder, ours)
    git(folder, "merge", "--no-edit", "theirs")
    text = (folder / KEYS).read_text()
    git(folder, "checkout", "--detach")
    git(folder, "branch", "-D", "base", "ours", "theirs")
    return text


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("repository")
    assert run("init", root).returncode == 0
    init(root)
    return root


def test_branches_that_add_and_remove_keys_merge(repository: Path) -> None:
    base = [f"g/{letter}" for letter in "bdfhjl"]
    ours = ["g/a", *base[1:4], "g/i", base[5], "g/z"]
    theirs = ["g/aa", *base[:2], "g/e", *base[3:5], "g/i", "g/zz"]
    text = merge(repository, *map(render_keys, (base, ours, theirs)))
    assert listed_keys(text) >= {*ours, *theirs} - {*base}
    assert "<<<" not in text
    again = fresh_keys(Project((), listed_keys(text)), text)
    assert json.loads(again)["$defs"]["listed"]["enum"] == [*sorted(listed_keys(text)), None]


def test_every_merge_is_valid_json(repository: Path) -> None:
    for base, ours, theirs in _versions():
        data = json.loads(merge(repository, base, ours, theirs))
        assert data["$defs"]["listed"]["enum"][-1] is None
        assert data["$ref"] in ("#/$defs/listed", "#/$defs/any")


def _versions() -> Iterator[tuple[str, str, str]]:
    """Of few keys, of all keys gone, and of branches with more than are listed."""
    many = [f"g/{number:05}" for number in range(MOST)]
    few, none = render_keys(["g/a", "g/b", "g/c"]), render_keys([])
    yield few, none, render_keys(["g/b", "g/d"])
    yield none, render_keys(["g/a"]), render_keys(["g/a", "g/b"])
    yield none, render_keys(["g/b"]), render_keys(["g/a", "g/b"])
    yield few, render_keys(["g/a", "g/x", "g/c"]), render_keys(["g/a", "g/y", "g/c"])
    yield render_keys(many), render_keys([*many, "h/a"]), render_keys([*many[:-1], "h/b"])
    yield render_keys([*many, "h/a"]), render_keys([*many, "h/a", "h/b"]), render_keys(many)
    yield render_keys([*many, "h/a"]), render_keys(many[9:]), render_keys(many[:-9])


SOME = st.sets(st.sampled_from("abcdefgh"), max_size=8)


@given(SOME, SOME, SOME)
def test_a_union_of_any_two_versions_is_valid_json(
    tmp_path_factory: pytest.TempPathFactory, base: set[str], ours: set[str], theirs: set[str]
) -> None:
    folder = tmp_path_factory.mktemp("versions")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipes_projects.schema.asset_keys.MOST", 6)
        for name, keys in (("base", base), ("ours", ours), ("theirs", theirs)):
            (folder / name).write_text(render_keys(keys))
    command = ["git", "merge-file", "--union", "-p", "ours", "base", "theirs"]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    listed = json.loads(done.stdout)["$defs"]["listed"]["enum"]
    assert listed[-1] is None
    assert set(listed[:-1]) <= ours | theirs


# Settings: comments and trailing commas stay, and nothing is ever lost.

COMMENTED = """\
// Mine: do not touch.
{
    "editor.tabSize": 4, // four
    /* "yaml.schemas": {} is not
       a setting here */
    "files.associations": {"*.foo": "yaml",},
    "url": "https://x//y/*z*/",
}
"""


def test_settings_get_what_is_missing_and_keep_the_rest() -> None:
    fresh = merged(SETTINGS, COMMENTED, "defs")
    assert fresh
    assert fresh.startswith(COMMENTED.removesuffix("}\n"))
    assert fresh.endswith(
        """\
    "yaml.schemas": {
        "./schemas/manifest.schema.json": ["defs/**/*.yaml", "defs/**/*.yml", "!**/_defaults.*"],
        "./schemas/defaults.schema.json": ["defs/**/_defaults.yaml", "defs/**/_defaults.yml"]
    }
}
"""
    )
    assert merged(SETTINGS, fresh, "defs") == fresh


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "{ }",
        "{\n}\n",
        '{"a": 1}',
        '{"a": 1,}',
        '{"a": [1, 2,], }',
        '{\n\t"a": 1 // one\n}',
        '{\r\n  "a": 1\r\n}\r\n',
        '\ufeff{\n  "a": 1\n}\n',
        '{\n  "a": 1,\n  // "b": 2\n}\n',
        "{ /* nothing */ }",
        '{\n  "yaml.schemas": {}\n}\n',
        '{\n  "yaml.schemas": {\n    // ours\n    "x.json": "*.x"\n  }, // end\n  "b": 2\n}\n',
        '{"yaml.schemas": {"x.json": "*.x"}, "b": {"c": null}}',
    ],
)
def test_settings_of_every_shape(text: str) -> None:
    fresh = merged(SETTINGS, text, "src/defs")
    assert fresh
    before, after = parse(text).value if text else {}, parse(fresh).value
    assert after["yaml.schemas"].pop("./schemas/manifest.schema.json")[0] == "src/defs/**/*.yaml"
    assert after["yaml.schemas"].pop("./schemas/defaults.schema.json")
    assert after == {"yaml.schemas": {}, **before}
    assert ("\r\n" in fresh) == ("\r\n" in text)
    assert "\r" not in fresh.replace("\r\n", "")
    assert "\n" not in fresh.replace("\r\n", "") or "\r\n" not in text


def test_what_somebody_said_of_a_schema_is_theirs() -> None:
    text = '{"yaml.schemas": {"schemas/manifest.schema.json": "mine/*.yaml"}}'
    fresh = merged(SETTINGS, text, "defs")
    assert fresh
    mapped = parse(fresh).value["yaml.schemas"]
    assert list(mapped) == ["schemas/manifest.schema.json", "./schemas/defaults.schema.json"]
    assert mapped["schemas/manifest.schema.json"] == "mine/*.yaml"


@pytest.mark.parametrize(
    "text",
    [
        "mine",
        "[]",
        "{",
        "{'a': 1}",
        '{"a": 1} {}',
        '{"a": 1, "a": 2}',
        '{"a" 1}',
        '{"a": 1 "b": 2}',
        '{"yaml.schemas": []}',
        '{"yaml.schemas": null}',
        '{/* "a": 1}',
        "[" * 5000,
    ],
)
def test_settings_that_are_not_understood_are_left_alone(text: str, folder: Folder) -> None:
    assert merged(SETTINGS, text, "defs") is None
    path = folder.write(SETTINGS, text)
    for option in ("--settings", "--dry-run"):
        shown = run("editor", "--settings", option, folder.root).stdout
        assert path.read_text() == text
        assert f"kept  {path}, which could not be parsed" in shown
        assert '    "./schemas/manifest.schema.json": [' in shown


def test_settings_that_may_only_be_read_are_left_alone(folder: Folder) -> None:
    path = folder.write(SETTINGS, "{}\n")
    path.chmod(0o444)
    shown = run("editor", "--settings", folder.root).stdout
    assert path.read_text() == "{}\n"
    assert f"kept  {path}, which is read-only" in shown


def test_recommendations_grow_by_one() -> None:
    name, text = ".vscode/extensions.json", '{\n  "recommendations": [\n    "a.b" // mine\n  ]\n}\n'
    fresh = merged(name, text, "defs")
    assert fresh == text.replace('"a.b" // mine', '"a.b", // mine\n    "redhat.vscode-yaml"')
    assert merged(name, fresh, "defs") == fresh


@pytest.mark.parametrize("unwanted", ['["redhat.vscode-yaml"]', '["a.b", "redhat.vscode-yaml"]'])
def test_what_is_not_wanted_is_not_recommended(unwanted: str) -> None:
    text = f'{{"unwantedRecommendations": {unwanted}}}'
    assert merged(".vscode/extensions.json", text, "defs") == text


@pytest.mark.parametrize("start", ["", "/", "\ufeff/", "*.png binary\n"])
def test_what_somebody_said_of_merging_is_theirs(start: str) -> None:
    text = f"{start}schemas/asset-keys.json merge=ours\n"
    assert merged(".gitattributes", text, "defs") == text


@pytest.mark.parametrize("text", ["", "*.png binary\n", "*.png binary", "a\r\nb\r\n"])
def test_attributes_get_a_line(text: str) -> None:
    fresh = merged(".gitattributes", text, "defs")
    assert fresh
    assert fresh.startswith(text)
    assert fresh.splitlines()[-1].startswith("/schemas/asset-keys.json ")
    assert "merge=union" in fresh
    assert merged(".gitattributes", fresh, "defs") == fresh


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@given(VALUES, st.sampled_from([None, 0, 2, "\t"]), st.text(max_size=9))
def test_any_json_is_read_and_grows(value: object, indent: int | str | None, name: str) -> None:
    text = json.dumps({"x": value, "y": [value]}, indent=indent)
    assert parse(text).value == json.loads(text)
    grown = with_item(with_member(text, (), f"z{name}", value), ("y",), "new")
    wanted = {"x": value, "y": [value, "new"] if value != "new" else [value], f"z{name}": value}
    assert json.loads(grown) == wanted


def test_lines_for_other_editors_are_shown(wired: Folder) -> None:
    shown = run("editor", "--settings", wired.root).stdout
    for word in ("Neovim", "Helix", "JetBrains", "# yaml-language-server: $schema=../../schemas/"):
        assert word in shown


def test_every_file_that_is_referred_to_exists_after_init(tmp_path: Path) -> None:
    run("init", tmp_path)
    settings = json.loads((tmp_path / SETTINGS).read_text())["yaml.schemas"]
    for name in settings:
        schema = (tmp_path / name).read_text()
        assert '"$ref"' not in schema or (tmp_path / KEYS).is_file()
        assert set(_references(json.loads(schema))) <= {"asset-keys.json"}


def _references(schema: object) -> Iterator[str]:
    for value in schema.values() if isinstance(schema, dict) else schema:
        if isinstance(value, dict | list):
            yield from _references(value)
    if isinstance(schema, dict) and "$ref" in schema:
        yield schema["$ref"]


def test_init_knows_the_assets_that_were_there(folder: Folder) -> None:
    folder.asset("raw/orders")
    run("init", folder.root)
    assert keys_of(folder) == ["example/hello", "raw/orders", None]


def test_an_unreadable_text_raises_nothing_else() -> None:
    with pytest.raises(NotUnderstoodError):
        parse("")
