"""A fix is not kept if it leads to a finding elsewhere in the file that needs both places."""

from dataclasses import replace

import pytest

from pipes_projects.analysis.fixing import apply_fixes
from pipes_projects.codes import Code
from pipes_projects.compiler import compile_sources
from pipes_projects.disk.files import TextFiles
from pipes_projects.kinds import built_in_contract
from pipes_projects.manifest.contract import Partitions
from pipes_projects.source import SourceFile, Sources

CONTRACT = replace(
    built_in_contract(),
    partitions_defs={"daily": Partitions("daily", ""), "regions": Partitions("static", "")},
)
ABOVE = {"raw/orders": "partitions_def: regions\nschedule: 0 5 * * *\n"}
WRITTEN = {
    Code.DUPLICATE_ASSET: ("assets:\n  days:\n    kye: raw/months\n  sums:\n    key: raw/months\n"),
    Code.DEPENDENCY_CYCLE: (
        "assets:\n  days:\n    deps: [marts/months]\n  months:\n    deps: [marts/dyas]\n"
    ),
    Code.CONFLICTING_PARTITION_MAPPING: (
        "partitions_def: daily\nassets:\n  days:\n    deps:\n      - asset: raw/orders\n"
        "        partition_mapping: lats\n  months:\n"
        "    deps: [{asset: raw/orders, partition_mapping: all}]\n"
    ),
    Code.PARTITION_MISMATCH: "partitions_def: dialy\ndeps: [raw/orders]\n",
    Code.SCHEDULE_ORDER: "schedlue: 0 5 * * *\npartitions_def: null\ndeps: [raw/orders]\n",
}
"""By its code, a manifest with a typo on another line than the finding that the fix leads to."""


def project(text: str) -> Sources:
    texts = {**ABOVE, "marts/report": text}
    scripts = frozenset(f"defs/{name}.py" for name in texts)
    manifests = (SourceFile(f"defs/{name}.yaml", text) for name, text in texts.items())
    return Sources(TextFiles(scripts), tuple(manifests))


def test_there_is_a_manifest_for_each_code() -> None:
    assert WRITTEN.keys() == {code for code in Code if code.joint}


@pytest.mark.parametrize("code", WRITTEN)
def test_a_fix_that_leads_to_it_is_not_kept(code: Code) -> None:
    sources = project(WRITTEN[code])
    before = compile_sources(sources, CONTRACT)
    assert any(finding.fix for finding in before.diagnostics)
    after = apply_fixes(sources, CONTRACT, lambda compilation: compilation).sources
    assert after.manifests == sources.manifests
