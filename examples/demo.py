"""Materializes every asset of an example and prints what came out.

    python examples/demo.py examples/flights

Dagster remembers the run where DAGSTER_HOME says; without it, the run is forgotten.
"""

import argparse
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TextIO

import dagster as dg

TAIL = 20
NEXT = """
next:
  make dev                                     the same graph in Dagster's UI
  cd {folder}; pipes-projects new marts/my_table   an asset of your own"""


@dataclass(frozen=True)
class Row:
    """An asset that was materialized, and how long the step took that did it."""

    asset: str
    count: int | None
    step: str
    seconds: float

    def cells(self) -> tuple[str, str, str]:
        count = "-" if self.count is None else f"{self.count:,}"
        return self.asset, count, f"{self.seconds:.1f}"


class Progress(logging.Handler):
    """Tells when a step ends, and keeps what a failed one wrote to stderr.

    Dagster captures the output of the whole process; the part of a step begins where it starts.
    """

    def __init__(self, instance: dg.DagsterInstance, stream: TextIO, steps: int) -> None:
        super().__init__()
        self.captured = instance.compute_log_manager
        self.log_key: Sequence[str] = ()
        self.cursor: str | None = None
        self.stream = stream
        self.steps = steps
        self.ended = 0
        self.stderr: dict[str, list[str]] = {}

    def emit(self, record: logging.LogRecord) -> None:
        event: dg.DagsterEvent | None = getattr(record, "dagster_event", None)
        if event is None:
            return
        match event.event_type:
            case dg.DagsterEventType.LOGS_CAPTURED:
                run_id = record.__dict__["dagster_meta"]["run_id"]
                file_key = event.logs_captured_data.file_key
                self.log_key = self.captured.build_log_key_for_run(run_id, file_key)
            case dg.DagsterEventType.STEP_START | dg.DagsterEventType.STEP_RESTARTED:
                self.cursor = self.captured.get_log_data(self.log_key).cursor
            case dg.DagsterEventType.STEP_SUCCESS:
                self.tell(event, f"{_seconds(event):.1f} s")
            case dg.DagsterEventType.STEP_UP_FOR_RETRY:
                print(f"        {event.step_key}: failed, is tried again", file=self.stream)
            case dg.DagsterEventType.STEP_FAILURE:
                written = self.captured.get_log_data(self.log_key, self.cursor).stderr or b""
                self.stderr[str(event.step_key)] = written.decode(errors="replace").splitlines()
                self.tell(event, "failed")
            case dg.DagsterEventType.STEP_SKIPPED:
                self.tell(event, "skipped")

    def tell(self, event: dg.DagsterEvent, outcome: str) -> None:
        self.ended += 1
        line = f"[{self.ended:>2}/{self.steps}] {event.step_key}: {outcome}"
        print(line, file=self.stream, flush=True)
