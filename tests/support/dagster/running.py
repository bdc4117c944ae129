"""Running projects on real Dagster, on an instance whose storage is on disk."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from itertools import count
from pathlib import Path
from typing import Any

import dagster as dg

from pipes_projects.emitter.loading.recorded_code import CODE

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "examples"
RANGE = ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end")
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
    """By the key of each asset that was materialised; without what its code version covers."""
    failures: Mapping[str, str]
    """By step."""
    checks: Mapping[str, dg.AssetCheckEvaluation]
    """By the key of each asset and the name of its check: `group/asset:check`."""
    partitions: Mapping[str, set[str]]
    """Those that were materialised, by the key of their asset."""

    @property
    def made(self) -> set[str]:
        return set(self.metadata)

    @property
    def passed(self) -> dict[str, bool]:
        """Whether each check passed."""
        return {name: check.passed for name, check in self.checks.items()}


@contextmanager
def stored(home: Path) -> Iterator[dg.DagsterInstance]:
    """An instance on disk, whose runs share a database: to make one for each takes long."""
    home.mkdir(exist_ok=True, parents=True)
    parts = {
        "event_log_storage": _part(
            "storage.event_log", "ConsolidatedSqliteEventLogStorage", base_dir=str(home)
        ),
        "run_launcher": _part("launcher.sync_in_memory_run_launcher", "SyncInMemoryRunLauncher"),
    }
    with dg.DagsterInstance.local_temp(str(home), parts) as instance:
        yield instance


def _part(module: str, name: str, **config: Any) -> dict[str, Any]:
    return {"module": f"dagster._core.{module}", "class": name, "config": config}


def materialize(
    defs: dg.Definitions, home: Path, selection: Sequence[str] | None = None
) -> Outcome:
    """Run all assets, or those of some keys, in this process."""
    with stored(home) as instance:
        return execute(defs, instance, selection)


def execute(
    defs: dg.Definitions,
    instance: dg.DagsterInstance,
    selection: Sequence[str] | dg.AssetSelection | None = None,
    partition: str | tuple[str, str] | None = None,
    run_config: Mapping[str, Any] | None = None,
) -> Outcome:
    """Run all assets, or a selection of assets and checks; of one partition, or a range."""
    keys = () if isinstance(selection, dg.AssetSelection) else selection or ()
    result = _job(defs, selection).execute_in_process(
        run_config,
        instance=instance,
        raise_on_error=False,
        asset_selection=[dg.AssetKey(key.split("/")) for key in keys] or None,
        partition_key=partition if isinstance(partition, str) else None,
        tags=dict(zip(RANGE, partition, strict=True)) if isinstance(partition, tuple) else None,
    )
    return outcome_of(result)


def _job(defs: dg.Definitions, selection: object) -> dg.JobDefinition:
    if not isinstance(selection, dg.AssetSelection):
        return defs.resolve_implicit_global_asset_job_def()
    job = dg.define_asset_job("selected", selection)
    return dg.Definitions.merge(defs, dg.Definitions(jobs=[job])).resolve_job_def("selected")


def outcome_of(result: dg.ExecuteInProcessResult) -> Outcome:
    """What a run in this process came to."""
    partitions: dict[str, set[str]] = {}
    for event in result.get_asset_materialization_events():
        if event.partition is not None and event.asset_key:
            partitions.setdefault(event.asset_key.to_user_string(), set()).add(event.partition)
    checks = result.get_asset_check_evaluations()
    return Outcome(
        result.success,
        dict(_materialized(result)),
        dict(_failures(result)),
        {f"{check.asset_key.to_user_string()}:{check.check_name}": check for check in checks},
        partitions,
    )


def _materialized(result: Any) -> Any:
    for event in result.get_asset_materialization_events():
        found = event.step_materialization_data.materialization
        yield (
            found.asset_key.to_user_string(),
            {name: value.value for name, value in found.metadata.items() if name != CODE},
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
