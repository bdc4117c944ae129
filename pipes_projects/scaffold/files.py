"""Writing files that do not exist yet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from pipes_projects.disk.boundary import refuse_outside


class Written(NamedTuple):
    """The files that were written, and those that already existed."""

    fresh: tuple[Path, ...]
    kept: tuple[Path, ...]


def write_new(folder: Path, texts: Mapping[str, str]) -> Written:
    """Write each text to its path below `folder`, unless something is there.

    Raises `LeadsOutError`, with nothing written, if links lead out of the folder.
    """
    fresh, kept = [], []
    for name in texts:
        refuse_outside((folder / name).parent, folder)
    for name, text in texts.items():
        path = folder / name
        if path.exists() or path.is_symlink():
            kept.append(path)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")
        fresh.append(path)
    return Written(tuple(fresh), tuple(kept))
