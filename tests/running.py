"""Running projects on real Dagster, on an instance whose storage is on disk."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from itertools import count
from pathlib import Path
from typing import Any

import dagster as dg

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
_number = count()


def load(path: Path) -> dg.Definitions:
    """The `defs` of a `definitions.py`, imported as Dagster imports it."""
    spec = spec_from_file_location(f"definitions_{next(_number)}", path)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    defs: dg.Definitions = module.defs
    return defs


@dataclass(frozen=True)
class Outcome:
    """What came of a run."""

    success: bool
    metadata: Mapping[str, Mapping[str, Any]]
    """By the key of each asset that was materialised."""
    failures: Mapping[str, str]
    """By step."""

    @property
    def made(self) -> set[str]:
        return set(self.metadata)


def materialize(
    defs: dg.Definitions, home: Path, selection: Sequence[str] | None = None
) -> Outcome:
    """Run all assets, or those of some keys, in this process."""
    home.mkdir(exist_ok=True, parents=True)
    keys = [dg.AssetKey(key.split("/")) for key in selection] if selection else None
    job = defs.resolve_implicit_global_asset_job_def()
    with dg.DagsterInstance.local_temp(str(home)) as instance:
        result = job.execute_in_process(
            instance=instance, raise_on_error=False, asset_selection=keys
        )
        return Outcome(result.success, dict(_materialized(result)), dict(_failures(result)))


def _materialized(result: Any) -> Any:
    for event in result.get_asset_materialization_events():
        found = event.step_materialization_data.materialization
        yield (
            found.asset_key.to_user_string(),
            {name: entry.value for name, entry in found.metadata.items()},
        )


def _failures(result: Any) -> Any:
    for event in result.all_events:
        if event.is_step_failure:
            error = event.step_failure_data.error
            cause = error.cause.message if error.cause else ""
            given = event.step_failure_data.user_failure_data
            yield (
                event.step_key,
                "\n".join(
                    part for part in (given and given.description, error.message, cause) if part
                ),
            )
