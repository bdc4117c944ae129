"""Both hosts of the runner, Dagster and the terminal: what scripts see, and what is recorded."""

import json
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import dagster as dg
import pytest

from pipes_projects.emitter.loading.recorded_code import CODE
from pipes_projects.emitter.steps.events.metadata import to_dagster
from pipes_projects.running.results.metadata import Value
from tests.support.command import run
from tests.support.dagster.running import EXAMPLES, RANGE, ROOT, load, stored
from tests.support.folder import Folder

LISTED = (ROOT / "docs/running.md").read_text("utf-8").partition("<!-- differs -->")[2]
DIFFERS = re.findall(r"^\| `([^`]+)` \|", LISTED.partition("<!-- /differs -->")[0], re.MULTILINE)
"""What the page says differs: names of the context, and of variables, where `*` is anything."""

PROBE = """
import json, os, sys
from pathlib import Path
from dagster_pipes import PipesContext, decode_param, open_dagster_pipes

told = json.loads(Path(decode_param(os.environ["DAGSTER_PIPES_CONTEXT"])["path"]).read_text())
seen = Path({root!r}, "seen")
seen.mkdir(exist_ok=True)
name = "-".join([*told["asset_keys"], *told["extras"].get("partition_keys", ())])
target = seen / (name.replace("/", "_") + ".json")
known = {{"argv": sys.argv, "cwd": os.getcwd(), "env": dict(os.environ), "told": told}}
target.write_text(json.dumps(known))
with open_dagster_pipes() as pipes:
"""
ALL = """
    for key in pipes.asset_keys:
        pipes.report_asset_materialization(
            asset_key=key,
            data_version="v1",
            metadata={
                "dagster/row_count": {"raw_value": 3, "type": "int"},
                "when": {"raw_value": "2026-01-31T05:00:00Z", "type": "timestamp"},
                "rows": {"raw_value": [{"a": 1, "b": "x"}], "type": "table"},
                "text": "hello",
            },
        )
    for key, names in pipes.extras.get("selected_checks", {}).items():
        for name in names:
            pipes.report_asset_check(
                name, passed="bad" not in name, asset_key=key, severity="WARN", metadata={"n": 1}
            )
"""


class Seen(NamedTuple):
    """All that came of running a project in a host."""

    scripts: Mapping[str, Any]
    """What each script saw."""
    made: Mapping[tuple[str, str | None], Any]
    checks: Mapping[tuple[str, str], Any]
    is_success: bool


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "project")
    definitions = "from pipes_projects import PipesProject\n\ndefs = PipesProject.make_defs()\n"
    folder.write("definitions.py", definitions)
    return folder


def probe(folder: Folder, name: str, manifest: str = "", reports: str = ALL) -> None:
    folder.write(f"defs/{name}.yaml", manifest)
    (folder.root / f"defs/{name}.py").write_text(PROBE.format(root=str(folder.root)) + reports)


def what_scripts_saw(folder: Folder) -> dict[str, Any]:
    seen = folder.root / "seen"
    found = (
        {path.name: json.loads(path.read_text()) for path in seen.iterdir()}
        if seen.exists()
        else {}
    )
    shutil.rmtree(seen, ignore_errors=True)
    return found


def in_terminal(folder: Folder, *arguments: str) -> Seen:
    """By `pipes-projects run`."""
    done = run("run", *arguments, "--format", "json", cwd=folder.root)
    assert done.returncode in (0, 1), done.stderr
    assert "error[" not in done.stderr
    records = json.loads(done.stdout)["assets"]
    made = {
        (record["asset"], record["partition"]): (
            _metadata(record["metadata"]),
            record["data_version"],
            record["code_version"],
            record["code"],
        )
        for record in records
        if record["made"]
    }
    checks = {
        (record["asset"], name): (
            check["passed"],
            check["severity"],
            check["blocking"],
            check.get("description"),
            _metadata(check["metadata"]),
        )
        for record in records
        for name, check in record["checks"].items()
    }
    return Seen(what_scripts_saw(folder), made, checks, done.returncode == 0)


def _metadata(told: Mapping[str, Any]) -> dict[str, Any]:
    return to_dagster({name: Value(value["type"], value["value"]) for name, value in told.items()})


