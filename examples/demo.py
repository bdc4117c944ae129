"""Materializes every asset of an example, and prints what was made, why, and what checks found.

    python examples/demo.py examples/flights
    python examples/demo.py examples/flights --partitions 12

Dagster stores the run at DAGSTER_HOME; without it, the run is forgotten.
"""

import argparse
import logging
import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TextIO

import dagster as dg
from dagster import DagsterEventType as Type

from pipes_projects.analysis.code_version.changes import changes
from pipes_projects.emitter.loading.recorded_code import code_in

Cells = tuple[str, ...]
TAIL = 20
NEXT = """
next:
  make dev                                   see the graph and the checks in Dagster's UI
  . .venv/bin/activate && cd {folder}
  pipes-projects new marts/my_table          add an asset of your own"""
STOPPED = """
Schedules and automation are stopped. To switch them on: make dev, then Automation in the UI."""
FIRST, LAST = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
COLORS = {"passed": 32, "WARN": 33, "failed": 31}


@dataclass(frozen=True)
class Row:
    """An asset that was materialized, and how long its step took."""

    asset: str
    partitions: Sequence[str]
    count: int | None
    step: str
    seconds: float | None
    """None for a step that failed after the asset was made."""
    why: str
    """What has changed since the last run."""

    def cells(self) -> Cells:
        partitions = " … ".join(sorted({*self.partitions[:1], *self.partitions[-1:]}))
        count = "-" if self.count is None else f"{self.count:,}"
        seconds = "-" if self.seconds is None else f"{self.seconds:.1f}"
        return self.asset, partitions or "-", count, seconds, self.why


@dataclass(frozen=True)
class Check:
    """What a check of an asset found."""

    asset: str
    name: str
    result: str
    blocking: bool
    found: str

    def cells(self) -> Cells:
        return self.asset, self.name, self.result, "yes" if self.blocking else "-", self.found


class Progress(logging.Handler):
    """Reports when a step ends, and keeps what a failed step wrote to stderr.

    Dagster captures all steps of a process in one file, where a step's part begins at its start.
    """

    def __init__(self, instance: dg.DagsterInstance, stream: TextIO) -> None:
        super().__init__()
        self.stderr: dict[str, list[str]] = {}
        self.code: dict[str, dict[str, str]] = {}
        self._stream = stream
        self._captured = instance.compute_log_manager
        self._log_key: Sequence[str] = ()
        self._cursor: str | None = None
        self._steps = self._ended = 0

    @property
    def waiting(self) -> int:
        return self._steps - self._ended

    def emit(self, record: logging.LogRecord) -> None:
        event: dg.DagsterEvent | None = getattr(record, "dagster_event", None)
        if event is None:
            return
        match event.event_type:
            case Type.LOGS_CAPTURED:
                self._begin(event, record.__dict__["dagster_meta"]["run_id"])
            case Type.STEP_START | Type.STEP_RESTARTED:
                self._cursor = self._captured.get_log_data(self._log_key).cursor
            case Type.STEP_SUCCESS:
                self._tell(event, f"{_seconds(event):.1f} s")
            case Type.STEP_UP_FOR_RETRY:
                self._tell(event, "failed, will be tried again")
            case Type.STEP_FAILURE:
                self._tell(event, "failed")
                self.stderr[str(event.step_key)] = self._written()

    def _begin(self, event: dg.DagsterEvent, run_id: str) -> None:
        data = event.logs_captured_data
        self._steps = len(data.step_keys)
        self._log_key = self._captured.build_log_key_for_run(run_id, data.file_key)

    def _written(self) -> list[str]:
        written = self._captured.get_log_data(self._log_key, self._cursor).stderr or b""
        return written.decode(errors="replace").splitlines()

    def _tell(self, event: dg.DagsterEvent, outcome: str) -> None:
        self._ended += event.event_type != Type.STEP_UP_FOR_RETRY
        line = f"[{self._ended:>2}/{self._steps}] {event.step_key}: {outcome}"
        print(line, file=self._stream, flush=True)


