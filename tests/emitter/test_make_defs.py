"""`make_defs()`: from files to Dagster's definitions."""

import hashlib
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipes_projects import InvalidProjectError, PipesProject
from pipes_projects.layout import LayoutError
from tests.support.dagster.running import EXAMPLES, load, materialize
from tests.support.folder import Folder

DEFINITIONS = "from pipes_projects import PipesProject\n\ndefs = PipesProject.make_defs()\n"


def specs(defs: dg.Definitions) -> dict[str, dg.AssetSpec]:
    return {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}


def test_defs_beside_the_calling_file_are_found_from_any_working_directory(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.asset("group/one")
    definitions = folder.write("definitions.py", DEFINITIONS)
    monkeypatch.chdir("/")
    assert set(specs(load(definitions))) == {"group/one"}


def test_pyproject_says_where_defs_is(folder: Folder) -> None:
    folder.write("pyproject.toml", '[tool.pipes-projects]\ndefs = "src/team/defs"\n')
    folder.write("src/team/defs/group/one.yaml")
    folder.write("src/team/defs/group/one.py")
    (folder.root / "defs").rmdir()
    definitions = folder.write("src/team/code/definitions.py", DEFINITIONS)
    assert set(specs(load(definitions))) == {"group/one"}


def test_without_defs_the_error_says_where_it_was_sought(tmp_path: Path) -> None:
    definitions = tmp_path / "definitions.py"
    definitions.write_text(DEFINITIONS)
    with pytest.raises(LayoutError, match="no `defs` folder"):
        load(definitions)


def test_a_defs_path_that_is_no_folder_is_named(folder: Folder) -> None:
    with pytest.raises(LayoutError, match="nowhere"):
        PipesProject.make_defs(defs_path=folder.root / "nowhere")


def test_an_override_of_make_defs_finds_the_file_that_calls_it(folder: Folder) -> None:
    folder.asset("group/one")
    definitions = folder.write(
        "definitions.py",
        """
        from pipes_projects import PipesProject

        class Project(PipesProject):
            @classmethod
            def make_defs(cls, **arguments):
                return super().make_defs(**arguments)

        defs = Project.make_defs()
        """,
    )
    assert set(specs(load(definitions))) == {"group/one"}


def test_what_the_manifest_says_reaches_dagster(folder: Folder) -> None:
    folder.asset("raw/orders")
    folder.asset(
        "sales/report",
        """
        deps: [raw/orders]
        description: What was sold.
        owners: [team:sales, ann@example.com]
        tags: {tier: gold, version: 1.10}
        kinds: [python, duckdb]
        metadata: {rows: 3, nested: {a: [1, 2]}}
        columns:
          - {name: day, type: date, description: The day, tags: {pii: "no"}}
          - {name: total}
        code_version: 7
        """,
    )
    spec = specs(folder.definitions())["sales/report"]
    assert [dep.asset_key.to_user_string() for dep in spec.deps] == ["raw/orders"]
    assert spec.description.startswith("What was sold.\n\n```python\n")
    assert list(spec.owners) == ["team:sales", "ann@example.com"]
    assert spec.group_name == "sales"
    assert spec.kinds == {"python", "duckdb"}
    assert {k: v for k, v in spec.tags.items() if "/" not in k} == {
        "tier": "gold",
        "version": "1.10",
    }
    assert spec.metadata["rows"] == 3
    assert spec.code_version == "7"
    columns = spec.metadata["dagster/column_schema"].columns
    assert [(column.name, column.type) for column in columns] == [
        ("day", "date"),
        ("total", "string"),
    ]


def test_the_code_version_is_the_hash_of_the_script(folder: Folder) -> None:
    folder.asset("group/one", script="print(1)\n")
    expected = hashlib.sha256(b"print(1)\n").hexdigest()
    assert specs(folder.definitions())["group/one"].code_version == expected


def test_code_references_name_the_script_and_the_assets_own_line(folder: Folder) -> None:
    folder.asset("group/two", "owners: [team:x]\nassets:\n  a: {}\n  b: {}\n")
    spec = specs(folder.definitions())["group/b"]
    references = spec.metadata["dagster/code_references"].code_references
    assert [
        (Path(reference.file_path).name, reference.line_number) for reference in references
    ] == [
        ("two.py", None),
        ("two.yaml", 4),
    ]


def test_op_names_are_unique_across_groups_and_folders(folder: Folder) -> None:
    for name in ("a/load", "b/load", "b/x/load2", "c/y/same", "c/z/same", "d/w-1", "d/w.1"):
        folder.asset(name, f"key: {name}\n")
    defs = folder.definitions()
    names = {node.name for node in defs.resolve_implicit_global_asset_job_def().nodes}
    assert {"a__load", "b__load", "b__load2", "c__y__same", "c__z__same"} < names
    assert len([name for name in names if name.startswith("d__w_1_")]) == 2


def test_options_reach_the_process(folder: Folder, tmp_path: Path) -> None:
    out = tmp_path / "seen.json"
    folder.write("defs/group/here/.keep")
    folder.asset(
        "group/one",
        f"""
        extras: {{limit: 5}}
        op_tags: {{team: 1}}
        pool: small
        retry_policy: {{max_retries: 2, delay: 0.5, backoff: LINEAR}}
        subprocess:
          args: [{out}, 1.10, true]
          env: {{LEVEL: 3, MODE: NO}}
          cwd: here
        """,
        """
        import json, os, sys
        from dagster_pipes import open_dagster_pipes

        with open_dagster_pipes() as pipes:
            seen = {
                "args": sys.argv[2:], "level": os.environ["LEVEL"], "mode": os.environ["MODE"],
                "cwd": os.path.basename(os.getcwd()), "limit": pipes.get_extra("limit"),
            }
            pipes.report_asset_materialization()
        open(sys.argv[1], "w").write(json.dumps(seen))
        """,
    )
    defs = folder.definitions()
    assert materialize(defs, tmp_path / "home").success
    assert json.loads(out.read_text()) == {
        "args": ["1.10", "true"], "level": "3", "mode": "NO", "cwd": "here", "limit": 5,
    }  # fmt: skip
    op = defs.resolve_implicit_global_asset_job_def().get_node_named("group__one").definition
    assert isinstance(op, dg.OpDefinition)
    assert op.tags == {"team": "1"}
    assert op.pool == "small"
    assert op.retry_policy == dg.RetryPolicy(2, 0.5, dg.Backoff.LINEAR)


@pytest.mark.parametrize("command", ["bash -eu", ["bash", "-e", "-u"]])
def test_a_command_runs_a_script_of_any_ending(
    folder: Folder, tmp_path: Path, command: Any
) -> None:
    folder.write("defs/group/one.yaml", f"subprocess: {{command: {json.dumps(command)}}}\n")
    folder.write("defs/group/one.task", "echo done > ran.txt\n")
    assert materialize(folder.definitions(), tmp_path / "home").success
    assert (folder.root / "defs/group/ran.txt").exists()


def test_a_shell_script_needs_no_command(folder: Folder, tmp_path: Path) -> None:
    folder.write("defs/group/one.yaml")
    folder.write("defs/group/one.sh", "echo $0\n")
    assert materialize(folder.definitions(), tmp_path / "home").success


def test_an_external_asset_is_known_and_never_run(folder: Folder, tmp_path: Path) -> None:
    folder.write("defs/lake/events.yaml", "kind: external\ndescription: Made elsewhere.\n")
    folder.asset("group/one", "deps: [lake/events]\n")
    defs = folder.definitions()
    assert not defs.resolve_asset_graph().get(dg.AssetKey(["lake", "events"])).is_executable
    assert materialize(defs, tmp_path / "home").made == {"group/one"}


@pytest.mark.parametrize("key", ["if", "x", "a/b/c", "ü/b c", "a b\\\\c/d", "a.b/c-d", "a_b/c_d"])
def test_a_key_may_be_whatever_dagster_takes(folder: Folder, tmp_path: Path, key: str) -> None:
    folder.asset("group/one", f'key: "{key}"\n')
    folder.asset("group/two", f'deps: ["{key}"]\n')
    outcome = materialize(folder.definitions(), tmp_path / "home")
    assert outcome.made == {key.replace("\\\\", "\\"), "group/two"}


def test_definitions_merge_with_others(folder: Folder) -> None:
    folder.asset("group/one")

    @dg.asset
    def other() -> None: ...

    merged = dg.Definitions.merge(folder.definitions(), dg.Definitions(assets=[other]))
    assert set(specs(merged)) == {"group/one", "other"}


def test_one_exception_carries_all_findings_as_check_shows_them(folder: Folder) -> None:
    folder.asset("group/one", "depz: [group/two]\nowners: [me]\n")
    folder.asset("group/two", "deps: [group/three]\n")
    with pytest.raises(InvalidProjectError) as raised:
        folder.definitions()
    assert folder.check() in str(raised.value)
    codes = {str(finding.code) for finding in raised.value.diagnostics}
    assert codes == {"unknown-key", "invalid-owner", "unknown-dependency"}


def test_a_script_that_is_not_text_has_no_source(folder: Folder) -> None:
    folder.write("defs/group/one.yaml", "subprocess: {command: cat}\n")
    (folder.root / "defs/group/one.bin").write_bytes(b"\x00\xff\xfe")
    assert specs(folder.definitions())["group/one"].description is None


WITHOUT_DAGSTER = """
import sys
sys.modules["dagster"] = None  # importing it fails
from pipes_projects.__main__ import main
main()
"""


def without_dagster(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WITHOUT_DAGSTER, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_without_dagster_the_owners_kinds_and_fields_are_known_by_the_contract() -> None:
    answer = without_dagster("check", EXAMPLES / "customized")
    assert answer.stdout == "no findings (2 scripts, 2 assets)\n"


def test_without_dagster_schema_refuses_to_overwrite_a_contract(folder: Folder) -> None:
    assert without_dagster("schema", folder.root).returncode == 0
    again = without_dagster("schema", folder.root)
    assert again.returncode == 2
    assert "install `pipes-projects[dagster]`" in again.stderr


def test_without_dagster_its_classes_say_what_to_install() -> None:
    code = "import sys; sys.modules['dagster'] = None; from pipes_projects import PipesProject"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert "`PipesProject` needs Dagster: install `pipes-projects[dagster]`" in answer.stderr


def test_neither_importing_nor_compiling_nor_checking_imports_dagster(folder: Folder) -> None:
    folder.asset("group/one")
    code = f"""
import sys
from pathlib import Path
import pipes_projects
from pipes_projects import AssetFields, compile_project
from pipes_projects.cli import run
compile_project(Path({str(folder.root)!r}))
sys.argv = ["pipes-projects", "check", {str(folder.root)!r}]
try:
    run()
except SystemExit as stopped:
    assert not stopped.code
heavy = {{"dagster", "dagster_pipes", "jsonschema", "rich"}} & set(sys.modules)
assert not heavy, heavy
"""
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)


def test_check_and_make_defs_agree_where_pyproject_names_defs(folder: Folder) -> None:
    folder.write("pyproject.toml", '[tool.pipes-projects]\ndefs = "src/pkg/defs"\n')
    folder.write("scripts/far.py")
    folder.write("src/pkg/defs/group/one.yaml", "script: ../../../../scripts/far.py\n")
    folder.write("src/pkg/defs/group/bad.yaml", "depz: []\n")
    folder.write("src/pkg/defs/group/bad.py")
    definitions = folder.write("src/pkg/definitions.py", DEFINITIONS)
    command = [sys.executable, "-m", "pipes_projects"]
    subprocess.run([*command, "schema", str(folder.root)], check=True, capture_output=True)
    checked = subprocess.run(
        [*command, "check", str(folder.root)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    with pytest.raises(InvalidProjectError) as raised:
        load(definitions)
    assert checked.stdout in str(raised.value)
    assert "src/pkg/defs/group/bad.yaml:1:1" in checked.stdout


def test_the_exception_can_be_handed_to_another_process(folder: Folder) -> None:
    folder.asset("group/one", "depz: []\n")
    with pytest.raises(InvalidProjectError) as raised:
        folder.definitions()
    assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)


@pytest.mark.parametrize(
    ("target", "code"),
    [("nowhere.py", "missing-script"), ("/etc/hostname", "script-outside-project")],
)
def test_a_link_that_leads_nowhere_or_out_of_the_project_is_no_script(
    folder: Folder, target: str, code: str
) -> None:
    folder.write("defs/group/one.yaml")
    (folder.root / "defs/group/one.py").symlink_to(target)
    assert f"error[{code}]" in folder.check()