def in_dagster(
    folder: Folder,
    home: Path,
    selection: dg.AssetSelection | None = None,
    partition: str | tuple[str, str] | None = None,
    params: Mapping[str, Any] | None = None,
) -> Seen:
    """As a run of Dagster, in this process."""
    variables = {**os.environ, "COLUMNS": "100"}
    with patch.dict(os.environ, variables), stored(home) as instance:
        defs = load(folder.root / "definitions.py")
        job = dg.define_asset_job("selected", selection or dg.AssetSelection.all())
        both = dg.Definitions.merge(defs, dg.Definitions(jobs=[job]))
        result = both.resolve_job_def("selected").execute_in_process(
            {"ops": {step: {"config": param} for step, param in (params or {}).items()}},
            instance=instance,
            raise_on_error=False,
            partition_key=partition if isinstance(partition, str) else None,
            tags=dict(zip(RANGE, partition, strict=True)) if isinstance(partition, tuple) else None,
        )
    events = result.get_asset_materialization_events()
    checks = {
        (finding.asset_key.to_user_string(), finding.check_name): (
            finding.passed,
            finding.severity.value,
            finding.blocking,
            finding.description,
            dict(finding.metadata),
        )
        for finding in result.get_asset_check_evaluations()
    }
    made = dict(_recorded(event.step_materialization_data.materialization) for event in events)
    return Seen(what_scripts_saw(folder), made, checks, result.success)


def _recorded(made: dg.AssetMaterialization) -> tuple[tuple[str, str | None], Any]:
    tags = made.tags or {}
    is_told = tags.get("dagster/data_version_is_user_provided") == "true"
    version = tags.get("dagster/data_version") if is_told else None
    key = (made.asset_key.to_user_string(), made.partition)
    metadata = {**made.metadata}
    code = metadata.pop(CODE).value
    return key, (metadata, version, tags.get("dagster/code_version"), code)


def without(found: Mapping[str, Any]) -> dict[str, Any]:
    """Without what the page says differs."""
    pattern = "|".join(re.escape(name).replace(r"\*", ".*") for name in DIFFERS)
    return {name: value for name, value in found.items() if not re.fullmatch(pattern, name)}


def comparable(seen: Seen) -> Seen:
    scripts = {
        name: {**script, "env": without(script["env"]), "told": without(script["told"])}
        for name, script in seen.scripts.items()
    }
    return seen._replace(scripts=scripts)


def test_the_list_of_what_differs_is_short() -> None:
    assert 0 < len(DIFFERS) < 8
    assert not {"*", "asset_keys", "extras", "partition_keys"} & set(DIFFERS)


