"""Runs the cells of a notebook in a kernel, and shows what they print while they run.

Papermill's own runner shows output only in a log; nbclient, on which it is built, has it in pieces.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

from pipes_projects.kinds.drivers.ending import write
from pipes_projects.kinds.notebook.failures import CellError, uncoloured
from pipes_projects.kinds.notebook.outputs import in_one_piece

_OUTPUT, _ERRORS = 1, 2
_LONGEST: Final = 90
"""Of the path of a socket, which systems limit."""
_SUCCESS: Final = ("", "0", "None")


class Execution:
    """One run of a notebook; it can be asked to end."""

    def __init__(
        self, notebook: Any, kernel: str, arguments: Sequence[str], save: Callable[[], None]
    ) -> None:
        """`arguments` are the kernel's, and `save` is called after each cell."""
        self.notebook, self.save = notebook, save
        self.client = _Client(notebook, kernel_name=kernel, extra_arguments=list(arguments))
        self.asked = 0
        """The signal that this process was last sent."""
        self.error: CellError | None = None
        """The exception that ended it."""
        self.kernel_code: int | None = None
        """How the kernel ended, if it did so by itself, as `subprocess` has it."""
        self.died_at: int | None = None
        """In which of the notebook's cells it did so."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note)

    def _note(self, number: int, _frame: object) -> None:
        """The kernel gets the same signals; the first one is an exception in its cell."""
        self.asked = number
        if number == signal.SIGTERM and (process := self._process()):
            process.kill()

    def _process(self) -> Any:
        manager = self.client.km
        return getattr(manager.provisioner, "process", None) if manager else None

    @property
    def code(self) -> int:
        """The exit code of a script that ended like this; negative for signals, as usual."""
        if self.asked or self.kernel_code is not None:
            return -self.asked if self.asked else self.kernel_code or 1
        error = self.error
        if error is None or (error.name == "SystemExit" and error.value in _SUCCESS):
            return 0
        is_number = error.name == "SystemExit" and error.value.isdigit()
        return int(error.value) & 0xFF if is_number else 1

    def run(self, **start: Any) -> None:
        """Run all cells, up to the first that fails; `start` is for the kernel."""
        try:
            with self.client.setup_kernel(**start):
                self._run_cells()
        except RuntimeError:
            if not self.asked:  # it was ended while it started
                raise

    def _run_cells(self) -> None:
        for index, cell in enumerate(self.notebook.cells):
            if self.asked or self.error:
                return
            try:
                self.client.execute_cell(cell, index)
            except CellExecutionError as error:
                self.error = _error(index, cell, error)
            except DeadKernelError:
                self.kernel_code = self._process().wait() if self._process() else 1
                self.died_at = index
                return
            finally:
                if cell.cell_type == "code":
                    cell.outputs = in_one_piece(cell.outputs)
                self.save()


def _error(index: int, cell: Any, error: CellExecutionError) -> CellError:
    shown = [output for output in cell.outputs if output.output_type == "error"]
    traceback = shown[-1].traceback if shown else ()
    return CellError(index, error.ename, error.evalue, traceback)


class _Client(NotebookClient):
    def create_kernel_manager(self) -> Any:
        """On sockets that only this user can open, and that no other process may take first."""
        manager = super().create_kernel_manager()
        path = os.path.join(os.environ["JUPYTER_RUNTIME_DIR"], "k")
        if sys.platform != "win32" and len(path) < _LONGEST:
            manager.transport, manager.ip = "ipc", path
        return manager

    def process_message(self, msg: Any, cell: Any, cell_index: int) -> Any:
        """Also show what is printed."""
        output = super().process_message(msg, cell, cell_index)
        if output is not None:
            _show(output)
        return output


def _show(output: Any) -> None:
    if output.output_type == "stream":
        write(_ERRORS if output.name == "stderr" else _OUTPUT, _bytes(output.text))
    elif output.output_type == "error":
        write(_ERRORS, _bytes(uncoloured("\n".join(output.traceback)) + "\n"))
    elif text := output.get("data", {}).get("text/plain"):
        write(_OUTPUT, _bytes(f"{text}\n"))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
