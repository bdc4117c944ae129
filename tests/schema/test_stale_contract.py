"""A contract that may be out of date is suspected wherever a name is not in it, and only there."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipes_projects.kinds import built_in_contract
from pipes_projects.layout import CONTRACT, Layout
from pipes_projects.manifest.contract import Contract, Partitions
from pipes_projects.schema.contract.of_project import STAMP, definitions_checksum, stamped
from pipes_projects.schema.documents import project_schemas, render
from tests.support.command import run
from tests.support.folder import Folder

DEFINITIONS = """\
from partitions import DAILY

from pipes_projects import PipesProject

defs = PipesProject.make_defs()
"""
UNKNOWN = {
    "kind": "kind: flink\n",
    "partitions_def": "partitions_def: hourly\n",
    "automation_condition": "automation_condition: nightly\n",
    "pool": "pool: small\n",
    "partition_mapping": "deps: [{asset: raw/orders, partition_mapping: shifted}]\n",
    "asset of Python definitions": "deps: [lake/orders]\n",
    "added field": "cost_center: X1\n",
    "added field of an asset": "assets: {daily: {cost_center: X1}}\n",
    "added field that is a word of other tools": "team: sales\n",
    "option": "subprocess: {shell: true}\n",
}
KNOWN = {
    "value": "can_subset: perhaps\n",
    "key of the format in a wrong place": "assets: {daily: {retry_policy: {max_retries: 3}}}\n",
    "key of a mapping of the format": "retry_policy: {wait: 3}\n",
}
Change = Callable[[Folder], object]


def published() -> Contract:
    """A contract as if an owner had published something of each sort."""
    partitions = {"daily": Partitions("time_window")}
    pools = frozenset({"warehouse"})
    return replace(built_in_contract(), published=True, partitions_defs=partitions, pools=pools)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A project whose contract is up to date."""
    folder = Folder(tmp_path / "project")
    folder.write("definitions.py", DEFINITIONS)
    folder.write("partitions.py", "DAILY = 1\n")
    folder.asset("raw/orders")
    write_contract(folder)
    return folder


def write_contract(folder: Folder) -> None:
    """What `pipes-projects schema` would write of such an owner."""
    checksum = definitions_checksum(Layout(folder.root))
    schemas = stamped(project_schemas(published()), checksum)
    folder.write(CONTRACT, render(schemas[CONTRACT]))


def helps(folder: Folder, manifest: str) -> list[str]:
    """The help of each finding of a manifest."""
    folder.asset("sales/revenue", manifest)
    found = folder.compile().diagnostics
    assert found
    return [diagnostic.help or "" for diagnostic in found]


def by_another_version(folder: Folder) -> None:
    """The contract, as an earlier version of this package wrote it."""
    schema = json.loads((folder.root / CONTRACT).read_text("utf-8"))
    schema[STAMP]["version"] = "0.0.1"
    folder.write(CONTRACT, render(schema))


def without_a_stamp(folder: Folder) -> None:
    """The contract, as it was written before it said what it was made from."""
    schema = json.loads((folder.root / CONTRACT).read_text("utf-8"))
    del schema[STAMP]
    folder.write(CONTRACT, render(schema))


def new_package(folder: Folder) -> None:
    """Classes of the owner, in a package of their own."""
    folder.write("team/__init__.py")
    folder.write("team/kinds/__init__.py", "from dagster import AssetSpec\n")


CHANGES: dict[str, Change] = {
    "definitions.py": lambda folder: folder.write("definitions.py", DEFINITIONS + "x = 1\n"),
    "a file beside it": lambda folder: folder.write("partitions.py", "DAILY = 2\n"),
    "a new file beside it": lambda folder: folder.write("kinds.py", "KINDS = []\n"),
    "a new package beside it": new_package,
    "the version": by_another_version,
    "no stamp": without_a_stamp,
    "no contract": lambda folder: (folder.root / CONTRACT).unlink(),
}


@pytest.mark.parametrize("what", [name for name in UNKNOWN if name != "pool"])
@pytest.mark.parametrize("change", CHANGES)
def test_every_name_that_may_be_new_is_told_to_write_the_contract_again(
    folder: Folder, change: str, what: str
) -> None:
    CHANGES[change](folder)
    told = helps(folder, UNKNOWN[what])
    assert all(line.endswith("run `pipes-projects schema`") for line in told), told


