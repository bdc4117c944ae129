"""`explain`: every effective value, where it comes from, and what it took the place of."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from functools import reduce
from hashlib import sha256
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from pipes_projects.analysis.explanation import Explained, Explanation, explain
from pipes_projects.analysis.value_history import Origin, history
from pipes_projects.cli import cli
from pipes_projects.compiler.lower.inheritance.layers import Layer, merged
from pipes_projects.compiler.parse.document import Document, parse
from pipes_projects.layout import Layout, LayoutError
from pipes_projects.manifest.asset import AssetFields
from pipes_projects.manifest.forms import FIELDS, SingleAssetManifest
from pipes_projects.manifest.model.yaml_flow import flow
from pipes_projects.manifest.script import ScriptFields
from pipes_projects.project import Asset, Script
from pipes_projects.render.explanation import render_json, render_table
from pipes_projects.schema.contract.reading import read_contract
from pipes_projects.source import SourceFile, read_sources
from tests.support.case_folders import compiled, folders
from tests.support.folder import Folder


def run(*arguments: str | Path) -> Result:
    """`explain`, in this process."""
    return CliRunner().invoke(cli, ["explain", *map(str, arguments)], prog_name="pipes-projects")


def table(*arguments: str | Path) -> str:
    """What `explain` prints, where it exits with 0."""
    answer = run(*arguments)
    assert answer.exit_code == 0, answer.output
    return answer.stdout


def values(*arguments: str | Path) -> dict[str, Any]:
    """The values of `explain --json` by their names."""
    answer = json.loads(table("--json", *arguments))
    return {".".join(row["name"]): row for row in answer["values"]}


def text(expected: str) -> str:
    return dedent(expected).lstrip("\n")


def test_defaults_at_two_levels_are_told_apart(folder: Folder) -> None:
    folder.write(
        "defs/_defaults.yaml",
        """\
        owners: [team:platform]
        tags: {company: acme, tier: bronze}
        retry_policy: {max_retries: 2, delay: 2m}
        """,
    )
    folder.write(
        "defs/sales/_defaults.yaml",
        """\
        owners: [team:sales]
        tags: {tier: silver}
        retry_policy:
          max_retries: 5
        """,
    )
    folder.asset("sales/orders", "description: Orders, one a row.\ntags: {tier: gold}\n")
    assert table("sales/orders", folder.root) == text(
        """
        key                       sales/orders          the file's name
        group                     sales                 the folder
        kind                      subprocess            built in
        script                    defs/sales/orders.py  beside the manifest

        retry_policy.max_retries  5                     defs/sales/_defaults.yaml:4
          instead of              2                     defs/_defaults.yaml:3
        retry_policy.delay        2m                    defs/_defaults.yaml:3
        can_subset                false                 built in

        description               Orders, one a row.    defs/sales/orders.yaml:1
        owners                    [team:sales]          defs/sales/_defaults.yaml:1
          instead of              [team:platform]       defs/_defaults.yaml:1
        tags.company              acme                  defs/_defaults.yaml:2
        tags.tier                 gold                  defs/sales/orders.yaml:2
          instead of              silver                defs/sales/_defaults.yaml:2
          instead of              bronze                defs/_defaults.yaml:2
        code_version              (hash of the script)  built in
        """
    )


def test_an_asset_of_several_inherits_from_the_top_of_its_manifest(folder: Folder) -> None:
    folder.write("defs/_defaults.yaml", "owners: [team:all]\n")
    folder.asset("g/raw")
    folder.asset("g/d")
    folder.asset(
        "g/two",
        """\
        owners: [team:sales]
        deps: [g/raw]
        can_subset: true
        checks:
          rows: {asset: daily, blocking: true}
          others: {asset: monthly}
        assets:
          daily:
            owners: [team:daily]
            deps: [g/raw, {asset: g/d, partition_mapping: last}]
            checks:
              fresh: {}
          monthly: {key: finance/monthly, code_version: 1.10}
        """,
    )
    assert table("g/daily", folder.root) == text(
        """
        key                   g/daily                                         defs/g/two.yaml:8
        group                 g                                               the folder
        kind                  subprocess                                      built in
        script                defs/g/two.py                                   beside the manifest

        can_subset            true                                            defs/g/two.yaml:3

        deps                  [g/raw, {asset: g/d, partition_mapping: last}]  defs/g/two.yaml:10
          instead of          [g/raw]                                         defs/g/two.yaml:2
        owners                [team:daily]                                    defs/g/two.yaml:9
          instead of          [team:sales]                                    defs/g/two.yaml:1
          instead of          [team:all]                                      defs/_defaults.yaml:1
        code_version          (hash of the script)                            built in
        checks.rows.blocking  true                                            defs/g/two.yaml:5
        checks.fresh          {}                                              defs/g/two.yaml:12
        """
    )
    assert table("finance/monthly", folder.root) == text(
        """
        key            finance/monthly  defs/g/two.yaml:13
          instead of   g/monthly        defs/g/two.yaml:13
        group          g                the folder
        kind           subprocess       built in
        script         defs/g/two.py    beside the manifest

        can_subset     true             defs/g/two.yaml:3

        deps           [g/raw]          defs/g/two.yaml:2
        owners         [team:sales]     defs/g/two.yaml:1
          instead of   [team:all]       defs/_defaults.yaml:1
        code_version   "1.10"           defs/g/two.yaml:13
        checks.others  {}               defs/g/two.yaml:6
        """
    )


def test_a_part_of_the_code_version_is_told_where_the_default_of_a_param_is_written(
    folder: Folder,
) -> None:
    folder.write("defs/_defaults.yaml", "params: {region: {choices: [eu, us], default: eu}}\n")
    folder.asset("g/one", "params: {region: us}\n")
    shown = values("g/one", folder.root)["code_version.params.region"]
    assert shown["origin"] == {"path": "defs/g/one.yaml", "line": 1}


def test_null_takes_back_a_value_a_mapping_or_an_entry_at_each_level(folder: Folder) -> None:
    folder.write(
        "defs/_defaults.yaml",
        """\
        owners: [team:platform]
        tags: {company: acme, tier: bronze}
        pool: everyone
        retry_policy: {max_retries: 2, delay: 5}
        subprocess: {args: [--full], env: {STAGE: prod, REGION: eu}}
        extras: {limits: {rows: 5}, since: 2026}
        """,
    )
    folder.write("defs/g/_defaults.yaml", "pool: null\ntags: null\n")
    folder.asset(
        "g/one",
        """\
        tags: {domain: sales}
        retry_policy: null
        subprocess: {args: null, env: {STAGE: null, LOG_LEVEL: debug}}
        extras: {limits: {days: 7}, since: null}
        """,
    )
    folder.asset("g/two", "assets:\n  a: {owners: null}\n  b: {tags: {own: x}}\n")
    assert table("g/one", folder.root).split("\n\n", 1)[1] == text(
        """
        subprocess.args               (nothing)                   defs/g/one.yaml:3
          instead of                  [--full]                    defs/_defaults.yaml:5
        subprocess.env.STAGE          (nothing)                   defs/g/one.yaml:3
          instead of                  prod                        defs/_defaults.yaml:5
        subprocess.env.REGION         eu                          defs/_defaults.yaml:5
        subprocess.env.LOG_LEVEL      debug                       defs/g/one.yaml:3
        extras.limits                 {days: 7}                   defs/g/one.yaml:4
          instead of                  {rows: 5}                   defs/_defaults.yaml:6
        extras.since                  (nothing)                   defs/g/one.yaml:4
          instead of                  2026                        defs/_defaults.yaml:6
        retry_policy                  (nothing)                   defs/g/one.yaml:2
          instead of                  {max_retries: 2, delay: 5}  defs/_defaults.yaml:4
        pool                          (nothing)                   defs/g/_defaults.yaml:1
          instead of                  everyone                    defs/_defaults.yaml:3
        can_subset                    false                       built in

        owners                        [team:platform]             defs/_defaults.yaml:1
        tags.company                  (nothing)                   defs/g/_defaults.yaml:2
          instead of                  acme                        defs/_defaults.yaml:2
        tags.tier                     (nothing)                   defs/g/_defaults.yaml:2
          instead of                  bronze                      defs/_defaults.yaml:2
        tags.domain                   sales                       defs/g/one.yaml:1
        code_version                  (hash of 3 parts)           built in
        code_version."defs/g/one.py"  (03e693d9f2f6)              the script
        code_version.extras.limits    (9789fa868556)              defs/g/one.yaml:4
        code_version.subprocess.env   (a560197ac532)              defs/g/one.yaml:3
        """
    )
    assert last_section(table("g/a", folder.root)) == text(
        """
        owners                        (nothing)                      defs/g/two.yaml:2
          instead of                  [team:platform]                defs/_defaults.yaml:1
        tags                          (nothing)                      defs/g/_defaults.yaml:2
          instead of                  {company: acme, tier: bronze}  defs/_defaults.yaml:2
        code_version                  (hash of 5 parts)              built in
        code_version."defs/g/two.py"  (03e693d9f2f6)                 the script
        code_version.extras.limits    (de225b3a2237)                 defs/_defaults.yaml:6
        code_version.extras.since     (158a323a7ba4)                 defs/_defaults.yaml:6
        code_version.subprocess.args  (adf7cce9bcdb)                 defs/_defaults.yaml:5
        code_version.subprocess.env   (41665fac44c8)                 defs/_defaults.yaml:5
        """
    )
    assert last_section(table("g/b", folder.root)) == text(
        """
        owners                        [team:platform]    defs/_defaults.yaml:1
        tags.company                  (nothing)          defs/g/_defaults.yaml:2
          instead of                  acme               defs/_defaults.yaml:2
        tags.tier                     (nothing)          defs/g/_defaults.yaml:2
          instead of                  bronze             defs/_defaults.yaml:2
        tags.own                      x                  defs/g/two.yaml:3
        code_version                  (hash of 5 parts)  built in
        code_version."defs/g/two.py"  (03e693d9f2f6)     the script
        code_version.extras.limits    (de225b3a2237)     defs/_defaults.yaml:6
        code_version.extras.since     (158a323a7ba4)     defs/_defaults.yaml:6
        code_version.subprocess.args  (adf7cce9bcdb)     defs/_defaults.yaml:5
        code_version.subprocess.env   (41665fac44c8)     defs/_defaults.yaml:5
        """
    )


def test_what_is_built_in_is_said_where_it_matters(folder: Folder) -> None:
    folder.write(
        "defs/_defaults.yaml",
        "schedule: {execution_timezone: Europe/Berlin}\nretry_policy: {}\n",
    )
    folder.write(
        "defs/h/_defaults.yaml", "schedule: 0 6 * * *\nbackfill_policy: {type: multi_run}\n"
    )
    folder.asset("g/one")
    folder.asset(
        "h/one",
        """\
        schedule: 0 5 * * *
        freshness_policy: {cron: {deadline_cron: 0 10 * * *, lower_bound_delta: 2h}}
        retry_policy: {max_retries: 3}
        can_subset: null
        """,
    )
    assert table("g/one", folder.root).split("\n\n", 1)[1] == text(
        """
        retry_policy              {}                    defs/_defaults.yaml:2
        retry_policy.max_retries  1                     built in
        can_subset                false                 built in

        code_version              (hash of the script)  built in
        """
    )
    assert table("h/one", folder.root).split("\n\n", 1)[1] == text(
        """
        schedule.execution_timezone              Europe/Berlin         defs/_defaults.yaml:1
        schedule.cron_schedule                   0 5 * * *             defs/h/one.yaml:1
          instead of                             0 6 * * *             defs/h/_defaults.yaml:1
        backfill_policy.type                     multi_run             defs/h/_defaults.yaml:2
        backfill_policy.max_partitions_per_run   1                     built in
        retry_policy.max_retries                 3                     defs/h/one.yaml:3
        can_subset                               false                 built in
          instead of                             (nothing)             defs/h/one.yaml:4

        code_version                             (hash of the script)  built in
        freshness_policy.cron.deadline_cron      0 10 * * *            defs/h/one.yaml:2
        freshness_policy.cron.lower_bound_delta  2h                    defs/h/one.yaml:2
        freshness_policy.cron.timezone           UTC                   built in
        """
    )


def test_an_owners_kinds_and_fields_are_explained_by_the_contract(folder: Folder) -> None:
    with_team_contract(folder)
    folder.write("defs/_defaults.yaml", "cost_center: DE1000\ntimeout_minutes: 30\n")
    folder.write("defs/g/_defaults.yaml", "notebook: {image: jupyter}\nsubprocess: {args: [-q]}\n")
    folder.asset("g/two", "stage: draft\nassets:\n  a: {cost_center: FR2000}\n  b: {stage: null}\n")
    folder.write("defs/g/book.ipynb")
    folder.write("defs/g/book.yaml", "kind: notebook\nnotebook: {cores: 4}\ntimeout_minutes: 60\n")
    assert table("g/book", folder.root) == text(
        """
        key                               g/book             the file's name
        group                             g                  the folder
        kind                              notebook           defs/g/book.yaml:1
        script                            defs/g/book.ipynb  beside the manifest

        notebook.image                    jupyter            defs/g/_defaults.yaml:1
        notebook.cores                    4                  defs/g/book.yaml:2
        timeout_minutes                   60                 defs/g/book.yaml:3
          instead of                      30                 defs/_defaults.yaml:2
        can_subset                        false              built in

        code_version                      (hash of 3 parts)  built in
        code_version."defs/g/book.ipynb"  (e3b0c44298fc)     the script
        code_version.notebook.image       (529311603827)     defs/g/_defaults.yaml:1
        code_version.notebook.cores       (4b227777d4dd)     defs/g/book.yaml:2
        """
    )
    assert last_section(table("g/a", folder.root)) == text(
        """
        code_version                  (hash of 2 parts)  built in
        code_version."defs/g/two.py"  (03e693d9f2f6)     the script
        code_version.subprocess.args  (a53efea878e4)     defs/g/_defaults.yaml:2
        cost_center                   FR2000             defs/g/two.yaml:3
          instead of                  DE1000             defs/_defaults.yaml:1
        stage                         draft              defs/g/two.yaml:1
        """
    )
    assert last_section(table("g/b", folder.root)) == text(
        """
        code_version                  (hash of 2 parts)  built in
        code_version."defs/g/two.py"  (03e693d9f2f6)     the script
        code_version.subprocess.args  (a53efea878e4)     defs/g/_defaults.yaml:2
        cost_center                   DE1000             defs/_defaults.yaml:1
        stage                         (nothing)          defs/g/two.yaml:4
          instead of                  draft              defs/g/two.yaml:1
        """
    )


def test_paths_are_relative_to_the_project(folder: Folder) -> None:
    folder.write("defs/_defaults.yaml", "subprocess: {cwd: ..}\n")
    folder.write("defs/g/_defaults.yaml", "subprocess: {cwd: work}\n")
    folder.write("defs/g/work/in.txt")
    folder.asset("g/one")
    found = values("g/one", folder.root)["subprocess.cwd"]
    assert found["value"] == "defs/g/work"
    assert found["overrides"] == [{"value": ".", "path": "defs/_defaults.yaml", "line": 1}]


def test_an_external_asset_has_no_script_and_nothing_of_one(folder: Folder) -> None:
    folder.write("defs/_defaults.yaml", "pool: everyone\nextras: {a: 1}\n")
    folder.write("defs/g/shop.yaml", "kind: external\n")
    assert table("g/shop", folder.root) == text(
        """
        key    g/shop    the file's name
        group  g         the folder
        kind   external  defs/g/shop.yaml:1
        """
    )


def test_json_is_of_the_shape_that_is_documented(folder: Folder) -> None:
    folder.write("defs/_defaults.yaml", "\ntags: {tier: bronze}\n")
    folder.asset("g/one", "tags:\n  tier: gold\nscript: other.py\nextras: {most: .inf}\n")
    folder.write("defs/g/other.py")
    at = {"path": "defs/g/one.yaml"}
    assert json.loads(table("--json", "g/one", folder.root)) == {
        "version": 1,
        "key": "g/one",
        "path": "defs/g/one.yaml",
        "line": 1,
        "has_errors": False,
        "values": [
            value("key", "g/one", {"layout": "the file's name"}),
            value("group", "g", {"layout": "the folder"}),
            value("kind", "subprocess", {"built_in": True}),
            value("script", "defs/g/other.py", {**at, "line": 3}),
            value("extras.most", ".inf", {**at, "line": 4}),
            value("can_subset", False, {"built_in": True}),
            value(
                "tags.tier",
                "gold",
                {**at, "line": 2},
                {"value": "bronze", "path": "defs/_defaults.yaml", "line": 2},
            ),
            value("code_version", "hash of 2 parts", {"built_in": True}),
            value("", sha256(b"").hexdigest()[:12], {"layout": "the script"})
            | {"name": ["code_version", "defs/g/other.py"]},
            value(
                "code_version.extras.most",
                sha256(b"Infinity").hexdigest()[:12],
                {**at, "line": 4},
            ),
        ],
    }


def value(name: str, value: Any, origin: Any, *overrides: Any) -> dict[str, Any]:
    return {
        "name": name.split("."),
        "value": value,
        "origin": origin,
        "overrides": list(overrides),
    }


def last_section(printed: str) -> str:
    return printed.rpartition("\n\n")[2]


def with_team_contract(folder: Folder) -> None:
    """The contract of `tests/support/projects/team_platform.py`."""
    case = next(folder for folder in folders("ok") if folder.name == "contract")
    shutil.copytree(case / "schemas", folder.root / "schemas")


def test_errors_elsewhere_are_no_matter(folder: Folder) -> None:
    folder.asset("g/one")
    folder.asset("g/two", "depz: []\n")
    answer = run("g/one", folder.root)
    assert (answer.exit_code, answer.stderr) == (0, "")


@pytest.mark.parametrize("wrong", ["defs/g/one.yaml", "defs/_defaults.yaml"])
def test_of_a_manifest_with_errors_what_is_valid_is_explained(folder: Folder, wrong: str) -> None:
    folder.asset("g/one")
    folder.write(wrong, "depz: []\npool: mine\n")
    answer = run("g/one", folder.root)
    assert answer.exit_code == 1
    assert answer.stderr == "its manifest has errors: see `pipes-projects check`\n"
    assert f"pool          mine                  {wrong}:2\n" in answer.stdout
    assert json.loads(run("--json", "g/one", folder.root).stdout)["has_errors"]


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("sales/ordrs", "an asset with a similar name exists: `sales/orders`"),
        ("x", "`pipes-projects list` shows them"),
        ("broken/one", "a manifest of this group cannot be read: see `pipes-projects check`"),
        ("finance/budget", "is made by Python definitions: no manifest declares it"),
    ],
)
def test_a_key_that_is_none_is_wrong_usage(folder: Folder, key: str, message: str) -> None:
    with_team_contract(folder)
    folder.asset("sales/orders", "cost_center: DE1000\n")
    folder.asset("broken/one", "- [")
    answer = run(key, folder.root)
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert f"`{key}`" in answer.stderr
    assert message in answer.stderr


def test_colours_are_for_terminals(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.asset("g/one", "tags: {a: b}\n")
    plain = table("g/one", folder.root)
    assert "\x1b" not in plain
    monkeypatch.setattr("pipes_projects.cli.reading.explain.wants_colour", lambda: True)
    painted = table("g/one", folder.root)
    assert "\x1b[1mtags.a\x1b[0m" in painted
    assert re.sub(r"\x1b\[[0-9]+m", "", painted) == plain


def test_what_authors_write_plays_no_tricks_on_a_terminal(folder: Folder) -> None:
    folder.asset("g/one", 'extras: {"\\e[31m a.b": "\\e[31mred\\n", long: "%s"}\n' % ("word " * 99))
    printed = table("g/one", folder.root)
    assert "\x1b" not in printed
    assert max(map(len, printed.splitlines())) < 120
    assert " …" in printed


def test_without_dagster_only_definitions_are_not_to_be_had(folder: Folder) -> None:
    folder.asset("g/one")
    code = (
        "import sys; sys.modules['dagster'] = None; sys.argv[0] = 'pipes-projects';"
        "from pipes_projects.cli import run; run()"
    )
    command = [sys.executable, "-c", code, "explain", "g/one", str(folder.root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    done = subprocess.run([*command, "--definitions"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "`--definitions` needs Dagster: install `pipes-projects[dagster]`" in done.stderr


def test_help_teaches_by_an_example() -> None:
    assert "$ pipes-projects explain sales/orders\n" in run("--help").output


OWNERS = """
import dagster as dg
from pipes_projects import PipesAssetManifest, PipesProject, PipesScript, PipesScriptManifest