def load(folder: Path) -> dg.Definitions:
    """What the folder's `definitions.py` defines."""
    spec = spec_from_file_location("definitions", folder / "definitions.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    sys.path.insert(0, str(folder))
    spec.loader.exec_module(module)
    return next(value for value in vars(module).values() if isinstance(value, dg.Definitions))


def open_instance() -> dg.DagsterInstance:
    """The instance at DAGSTER_HOME, or a temporary one."""
    if os.environ.get("DAGSTER_HOME"):
        return dg.DagsterInstance.get()
    return dg.DagsterInstance.local_temp(overrides={"telemetry": {"enabled": False}})


def first_partitions(job: dg.JobDefinition, count: int) -> dict[str, str]:
    """The tags of a run over this many partitions; assets without partitions ignore them."""
    keys = job.partitions_def.get_partition_keys()[:count] if job.partitions_def else ()
    return {FIRST: keys[0], LAST: keys[-1]} if keys else {}


def materialize(
    defs: dg.Definitions, partitions: int, verbose: bool
) -> tuple[dg.ExecuteInProcessResult, Progress]:
    """Runs all assets in one run in this process, with a line on stderr for each step that ends."""
    with open_instance() as instance, open(os.dup(2), "w") as stderr, ExitStack() as stack:
        progress = Progress(instance, stderr)
        progress.code = recorded(instance, defs)
        loggers = {"progress": _logger(progress)}
        if verbose:
            loggers["console"] = dg.colored_console_logger
        else:
            stack.enter_context(silence())
        merged = dg.Definitions.merge(defs, dg.Definitions(loggers=loggers))
        job = merged.resolve_implicit_global_asset_job_def()
        result = job.execute_in_process(
            {"loggers": {name: {} for name in loggers}},
            instance,
            tags=first_partitions(job, partitions),
            raise_on_error=False,
        )
    return result, progress


def recorded(instance: dg.DagsterInstance, defs: dg.Definitions) -> dict[str, dict[str, str]]:
    """What made up the code of each asset when it was last materialized."""
    events = {
        spec.key: instance.get_latest_materialization_event(spec.key)
        for spec in defs.resolve_all_asset_specs()
    }
    made = {key: event.asset_materialization for key, event in events.items() if event}
    return {_text(key): code_in(event.metadata) for key, event in made.items() if event}


def why(before: dict[str, str] | None, now: dict[str, str]) -> str:
    """What has changed in the code of an asset, in words."""
    if before is None:
        return "the first run"
    names = (name for part in changes(before, now) for name in part)
    return ", ".join(f"{name} changed" for name in names) or "nothing changed"


@contextmanager
def silence() -> Iterator[None]:
    """Hides what this process and its children write, which Dagster still captures."""
    shown = [(number, os.dup(number)) for number in (1, 2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        for number, _ in shown:
            os.dup2(nowhere, number)
        yield
    finally:
        sys.stdout.flush()
        for number, terminal in shown:
            os.dup2(terminal, number)
            os.close(terminal)
        os.close(nowhere)


def rows(result: dg.ExecuteInProcessResult, before: dict[str, dict[str, str]]) -> list[Row]:
    """What was materialized, in the order of the run."""
    seconds = {str(event.step_key): _seconds(event) for event in result.get_step_success_events()}
    by_asset: dict[str, list[dg.DagsterEvent]] = {}
    for event in result.get_asset_materialization_events():  # one for each partition
        by_asset.setdefault(_text(event.asset_key), []).append(event)
    found = []
    for asset, events in by_asset.items():
        partitions = [event.partition for event in events if event.partition]
        counts = [_row_count(event) for event in events]
        count = sum(counts) if counts and None not in counts else None
        step = str(events[-1].step_key)
        now = code_in(events[-1].step_materialization_data.materialization.metadata)
        reason = why(before.get(asset), now)
        found.append(Row(asset, partitions, count, step, seconds.get(step), reason))
    return found


def checks(result: dg.ExecuteInProcessResult) -> list[Check]:
    """What the checks found, in the order of the run."""
    return [
        Check(
            _text(evaluation.asset_key),
            evaluation.check_name,
            _result(evaluation),
            bool(evaluation.blocking),
            _found(evaluation),
        )
        for evaluation in result.get_asset_check_evaluations()
    ]


def asset_table(found: Sequence[Row]) -> str:
    """What was made, and how long all steps took."""
    steps = {row.step: row.seconds or 0 for row in found}
    total = (f"{len(found)} assets, {len(steps)} steps", "", "", f"{sum(steps.values()):.1f}", "")
    head = ("asset", "partitions", "rows", "seconds", "why")
    return table([head, *(row.cells() for row in found), total], "<<>><")


def check_table(found: Sequence[Check], colored: bool) -> str:
    """What was checked, with the results in color if wanted."""
    head = ("asset", "check", "result", "blocking", "found")
    lines = table([head, *(check.cells() for check in found)], "<<<<<").splitlines()
    for number, check in enumerate(found if colored else (), 1):
        word = f"  {check.result}  "
        color = f"  \033[{COLORS[check.result]}m{check.result}\033[0m  "
        lines[number] = lines[number].replace(word, color, 1)
    return "\n".join(lines)


def table(lines: Sequence[Cells], sides: str) -> str:
    """The cells in columns, each aligned to its side."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    layout = "  ".join(f"{{:{side}{width}}}" for side, width in zip(sides, widths, strict=True))
    return "\n".join(layout.format(*line).rstrip() for line in lines)


def failure(result: dg.ExecuteInProcessResult, progress: Progress) -> str:
    """The steps that failed, why, and the last lines they wrote to stderr."""
    lines = []
    for event in result.get_step_failure_events():
        lines.append(f"\nstep {event.step_key} failed: {_reason(event)}")
        lines += [f"    {line}" for line in progress.stderr[str(event.step_key)][-TAIL:]]
    if not lines:
        return f"the run failed: {result.get_run_failure_event().message}"
    if progress.waiting:
        lines.append(f"\nsteps that were not run because of this: {progress.waiting}")
    return "\n".join(lines)


def _text(key: dg.AssetKey | None) -> str:
    return key.to_user_string() if key else ""


def _result(check: dg.AssetCheckEvaluation) -> str:
    if check.passed:
        return "passed"
    return "WARN" if check.severity == dg.AssetCheckSeverity.WARN else "failed"


def _found(check: dg.AssetCheckEvaluation) -> str:
    """The check's own description, or the numbers in its metadata."""
    numbers = [
        f"{name.replace('_', ' ')}: {entry.value:,}"
        for name, entry in check.metadata.items()
        if isinstance(entry, dg.IntMetadataValue | dg.FloatMetadataValue)
    ]
    return check.description or ", ".join(numbers)


def _logger(handler: logging.Handler) -> dg.LoggerDefinition:
    def make(_context: dg.InitLoggerContext) -> logging.Logger:
        logger = logging.Logger("demo", logging.DEBUG)
        logger.addHandler(handler)
        return logger

    return dg.LoggerDefinition(make)


def _row_count(event: dg.DagsterEvent) -> int | None:
    metadata = event.step_materialization_data.materialization.metadata
    count: int | None = metadata.get("dagster/row_count", dg.MetadataValue.null()).value
    return count


def _seconds(event: dg.DagsterEvent) -> float:
    return (event.step_success_data.duration_ms or 0) / 1000


def _reason(event: dg.DagsterEvent) -> str:
    error = event.step_failure_data.error
    while error and error.cause:
        error = error.cause
    if error is None:
        return "no reason given"
    return error.message.rpartition(f"{error.cls_name}: ")[2].strip()


def report(result: dg.ExecuteInProcessResult, progress: Progress) -> bool:
    """Print everything; returns whether all is well."""
    found, checked = rows(result, progress.code), checks(result)
    if found:
        print(asset_table(found))
    if checked:
        colored = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        print(f"\n{check_table(checked, colored)}", flush=True)
    if not result.success:
        print(failure(result, progress), file=sys.stderr)
    return result.success and all(check.result != "failed" for check in checked)


def main() -> int:
    parser = argparse.ArgumentParser(description="Materialize every asset of an example.")
    parser.add_argument("folder", type=Path, help="where definitions.py is")
    parser.add_argument(
        "--partitions", type=int, default=2, metavar="N", help="make the first N partitions (2)"
    )
    parser.add_argument("--verbose", action="store_true", help="show what Dagster logs")
    arguments = parser.parse_args()
    if not (arguments.folder / "definitions.py").is_file():
        parser.error(f"{arguments.folder} has no definitions.py")
    if arguments.partitions < 1:
        parser.error("--partitions: at least 1")
    if not arguments.verbose:
        warnings.simplefilter("ignore")
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "yes")
    defs = load(arguments.folder.resolve())
    if not report(*materialize(defs, arguments.partitions, arguments.verbose)):
        return 1
    print(NEXT.format(folder=arguments.folder))
    if defs.schedules or defs.sensors:
        print(STOPPED)
    return 0


if __name__ == "__main__":
    sys.exit(main())
