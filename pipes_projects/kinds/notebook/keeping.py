"""The executed notebook: where it is kept, and without the secrets that its outputs show."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import nbformat

from pipes_projects.text.masking import DataMasking

_OWN: Final = ".pipes-projects"
"""The folder for what is no part of a project."""


class KeptNotebook:
    """The file of one run."""

    def __init__(self, path: Path, secrets: Sequence[str]) -> None:
        self.path = path
        self.mask = DataMasking(secrets) if secrets else None

    def prepare(self) -> None:
        """Make its folder; raises OSError."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        own = next((folder for folder in self.path.parents if folder.name == _OWN), None)
        if own and not (ignored := own / ".gitignore").exists():
            ignored.write_text("*\n", "utf-8")

    def save(self, notebook: Any) -> None:
        """Write it as it is now; outputs lose their secrets for good."""
        if self.mask is not None:
            for cell in notebook.cells:
                _mask(cell.get("outputs", ()), self.mask)
        beside = self.path.with_suffix(".part")
        text = str(nbformat.writes(notebook))  # type: ignore[no-untyped-call]
        beside.write_text(text, "utf-8", "surrogatepass")
        os.replace(beside, self.path)


def kept_at(folder: Path, script: Path, told: Mapping[str, Any]) -> Path:
    """The path for a run, by its asset's group, the script's name, the partition and the time."""
    keys, partition = told["asset_keys"] or (), told["partition_key"]
    groups = keys[0].split("/")[:-1] if keys else ()
    when = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    name = "-".join(filter(None, (partition and _plain(partition), when, told["run_id"][:8])))
    return folder.joinpath(*groups, script.stem, f"{name}.ipynb")


def _plain(name: str) -> str:
    return "".join(sign if sign.isalnum() or sign in "-_." else "_" for sign in name)[:60]


def _mask(outputs: Iterable[Any], mask: DataMasking) -> None:
    for output in outputs:
        for name in ("text", "ename", "evalue", "traceback"):
            if name in output:
                output[name] = mask(output[name])
        for kind, shown in output.get("data", {}).items():
            output["data"][kind] = mask(shown)