class TeamScriptManifest(PipesScriptManifest):
    @property
    def tags(self):
        return {"kind": "python", "team": "data", **super().tags}

    @property
    def retry_policy(self):
        return super().retry_policy or dg.RetryPolicy(max_retries=3, delay=60)

class TeamAssetManifest(PipesAssetManifest):
    @property
    def owners(self):
        return super().owners or ["team:platform"]

    @property
    def asset_spec(self):
        return super().asset_spec.replace_attributes(group_name="everything")

class TeamScript(PipesScript):
    @classmethod
    def script_manifest_class(cls):
        return TeamScriptManifest

    @classmethod
    def asset_manifest_class(cls):
        return TeamAssetManifest

class Project(PipesProject):
    @classmethod
    def script_kind_map(cls):
        return {**super().script_kind_map(), "subprocess": TeamScript}

    @classmethod
    def partitions_defs(cls):
        return {"daily": dg.DailyPartitionsDefinition("2026-01-01")}

print("hello")
defs = Project.make_defs()
"""


FULL = """\
description: What it is.
deps: [{asset: g/above, partition_mapping: last}]
tags: {tier: gold}
kinds: [duckdb]
metadata: {rows: 5}
columns: [{name: id, type: int}]
partitions_def: daily
backfill_policy: {type: single_run}
schedule: 0 5 * * *
automation_condition: eager
freshness_policy: {time_window: {fail_window: 36h}}
checks: {fresh: {blocking: true}}
extras: {a: 1}
op_tags: {cores: 2}
pool: warehouse
can_subset: true
code_version: 1.10
"""


@pytest.fixture
def owned(folder: Folder) -> Folder:
    """A project whose owner has a say in much."""
    pytest.importorskip("dagster")
    folder.write("definitions.py", OWNERS)
    folder.asset("g/above", "partitions_def: daily\n")
    folder.asset("g/one", "description: What it is.\ntags: {tier: gold}\nowners: null\n")
    folder.asset("g/full", FULL)
    from pipes_projects.emitter.inspection.definitions_file import published_schemas

    for path, schema in published_schemas(Layout(folder.root)).items():
        folder.write(path, schema)
    return folder


def test_definitions_show_what_the_owners_classes_made_of_it(owned: Folder) -> None:
    assert table("--definitions", "g/one", owned.root).split("\n\n", 2)[2] == text(
        """
        description   What it is.                  defs/g/one.yaml:1
        owners        (nothing)                    defs/g/one.yaml:3
        tags.tier     gold                         defs/g/one.yaml:2
        code_version  (hash of the script)         built in

        in Dagster:
        asset_key     g/one
        group_name    everything                   TeamAssetManifest.asset_spec
          instead of  g
        description   What it is.
        owners        [team:platform]              TeamAssetManifest.owners
          instead of  []
        tags          {team: data, tier: gold}     TeamScriptManifest.tags
          instead of  {tier: gold}
        kinds         [python]                     TeamScriptManifest.tags
          instead of  []
        code_version  (hash of the script)
        op_name       g__one
        retry_policy  {max_retries: 3, delay: 60}  TeamScriptManifest.retry_policy
          instead of  (nothing)
        """
    )


def test_definitions_speak_of_dagsters_objects_in_the_words_of_manifests(owned: Folder) -> None:
    answer = json.loads(table("--definitions", "--json", "g/full", owned.root))
    made = {made_value["name"]: made_value for made_value in answer["definitions"]}
    assert made["tags"] == {
        "name": "tags",
        "value": {"team": "data", "tier": "gold"},
        "manifest": {"tier": "gold"},
        "by": "TeamScriptManifest.tags",
    }
    assert made["pool"] == {
        "name": "pool",
        "value": "warehouse",
        "manifest": "warehouse",
        "by": None,
    }
    assert {name: told["manifest"] for name, told in made.items()} == {
        "asset_key": "g/full",
        "group_name": "g",
        "op_name": "g__full",
        "extras": {"a": 1},
        "schedule": {"cron_schedule": "0 5 * * *"},
        "backfill_policy": {"type": "single_run"},
        "retry_policy": None,
        "pool": "warehouse",
        "can_subset": True,
        "op_tags": {"cores": "2"},
        "description": "What it is.",
        "deps": [{"asset": "g/above", "partition_mapping": "last"}],
        "owners": [],
        "tags": {"tier": "gold"},
        "kinds": ["duckdb"],
        "metadata": {"rows": 5},
        "columns": [{"name": "id", "type": "int"}],
        "code_version": "1.10",
        "partitions_def": "daily",
        "automation_condition": "eager",
        "freshness_policy": {"fail_window": "1d12h"},
        "checks": [{"name": "fresh", "blocking": True}],
    }


def test_the_table_is_the_same_with_definitions_but_for_its_end(owned: Folder) -> None:
    alone = table("g/one", owned.root).split()
    assert table("--definitions", "g/one", owned.root).split()[: len(alone)] == alone


def test_an_asset_that_dagster_is_not_given_has_no_definitions(owned: Folder) -> None:
    owned.asset("g/wrong", "pool: a b\n")
    answer = run("--definitions", "--json", "g/wrong", owned.root)
    assert answer.exit_code == 1
    assert "definitions" not in json.loads(answer.stdout)
    assert "Dagster is given nothing of it: `a b` is not the name of a pool" in answer.stderr


def test_what_an_override_is_refused_for_is_said(owned: Folder) -> None:
    owned.write("definitions.py", OWNERS.replace('["team:platform"]', '["nobody"]'))
    answer = run("--definitions", "g/one", owned.root)
    assert answer.exit_code == 1
    assert "Dagster is given nothing of it: Dagster refuses `g/one`" in answer.stderr
    told = "this comes from the platform owner's `TeamAssetManifest.owners` (definitions.py:16)"
    assert told in answer.stderr


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            '["team:platform"]',
            "1 / 0",
            "by zero, in `TeamAssetManifest.owners`, for defs/g/",
        ),
        ('["team:platform"]', "self.nothing", "has no attribute 'nothing'"),
        ("print(", "1 / 0, (", "cannot be imported: ZeroDivisionError"),
        ("Project.make_defs()", "None", "does not call `make_defs()`"),
    ],
)
def test_what_the_owners_code_raises_is_no_bug_of_ours(
    owned: Folder, old: str, new: str, message: str
) -> None:
    owned.write("definitions.py", OWNERS.replace(old, new))
    with pytest.raises(LayoutError) as raised:
        CliRunner().invoke(
            cli, ["explain", "--definitions", "g/one", str(owned.root)], catch_exceptions=False
        )
    assert message in str(raised.value)


ASSETS = [
    (case, script, asset)
    for which in ("ok", "errors")
    for case in folders(which)
    for script in compiled(case).project.scripts
    for asset in script.assets
]
GOOD = [known for known in ASSETS if known[0].parent.name == "ok"]


def explained(case: Path, key: str) -> Explanation:
    _, explanation = explain(read_sources(case), read_contract(Layout(case).contract), key)
    assert explanation
    return explanation


def named(known: tuple[Path, Script, Asset]) -> str:
    return f"{known[0].name}-{known[2].key}"


@pytest.mark.parametrize("known", ASSETS, ids=named)
def test_whatever_compiles_can_be_explained(known: tuple[Path, Script, Asset]) -> None:
    explanation = explained(known[0], known[2].key)
    assert render_table(explanation, colour=True)
    assert json.loads(render_json(explanation))["key"] == known[2].key


@pytest.mark.parametrize("known", GOOD, ids=named)
def test_what_is_explained_is_what_is_compiled(known: tuple[Path, Script, Asset]) -> None:
    case, script, asset = known
    _, run, about = explained(case, asset.key).sections
    data = written((*run, *about))
    assert data.pop(script.kind, {}) == without_empty(script.options)
    checks = {name: given_check or {} for name, given_check in data.pop("checks", {}).items()}
    assert checks.keys() == {check.name for check in asset.checks}
    for check in asset.checks:
        assert checks[check.name].get("description") == check.description
        assert checks[check.name].get("blocking", False) == check.blocking
        assert checks[check.name].get("metadata", {}) == check.metadata
    added = {**script.added, **asset.added}
    assert {name: data.pop(name) for name in added} == added
    deps = [dep if isinstance(dep, dict) else {"asset": dep} for dep in data.pop("deps", [])]
    assert [
        (dep["asset"], dep.get("partition_mapping"), bool(dep.get("metadata"))) for dep in deps
    ] == [(dep.key, dep.partition_mapping, dep.with_metadata) for dep in asset.deps]
    typed = {**shown_fields(script.fields, ScriptFields), **shown_fields(asset.fields, AssetFields)}
    model = SingleAssetManifest.model_validate(data)
    assert {**shown_fields(model, ScriptFields), **shown_fields(model, AssetFields)} == typed


def written(section: Iterable[Explained]) -> dict[str, Any]:
    """The effective values, put together again; without what is built in, and what is nothing."""
    data: dict[str, Any] = {}
    for entry in section:
        if entry.origin.location and entry.value is not None:
            *above, last = entry.name
            reduce(lambda at, name: at.setdefault(name, {}), above, data)[last] = entry.value
    return data


def shown_fields(fields: BaseModel, names: type[BaseModel]) -> dict[str, Any]:
    mine = FIELDS[names] - {"kind", "script", "key", "checks"}
    return without_empty(fields.model_dump(mode="json", exclude_none=True, include=set(mine)))


def without_empty(data: Mapping[str, Any]) -> dict[str, Any]:
    """Without mappings that say nothing, as of which there is no row."""
    parts = {k: without_empty(v) if isinstance(v, dict) else v for k, v in data.items()}
    return {k: v for k, v in parts.items() if v != {}}


@pytest.mark.parametrize("known", GOOD, ids=named)
def test_every_place_is_a_line_that_has_the_key(known: tuple[Path, Script, Asset]) -> None:
    case, _, asset = known
    for section in explained(case, asset.key).sections:
        for value in section:
            for origin in (value.origin, *(override.origin for override in value.overrides)):
                if origin.location:
                    assert any(name in line_at(case, origin) for name in keys_of(value, asset))


def line_at(case: Path, origin: Origin) -> str:
    assert origin.location
    lines = (case / origin.location.path).read_text("utf-8").splitlines()
    return lines[origin.location.span.start.line]


def keys_of(value: Explained, asset: Asset) -> tuple[str, ...]:
    """What may stand at the place of a value: its own key, or that of all of a mapping where it
    is taken back whole; an asset's name, and a schedule that is no mapping."""
    if value.name == ("key",):
        return "key", asset.name
    nulls = any(override.value is None for override in (value, *value.overrides))
    return value.name if nulls or value.name[0] == "schedule" else value.name[-1:]


@given(
    st.lists(
        st.recursive(
            st.none() | st.integers(0, 9),
            lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
            max_leaves=8,
        ),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from(["tags", "extras"]),
)
def test_the_history_of_a_value_ends_in_what_is_merged(layered: list[Any], field: str) -> None:
    document = Document(SourceFile("defs/g/one.yaml", ""), {})
    layers = [Layer(document, {field: value}) for value in layered]
    section = [
        Explained(name, *sayings[0], sayings[1:])
        for name, sayings in history(layers, field).items()
    ]
    assert without_empty(written(section)) == without_empty(merged(layers))


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False)
        | st.text("ab1.-:#,[{ '\"~", max_size=6)
        | st.sampled_from(["1.10", "0x1F", "NO", "on", "12:30", "null", "--- a", "it's", "- a"]),
        lambda inner: st.lists(inner) | st.dictionaries(st.text("a:1 -", min_size=1), inner),
        max_leaves=6,
    )
)
def test_a_value_is_shown_as_an_author_could_write_it(value: Any) -> None:
    document, found = parse(SourceFile("defs/g/one.yaml", f"key: {flow(value)}\n"))
    assert not [finding for finding in found if "no value" not in finding.message]
    assert document
    assert document.data["key"] == value
