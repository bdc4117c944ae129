"""A notebook, made ready to be run: read, with a kernel, and with the values of this run in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple, NoReturn
from warnings import catch_warnings, simplefilter

import nbformat
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

from pipes_projects.kinds.drivers.ending import write
from pipes_projects.kinds.notebook.cells import DEFAULTS, INJECTED, NotANotebookError, code_of

_OURS: Final = frozenset({"deployment", "selected_checks", "partition_keys", "upstream"})
"""What a script is told among its extras, beside its own."""
_COMMENT: Final = "Parameters"
_BY_NAME: Final = re.compile(r"^(partition_keys?)\s*(?:=|<-|:)", re.MULTILINE)
"""What is set only in notebooks that have a default for it."""


class UnpreparedError(Exception):
    """Why a notebook cannot be run, and what to do."""


class Kernel(NamedTuple):
    """What runs cells."""

    name: str
    language: str

    def arguments_to_import_from(self, folder: Path) -> tuple[str, ...]:
        """What makes IPython find modules beside a notebook that does not run in its own folder."""
        if self.language != "python" or folder == Path.cwd():
            return ()
        return (f"--IPKernelApp.exec_lines=import sys; sys.path.insert(0, {str(folder)!r})",)


def read(script: Path) -> Any:
    """The notebook in a file, without outputs; raises `UnpreparedError`."""
    text = script.read_text("utf-8-sig")
    try:
        code_of(text)
        with catch_warnings():
            simplefilter("ignore")
            notebook = nbformat.v4.upgrade(nbformat.reads(text, as_version=4))  # type: ignore[no-untyped-call]
    except NotANotebookError as error:
        raise UnpreparedError(f"line {error.line}: {error}") from None
    except Exception as error:
        raise UnpreparedError(f"this is not a notebook: {error}") from None
    for cell in notebook.cells:
        cell.metadata.setdefault("tags", [])
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def kernel_of(notebook: Any, chosen: str | None) -> Kernel:
    """The kernel that is chosen, or that the notebook names; raises `UnpreparedError`."""
    spec = notebook.metadata.get("kernelspec", {})
    name = chosen or spec.get("name") or "python3"
    known = KernelSpecManager()
    try:
        return Kernel(name, str(known.get_kernel_spec(name).language))
    except NoSuchKernel:
        language = spec.get("language") or notebook.metadata.get("language_info", {}).get("name")
        if chosen or str(language or "python").lower() != "python":
            _refuse_kernel(name, known)
    write(2, f"there is no kernel `{name}` here, so Python runs this\n".encode())
    return Kernel("python3", "python")


def _refuse_kernel(name: str, known: Any) -> NoReturn:
    there = ", ".join(f"`{other}`" for other in sorted(known.find_kernel_specs())) or "none"
    help_ = f"install it where scripts run, or name another one in `kernel`; there is {there}"
    raise UnpreparedError(f"there is no kernel `{name}`: {help_}")


def with_values(notebook: Any, kernel: Kernel, data: Mapping[str, Any]) -> Any:
    """The notebook, with a cell that sets what it is told, tagged as papermill does; raises
    `UnpreparedError`."""
    values = dict(_values(notebook, data))
    if values:
        cell = nbformat.v4.new_code_cell(_assignments(kernel, values))  # type: ignore[no-untyped-call]
        cell.metadata["tags"] = [INJECTED]
        own = [old for old in notebook.cells if INJECTED not in old.metadata.tags]
        at = next((n for n, old in enumerate(own, 1) if DEFAULTS in old.metadata.tags), 0)
        notebook.cells = [*own[:at], cell, *own[at:]]
    return notebook


def _assignments(kernel: Kernel, values: Mapping[str, Any]) -> str:
    if kernel.language == "python":
        lines = (f"{name} = {value!r}" for name, value in values.items())
        return "\n".join((f"# {_COMMENT}", *lines))
    # Papermill knows other languages; with it come the libraries of all clouds that are installed.
    from papermill.exceptions import PapermillException
    from papermill.translators import translate_parameters

    try:
        return str(translate_parameters(kernel.name, kernel.language, values, _COMMENT))
    except PapermillException:
        names = ", ".join(f"`{name}`" for name in values)
        raise UnpreparedError(
            f"{names} cannot be set for a kernel of `{kernel.language}`"
        ) from None


def _values(notebook: Any, data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    extras = data["extras"] or {}
    for name, value in extras.items():
        if name not in _OURS and name.isidentifier():
            yield name, value
    keys = extras.get("partition_keys") or []
    for name in dict.fromkeys(_asked_by_name(notebook)) if keys else ():
        if name == "partition_key" and len(keys) > 1:
            raise UnpreparedError("this run is for several partitions: use `partition_keys`")
        yield name, keys[0] if name == "partition_key" else keys


def _asked_by_name(notebook: Any) -> Iterator[str]:
    """What of ours the cell tagged `parameters` sets."""
    for cell in notebook.cells:
        if DEFAULTS in cell.metadata.tags:
            yield from _BY_NAME.findall(cell.source)
