"""A measured process: loads one project the way its side does, and prints the cost.

Run as `python -m benchmarks.projects.load SIDE FOLDER`, it prints one line of JSON.
"""

import importlib
import json
import resource
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import cast

import dagster as dg
from dagster._core.remote_representation.external_data import RepositorySnap


def import_definitions(folder: Path) -> dg.Definitions:
    """As `dagster dev -f definitions.py` does: manifests and hand-written Python alike."""
    sys.path.insert(0, str(folder))
    return cast(dg.Definitions, importlib.import_module("definitions").defs)


def load_with_dg(folder: Path) -> dg.Definitions:
    sys.path.insert(0, str(folder / "src"))
    return dg.load_from_defs_folder(path_within_project=folder)


SIDES: dict[str, Callable[[Path], dg.Definitions]] = {
    "ours": import_definitions,
    "by-hand": import_definitions,
    "dg": load_with_dg,
}


def facts(repository: dg.RepositoryDefinition) -> Counter[str]:
    """Counts of what was loaded, which show that both sides load the same."""
    counts: Counter[str] = Counter()
    for made in repository.asset_graph.assets_defs:
        counts["checks"] += len(
            [spec for spec in made.check_specs if spec.blocking and spec.description]
        )
    for spec in (spec for made in repository.asset_graph.assets_defs for spec in made.specs):
        sources = spec.metadata.get("dagster/code_references")
        counts["assets"] += 1
        counts["deps"] += len(list(spec.deps))
        counts["owners"] += len(spec.owners)
        counts["tags and kinds"] += len(spec.tags)
        counts["metadata"] += len(spec.metadata)
        counts["code references"] += len(sources.code_references) if sources else 0
        counts["code versions"] += spec.code_version is not None
        counts["letters of description"] += len(spec.description or "")
    return counts


def main(side: str, folder: str) -> None:
    if side == "ours":
        from pipes_projects import PipesProject  # noqa: F401 - lazy: this imports it
    # One for each code reference: printing them would slow down the hand-written side a lot.
    warnings.simplefilter("ignore", dg.BetaWarning)
    load = SIDES[side]
    start = time.perf_counter()
    repository = load(Path(folder)).get_repository_def()
    snapshot = RepositorySnap.from_def(repository)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    counts = facts(repository)
    assert len(snapshot.asset_nodes) == counts["assets"]
    print(json.dumps({"seconds": seconds, "peak": peak, "facts": counts}))


if __name__ == "__main__":
    main(*sys.argv[1:])