@pytest.mark.parametrize("change", [change for change in CHANGES if change != "no contract"])
def test_so_is_a_pool_where_the_owner_publishes_pools(folder: Folder, change: str) -> None:
    CHANGES[change](folder)
    assert all(
        line.endswith("run `pipes-projects schema`") for line in helps(folder, UNKNOWN["pool"])
    )


@pytest.mark.parametrize("script", ["", "script: report.sql\n"], ids=["beside", "named"])
@pytest.mark.parametrize("change", [change for change in CHANGES if change != "no contract"])
def test_so_is_an_ending_that_no_kind_runs(folder: Folder, change: str, script: str) -> None:
    folder.write("defs/sales/report.yaml", script)
    folder.write("defs/sales/report.sql", "select 1\n")
    assert not any(
        "pipes-projects schema" in (finding.help or "") for finding in folder.compile().diagnostics
    )
    CHANGES[change](folder)
    (suspected,) = folder.compile().diagnostics
    assert suspected.code == "missing-script"
    assert (suspected.help or "").endswith("run `pipes-projects schema`")


@pytest.mark.parametrize("what", UNKNOWN)
def test_a_contract_that_is_up_to_date_is_not_suspected(folder: Folder, what: str) -> None:
    assert not any("pipes-projects schema" in line for line in helps(folder, UNKNOWN[what]))


@pytest.mark.parametrize("what", KNOWN)
def test_what_no_contract_decides_is_no_reason_to_suspect_it(folder: Folder, what: str) -> None:
    CHANGES["definitions.py"](folder)
    assert not any("pipes-projects schema" in line for line in helps(folder, KNOWN[what]))


UNTOUCHED: dict[str, Change] = {
    "comments and blanks": lambda folder: folder.write(
        "definitions.py", "# the platform\n\n" + DEFINITIONS.replace("\n", "  \n")
    ),
    "times": lambda folder: os.utime(folder.root / "definitions.py", (2**31, 2**31)),
    "tests": lambda folder: folder.write("test_definitions.py", "assert True\n"),
    "scripts": lambda folder: folder.asset("sales/costs"),
    "scripts in a package": lambda folder: folder.write("defs/__init__.py", "x = 1\n"),
    "a package of tests": lambda folder: folder.write("tests/__init__.py", "x = 1\n"),
    "a folder that is no package": lambda folder: folder.write("notes/one.py", "x = 1\n"),
}


@pytest.mark.parametrize("change", UNTOUCHED)
def test_what_changes_nothing_that_is_published_raises_no_suspicion(
    folder: Folder, change: str
) -> None:
    UNTOUCHED[change](folder)
    assert not any("pipes-projects schema" in line for line in helps(folder, UNKNOWN["kind"]))


def test_lines_that_end_as_on_windows_raise_no_suspicion(folder: Folder) -> None:
    text = DEFINITIONS.replace("\n", "\r\n").encode()
    (folder.root / "definitions.py").write_bytes(text)
    assert not any("pipes-projects schema" in line for line in helps(folder, UNKNOWN["kind"]))


def test_schema_check_asks_what_is_published_and_schema_settles_the_suspicion(
    folder: Folder,
) -> None:
    pytest.importorskip("dagster")
    folder.write("partitions.py", "DAILY = 1\n")
    assert run("schema", folder.root).returncode == 0
    folder.write("partitions.py", "DAILY = 2\n")
    assert run("schema", "--check", folder.root).returncode == 0
    folder.asset("sales/revenue", UNKNOWN["kind"])
    assert "has changed since the contract was written" in run("check", folder.root).stdout
    assert run("schema", folder.root).stderr == f"wrote {CONTRACT}: commit it\n"
    assert "pipes-projects schema" not in run("check", folder.root).stdout


def test_a_pipe_beside_the_definitions_is_not_read(folder: Folder) -> None:
    os.mkfifo(folder.root / "pipe.py")
    assert not any("pipes-projects schema" in line for line in helps(folder, UNKNOWN["kind"]))
