"""A name that was there a moment ago is no typo, whatever it is the name of."""

from dataclasses import replace

import pytest

from pipes_projects.analysis.changes.removed import Removed, without_removed
from pipes_projects.codes import Code
from pipes_projects.compiler import compile_sources
from pipes_projects.disk.files import TextFiles
from pipes_projects.kinds import built_in_contract
from pipes_projects.manifest.contract import Connection, Partitions
from pipes_projects.source import SourceFile, Sources

CONTRACT = replace(
    built_in_contract(),
    partitions_defs={"monthly": Partitions("static")},
    partition_mappings={"shifted": ""},
    automation_conditions={"nightly": ""},
    pools=frozenset({"warehouse"}),
    connections={"warehouse": Connection()},
)
WRITTEN = {
    Code.UNKNOWN_KIND: ("kind: {}\n", "subproces"),
    Code.MISSING_SCRIPT: ("script: {}\n", "raports.py"),
    Code.UNKNOWN_DEPENDENCY: ("deps: [{}]\n", "raw/oders"),
    Code.INVALID_POOL: ("pool: {}\n", "warehuse"),
    Code.UNKNOWN_PARTITIONS_DEF: ("partitions_def: {}\n", "montly"),
    Code.UNKNOWN_PARTITION_MAPPING: (
        "deps: [{{asset: raw/orders, partition_mapping: {}}}]\n",
        "shiftd",
    ),
    Code.UNKNOWN_AUTOMATION_CONDITION: ("automation_condition: {}\n", "nighly"),
    Code.UNKNOWN_CONNECTION: ("kind: sql\nsql: {{connection: {}}}\n", "warehuse"),
}
"""By its code, a manifest, and a name for it that looks like a typo."""
OF_FILES = {Code.MISSING_SCRIPT, Code.UNKNOWN_DEPENDENCY}
"""Those that are not about a name that the platform owner publishes."""
FILES = TextFiles(
    frozenset({"defs/raw/orders.py", "defs/raw/all.py", "defs/raw/reports.py", "defs/raw/all.sql"})
)


def test_there_is_a_manifest_for_each_code() -> None:
    assert WRITTEN.keys() == {code for code in Code if code.of_a_name}


@pytest.mark.parametrize("code", WRITTEN)
def test_there_is_no_fix_for_a_name_that_was_just_removed(code: Code) -> None:
    form, name = WRITTEN[code]
    manifests = [
        SourceFile("defs/raw/orders.yaml", ""),
        SourceFile("defs/raw/all.yaml", form.format(name)),
    ]
    compilation = compile_sources(Sources(FILES, tuple(manifests)), CONTRACT)
    found = next(finding for finding in compilation.diagnostics if finding.code is code)
    assert found.fix
    gone = {name: None}
    removed = Removed("today", gone, {f"defs/raw/{name}": None}, frozenset(gone))
    told = without_removed(compilation, [removed]).diagnostics
    (same,) = (finding for finding in told if finding.code is code)
    assert (same.fix, same.correction) == (None, None)
    who = "it was removed" if code in OF_FILES else "removed it"
    assert str(same.help).endswith(f"{who} today")
