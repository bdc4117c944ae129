"""Materializes every asset of an example, and prints what came out.

    python examples/demo.py examples/flights

Dagster remembers the run where DAGSTER_HOME says; without it, the run is forgotten.
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

TAIL = 20
NEXT = """
next:
  make dev                                   see the graph in Dagster's UI
  . .venv/bin/activate && cd {folder}
  pipes-projects new marts/my_table          add an asset of your own"""


@dataclass(frozen=True)
class Row:
    """An asset that was materialized, and how long its step took."""

    asset: str
    count: int | None
    step: str
    seconds: float

    def cells(self) -> tuple[str, str, str]:
        count = "-" if self.count is None else f"{self.count:,}"
        return self.asset, count, f"{self.seconds:.1f}"


class Progress(logging.Handler):
    """Tells when a step ends, and keeps what a failed step wrote to stderr.

    Dagster captures all steps of a process in one file: the part of a step begins at its start.
    """

    def __init__(self, instance: dg.DagsterInstance, stream: TextIO) -> None:
        super().__init__()
        self.stderr: dict[str, list[str]] = {}
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
    """The instance at DAGSTER_HOME, or one that goes away."""
    if os.environ.get("DAGSTER_HOME"):
        return dg.DagsterInstance.get()
    return dg.DagsterInstance.local_temp(overrides={"telemetry": {"enabled": False}})


def materialize(defs: dg.Definitions, verbose: bool) -> tuple[dg.ExecuteInProcessResult, Progress]:
    """All assets in one run in this process, with a line on stderr for each step that ends."""
    with open_instance() as instance, open(os.dup(2), "w") as stderr, ExitStack() as stack:
        progress = Progress(instance, stderr)
        loggers = {"progress": _logger(progress)}
        if verbose:
            loggers["console"] = dg.colored_console_logger
        else:
            stack.enter_context(silence())
        merged = dg.Definitions.merge(defs, dg.Definitions(loggers=loggers))
        result = merged.resolve_implicit_global_asset_job_def().execute_in_process(
            {"loggers": {name: {} for name in loggers}}, instance, raise_on_error=False
        )
    return result, progress


@contextmanager
def silence() -> Iterator[None]:
    """What this process and its children write is not shown; Dagster captures it all the same."""
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


def rows(result: dg.ExecuteInProcessResult) -> list[Row]:
    """What was materialized, in the order of the run."""
    seconds = {str(event.step_key): _seconds(event) for event in result.get_step_success_events()}
    found = []
    for event in result.get_asset_materialization_events():
        made = event.step_materialization_data.materialization
        metadata = made.metadata.get("dagster/row_count")
        count = metadata.value if isinstance(metadata, dg.IntMetadataValue) else None
        step = str(event.step_key)
        found.append(Row(made.asset_key.to_user_string(), count, step, seconds[step]))
    return found


def table(found: Sequence[Row]) -> str:
    """The rows under each other, and how long all steps took."""
    steps = {row.step: row.seconds for row in found}
    total = (f"{len(found)} assets, {len(steps)} steps", "", f"{sum(steps.values()):.1f}")
    lines = [("asset", "rows", "seconds"), *(row.cells() for row in found), total]
    first, second, third = (max(map(len, column)) for column in zip(*lines, strict=True))
    return "\n".join(f"{a:<{first}}  {b:>{second}}  {c:>{third}}" for a, b, c in lines)


def failure(result: dg.ExecuteInProcessResult, progress: Progress) -> str:
    """The steps that failed, why, and the last lines that they wrote to stderr."""
    lines = []
    for event in result.get_step_failure_events():
        lines.append(f"\nstep {event.step_key} failed: {_reason(event)}")
        lines += [f"    {line}" for line in progress.stderr[str(event.step_key)][-TAIL:]]
    if not lines:
        return f"the run failed: {result.get_run_failure_event().message}"
    if progress.waiting:
        lines.append(f"\nsteps that were not run because of this: {progress.waiting}")
    return "\n".join(lines)


def _logger(handler: logging.Handler) -> dg.LoggerDefinition:
    def make(_context: dg.InitLoggerContext) -> logging.Logger:
        logger = logging.Logger("demo", logging.DEBUG)
        logger.addHandler(handler)
        return logger

    return dg.LoggerDefinition(make)


def _seconds(event: dg.DagsterEvent) -> float:
    return (event.step_success_data.duration_ms or 0) / 1000


def _reason(event: dg.DagsterEvent) -> str:
    error = event.step_failure_data.error
    while error and error.cause:
        error = error.cause
    return error.message.strip() if error else "no reason given"


def main() -> int:
    parser = argparse.ArgumentParser(description="Materialize every asset of an example.")
    parser.add_argument("folder", type=Path, help="where definitions.py is")
    parser.add_argument("--verbose", action="store_true", help="show what Dagster logs")
    arguments = parser.parse_args()
    if not (arguments.folder / "definitions.py").is_file():
        parser.error(f"{arguments.folder} has no definitions.py")
    if not arguments.verbose:
        warnings.simplefilter("ignore")
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "yes")
    result, progress = materialize(load(arguments.folder.resolve()), arguments.verbose)
    if not result.success:
        print(failure(result, progress), file=sys.stderr)
        return 1
    print(table(rows(result)))
    print(NEXT.format(folder=arguments.folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