def test_scripts_of_every_kind_see_the_same_and_the_same_is_recorded(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THE_PASSWORD", "hunter22")
    probe(
        folder,
        "raw/orders",
        """
        params: {n: 8, who: [a, b], x: {default: 0.5, maximum: 2}}
        extras: {more: {deep: [1, 2]}}
        subprocess: {args: ["--n={params.n}", "{{params.n}}"], env: {MINE: '1', HOME: /nowhere}}
        secrets: [{PASSWORD: THE_PASSWORD}]
        checks:
          good: {blocking: true, description: All is well.}
          bad: {}
        code_version: v7
        """,
    )
    probe(
        folder,
        "marts/both",
        """
        subprocess: {cwd: .., env: {PLACE: here}}
        inherit_env: [PATH]
        deps: [raw/orders]
        checks: {complete: {asset: second, blocking: true}}
        assets: {second: {deps: [marts/first]}, first: {}}
        """,
    )
    probe(folder, "marts/bare", "inherit_env: none\ndeps: [marts/second]\n")
    probe(folder, "marts/empty", "inherit_env: []\n")
    here = in_terminal(folder, "*")
    there = in_dagster(folder, tmp_path / "home")
    assert comparable(here) == comparable(there)
    assert len(here.scripts) == 4
    assert here.is_success


def test_selected_assets_and_checks_are_the_same(folder: Folder, tmp_path: Path) -> None:
    probe(
        folder,
        "marts/some",
        """
        can_subset: true
        checks: {one: {asset: a}, bad_one: {asset: a}, other: {asset: b}}
        assets: {a: {}, b: {}, c: {deps: [marts/a]}}
        """,
    )
    here = in_terminal(folder, 'key:"marts/a" or key:"marts/c"')
    selection = dg.AssetSelection.from_string('key:"marts/a" or key:"marts/c"')
    there = in_dagster(folder, tmp_path / "home", selection)
    assert comparable(here) == comparable(there)
    assert list(here.scripts) == ["marts_a-marts_c.json"]


@pytest.mark.parametrize(
    "reports",
    [
        "    pass\n",
        "    pipes.report_asset_materialization(asset_key='marts/a')\n",
        "    pipes.report_asset_materialization(asset_key='marts/b')\n",
        "    pipes.report_asset_check('ok', False, asset_key='marts/a')\n" + ALL,
        ALL + "    sys.exit(2)\n",
        ALL + "    pipes.report_asset_materialization(asset_key='marts/d')\n",
    ],
)
def test_what_counts_is_the_same(folder: Folder, tmp_path: Path, reports: str) -> None:
    manifest = """
    checks: {ok: {asset: a, blocking: true}}
    assets: {a: {}, b: {deps: [marts/a]}}
    """
    probe(folder, "marts/some", manifest, reports)
    probe(folder, "reports/after", "deps: [marts/b]\n")
    here = in_terminal(folder, "*")
    there = in_dagster(folder, tmp_path / "home")
    assert comparable(here) == comparable(there)


def with_partitions(folder: Folder) -> None:
    folder.write(
        "definitions.py",
        """
        import dagster as dg
        from pipes_projects import PipesProject

        class Project(PipesProject):
            @classmethod
            def partitions_defs(cls):
                return {
                    "days": dg.DailyPartitionsDefinition("2026-03-27", timezone="Europe/Berlin"),
                    "towns": dg.StaticPartitionsDefinition(["rome", "oslo", "bern"]),
                }

        defs = Project.make_defs()
        """,
    )
    probe(folder, "raw/days", "partitions_def: days\nbackfill_policy: {type: single_run}\n")
    probe(folder, "raw/towns", "partitions_def: towns\nbackfill_policy: {type: single_run}\n")
    probe(folder, "marts/all", "deps: [raw/days]\nchecks: {ok: {}}\n")
    assert run("schema", cwd=folder.root).returncode == 0


def test_what_the_owner_says_of_all_scripts_holds_in_both(folder: Folder, tmp_path: Path) -> None:
    folder.write(
        "definitions.py",
        """
        from pipes_projects import PipesProject

        class Project(PipesProject):
            @classmethod
            def script_defaults(cls):
                return {"inherit_env": ["PATH"], "timeout": "10m"}

        defs = Project.make_defs()
        """,
    )
    probe(folder, "raw/few")
    probe(folder, "raw/all", "inherit_env: all\n")
    assert run("schema", cwd=folder.root).returncode == 0
    here, there = in_terminal(folder, "*"), in_dagster(folder, tmp_path / "home")
    assert comparable(here) == comparable(there)
    assert "HOME" not in here.scripts["raw_few.json"]["env"]
    assert "HOME" in here.scripts["raw_all.json"]["env"]


@pytest.mark.parametrize(
    ("selection", "partition"),
    [
        ("not key:raw/towns", "2026-03-29"),  # clocks go forward
        ("not key:raw/towns", ("2026-03-28", "2026-03-30")),
        ("key:raw/towns", "oslo"),
        ("key:raw/towns", ("rome", "oslo")),
    ],
)
def test_partitions_are_told_and_recorded_alike(
    folder: Folder, tmp_path: Path, selection: str, partition: str | tuple[str, str]
) -> None:
    with_partitions(folder)
    option = ("--partition", partition)
    if isinstance(partition, tuple):
        option = ("--range", "...".join(partition))
    here = in_terminal(folder, selection, *option)
    chosen = dg.AssetSelection.from_string(selection)
    there = in_dagster(folder, tmp_path / "home", chosen, partition)
    assert comparable(here) == comparable(there)
    assert here.is_success


@pytest.mark.parametrize("partition", ["2013-02", ("2013-01", "2013-02")])
def test_the_example_with_flights_tells_its_scripts_the_same(
    tmp_path: Path, partition: str | tuple[str, str]
) -> None:
    """Its manifests and its definitions, with scripts that say what they see."""
    root = tmp_path / "flights"
    shutil.copytree(EXAMPLES / "flights", root, ignore=shutil.ignore_patterns("data", ".*"))
    for script in root.glob("defs/*/*.py"):
        script.write_text(PROBE.format(root=str(root)) + ALL)
    folder = object.__new__(Folder)
    folder.root = root
    assert run("schema", cwd=root).returncode == 0
    option = ("--partition", partition)
    if isinstance(partition, tuple):
        option = ("--range", "...".join(partition))
    here = in_terminal(folder, "*", *option, "--param", "min_flights=3")
    params = {"marts__delays": {"min_flights": 3}}
    there = in_dagster(folder, tmp_path / "home", None, partition, params)
    assert comparable(here) == comparable(there)
    assert here.is_success
    assert len(here.scripts) == 13
