"""Whether the partitions of assets belong together, as their dependencies say: Dagster judges.

It would do so when it loads a code location, and then refuse all of it.
"""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Iterator, Mapping, Sequence

import dagster as dg

from pipes_projects.diagnostics import Code, Diagnostic
from pipes_projects.emitter.overrides import Emitted, whose
from pipes_projects.emitter.refusal import refusing
from pipes_projects.emitter.views import PipesAssetManifest

Partitions = Mapping[dg.AssetKey, dg.PartitionsDefinition | None]


def unfit(emitted: Sequence[Emitted], apart: Partitions) -> Iterator[Diagnostic]:
    """Dependencies whose partitions Dagster cannot bring together; `apart` is in quarantine."""
    ours = {it.spec.key: it.spec.partitions_def for it in emitted if it.view.script.kind != "external"}
    partitions = {**ours, **apart}
    answers: dict[tuple[object, ...], str | None] = {}
    for it in emitted:
        below = it.spec.partitions_def
        for dep in it.spec.deps:
            above, mapping = partitions.get(dep.asset_key), dep.partition_mapping
            if above is None or (mapping is None and above in (below,)):
                continue
            question = (type(above), above, type(below), below, id(mapping))
            if question not in answers:
                answers[question] = _refusal(above, below, mapping)
            if refusal := answers[question]:
                yield _finding(it.view, dep, refusal)
