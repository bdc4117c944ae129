"""`explain`: every effective value, where it comes from, and what it took the place of."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from pipes_projects.cli import cli
from pipes_projects.compiler.document import Document, parse
from pipes_projects.compiler.explanation import Explained, Explanation, explain
from pipes_projects.compiler.history import Origin, history
from pipes_projects.compiler.inheritance import Layer, merged
from pipes_projects.layout import Layout
from pipes_projects.manifest.asset import AssetFields
from pipes_projects.manifest.forms import FIELDS
from pipes_projects.manifest.script import ScriptFields
from pipes_projects.project import Asset, Script
from pipes_projects.render.explanation import render_json, render_table
from pipes_projects.render.flow import flow
from pipes_projects.schema.contract import read_contract
from pipes_projects.source import SourceFile, read_sources
from tests.case_folders import compiled, folders
from tests.conftest import Folder
from tests.running import EXAMPLES


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
    return {".".join(it["name"]): it for it in answer["values"]}


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
    folder.write("defs/_defaults.yaml", "owners: [team:platform]\n")
    folder.asset(
        "g/two",
        """\
        owners: [team:sales]
        deps: [g/raw]
        can_subset: true
        checks:
          rows_present: {asset: daily, blocking: true}
          of_the_other: {asset: monthly}
        assets:
          daily:
            owners: [team:daily]
            deps: [g/raw, {asset: g/days, partition_mapping: last}]
            checks:
              fresh: {}
          monthly: {key: finance/monthly, code_version: 1.10}
        """,
    )
    folder.asset("g/raw")
    folder.asset("g/days")
    assert table("g/daily", folder.root) == text(
        """
        key                           g/daily                         defs/g/two.yaml:8
        group                         g                               the folder
        kind                          subprocess                      built in
        script                        defs/g/two.py                   beside the manifest

        can_subset                    true                            defs/g/two.yaml:3

        deps                          [g/raw, {asset: g/days,         defs/g/two.yaml:10
                                      partition_mapping: last}]
          instead of                  [g/raw]                         defs/g/two.yaml:2
        owners                        [team:daily]                    defs/g/two.yaml:9
          instead of                  [team:sales]                    defs/g/two.yaml:1
          instead of                  [team:platform]                 defs/_defaults.yaml:1
        code_version                  (hash of the script)            built in
        checks.rows_present.blocking  true                            defs/g/two.yaml:5
        checks.fresh                  {}                              defs/g/two.yaml:12
        """
    )
    monthly = values("finance/monthly", folder.root)
    assert monthly["key"]["overrides"] == [
        {"value": "g/monthly", "path": "defs/g/two.yaml", "line": 13}
    ]
    assert monthly["code_version"]["value"] == "1.10"
    assert monthly["checks.of_the_other"]["origin"] == {"path": "defs/g/two.yaml", "line": 6}
